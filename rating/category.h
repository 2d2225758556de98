// SPDX-License-Identifier: Apache-2.0
// Category: what a complaint is about. The codes and names are versioned data
// (data/complaint-categories.tsv). Pure functions over the built-in table.
#pragma once
#include <jansson.h>
#include <stdbool.h>

bool category_is_known(const char *code);
// [{"code","zh","en"}], in the table's order.
json_t *category_table(void);
// One of them; of a code that the table does not have any more the code alone.
json_t *category_get(const char *code);
