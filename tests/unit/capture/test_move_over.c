// SPDX-License-Identifier: Apache-2.0
#include "capture/move_over.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

// At a second, how both disks are, and which is recorded to then.
typedef struct {
    int second;
    bool main, spare, is_on_spare;
} Moment;

static void follow(const Moment *moments, size_t n)
{
    MoveOver over = { 0 };
    for (size_t i = 0; i < n; i++) {
        bool was_on_spare = over.is_on_spare;
        bool is_moved = move_over_look(&over, 1 + moments[i].second * INT64_C(1000),
                                       moments[i].main, moments[i].spare);
        print_message("%d s\n", moments[i].second);
        assert_int_equal(over.is_on_spare, moments[i].is_on_spare);
        assert_int_equal(is_moved, was_on_spare != over.is_on_spare);
    }
}

static void it_goes_at_once_and_comes_back_after_a_while(void **state)
{
    static const Moment MOMENTS[] = {
        { 0, true, true, false },    { 5, false, true, true },   { 6, true, true, true },
        { 15, true, true, true },    { 16, true, true, false }, // 10 s well
        { 20, false, true, true },   { 21, true, true, true },   { 40, true, true, true },
        { 41, true, true, false }, // again within ten minutes: 20 s
        { 1000, false, true, true }, { 1001, true, true, true }, { 1011, true, true, false },
    };
    follow(MOMENTS, sizeof MOMENTS / sizeof *MOMENTS);
}

static void where_both_are_bad_it_stays_and_takes_the_first_that_is_well(void **state)
{
    static const Moment MOMENTS[] = {
        { 0, false, false, false },  { 9, false, false, false }, { 10, false, true, true },
        { 11, false, false, true },  { 12, true, false, false }, // the spare fails: no waiting
        { 13, false, false, false }, { 14, true, false, false },
    };
    follow(MOMENTS, sizeof MOMENTS / sizeof *MOMENTS);
}

static void a_main_disk_that_comes_and_goes_waits_longer_each_time(void **state)
{
    MoveOver over = { 0 };
    int64_t now_ms = 1, well_ms = 0;
    for (int i = 0; i < 12; i++) {
        assert_true(move_over_look(&over, now_ms, false, true));
        for (well_ms = now_ms; over.is_on_spare; now_ms += 1000)
            move_over_look(&over, now_ms, true, true);
    }
    assert_in_range(now_ms - well_ms, MOVE_OVER_MAX_WAIT_MS, MOVE_OVER_MAX_WAIT_MS + 1000);
}

static void a_slow_answer_begins_the_wait_anew(void **state)
{
    MoveOver over = { 0 };
    move_over_look(&over, 1, false, true);
    move_over_look(&over, 1000, true, true);
    move_over_doubt(&over);
    assert_false(move_over_look(&over, 11000, true, true));
    assert_true(move_over_look(&over, 21000, true, true));
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(it_goes_at_once_and_comes_back_after_a_while),
        cmocka_unit_test(where_both_are_bad_it_stays_and_takes_the_first_that_is_well),
        cmocka_unit_test(a_main_disk_that_comes_and_goes_waits_longer_each_time),
        cmocka_unit_test(a_slow_answer_begins_the_wait_anew),
    };
    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
