// SPDX-License-Identifier: Apache-2.0
// Config table: every option of hallwatch.yaml, one row each: the loader (config.c) and
// docs/config.md are both made from it.
#pragma once
#include "base/option.h"

// One mapping, or a list of mappings with an array of items in Config.
typedef struct {
    const char *name;
    size_t array;     // offset of its GPtrArray
    size_t item_size; // 0: one mapping
    unsigned items_max;
    const char *help;
    const char *help_zh;
} ConfigSection;

// In the order in which they are read: a later row for the same field goes before an earlier one.
extern const Option config_options[];
extern const size_t config_options_n;
extern const ConfigSection config_sections[];
extern const size_t config_sections_n;

// NULL: there is none.
const Option *config_option_find(const char *section, const char *key);
const ConfigSection *config_section_find(const char *name);
