// SPDX-License-Identifier: Apache-2.0
#include "capture/reorder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { N = 8 };

// In frames; a frame is 1000.
static void decode_times(void **state)
{
    static const struct {
        int depth;
        int shown[N], decoded[N];
    } rows[] = {
        { 0, { 0, 1, 2, 3, 4, 5, 6, 7 }, { 0, 1, 2, 3, 4, 5, 6, 7 } },
        { 1, { 0, 2, 1, 4, 3, 6, 5, 7 }, { -1, 0, 1, 2, 3, 4, 5, 6 } },
        { 2, { 0, 4, 2, 1, 3, 8, 6, 5 }, { -2, -1, 0, 1, 2, 3, 4, 5 } },
        { 1, { 0, 3, 1, 2, 6, 4, 5, 7 }, { -1, 0, 1, 2, 3, 4, 5, 6 } },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Reorder reorder;
        reorder_init(&reorder, rows[i].depth);
        for (int k = 0; k < N; k++)
            assert_int_equal(reorder_next(&reorder, rows[i].shown[k] * 1000, 1000),
                             rows[i].decoded[k] * 1000);
    }
}

// A stream that does not say its depth: it is learned, and then no picture is decoded after it is
// shown.
static void depth_is_learned(void **state)
{
    static const int shown[] = { 0, 3, 1, 2, 6, 4, 5, 9, 7, 8, 12, 10, 11 };
    Reorder reorder;
    reorder_init(&reorder, 0);
    int64_t before = INT64_MIN;
    for (size_t k = 0; k < sizeof shown / sizeof shown[0]; k++) {
        int64_t decoded = reorder_next(&reorder, shown[k] * 1000, 1000);
        assert_true(k < 6 || decoded > before);
        assert_true(k < 6 || decoded <= shown[k] * 1000);
        before = decoded;
    }
    assert_in_range(reorder.depth, 1, 2);
}

static void depth_is_limited(void **state)
{
    Reorder reorder;
    reorder_init(&reorder, 1000);
    assert_int_equal(reorder.depth, REORDER_MAX);
    for (int k = 100; k > 0; k--)
        reorder_next(&reorder, k * 1000, 1000);
    assert_int_equal(reorder.depth, REORDER_MAX);
    assert_int_equal(reorder.n, REORDER_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode_times),
        cmocka_unit_test(depth_is_learned),
        cmocka_unit_test(depth_is_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
