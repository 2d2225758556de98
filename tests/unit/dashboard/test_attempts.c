// SPDX-License-Identifier: Apache-2.0
#include "dashboard/attempts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

// Three are free, the longest wait is 60 s. Each row is an attempt at a moment, and what it is
// answered.
static const struct {
    int64_t at_ms, wait_ms;
} course[] = {
    { 0, 0 },          { 0, 0 },       { 0, 0 },     // free; the third closes the door for 1 s
    { 1, 999 },        { 999, 1 },     { 1000, 0 },  // the fourth: 2 s
    { 1500, 1500 },    { 3000, 0 },    { 7000, 0 },  // 4 s, 8 s
    { 15000, 0 },      { 31000, 0 },   { 63000, 0 }, // 16, 32, then 60 s instead of 64
    { 122999, 1 },     { 123000, 0 },  { 183000, 0 },
    { 1083000, 0 },    { 1083000, 0 }, { 1083000, 0 }, // quiet for 15 min: forgotten
    { 1083000, 1000 },
};

static void waits_double_up_to_the_longest_and_are_forgotten(void **state)
{
    g_autoptr(Attempts) attempts = attempts_new(8, 3, 60000, ATTEMPTS_QUIET_MS);
    for (size_t i = 0; i < G_N_ELEMENTS(course); i++)
        assert_int_equal(attempts_begin(attempts, "wang", course[i].at_ms), course[i].wait_ms);
}

static void keys_are_apart(void **state)
{
    g_autoptr(Attempts) attempts = attempts_new(8, 1, 60000, ATTEMPTS_QUIET_MS);
    assert_int_equal(attempts_begin(attempts, "a", 0), 0);
    assert_int_equal(attempts_begin(attempts, "a", 0), 1000);
    assert_int_equal(attempts_begin(attempts, "b", 0), 0);
}

static void success_forgets_or_takes_one_back(void **state)
{
    g_autoptr(Attempts) attempts = attempts_new(8, 2, 60000, ATTEMPTS_QUIET_MS);
    attempts_begin(attempts, "a", 0);
    attempts_begin(attempts, "a", 0);
    attempts_take_back(attempts, "a");
    assert_int_equal(attempts_begin(attempts, "a", 0), 0);
    assert_int_equal(attempts_begin(attempts, "a", 0), 1000);
    attempts_forget(attempts, "a");
    assert_int_equal(attempts_begin(attempts, "a", 0), 0);
    attempts_take_back(attempts, "never seen");
    assert_int_equal(attempts_size(attempts), 1);
}

static void the_table_is_bounded_and_drops_the_quietest(void **state)
{
    g_autoptr(Attempts) attempts = attempts_new(3, 1, 60000, ATTEMPTS_QUIET_MS);
    attempts_begin(attempts, "a", 1);
    attempts_begin(attempts, "b", 2);
    attempts_begin(attempts, "c", 3);
    attempts_begin(attempts, "d", 4);
    assert_int_equal(attempts_size(attempts), 3);
    assert_int_equal(attempts_begin(attempts, "c", 5), 998);
    assert_int_equal(attempts_begin(attempts, "a", 5), 0);
    assert_int_equal(attempts_size(attempts), 3);
}

static void what_is_remembered_for_a_day_is(void **state)
{
    enum { DAY_MS = 86400000 };
    g_autoptr(Attempts) attempts = attempts_new(8, 2, 60000, DAY_MS);
    assert_int_equal(attempts_begin(attempts, "a", 0), 0);
    assert_int_equal(attempts_begin(attempts, "a", DAY_MS - 1), 0);
    assert_int_equal(attempts_begin(attempts, "a", DAY_MS - 1), 1000);
    assert_int_equal(attempts_begin(attempts, "a", 2 * DAY_MS), 0);
    assert_int_equal(attempts_begin(attempts, "a", 2 * DAY_MS), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_double_up_to_the_longest_and_are_forgotten),
        cmocka_unit_test(keys_are_apart),
        cmocka_unit_test(what_is_remembered_for_a_day_is),
        cmocka_unit_test(success_forgets_or_takes_one_back),
        cmocka_unit_test(the_table_is_bounded_and_drops_the_quietest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
