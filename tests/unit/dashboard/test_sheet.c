// SPDX-License-Identifier: Apache-2.0
#include "dashboard/sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

// What a spreadsheet would take for a formula does not stay one.
static void cells(void **state)
{
    static const struct {
        const char *text, *cell;
    } rows[] = {
        { "很好", "\"很好\"" },
        { "=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"" },
        { "+86 138", "\"'+86 138\"" },
        { "-1", "\"'-1\"" },
        { "@SUM(A1)", "\"'@SUM(A1)\"" },
        { "\t=1", "\"'\t=1\"" },
        { "＝1+1", "\"'＝1+1\"" },
        { "等了 2=3 次", "\"等了 2=3 次\"" },
        { "一行\n二行", "\"一行\n二行\"" },
        { "", "\"\"" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *cell = sheet_csv_cell(rows[i].text);
        assert_string_equal(cell, rows[i].cell);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(cells) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
