// SPDX-License-Identifier: Apache-2.0
#include "rating/redact.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void numbers(void **state)
{
    static const struct {
        const char *text, *clean;
    } rows[] = {
        { "电话13800001111，等了很久", "电话***，等了很久" },
        { "138 0000 1111", "***" },
        { "138-0000-1111 找我", "*** 找我" },
        { "１３８００００１１１１", "***" },
        { "410101199001011234", "***" },
        { "2026 年等了 30 分钟", "2026 年等了 30 分钟" },
        { "3 - 4 号窗口", "3 - 4 号窗口" },
        { "12345", "***" },
        { "1234", "1234" },
        { "", "" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *clean = redact_text(rows[i].text);
        assert_string_equal(clean, rows[i].clean);
    }
    assert_null(redact_text(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(numbers) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
