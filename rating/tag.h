// SPDX-License-Identifier: Apache-2.0
// Tag: a reason that a citizen picks on the pad. The codes and texts are versioned data
// (data/rating-tags.tsv); a rating keeps its codes and the version that they were given with. Pure
// functions over the built-in table.
#pragma once
#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

char *tag_version(void); // of the built-in table; the caller frees
bool tag_is_known(const char *code);
// The table itself: {"5":[{"code","text"}],...,"1":[...]}.
json_t *tag_table(void);
char *tag_text(const char *code); // the caller frees; NULL: not in the table
// [{"code","text"}] from a JSON array of codes; text is null where version is not the built-in
// table's.
json_t *tag_describe(json_t *codes, const char *version);
