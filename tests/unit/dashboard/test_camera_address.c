// SPDX-License-Identifier: Apache-2.0
#include "dashboard/camera_address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void test_passwords_are_masked(void **state)
{
    static const struct {
        const char *address, *masked;
    } rows[] = {
        { "rtsp://h/a", "rtsp://h/a" },
        { "rtsp://admin@h/a", "rtsp://admin@h/a" },
        { "rtsp://admin:secret@h:554/a", "rtsp://admin:***@h:554/a" },
        { "rtsp://admin:a@b:c@h/a", "rtsp://admin:***@h/a" },
        { "rtsp://admin:wrong/ly@h/a", "rtsp://admin:***@h/a" },
        { "rtsp://u:p@h/a@b", "rtsp://u:***@b" },
        { "rtsp://:p@h/", "rtsp://:***@h/" },
        { "file:/films/a@b.mp4", "file:/films/a@b.mp4" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *masked = camera_address_mask(rows[i].address);
        assert_string_equal(masked, rows[i].masked);
        g_autofree char *back = camera_address_unmask(masked, rows[i].address);
        assert_string_equal(back, rows[i].address);
    }
}

static void test_a_password_stays_with_its_door(void **state)
{
    static const char known[] = "rtsp://admin:secret@10.0.0.1:554/a";
    static const struct {
        const char *given, *whole; // NULL: not given out
    } rows[] = {
        { "rtsp://admin:***@10.0.0.1:554/other?x=1", "rtsp://admin:secret@10.0.0.1:554/other?x=1" },
        { "rtsp://admin:new@10.0.0.1:554/a", "rtsp://admin:new@10.0.0.1:554/a" },
        { "rtsp://10.0.0.9/a", "rtsp://10.0.0.9/a" },
        { "rtsp://admin:***@10.0.0.1:555/a", NULL },
        { "rtsp://admin:***@10.0.0.2:554/a", NULL },
        { "rtsp://admin:***@10.0.0.1:554", "rtsp://admin:secret@10.0.0.1:554" },
        { "rtsp://root:***@10.0.0.1:554/a", NULL },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *whole = camera_address_unmask(rows[i].given, known);
        if (rows[i].whole)
            assert_string_equal(whole, rows[i].whole);
        else
            assert_null(whole);
    }
    assert_null(camera_address_unmask("rtsp://admin:***@h/a", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passwords_are_masked),
        cmocka_unit_test(test_a_password_stays_with_its_door),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
