// SPDX-License-Identifier: Apache-2.0
// Cursor: where the next page of a list begins. To a client it is opaque text; here it is "MS:ID"
// of the last row.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int64_t before_ms;
    const char *before_id; // borrowed from the text; NULL: the first page
} Cursor;

// NULL is the first page. False: not a cursor that this program gave.
bool cursor_parse(const char *text, Cursor *ret_cursor);
char *cursor_format(int64_t before_ms, const char *before_id); // the caller frees
