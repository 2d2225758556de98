// SPDX-License-Identifier: Apache-2.0
#include "capture/backoff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void grows_to_its_limit(void **state)
{
    static const int64_t longest[] = { 500, 1000, 2000, 3000, 3000, 3000 };
    Backoff steady = { 0 }, hasty = { 0 };
    for (size_t i = 0; i < sizeof longest / sizeof longest[0]; i++) {
        assert_int_equal(backoff_next(&steady, 0.0), longest[i]);
        assert_int_equal(backoff_next(&hasty, 1.0), longest[i] * 4 / 5);
        assert_int_equal(steady.failures, i + 1);
    }
    backoff_reset(&steady);
    assert_int_equal(steady.failures, 0);
    assert_int_equal(backoff_next(&steady, 0.0), 500);
}

static void stays_there(void **state)
{
    Backoff backoff = { .failures = UINT32_MAX - 1 };
    assert_int_equal(backoff_next(&backoff, 0.0), BACKOFF_MAX_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_to_its_limit),
        cmocka_unit_test(stays_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
