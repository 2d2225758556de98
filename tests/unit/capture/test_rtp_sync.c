// SPDX-License-Identifier: Apache-2.0
#include "capture/rtp_sync.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const int64_t MS = 1000, S = 1000000;

static int64_t place(RtpSync *sync, int64_t time_us, int64_t arrival_us)
{
    int64_t at_us = -1;
    assert_true(rtp_sync_audio(sync, time_us, arrival_us, &at_us));
    return at_us;
}

static void sound_waits_for_the_picture(void **state)
{
    RtpSync sync = { 0 };
    int64_t at_us;
    assert_false(rtp_sync_audio(&sync, 0, 0, &at_us));
    rtp_sync_video(&sync, 0, 300 * MS);
    assert_int_equal(place(&sync, 300 * MS, 310 * MS), 10 * MS); // by arrival
}

static void arrival_decides_once_and_not_for_each_packet(void **state)
{
    RtpSync sync = { 0 };
    rtp_sync_video(&sync, 0, 0);
    assert_int_equal(place(&sync, 0, 50 * MS), 50 * MS);
    // 120 ms of network jitter do not move it.
    assert_int_equal(place(&sync, 64 * MS, 234 * MS), 114 * MS);
    assert_int_equal(place(&sync, 128 * MS, 180 * MS), 178 * MS);
}

static void reports_of_both_place_exactly(void **state)
{
    RtpSync sync = { 0 };
    rtp_sync_video(&sync, 0, 0);
    assert_int_equal(place(&sync, 0, 200 * MS), 200 * MS);
    rtp_sync_report(&sync, true, 1000 * S + 40 * MS, 40 * MS);
    assert_int_equal(place(&sync, 20 * MS, 220 * MS), 220 * MS); // one report says nothing
    rtp_sync_report(&sync, false, 1000 * S + 100 * MS, 20 * MS); // sound's 20 is picture's 100
    assert_int_equal(place(&sync, 20 * MS, 220 * MS), 100 * MS);
    assert_int_equal(place(&sync, 40 * MS, 240 * MS), 120 * MS);
    // A later report that differs by less than is heard moves nothing.
    rtp_sync_report(&sync, false, 1005 * S + 110 * MS, 5 * S + 20 * MS);
    assert_int_equal(place(&sync, 60 * MS, 260 * MS), 140 * MS);
}

static void reports_that_cannot_be_are_not_believed(void **state)
{
    RtpSync sync = { 0 };
    rtp_sync_video(&sync, 0, 0);
    rtp_sync_report(&sync, true, 1000 * S, 0);
    rtp_sync_report(&sync, false, 5000 * S, 0); // the same camera, more than an hour apart
    assert_int_equal(place(&sync, 0, 30 * MS), 30 * MS);
}

static void a_jump_of_either_line_is_followed(void **state)
{
    RtpSync sync = { 0 };
    rtp_sync_video(&sync, 0, 0);
    assert_int_equal(place(&sync, 0, 0), 0);
    rtp_sync_video(&sync, 3600 * S, 1 * S); // the picture's line jumped
    assert_int_equal(place(&sync, 1 * S, 1 * S), 3600 * S);
    assert_int_equal(place(&sync, -9 * S, 1 * S + 20 * MS), 3600 * S + 20 * MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_waits_for_the_picture),
        cmocka_unit_test(arrival_decides_once_and_not_for_each_packet),
        cmocka_unit_test(reports_of_both_place_exactly),
        cmocka_unit_test(reports_that_cannot_be_are_not_believed),
        cmocka_unit_test(a_jump_of_either_line_is_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
