// SPDX-License-Identifier: Apache-2.0
#include "capture/meter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void rates(void **state)
{
    Meter meter = { 0 };
    assert_true(meter_fps(&meter) == 0);
    meter_add(&meter, 0, 5000);
    assert_true(meter_fps(&meter) == 0);
    assert_int_equal(meter_kbit(&meter), 0);
    for (int i = 1; i < 1000; i++) // 25 a second of 5000 bytes: 1000 kbit/s
        meter_add(&meter, i * 40000, 5000);
    assert_float_equal(meter_fps(&meter), 25.0, 0.001);
    assert_int_equal(meter_kbit(&meter), 1000);
    for (int i = 1; i <= METER_FRAMES; i++) // all that was before is out of the window
        meter_add(&meter, 999 * 40000 + i * 100000, 1250);
    assert_float_equal(meter_fps(&meter), 10.0, 0.001);
    assert_int_equal(meter_kbit(&meter), 100);
    meter_reset(&meter);
    assert_int_equal(meter_kbit(&meter), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(rates) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
