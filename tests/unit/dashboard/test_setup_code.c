// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"
#include "base/secret.h"
#include "dashboard/setup_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

static void it_is_made_once_for_its_owner_and_matches_as_typed(void **state)
{
    assert_int_equal(secret_init(), 0);
    g_autofree char *folder = g_dir_make_tmp("hallwatch-setup-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "setup-code", NULL);
    g_autofree char *code = NULL, *again = NULL;
    size_t size;
    struct stat status;

    assert_false(setup_code_matches(folder, ""));
    assert_int_equal(setup_code_make(folder), 0);
    assert_int_equal(file_read(path, 100, &code, &size), 0);
    assert_int_equal(size, 20); // four groups of four digits and the line's end
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(setup_code_make(folder), 0);
    assert_int_equal(file_read(path, 100, &again, &size), 0);
    assert_string_equal(again, code);

    assert_true(setup_code_matches(folder, code));
    g_autofree char *typed = g_ascii_strup(code, -1);
    assert_true(setup_code_matches(folder, g_strdelimit(typed, "-\n", ' ')));
    assert_false(setup_code_matches(folder, ""));
    g_autofree char *longer = g_strconcat(code, "0", NULL);
    assert_false(setup_code_matches(folder, longer));
    code[0] = code[0] == '0' ? '1' : '0';
    assert_false(setup_code_matches(folder, code));

    assert_int_equal(setup_code_remove(folder), 0);
    assert_false(setup_code_matches(folder, again));
    assert_int_equal(setup_code_remove(folder), 0);
    assert_int_equal(g_rmdir(folder), 0);
}

static void an_empty_file_matches_nothing(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("hallwatch-setup-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "setup-code", NULL);
    assert_int_equal(file_write_atomic(path, "\n", 1, 0600), 0);
    assert_false(setup_code_matches(folder, ""));
    assert_int_equal(setup_code_remove(folder), 0);
    assert_int_equal(g_rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_made_once_for_its_owner_and_matches_as_typed),
        cmocka_unit_test(an_empty_file_matches_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
