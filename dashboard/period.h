// SPDX-License-Identifier: Apache-2.0
// Period: the days that a report is about, in the hall's calendar: a month, a quarter, a year, or
// any days; and the days that it is compared with. Pure.
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef enum { PERIOD_DAYS, PERIOD_MONTH, PERIOD_QUARTER, PERIOD_YEAR } PeriodForm;

// from_ms <= moment < to_ms. One that is not over ends with today, and is compared with as many
// days of the period before: eleven days are not held against a month.
typedef struct {
    PeriodForm form;
    int64_t from_ms, to_ms;
    bool is_running;
} Period;

// "2026-11", "2026-Q4" or "2026". False: none of them, or one that is yet to come.
bool period_parse(const char *text, int64_t now_ms, Period *ret_period);
Period period_of_month(int64_t now_ms); // the one that is now
// Of any days; where they are a whole month, quarter or year (or one up to today), that one. Times
// are taken to the day. False: empty, longer than ten years, or yet to come.
bool period_of_days(int64_t from_ms, int64_t to_ms, int64_t now_ms, Period *ret_period);

// The one before (of days: as many days, up to it), and the same a year earlier.
Period period_before(const Period *period);
Period period_year_before(const Period *period);

// "2026 年 11 月", "2026 年第 4 季度", "2026 年", "2026-11-01 至 2026-11-15"; in English "November
// 2026" ... The caller frees.
char *period_title(const Period *period, bool is_english);
// 月报, 季报, 年报 or 报告; "monthly report" ...
const char *period_report(const Period *period, bool is_english);
