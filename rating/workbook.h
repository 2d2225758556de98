// SPDX-License-Identifier: Apache-2.0
// Workbook: the rows of an xlsx file's first sheet as text (ECMA-376, part 1: 18.3 sheets, 18.4
// shared strings). Formulas give the value that was last computed; styles, and so dates, are not
// looked at.
//
// The file may be hostile: it is a zip of XML. What it unpacks to, and its rows, columns and texts
// are bounded; a document type declaration, which could define entities, is refused; nothing is
// fetched. Pure functions over bytes.
#pragma once
#include "rating/csv.h"

enum {
    WORKBOOK_BYTES_MAX = 4 << 20,
    WORKBOOK_ROWS_MAX = 20000,
    WORKBOOK_COLUMNS_MAX = 64, // what stands further right is passed over
};

bool workbook_is_one(const char *bytes, size_t size); // by its first bytes
// ret_rows: CsvRow, none empty, lines as the sheet numbers them; the caller unrefs it. 0, or
// -EINVAL with a sentence in error (at least 200 bytes).
int workbook_read(const char *bytes, size_t size, GArray **ret_rows, char *error);
