// SPDX-License-Identifier: Apache-2.0
// Report book: the report's tables as a workbook, a page each, numbers as numbers.
#pragma once
#include <jansson.h>
#include <stdbool.h>

// tables: of report_table.h. Into fd. 0 or negative errno.
int report_book(const json_t *tables, bool is_english, int fd);
