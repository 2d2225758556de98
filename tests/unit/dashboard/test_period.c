// SPDX-License-Identifier: Apache-2.0
#include "dashboard/period.h"

#include "base/clock.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int64_t at(const char *day)
{
    g_autofree char *text = g_strconcat(day, "T00:00:00+08:00", NULL);
    int64_t ms;
    assert_true(clock_parse(text, &ms));
    return ms;
}

static char *day_of(int64_t ms)
{
    g_autofree char *text = clock_format(ms);
    return g_strndup(text, 10);
}

#define SPAN(period) day_of((period).from_ms), day_of((period).to_ms)

// Each with the one before and the year before; now is 2026-11-24 in the hall.
static void periods(void **state)
{
    static const struct {
        const char *text, *from, *to, *before_from, *before_to, *year_from, *year_to, *title;
        bool is_running;
    } rows[] = {
        { "2026-10", "2026-10-01", "2026-11-01", "2026-09-01", "2026-10-01", "2025-10-01",
          "2025-11-01", "2026 年 10 月", false },
        { "2026-11", "2026-11-01", "2026-11-25", "2026-10-01", "2026-10-25", "2025-11-01",
          "2025-11-25", "2026 年 11 月", true },
        { "2026-03", "2026-03-01", "2026-04-01", "2026-02-01", "2026-03-01", "2025-03-01",
          "2025-04-01", "2026 年 3 月", false },
        { "2026-Q3", "2026-07-01", "2026-10-01", "2026-04-01", "2026-07-01", "2025-07-01",
          "2025-10-01", "2026 年第 3 季度", false },
        { "2025", "2025-01-01", "2026-01-01", "2024-01-01", "2025-01-01", "2024-01-01",
          "2025-01-01", "2025 年", false },
        { "2024-02", "2024-02-01", "2024-03-01", "2024-01-01", "2024-02-01", "2023-02-01",
          "2023-03-01", "2024 年 2 月", false },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Period period, before, year;
        assert_true(period_parse(rows[i].text, at("2026-11-24"), &period));
        before = period_before(&period);
        year = period_year_before(&period);
        char *days[] = { SPAN(period), SPAN(before), SPAN(year) };
        const char *wanted[] = { rows[i].from,      rows[i].to,        rows[i].before_from,
                                 rows[i].before_to, rows[i].year_from, rows[i].year_to };
        for (size_t k = 0; k < G_N_ELEMENTS(days); k++) {
            assert_string_equal(days[k], wanted[k]);
            g_free(days[k]);
        }
        g_autofree char *title = period_title(&period, false);
        assert_string_equal(title, rows[i].title);
        assert_int_equal(period.is_running, rows[i].is_running);
    }
}

static void wrong(void **state)
{
    static const char *const texts[] = { "",        "26",      "2026-0",  "2026-00", "2026-13",
                                         "2026-Q0", "2026-Q5", "2026-12", "2027",    "2026-1x",
                                         "1999-01", "2026/10", "20261",   "-2026" };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        Period period;
        assert_false(period_parse(texts[i], at("2026-11-24"), &period));
    }
}

// Days that are a whole month, quarter or year are that; others stay days.
static void days(void **state)
{
    static const struct {
        const char *from, *to, *title, *before_from;
    } rows[] = {
        { "2026-10-01", "2026-11-01", "2026 年 10 月", "2026-09-01" },
        { "2026-07-01", "2026-10-01", "2026 年第 3 季度", "2026-04-01" },
        { "2025-01-01", "2026-01-01", "2025 年", "2024-01-01" },
        { "2026-11-01", "2026-11-25", "2026 年 11 月", "2026-10-01" },
        { "2026-01-01", "2026-11-25", "2026 年", "2025-01-01" },
        { "2026-08-01", "2026-11-01", "2026-08-01 至 2026-10-31", "2026-05-01" },
        { "2026-10-03", "2026-10-10", "2026-10-03 至 2026-10-09", "2026-09-26" },
        { "2026-10-01", "2026-10-10", "2026-10-01 至 2026-10-09", "2026-09-22" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Period period;
        assert_true(period_of_days(at(rows[i].from), at(rows[i].to), at("2026-11-24"), &period));
        g_autofree char *title = period_title(&period, false);
        g_autofree char *before = day_of(period_before(&period).from_ms);
        assert_string_equal(title, rows[i].title);
        assert_string_equal(before, rows[i].before_from);
    }
    Period period;
    assert_false(period_of_days(at("2026-10-01"), at("2026-10-01"), at("2026-11-24"), &period));
    assert_false(period_of_days(at("2026-12-01"), at("2026-12-02"), at("2026-11-24"), &period));
    assert_false(period_of_days(at("2010-01-01"), at("2026-10-01"), at("2026-11-24"), &period));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(periods), cmocka_unit_test(wrong),
                                        cmocka_unit_test(days) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
