// SPDX-License-Identifier: Apache-2.0
// Sheet: rows that are seen, as a file for a spreadsheet: CSV (UTF-8 with its mark) or xlsx. Text
// stays text: in CSV, what a spreadsheet would take for a formula gets an apostrophe before it; in
// xlsx the cell's type says it. One thread.
#pragma once
#include "base/http_server.h"

// So many rows are at most in one file, which bounds its memory (some 20 MB); who wants more
// chooses a shorter range.
enum { SHEET_ROWS_MAX = 50000 };

typedef struct Sheet Sheet;

extern const char *const sheet_formats[]; // "csv", "xlsx"; NULL-terminated

// titles: of the columns, NULL-terminated. NULL: no file can be made.
Sheet *sheet_new(const char *format, const char *name, const char *const *titles);
void sheet_free(Sheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sheet, sheet_free)

// The next cell of the row; NULL: an empty one.
void sheet_text(Sheet *sheet, const char *text);
void sheet_number(Sheet *sheet, double value);
void sheet_percent(Sheet *sheet, double share); // 0.5 is 50 %
void sheet_skip(Sheet *sheet);
void sheet_next_row(Sheet *sheet);

// Answers with the file, to be kept under its name.
void sheet_reply(HttpRequest *request, Sheet *take_sheet);
// Pure: what CSV says for a cell's text, quoted. The caller frees.
char *sheet_csv_cell(const char *text);
