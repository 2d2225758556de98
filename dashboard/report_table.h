// SPDX-License-Identifier: Apache-2.0
// Report tables: a review (rating/review.h) as the tables of its report, from which the pages of
// paper (report.h) and the workbook (report_book.h) are made, so that both say the same. Pure.
#pragma once
#include <jansson.h>
#include <stdbool.h>

// [{"key","title","columns":[{"title","form"}],"rows":[[cell]]}], in the order of the report. form:
//   text, number
//   change    text, of a number
//   share     {"n","of","low"?,"high"?}: printed as 96.3% (209/217)
//   interval  the same: printed as 90.1% – 98.2%
//   value     a share, or a number
//   mean      a number, with its tenths where it is not whole by its kind
// A cell may be null: nothing is known. New reference.
json_t *report_tables(const json_t *review, bool is_english);
const json_t *report_table(const json_t *tables, const char *key); // borrowed

// How cells are printed. 19,880 of 19,881 is not 100 %. The caller frees.
char *report_cell_text(const json_t *cell, const char *form);
char *report_count_text(double count); // 19,881
