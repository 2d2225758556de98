// SPDX-License-Identifier: Apache-2.0
#include "rating/spoken.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

// Spaces are pauses that nobody hears: they are not compared.
static char *without_spaces(char *take_text)
{
    g_auto(GStrv) parts = g_strsplit(take_text, " ", -1);
    g_free(take_text);
    return g_strjoinv("", parts);
}

static void test_calls_in_chinese(void **state)
{
    static const struct {
        const char *number, *counter, *expected;
    } rows[] = {
        { "A012", "3号 综合窗口", "请ei1零一二号，到三号综合窗口" },
        { "B100", "12号窗口", "请bi4一零零号，到十二号窗口" },
        { "Z1005", "10号", "请zei4一零零五号，到十号" },
        { "C007", "20号", "请xi1零零七号，到二十号" },
        { "C007", "35号窗口", "请xi1零零七号，到三十五号窗口" },
        { "C007", "108室", "请xi1零零七号，到一零八室" },
        { "A001", "B2窗口", "请ei1零零一号，到bi4二窗口" },
        { "A001", "出件窗口 (一楼)", "请ei1零零一号，到出件窗口一楼" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = without_spaces(spoken_zh(rows[i].number, rows[i].counter));
        assert_string_equal(text, rows[i].expected);
    }
    // Nothing that a voice's markup or a command line could take for more than a name.
    g_autofree char *odd = spoken_zh("A001", "窗口; -rf <x>");
    assert_null(strpbrk(odd, ";-<>"));
}

static void test_calls_in_english(void **state)
{
    static const struct {
        const char *number, *counter, *expected;
    } rows[] = {
        { "A012", "3号 综合窗口", "Number A, 0 1 2, please go to counter 3." },
        { "B100", "12号窗口", "Number B, 1 0 0, please go to counter 12." },
        { "B100", "出件窗口", "Number B, 1 0 0, please look at the screen for your counter." },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = spoken_en(rows[i].number, rows[i].counter);
        assert_string_equal(text, rows[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls_in_chinese),
        cmocka_unit_test(test_calls_in_english),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
