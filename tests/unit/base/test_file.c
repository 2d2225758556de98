// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>
#include <cmocka.h>

static int open_empty(void)
{
    char path[] = "/tmp/hallwatch-file-XXXXXX";
    int fd = g_mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    return fd;
}

static void what_is_written_is_read(void **state)
{
    int fd = open_empty();
    char bytes[8] = "";
    assert_int_equal(file_write_on(fd, "abcdef", 6), 0);
    assert_int_equal(file_write_at(fd, 2, "XY", 2), 0);
    assert_int_equal(file_write_on(fd, "g", 1), 0); // behind the first: the place is its own
    assert_int_equal(file_read_at(fd, 0, bytes, 7), 0);
    assert_string_equal(bytes, "abXYefg");
    close(fd);
}

static void a_file_that_ends_before_is_no_reading(void **state)
{
    int fd = open_empty();
    char bytes[8] = "";
    assert_int_equal(file_write_on(fd, "abc", 3), 0);
    assert_int_equal(file_read_at(fd, 1, bytes, 2), 0);
    assert_int_equal(file_read_at(fd, 1, bytes, 3), -EBADMSG);
    assert_int_equal(file_read_at(fd, 9, bytes, 1), -EBADMSG);
    close(fd);
}

static void errors_are_told(void **state)
{
    char byte = 0;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(full >= 0);
    assert_int_equal(file_write_on(full, &byte, 1), -ENOSPC);
    assert_int_equal(file_read_at(full, 0, &byte, 1), -EBADF);
    close(full);
    assert_int_equal(file_write_at(-1, 0, &byte, 1), -EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_file_that_ends_before_is_no_reading),
        cmocka_unit_test(errors_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
