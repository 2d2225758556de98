// SPDX-License-Identifier: Apache-2.0
#include "capture/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void what_was_added(void **state)
{
    Tally before = { 1000, 25, 5000, 1, 1, 3 };
    Tally now = { 11000, 275, 55000, 11, 2, 4 };
    Tally added = tally_since(&now, &before);
    assert_int_equal(added.live_ms, 10000);
    assert_int_equal(added.frames, 250);
    assert_int_equal(added.bytes, 50000);
    assert_int_equal(added.keys, 10);
    assert_int_equal(added.reconnects, 1);
    assert_int_equal(added.lost, 1);
}

// A camera whose address has changed begins at nothing again: no figure may become negative.
static void of_a_camera_started_anew_everything(void **state)
{
    Tally before = { 90000, 2000, 800000, 80, 1, 9 };
    Tally now = { 2000, 50, 20000, 2, 1, 0 };
    Tally added = tally_since(&now, &before);
    assert_int_equal(added.live_ms, 2000);
    assert_int_equal(added.frames, 50);
    assert_int_equal(added.bytes, 20000);
    assert_int_equal(added.reconnects, 1);
    assert_int_equal(added.lost, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_was_added),
                                        cmocka_unit_test(of_a_camera_started_anew_everything) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
