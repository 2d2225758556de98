// SPDX-License-Identifier: Apache-2.0
// Monthly report 电子监察月报: its tables, and its pages with pictures, made of the same review
// (rating/monthly_review.h) as the page 监察月报. Pure, but for fonts.
#pragma once
#include "dashboard/report.h"
#include "rating/hall.h"

// The groups that it has tables of; NULL-terminated, for monthly_review.
extern const char *const monthly_report_groups[];

// The month beside the one before and the year before; wanted: groups (rating/monthly_review.h).
json_t *monthly_report_review(Store *store, const Config *config, const Period *period,
                              const char *const *wanted, int64_t now_ms);
// As report_tables (report_table.h); the workbook is made of them by report_book. config: names of
// counters.
json_t *monthly_tables(const json_t *review, const Config *config, bool is_english);
// NULL: it could not be drawn.
GBytes *monthly_pdf(const ReportHead *head, const json_t *review, const json_t *tables);
