// SPDX-License-Identifier: Apache-2.0
// Report drawing: what reports on paper are made of, whatever they tell: a band with the title,
// headings, words, tables and bars. Their contents: report.h (ratings), monthly_report.h
// (supervision). One thread.
#pragma once
#include "dashboard/paper.h"
#include "dashboard/report.h"

enum { COLUMNS_MAX = 9, BAR_ROWS = 10 }; // of tables and bars; the workbook has all

typedef struct {
    Paper *paper;
    const ReportHead *head;
    const json_t *review, *tables; // tables: of report_table.h's form
} Report;

G_GNUC_FORMAT(2)
G_GNUC_FORMAT(3)
const char *report_say(const Report *report, const char *zh, const char *en);
void report_band(const Report *report);
// need: room below it on the same page.
void report_heading(const Report *report, const char *said, const char *hint, double need);
void report_words(const Report *report, const char *said); // a box of them
void report_legend(const Report *report, double x, double y, unsigned color, const char *said);
// left_out: bits of columns that only the workbook has; most: so many rows at most.
void report_draw_table(const Report *report, const char *key, const char *hint, unsigned left_out,
                       size_t most);
// A table as bars: its first column against its second.
void report_draw_bars(const Report *report, const char *key, const char *hint, unsigned color);
