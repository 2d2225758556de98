// SPDX-License-Identifier: Apache-2.0
#include "base/fields.h"
#include "base/file.h"
#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

static void parsing_says_what_is_wrong(void **state)
{
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        { "", "not valid JSON" },
        { "[1]", "object is wanted" },
        { "{\"a\":1,\"a\":2}", "duplicate" },
        { "{\"a\":\"\xff\"}", "not valid JSON" },
        { "{\"a\":\"0123456789012345678901234567890123456789\"}", "at most 40" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char error[200] = "";
        assert_null(fields_parse(rows[i].text, strlen(rows[i].text), 40, error));
        if (!strstr(error, rows[i].error))
            fail_msg("%s: %s", rows[i].text, error);
    }
}

static void the_first_error_is_kept(void **state)
{
    json_t *object = json_pack("{sssisbsn}", "text", "abc", "n", 7, "flag", 1, "none");
    Fields fields = fields_of(object);
    assert_string_equal(fields_text_required(&fields, "text", 3), "abc");
    assert_int_equal(fields_int_required(&fields, "n", 0, 10), 7);
    assert_true(fields_bool(&fields, "flag", false));
    assert_null(fields_text(&fields, "none", 3));
    assert_int_equal(fields_int(&fields, "absent", 0, 10, 5), 5);
    assert_string_equal(fields.error, "");
    assert_null(fields_text(&fields, "text", 2));
    assert_int_equal(fields_int(&fields, "n", 0, 6, -1), -1);
    assert_non_null(strstr(fields.error, "text has 3 bytes; at most 2"));
    json_decref(object);
}

static void each_type_is_checked(void **state)
{
    json_t *object = json_pack("{sisss[i]s{}}", "n", 1, "s", "x", "list", 1, "map");
    Fields a = fields_of(object), b = a, c = a, d = a, e = a;
    fields_text(&a, "n", 9);
    fields_int(&b, "s", 0, 1, 0);
    fields_array(&c, "map", 9);
    fields_object(&d, "list");
    fields_time(&e, "s", 0);
    assert_string_equal(a.error, "n must be text");
    assert_string_equal(b.error, "s must be a whole number");
    assert_string_equal(c.error, "map must be a list");
    assert_string_equal(d.error, "list must be an object");
    assert_non_null(strstr(e.error, "must be a time"));
    json_decref(object);
}

static void a_file_is_replaced_whole(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("hallwatch-file-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "f", NULL), *text = NULL, *again = NULL;
    size_t size;
    assert_int_equal(file_write_atomic(path, "one", 3, 0600), 0);
    assert_int_equal(file_write_atomic(path, "second", 6, 0600), 0);
    assert_int_equal(file_read(path, 100, &text, &size), 0);
    assert_string_equal(text, "second");
    assert_int_equal(size, 6);
    assert_int_equal(file_read(path, 5, &again, &size), -EFBIG);
    assert_int_equal(file_write_atomic("/nonexistent/f", "x", 1, 0600), -ENOENT);
    g_unlink(path);
    assert_int_equal(g_rmdir(folder), 0); // nothing was left beside
}

static void secrets_are_what_they_say(void **state)
{
    assert_int_equal(secret_init(), 0);
    g_autofree char *a = secret_token(16), *b = secret_token(16), *uuid = secret_uuid();
    assert_int_equal(strlen(a), 32);
    assert_string_not_equal(a, b);
    assert_int_equal(strlen(uuid), 36);
    assert_int_equal(uuid[14], '4');
    g_autofree char *hash = secret_hash_password("right");
    assert_true(secret_verify_password(hash, "right"));
    assert_false(secret_verify_password(hash, "wrong"));
    g_autofree char *digest = secret_digest("abc"); // FIPS 180-2, B.1
    assert_string_equal(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_true(secret_equal("abc", "abc"));
    assert_false(secret_equal("abc", "abcd"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parsing_says_what_is_wrong), cmocka_unit_test(the_first_error_is_kept),
        cmocka_unit_test(each_type_is_checked),       cmocka_unit_test(a_file_is_replaced_whole),
        cmocka_unit_test(secrets_are_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
