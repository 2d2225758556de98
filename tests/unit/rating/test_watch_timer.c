// SPDX-License-Identifier: Apache-2.0
// The timer of an empty counter over what is seen, minute by minute: E empty, S staffed, ? the
// picture is lost or moved, . nothing is said. What was said stands for two minutes.
#include "rating/watch_timer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#define MINUTE INT64_C(60000)

static void see(WatchTimer *timer, char what, int64_t at_ms)
{
    watch_timer_advance(timer, at_ms);
    if (what == 'E')
        watch_timer_see(timer, TIMER_YES, at_ms + 2 * MINUTE);
    if (what == 'S')
        watch_timer_see(timer, TIMER_NO, at_ms + 2 * MINUTE);
    if (what == '?')
        watch_timer_see(timer, TIMER_UNKNOWN, at_ms);
}

static void test_minutes(void **state)
{
    static const struct {
        const char *about, *seen;
        int held;  // minutes counted at the end of the row
        int since; // in which minute this time of it began; -1: it is not so
    } rows[] = {
        { "一直空岗", "EEEEEE", 5, 0 },
        { "有人", "SSSSSS", 0, -1 },
        { "空了又来人，从头算", "EEEESEE", 1, 5 },
        { "来人以后走开", "SSEEEE", 3, 2 },
        { "画面丢了三分钟：不算空岗，已计的保留", "EEE???EE", 4, 0 },
        { "画面丢失时来过人也看不到，但一看到有人就清零", "EEE???SE", 0, 7 },
        { "没有人再说什么：两分钟后不再计", "EEE.....", 4, 0 },
        { "又开始说了，接着计", "EEE.....EE", 5, 0 },
        { "从未看到", "??????", 0, -1 },
        { "一开始就丢了画面，后来才看到空岗", "???EEE", 2, 3 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        WatchTimer timer = WATCH_TIMER_NEW;
        for (size_t minute = 0; rows[i].seen[minute]; minute++)
            see(&timer, rows[i].seen[minute], (int64_t)minute * MINUTE);
        int64_t since = rows[i].since < 0 ? WATCH_TIMER_NEVER : rows[i].since * MINUTE;
        if (timer.held_ms != rows[i].held * MINUTE || timer.since_ms != since)
            fail_msg("%s (%s): held %d min", rows[i].about, rows[i].seen,
                     (int)(timer.held_ms / MINUTE));
    }
}

// When five minutes will have been counted, at the end of the row.
static void test_next(void **state)
{
    static const struct {
        const char *about, *seen;
        int next; // minute; -1: not by what stands
    } rows[] = {
        { "还差两分钟，正好在有效期内", "EEEE", 5 },
        { "还差三分钟，要等下一次观察", "EEE", -1 },
        { "正好到", "EEEEEE", 5 },
        { "早已过了", "EEEEEEEE", 5 },
        { "画面丢失，暂停", "EEEE?", -1 },
        { "有人", "EEEES", -1 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        WatchTimer timer = WATCH_TIMER_NEW;
        for (size_t minute = 0; rows[i].seen[minute]; minute++)
            see(&timer, rows[i].seen[minute], (int64_t)minute * MINUTE);
        int64_t next = watch_timer_next(&timer, 5 * MINUTE);
        if (next != (rows[i].next < 0 ? WATCH_TIMER_NEVER : rows[i].next * MINUTE))
            fail_msg("%s (%s)", rows[i].about, rows[i].seen);
    }
}

static void test_a_clock_that_goes_back_counts_nothing(void **state)
{
    WatchTimer timer = WATCH_TIMER_NEW;
    see(&timer, 'E', 10 * MINUTE);
    see(&timer, 'E', 5 * MINUTE);
    assert_int_equal(timer.held_ms, 0);
    see(&timer, 'E', 11 * MINUTE); // what was said of minute 5 stood until minute 7
    assert_int_equal(timer.held_ms, 0);
    see(&timer, 'E', 12 * MINUTE);
    assert_int_equal(timer.held_ms, MINUTE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_minutes),
        cmocka_unit_test(test_next),
        cmocka_unit_test(test_a_clock_that_goes_back_counts_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
