// SPDX-License-Identifier: Apache-2.0
// Report 月报、季报、年报: what a span of the hall came to, on A4 pages (PDF): figures beside the
// span before and the year before, trend, levels, hours, rankings by their interval's lower end,
// the life of bad ratings, call-backs, complaints, pain points (堵点难点) and clues. In Chinese or
// English. Nothing of a citizen's person is in it. Pure, but for fonts.
#pragma once
#include "dashboard/period.h"

#include <glib.h>
#include <jansson.h>

// What it is about: 好差评 月报, 电子监察 月报.
typedef enum { REPORT_RATINGS, REPORT_SUPERVISION } ReportSubject;

typedef struct {
    ReportSubject subject;
    const char *hall;
    Period period;
    int64_t made_ms;
    bool is_english;
} ReportHead;

// "青石镇为民服务中心 2026 年 11 月好差评月报". The caller frees.
char *report_title(const ReportHead *head);
// review: of rating/review.h; tables: of report_table.h. NULL: it could not be drawn.
GBytes *report_pdf(const ReportHead *head, const json_t *review, const json_t *tables);
