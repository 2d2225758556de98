// SPDX-License-Identifier: Apache-2.0
#include "capture/retention.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static const int64_t DAY_US = INT64_C(86400) * 1000000;

// Five segments of 10 bytes, the oldest first, ended 5, 4, 3, 2 and 1 days ago. h: held.
static const struct {
    const char *name;
    const char *held;
    int days;
    int64_t quota, floor, used, free;
    const char *victims; // x: goes
    int64_t missing, used_after, free_after;
} ROWS[] = {
    { "no limits", ".....", 0, 0, 0, 50, 0, ".....", 0, 50, 0 },
    { "all is young enough", ".....", 6, 0, 0, 50, 0, ".....", 0, 50, 0 },
    { "by age", ".....", 3, 0, 0, 50, 0, "xx...", 0, 30, 20 },
    { "by age, but held", "h....", 3, 0, 0, 50, 0, ".x...", 0, 40, 10 },
    { "quota kept to the byte", ".....", 0, 50, 0, 50, 0, ".....", 0, 50, 0 },
    { "quota over by one", ".....", 0, 49, 0, 50, 0, "x....", 0, 40, 10 },
    { "quota passes over held ones", "hh...", 0, 30, 0, 50, 0, "..xx.", 0, 30, 20 },
    { "quota, all held", "hhhhh", 0, 30, 0, 50, 0, ".....", 20, 50, 0 },
    { "floor", ".....", 0, 0, 25, 50, 5, "xx...", 0, 30, 25 },
    { "floor cannot be reached", "..h..", 0, 0, 100, 50, 5, "xx.xx", 55, 10, 45 },
    { "age frees enough for the quota", ".....", 3, 30, 0, 50, 0, "xx...", 0, 30, 20 },
    { "open segments count", ".....", 0, 50, 0, 75, 0, "xxx..", 0, 45, 30 },
};

static void oldest_go_first_and_held_ones_never(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        RetentionItem items[5];
        bool victims[5];
        int64_t now_us = 100 * DAY_US;
        for (int k = 0; k < 5; k++)
            items[k] = (RetentionItem){ .id = k + 1,
                                        .end_us = now_us - (5 - k) * DAY_US,
                                        .bytes = 10,
                                        .is_held = ROWS[i].held[k] == 'h' };
        RetentionLimits limits = { .now_us = now_us,
                                   .days = ROWS[i].days,
                                   .quota_bytes = ROWS[i].quota,
                                   .floor_bytes = ROWS[i].floor,
                                   .used_bytes = ROWS[i].used,
                                   .free_bytes = ROWS[i].free };
        print_message("%s\n", ROWS[i].name);
        assert_int_equal(retention_choose(&limits, items, 5, victims), ROWS[i].missing);
        for (int k = 0; k < 5; k++)
            assert_int_equal(victims[k], ROWS[i].victims[k] == 'x');
        assert_int_equal(limits.used_bytes, ROWS[i].used_after);
        assert_int_equal(limits.free_bytes, ROWS[i].free_after);
    }
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(oldest_go_first_and_held_ones_never),
    };
    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
