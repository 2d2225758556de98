// SPDX-License-Identifier: Apache-2.0
#include "base/template.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *look(void *ctx, const char *name)
{
    if (strcmp(name, "text") == 0)
        return "a\"b\\c\n&d=1/好";
    return strcmp(name, "line") == 0 ? "x\r\nBcc: y" : NULL;
}

static const struct {
    const char *text;
    TemplateEscape escape;
    const char *filled;
} rows[] = {
    { "", TEMPLATE_PLAIN, "" },
    { "no place", TEMPLATE_PLAIN, "no place" },
    { "<${text}>", TEMPLATE_PLAIN, "<a\"b\\c\n&d=1/好>" },
    { "{\"m\":\"${text}\"}", TEMPLATE_JSON, "{\"m\":\"a\\\"b\\\\c\\n&d=1/好\"}" },
    { "?m=${text}&x=1", TEMPLATE_URL, "?m=a%22b%5Cc%0A%26d%3D1%2F%E5%A5%BD&x=1" },
    { "X: ${line}", TEMPLATE_HEADER, "X: x  Bcc: y" },
    { "${unknown}${text}", TEMPLATE_URL, "a%22b%5Cc%0A%26d%3D1%2F%E5%A5%BD" },
    { "$ {text} ${} ${TEXT} ${text", TEMPLATE_PLAIN, "$ {text} ${} ${TEXT} ${text" },
    { "${${line}", TEMPLATE_HEADER, "${x  Bcc: y" },
};

static void test_rows(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *filled = template_fill(rows[i].text, rows[i].escape, look, NULL);
        assert_string_equal(filled, rows[i].filled);
    }
}

static void test_known(void **state)
{
    static const char *const names[] = { "text", "phone", NULL };
    assert_true(template_is_known("a ${text} ${phone} $x", names));
    assert_false(template_is_known("a ${text} ${telephone}", names));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_known) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
