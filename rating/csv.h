// SPDX-License-Identifier: Apache-2.0
// CSV: rows of comma-separated text after RFC 4180 (quotes, doubled quotes, line ends inside
// quotes; CRLF or LF).
//
// A malformed row costs its own line only: reading goes on at the next line, so that a stray quote
// does not swallow the good rows behind it. Pure functions over bytes.
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct {
    const char *next, *end; // UTF-8 text, borrowed
    int line;               // of the row that comes next, from 1
} CsvReader;

typedef struct {
    GPtrArray *fields; // char *; of a malformed row: its one line as it stands
    int line;
    const char *error; // NULL: well formed
} CsvRow;

// The bytes of a file as UTF-8 without byte-order mark; NULL: neither UTF-8 nor GB18030. The caller
// frees.
char *csv_decode(const char *bytes, size_t size, gsize *ret_size);
CsvReader csv_reader(const char *text, size_t size);
// False at the end. Empty lines are passed over. The caller ends the row with csv_row_done.
bool csv_next(CsvReader *reader, CsvRow *ret_row);
void csv_row_done(CsvRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CsvRow, csv_row_done)
// Adds the field to the text, quoted where it has to be.
void csv_append(GString *text, const char *field);
