// SPDX-License-Identifier: Apache-2.0
#include "capture/disk_pace.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

// Seconds of drops, then when it is asked and what it says.
static const struct {
    const char *name;
    int drops[8]; // 0 ends them
    int asked;
    bool is_behind;
} ROWS[] = {
    { "nothing was dropped", { 0 }, 100, false },
    { "one stall of 10 s", { 10, 12, 14, 20 }, 20, false },
    { "dropped for 20 s", { 10, 20, 30 }, 30, true },
    { "dropped twice, far apart", { 10, 60 }, 60, false },
    { "stalls that come again", { 10, 12, 41, 43 }, 43, true },
    { "stalls that come again later", { 10, 12, 43, 45 }, 45, false },
    { "drops with pauses of less", { 10, 12, 35 }, 35, true },
    { "ten minutes are not over", { 10, 20, 30 }, 629, true },
    { "ten minutes are over", { 10, 20, 30 }, 630, false },
    { "one more drop within them", { 10, 20, 30, 600 }, 1199, true },
    { "one drop after them", { 10, 20, 30, 640 }, 640, false },
};

static void a_disk_is_behind_when_drops_last(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        DiskPace pace = { 0 };
        print_message("%s\n", ROWS[i].name);
        for (const int *drop = ROWS[i].drops; *drop; drop++)
            disk_pace_drop(&pace, *drop * 1000);
        assert_int_equal(disk_pace_is_behind(&pace, ROWS[i].asked * 1000), ROWS[i].is_behind);
    }
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(a_disk_is_behind_when_drops_last),
    };
    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
