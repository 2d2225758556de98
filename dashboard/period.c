// SPDX-License-Identifier: Apache-2.0
#include "dashboard/period.h"

#include "base/clock.h"
#include "rating/figures.h"

#include <stdio.h>
#include <string.h>

enum {
    DAY_MS = 24 * 3600 * 1000,
    YEARS_MAX = 10,
    MONTHS_A_YEAR = 12,
    YEAR_FIRST = 2000,
    YEAR_LAST = 2999
};

static const struct {
    int months;
    const char *zh, *en; // of the report
} forms[] = {
    [PERIOD_DAYS] = { 0, "报告", "report" },
    [PERIOD_MONTH] = { 1, "月报", "monthly report" },
    [PERIOD_QUARTER] = { 3, "季报", "quarterly report" },
    [PERIOD_YEAR] = { MONTHS_A_YEAR, "年报", "annual report" },
};

static int64_t month_start(int year, int month)
{
    g_autoptr(GDateTime) start = g_date_time_new_local(year, month, 1, 0, 0, 0);
    return g_date_time_to_unix(start) * 1000;
}

static GDateTime *local(int64_t ms)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(ms / 1000);
    return g_date_time_to_local(utc);
}

static int64_t next_day(int64_t ms)
{
    return clock_day_start(clock_day_start(ms) + DAY_MS + DAY_MS / 2);
}

static bool settle(Period *period, int64_t now_ms)
{
    int64_t tomorrow = next_day(now_ms);
    period->is_running = period->to_ms > tomorrow;
    period->to_ms = MIN(period->to_ms, tomorrow);
    return period->from_ms < period->to_ms;
}

static bool of_months(PeriodForm form, int year, int month, int64_t now_ms, Period *ret_period)
{
    *ret_period = (Period){ .form = form, .from_ms = month_start(year, month) };
    ret_period->to_ms = figures_months_before(ret_period->from_ms, -forms[form].months);
    return settle(ret_period, now_ms);
}

bool period_parse(const char *text, int64_t now_ms, Period *ret_period)
{
    int year = 0, n = 0;
    char rest[8] = "";
    bool is_quarter = false;
    if (sscanf(text, "%4d%7s", &year, rest) < 1 || year < YEAR_FIRST || year > YEAR_LAST)
        return false;
    if (!rest[0])
        return of_months(PERIOD_YEAR, year, 1, now_ms, ret_period);
    is_quarter = rest[1] == 'Q';
    size_t digits = is_quarter ? 2 : 1, size = is_quarter ? strlen("-Q4") : strlen("-11");
    if (rest[0] != '-' || strlen(rest) != size ||
        strspn(rest + digits, "0123456789") != size - digits)
        return false;
    n = (int)g_ascii_strtoll(rest + digits, NULL, 10);
    if (n < 1 || n > (is_quarter ? 4 : MONTHS_A_YEAR))
        return false;
    return is_quarter ? of_months(PERIOD_QUARTER, year, n * 3 - 2, now_ms, ret_period)
                      : of_months(PERIOD_MONTH, year, n, now_ms, ret_period);
}

Period period_of_month(int64_t now_ms)
{
    Period period;
    g_autoptr(GDateTime) now = local(now_ms);
    of_months(PERIOD_MONTH, g_date_time_get_year(now), g_date_time_get_month(now), now_ms, &period);
    return period;
}

bool period_of_days(int64_t from_ms, int64_t to_ms, int64_t now_ms, Period *ret_period)
{
    int64_t from = clock_day_start(from_ms), end = next_day(to_ms - 1);
    if (from_ms >= to_ms || to_ms > figures_months_before(from_ms, -MONTHS_A_YEAR * YEARS_MAX))
        return false;
    g_autoptr(GDateTime) first = local(from);
    int year = g_date_time_get_year(first), month = g_date_time_get_month(first);
    if (g_date_time_get_day_of_month(first) == 1) {
        for (PeriodForm form = PERIOD_MONTH; form <= PERIOD_YEAR; form++) {
            Period whole;
            if ((month - 1) % forms[form].months == 0 &&
                of_months(form, year, month, now_ms, &whole) &&
                whole.to_ms == MIN(end, next_day(now_ms))) {
                *ret_period = whole;
                return true;
            }
        }
    }
    *ret_period = (Period){ .from_ms = from, .to_ms = end };
    bool is_good = settle(ret_period, now_ms);
    ret_period->is_running = false; // its days are named
    return is_good;
}

static Period months_before(const Period *period, int months)
{
    Period before = *period;
    before.from_ms = figures_months_before(period->from_ms, months);
    before.to_ms = figures_months_before(period->to_ms, months);
    return before;
}

Period period_before(const Period *period)
{
    if (period->form != PERIOD_DAYS)
        return months_before(period, forms[period->form].months);
    Period before = *period;
    int64_t days = (period->to_ms - period->from_ms + DAY_MS / 2) / DAY_MS;
    before.to_ms = period->from_ms;
    before.from_ms = clock_day_start(period->from_ms - days * DAY_MS + DAY_MS / 2);
    return before;
}

Period period_year_before(const Period *period)
{
    return months_before(period, MONTHS_A_YEAR);
}

char *period_title(const Period *period, bool is_english)
{
    g_autoptr(GDateTime) first = local(period->from_ms);
    int year = g_date_time_get_year(first), month = g_date_time_get_month(first);
    switch (period->form) {
    case PERIOD_MONTH:
        if (!is_english)
            return g_strdup_printf("%d 年 %d 月", year, month);
        static const char *const months[] = { "January",   "February", "March",    "April",
                                              "May",       "June",     "July",     "August",
                                              "September", "October",  "November", "December" };
        return g_strdup_printf("%s %d", months[month - 1], year);
    case PERIOD_QUARTER:
        return is_english ? g_strdup_printf("Q%d %d", (month + 2) / 3, year)
                          : g_strdup_printf("%d 年第 %d 季度", year, (month + 2) / 3);
    case PERIOD_YEAR:
        return g_strdup_printf(is_english ? "%d" : "%d 年", year);
    case PERIOD_DAYS:
        break;
    }
    g_autofree char *from = clock_format(period->from_ms), *to = clock_format(period->to_ms - 1);
    return g_strdup_printf(is_english ? "%.10s to %.10s" : "%.10s 至 %.10s", from, to);
}

const char *period_report(const Period *period, bool is_english)
{
    return is_english ? forms[period->form].en : forms[period->form].zh;
}
