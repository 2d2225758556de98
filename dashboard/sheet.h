// SPDX-License-Identifier: Apache-2.0
// Sheet: rows as a file for a spreadsheet: CSV (UTF-8 with its mark) or xlsx, row by row into the
// file, so that its size costs no memory. Text stays text: in CSV, what a spreadsheet would take
// for a formula gets an apostrophe before it; in xlsx the cell's type says it. One thread.
#pragma once
#include <glib.h>
#include <stdbool.h>

// So many rows are at most in one file; who wants more chooses a shorter range.
enum { SHEET_ROWS_MAX = 100000 };

typedef struct Sheet Sheet;

extern const char *const sheet_formats[];   // "csv", "xlsx"; NULL-terminated
const char *sheet_type(const char *format); // as in Content-Type

// Into fd, which stays the caller's. NULL: no file can be made. A page is to be begun first.
Sheet *sheet_new(const char *format, int fd);
// 0 once all is in the file, or negative errno.
int sheet_finish(Sheet *take_sheet);
void sheet_free(Sheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sheet, sheet_free)

// Begins a page (of xlsx; CSV has one page). title: of its tab, at most 31 characters; titles: of
// the columns, NULL-terminated.
void sheet_page(Sheet *sheet, const char *title, const char *const *titles);

// The next cell of the row; NULL: an empty one.
void sheet_text(Sheet *sheet, const char *text);
void sheet_number(Sheet *sheet, double value);
void sheet_percent(Sheet *sheet, double share); // 0.5 is 50 %
// The rate, its numerator and its denominator, a cell each. Nothing is not 0 %.
void sheet_share(Sheet *sheet, double n, double of);
void sheet_skip(Sheet *sheet);
void sheet_next_row(Sheet *sheet);

// Pure: what CSV says for a cell's text, quoted. The caller frees.
char *sheet_csv_cell(const char *text);
