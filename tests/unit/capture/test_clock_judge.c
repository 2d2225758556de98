// SPDX-License-Identifier: Apache-2.0
#include "capture/clock_judge.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define DAY_US (INT64_C(86400) * 1000000)
static const int64_t NOW = INT64_C(1795500000000000);
static const int64_t UP = 1000000; // since the machine's start

// A clock that was believed at NOW is at wall when hours have passed since: is that believed, and
// how many days is it then for what has an age?
static const struct {
    const char *name;
    int64_t known_us; // at the start
    int64_t doubted_us;
    int64_t wall_us; // at the start
    int64_t step_us; // an hour later
    int hours;       // after the start
    bool is_believed;
    int64_t age_us; // of NOW
} ROWS[] = {
    { "a first start", 0, 0, NOW, 0, 48, true, 2 * DAY_US },
    { "a restart", NOW - 5000000, 0, NOW, 0, 2, true, DAY_US / 12 },
    { "an hour ahead", 0, 0, NOW, DAY_US / 24, 2, true, DAY_US / 8 },
    { "an hour back", 0, 0, NOW, -DAY_US / 24, 2, true, DAY_US / 24 },
    { "ten years ahead", 0, 0, NOW, 3650 * DAY_US, 167, false, DAY_US * 167 / 24 },
    { "ten years ahead, for more than a week", 0, 0, NOW, 3650 * DAY_US, 170, true,
      3650 * DAY_US + DAY_US * 170 / 24 },
    { "boots in 1970", NOW, 0, DAY_US, 0, 1, false, DAY_US + DAY_US / 24 - NOW },
    { "boots in 1970 and is set right", NOW, 0, DAY_US, NOW - DAY_US, 2, true, DAY_US / 12 },
    { "boots ten years ahead", NOW, 0, NOW + 3650 * DAY_US, 0, 2, false, DAY_US / 12 },
    { "was off for two months", NOW - 60 * DAY_US, 0, NOW, 0, 2, false, DAY_US / 12 - 60 * DAY_US },
    { "was off for two months, a week ago", NOW - 60 * DAY_US, 7 * DAY_US - DAY_US / 24, NOW, 0, 2,
      true, DAY_US / 12 },
};

static void a_leap_is_believed_after_a_week(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        ClockJudge judge;
        int64_t seen_us = 0, wall_us = ROWS[i].wall_us;
        print_message("%s\n", ROWS[i].name);
        ClockBelief belief = { ROWS[i].known_us, ROWS[i].doubted_us };
        clock_judge_start(&judge, belief, wall_us, UP);
        for (int64_t minute = 1; minute <= ROWS[i].hours * 60; minute++) {
            int64_t passed_us = minute * 60000000;
            wall_us = ROWS[i].wall_us + passed_us + (minute >= 60 ? ROWS[i].step_us : 0);
            seen_us += clock_judge_look(&judge, wall_us, UP + passed_us);
        }
        assert_int_equal(seen_us, ROWS[i].step_us);
        assert_int_equal(clock_judge_is_believed(&judge), ROWS[i].is_believed);
        assert_int_equal(
            clock_judge_now(&judge, wall_us, UP + ROWS[i].hours * INT64_C(3600000000)) - NOW,
            ROWS[i].age_us);
    }
}

// 500 ppm of a wrong quartz, corrected little by little, are no step; a leap that is taken back
// leaves nothing.
static void slow_correction_is_no_step(void **state)
{
    ClockJudge judge;
    clock_judge_start(&judge, (ClockBelief){ 0 }, NOW, UP);
    for (int64_t second = 1; second < 100000; second++)
        assert_int_equal(clock_judge_look(&judge, NOW + second * 1000500, UP + second * 1000000),
                         0);
    int64_t at_us = INT64_C(100000) * 1000000;
    int64_t right_us = NOW + INT64_C(100000) * 1000500;
    assert_int_equal(clock_judge_look(&judge, right_us + 400 * DAY_US, UP + at_us),
                     400 * DAY_US + 500);
    assert_false(clock_judge_is_believed(&judge));
    assert_int_equal(clock_judge_look(&judge, right_us + 1000000, UP + at_us + 1000000),
                     -400 * DAY_US);
    assert_true(clock_judge_is_believed(&judge));
}

// A box that was off for a holiday and runs for nine hours a day believes its clock in the end.
static void short_days_add_up(void **state)
{
    ClockBelief belief = { NOW - 20 * DAY_US, 0 };
    int days = 0;
    for (bool is_believed = false; !is_believed && days < 100; days++) {
        ClockJudge judge;
        int64_t hour_us = DAY_US / 24, wall_us = NOW + days * DAY_US;
        clock_judge_start(&judge, belief, wall_us, UP);
        for (int hour = 1; hour <= 9; hour++)
            clock_judge_look(&judge, wall_us + hour * hour_us, UP + hour * hour_us);
        is_believed = clock_judge_is_believed(&judge);
        belief = clock_judge_belief(&judge, UP + 9 * hour_us);
    }
    assert_int_equal(days, 19); // of 9 of the 168 hours
    assert_int_equal(belief.known_us, NOW + 18 * DAY_US + DAY_US * 9 / 24);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(a_leap_is_believed_after_a_week),
        cmocka_unit_test(short_days_add_up),
        cmocka_unit_test(slow_correction_is_no_step),
    };
    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
