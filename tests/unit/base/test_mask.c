// SPDX-License-Identifier: Apache-2.0
// Masks as a person writes them.
#include "base/mask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void masks_are_read_or_refused(void **state)
{
    static const struct {
        const char *text;
        int corners; // 0: refused
    } rows[] = {
        { "0.1,0.2 0.4,0.6", 4 },
        { "0,0 1,1", 4 },
        { "0.1,0.2 0.4,0.2 0.3,0.6", 3 },
        { "0.1,0.1 0.9,0.1 0.9,0.9 0.5,0.5 0.1,0.9", 5 },
        { "", 0 },
        { "0.1,0.2", 0 },
        { "0.1,0.2 0.1,0.6", 0 },         // no width
        { "0.1,0.1 0.2,0.2 0.3,0.3", 0 }, // no area
        { "0.1,0.2 1.4,0.6", 0 },         // beyond the picture
        { "-0.1,0.2 0.4,0.6", 0 },
        { "0.1,0.2  0.4,0.6", 0 }, // two blanks
        { "0.1 0.2 0.4 0.6", 0 },
        { "0.1,0.2,0.3 0.4,0.6,0.7", 0 },
        { "1e-1,0.2 0.4,0.6", 0 },
        { "nan,0.2 0.4,0.6", 0 },
        { "0x1,0.2 0.4,0.6", 0 },
        { "0.1.1,0.2 0.4,0.6", 0 },
        { "10%,20% 40%,60%", 0 },
        { "0.10000000000001,0.2 0.4,0.6", 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Mask mask;
        bool is_read = mask_parse(rows[i].text, &mask);
        if (is_read != (rows[i].corners > 0) || (is_read && mask.n != rows[i].corners))
            fail_msg("%s", rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(masks_are_read_or_refused) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
