// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <time.h>

static void formats_in_the_halls_zone(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        { 0, "1970-01-01T08:00:00.000+08:00" },
        { 1795482723120, "2026-11-24T09:12:03.120+08:00" },
        { -1, "1970-01-01T07:59:59.999+08:00" },
        { 1709222399999, "2024-02-29T23:59:59.999+08:00" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = clock_format(rows[i].ms);
        assert_string_equal(text, rows[i].text);
        int64_t back;
        assert_true(clock_parse(text, &back));
        assert_int_equal(back, rows[i].ms);
    }
}

static void reads_what_others_write(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {
        { "2026-11-24T01:12:03Z", 1795482723000 },
        { "2026-11-24T09:12:03+08:00", 1795482723000 },
        { "2026-11-24 09:12:03.5+08:00", 1795482723500 },
        { "2026-11-24T09:12:03.123456789+08:00", 1795482723123 },
        { "2026-11-24T09:12:03 08:00", 1795482723000 }, // a plus that a query turned into a blank
        { "1795482723120", 1795482723120 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t ms = -1;
        assert_true(clock_parse(rows[i].text, &ms));
        assert_int_equal(ms, rows[i].ms);
    }
}

static void refuses_what_is_no_time(void **state)
{
    static const char *const rows[] = {
        "",
        "now",
        "2026-11-24",
        "2026-11-24T09:12:03",
        "2026-02-30T09:12:03Z",
        "2026-11-24T24:12:03Z",
        "2026-11-24T09:60:03Z",
        "2026-11-24T09:12:03.Z",
        "2026-11-24T09:12:03+8:00",
        "2026-11-24T09:12:03Zx",
        "17641467231201764146723120",
        "-5",
    };
    int64_t ms;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_false(clock_parse(rows[i], &ms));
    assert_false(clock_parse(NULL, &ms));
}

static void a_day_starts_at_the_halls_midnight(void **state)
{
    assert_int_equal(clock_day_start(1795482723120),
                     1795482723120 - (9 * 3600 + 12 * 60 + 3) * 1000 - 120);
}

int main(void)
{
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_in_the_halls_zone),
        cmocka_unit_test(reads_what_others_write),
        cmocka_unit_test(refuses_what_is_no_time),
        cmocka_unit_test(a_day_starts_at_the_halls_midnight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
