// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"
#include "base/seal.h"
#include "base/secret.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#define TEXT "{\"name\":\"张小三\",\"phone\":\"13812345678\"}"

static int start(void **state)
{
    *state = g_dir_make_tmp("hallwatch-seal-XXXXXX", NULL);
    return *state ? secret_init() : -1;
}

static int end(void **state)
{
    g_autofree char *path = g_build_filename(*state, "person.key", NULL);
    g_unlink(path);
    g_rmdir(*state);
    g_free(*state);
    return 0;
}

static void a_key_is_made_once_for_its_owner(void **state)
{
    g_autofree char *path = g_build_filename(*state, "person.key", NULL);
    SealKey first, again;
    struct stat about;
    assert_int_equal(seal_key_read(path, &first), -ENOENT);
    assert_int_equal(seal_key_prepare(path, &first), 0);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(seal_key_prepare(path, &again), 0);
    assert_memory_equal(&first, &again, sizeof first);
    assert_memory_not_equal(first.box, first.mark, sizeof first.box);
    assert_int_equal(file_write_atomic(path, "no key", 6, 0600), 0);
    assert_int_equal(seal_key_prepare(path, &again), -EBADMSG);
}

static void what_is_sealed_opens_in_its_place_alone(void **state)
{
    SealKey key = { .box = { 1 } }, other = { .box = { 2 } };
    size_t size = 0, size_again = 0;
    g_autofree uint8_t *sealed = seal_close(&key, "rating:1", TEXT, &size);
    g_autofree uint8_t *again = seal_close(&key, "rating:1", TEXT, &size_again);
    assert_null(memmem(sealed, size, "张", strlen("张")));
    assert_null(memmem(sealed, size, "1381234", 7));
    assert_int_equal(size, size_again);
    assert_memory_not_equal(sealed, again, size); // the same text twice does not look alike
    g_autofree char *text = seal_open(&key, "rating:1", sealed, size);
    assert_string_equal(text, TEXT);
    assert_null(seal_open(&key, "rating:2", sealed, size));
    assert_null(seal_open(&other, "rating:1", sealed, size));
    for (size_t i = 0; i < size; i++) {
        sealed[i] ^= 1;
        assert_null(seal_open(&key, "rating:1", sealed, size));
        sealed[i] ^= 1;
    }
    for (size_t n = 0; n < size; n++)
        assert_null(seal_open(&key, "rating:1", sealed, n));
}

static void a_mark_knows_the_same_text_and_needs_the_key(void **state)
{
    SealKey key = { .mark = { 1 } }, other = { .mark = { 2 } };
    char one[SEAL_MARK_SIZE], same[SEAL_MARK_SIZE], another[SEAL_MARK_SIZE];
    seal_mark(&key, "13812345678", one);
    seal_mark(&key, "13812345678", same);
    assert_string_equal(one, same);
    assert_int_equal(strlen(one), SEAL_MARK_SIZE - 1);
    seal_mark(&key, "13812345679", another);
    assert_string_not_equal(one, another);
    seal_mark(&other, "13812345678", another);
    assert_string_not_equal(one, another);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_key_is_made_once_for_its_owner, start, end),
        cmocka_unit_test_setup_teardown(what_is_sealed_opens_in_its_place_alone, start, end),
        cmocka_unit_test_setup_teardown(a_mark_knows_the_same_text_and_needs_the_key, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
