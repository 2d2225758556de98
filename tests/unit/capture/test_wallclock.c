// SPDX-License-Identifier: Apache-2.0
#include "capture/wallclock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define WALL 1764000000000000

// Each row goes on from the one before, unless it begins anew (media 0).
static void rows(void **state)
{
    static const struct {
        int64_t media, arrival; // arrival from WALL on
        bool may_jump;
        int64_t expected; // from WALL on
        bool jump;
    } rows[] = {
        { 0, 1000, true, 1000, true }, // anchored at the first arrival
        { 40000, 41000, false, 41000, false },
        { 80000, 81015, false, 81015, false },       // within 20 us a frame it follows
        { 120000, 171015, false, 121035, false },    // 50 ms late: by 500 ppm of 40 ms only
        { 160000, 131035, false, 131035, false },    // never ahead of arrival
        { 1160000, 6261015, false, 1131535, false }, // over 5 s, but no key frame
        { 1200000, 6301015, true, 6301015, true },   // there it jumps
        { 1240000, 6341015, false, 6341015, false },
        { 1280000, 1300000, true, 1300000, true },  // the box's clock was set back
        { 1320000, 6339000, true, 1340020, false }, // 4.999 s off: no jump
        // A backlog of 3 s, a picture each half second, in one burst.
        { 0, 5000, true, 5000, true },
        { 500000, 6000, false, 6000, false },
        { 1000000, 7000, true, 7000, false }, // taken back by 0.998 s, less 500 ppm of drift
        { 1500000, 8000, false, 8000, false },
        { 2000000, 9000, false, 9000, false }, // by over a second, but no key frame
        { 2500000, 10000, true, 10000, true }, // there it is said
        { 3000000, 510000, true, 510000, false },
        { 0, 9000, true, 9000, true },
        { 1, 9101, false, 9001, false }, // parts of a microsecond add up ...
        { 1999, 12000, false, 10999, false },
        { 2000, 12000, false, 11001, false }, // ... to one
    };
    Wallclock clock = { 0 };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].media == 0)
            wallclock_reset(&clock);
        bool jump = false;
        int64_t wall =
            wallclock_at(&clock, rows[i].media, WALL + rows[i].arrival, rows[i].may_jump, &jump);
        assert_int_equal(wall - WALL, rows[i].expected);
        assert_int_equal(jump, rows[i].jump);
    }
}

// A camera whose clock is 200 ppm fast, over an hour, with up to 80 ms of network jitter.
static void follows_a_fast_camera(void **state)
{
    Wallclock clock = { 0 };
    bool jump = false;
    int64_t before = 0;
    for (int64_t i = 0; i < 90000; i++) {
        int64_t true_us = i * 40000;
        int64_t media = true_us + true_us / 5000;
        int64_t wall =
            wallclock_at(&clock, media, WALL + true_us + (i * 7919 % 80) * 1000, true, &jump);
        assert_true(i == 0 || !jump);
        assert_true(wall > before);
        assert_in_range((uint64_t)(wall - WALL - true_us + 100000), 0, 200000);
        before = wall;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows),
        cmocka_unit_test(follows_a_fast_camera),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
