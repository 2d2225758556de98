// SPDX-License-Identifier: Apache-2.0
#include "dashboard/cursor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const struct {
    const char *text;
    bool is_good;
    int64_t ms;
    const char *id;
} rows[] = {
    { NULL, true, 0, NULL },
    { "1795484000000:2026-0001", true, INT64_C(1795484000000), "2026-0001" },
    { "0:办件:1", true, 0, "办件:1" },
    { "-1:a", true, -1, "a" },
    { "", false, 0, NULL },
    { ":", false, 0, NULL },
    { "12:", false, 0, NULL },
    { "12", false, 0, NULL },
    { "x12:a", false, 0, NULL },
    { " 12:a", false, 0, NULL },
    { "12 :a", false, 0, NULL },
    { "99999999999999999999:a", false, 0, NULL },
    { "1:"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaa"
      "aaaaaaaaaaaaaaaa",
      false, 0, NULL },
};

static void text_is_checked(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Cursor cursor;
        assert_int_equal(cursor_parse(rows[i].text, &cursor), rows[i].is_good);
        if (!rows[i].is_good)
            continue;
        assert_int_equal(cursor.before_ms, rows[i].ms);
        if (rows[i].id)
            assert_string_equal(cursor.before_id, rows[i].id);
        else
            assert_null(cursor.before_id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(text_is_checked) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
