// SPDX-License-Identifier: Apache-2.0
// Shape: from flat rows to the nested JSON of the API. A query names its columns OBJECT_FIELD; the
// shape groups them.
#pragma once
#include <jansson.h>
#include <stdint.h>

// Moves every "NAME_field" of the row into an object "NAME"; null when all of them are null.
void shape_nest(json_t *row, const char *name);
void shape_rename(json_t *row, const char *from, const char *to);
json_t *shape_time(int64_t wall_ms); // STORE_NULL becomes null

// {"items":rows,"next":"MS:ID"|null,"total":n}. Takes the rows; each carries "cursor_ms" and its id
// under id_key. More rows than the limit mean that there is a next page: a list asks its query for
// limit + 1.
json_t *shape_page(json_t *take_rows, const char *id_key, int limit, int64_t total);
