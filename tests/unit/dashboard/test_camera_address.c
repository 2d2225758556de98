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
        { "rtsp://10.0.0.5/user=admin&password=S3&channel=1",
          "rtsp://10.0.0.5/user=admin&password=***&channel=1" },
        { "rtsp://10.0.0.5/user=admin_password=S3_channel=1_stream=0.sdp?real_stream",
          "rtsp://10.0.0.5/user=admin_password=***_channel=1_stream=0.sdp?real_stream" },
        { "rtsp://10.0.0.5:554/?usr=admin&pwd=S3", "rtsp://10.0.0.5:554/?usr=admin&pwd=***" },
        { "rtsp://h:554/1?passwd=a@b/c?d=e&x=1", "rtsp://h:554/1?passwd=***&x=1" },
        { "rtsp://u:p@h/1?PASS=a@b&x=1", "rtsp://u:***@h/1?PASS=***&x=1" },
        { "rtsp://u@h/1?pass=a&pass=b", "rtsp://u@h/1?pass=***&pass=***" },
        { "rtsp://u:pass=1@h/1", "rtsp://u:***@h/1" },
        { "rtsp://h:5/1?pass=a&x=b@c", "rtsp://h:***@c" },
        { "rtsp://h/?pw=1&pw=2&pw=3&pw=4&pw=5&pw=6&pw=7&pw=8&pw=9",
          "rtsp://h/?pw=***&pw=***&pw=***&pw=***&pw=***&pw=***&pw=***&pw=***" },
        { "rtsp://h/1?pass=", "rtsp://h/1?pass=***" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *masked = camera_address_mask(rows[i].address);
        assert_string_equal(masked, rows[i].masked);
        g_autofree char *back = camera_address_unmask(masked, rows[i].address);
        assert_string_equal(back, rows[i].address);
    }
}

#define OF_USER "rtsp://admin:secret@10.0.0.1:554/a"
#define IN_PATH "rtsp://10.0.0.5/user=admin&password=S3&channel=1"
#define BOTH    "rtsp://u:p@h/?pass=s"

static void test_a_password_stays_with_its_door(void **state)
{
    static const struct {
        const char *known, *given, *whole; // NULL: not given out
    } rows[] = {
        { OF_USER, "rtsp://admin:***@10.0.0.1:554/other?x=1",
          "rtsp://admin:secret@10.0.0.1:554/other?x=1" },
        { OF_USER, "rtsp://admin:new@10.0.0.1:554/a", "rtsp://admin:new@10.0.0.1:554/a" },
        { OF_USER, "rtsp://10.0.0.9/a", "rtsp://10.0.0.9/a" },
        { OF_USER, "rtsp://admin:***@10.0.0.1:555/a", NULL },
        { OF_USER, "rtsp://admin:***@10.0.0.2:554/a", NULL },
        { OF_USER, "rtsp://admin:***@10.0.0.1:554", "rtsp://admin:secret@10.0.0.1:554" },
        { OF_USER, "rtsp://root:***@10.0.0.1:554/a", NULL },
        { IN_PATH, "rtsp://10.0.0.5/user=admin&password=***&channel=2",
          "rtsp://10.0.0.5/user=admin&password=S3&channel=2" },
        { IN_PATH, "rtsp://10.0.0.5/channel=2&password=***",
          "rtsp://10.0.0.5/channel=2&password=S3" },
        { IN_PATH, "rtsp://10.0.0.5/password=new", "rtsp://10.0.0.5/password=new" },
        { IN_PATH, "rtsp://10.0.0.6/user=admin&password=***", NULL },
        { IN_PATH, "rtsp://10.0.0.5:554/user=admin&password=***", NULL },
        { IN_PATH, "rtsp://u@10.0.0.5/user=admin&password=***", NULL },
        { IN_PATH, "rtsp://10.0.0.5/user=admin&pwd=***", NULL }, // known by another name
        { IN_PATH, "rtsp://admin:***@10.0.0.5/", NULL },
        { OF_USER, "rtsp://admin@10.0.0.1:554/pass=***", NULL },
        { BOTH, "rtsp://u:***@h/?b=1&pass=***", "rtsp://u:p@h/?b=1&pass=s" },
        { BOTH, "rtsp://u:q@h/?pass=***", "rtsp://u:q@h/?pass=s" },
        { NULL, "rtsp://admin:***@h/a", NULL },
        { NULL, "rtsp://h/a?pwd=***", NULL },
        { NULL, "rtsp://h/a?pwd=b", "rtsp://h/a?pwd=b" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *whole = camera_address_unmask(rows[i].given, rows[i].known);
        if (rows[i].whole)
            assert_string_equal(whole, rows[i].whole);
        else
            assert_null(whole);
    }
}

static void test_a_password_is_kept_for_its_user_and_host(void **state)
{
    static const struct {
        const char *known, *address, *user, *password; // NULL: not given out
    } rows[] = {
        { OF_USER, "10.0.0.1", "admin", "secret" },
        { OF_USER, "10.0.0.1:8000", "admin", "secret" },
        { OF_USER, "http://10.0.0.1:8000/onvif/device_service", "admin", "secret" },
        { OF_USER, "https://10.0.0.1", "admin", "secret" },
        { "rtsp://a%40b:p%3Aq@cam/1", "CAM", "a@b", "p:q" },
        { "rtsp://u:p@[fe80::1]:554/1", "[fe80::1]", "u", "p" },
        { OF_USER, "10.0.0.1", "root", NULL },
        { OF_USER, "10.0.0.11", "admin", NULL },
        { OF_USER, "10.0.0.1.evil", "admin", NULL },
        { OF_USER, "10.0.0.1@evil", "admin", NULL },
        { OF_USER, "10.0.0.1:80@evil", "admin", NULL },
        { OF_USER, "http://x@10.0.0.1", "admin", NULL },
        { OF_USER, "http://10.0.0.1\\@evil/", "admin", NULL },
        { OF_USER, "http://10.0.0.1:80evil/", "admin", NULL },
        { OF_USER, "ftp://10.0.0.1", "admin", NULL },
        { OF_USER, "", "admin", NULL },
        { "rtsp://admin@10.0.0.1/", "10.0.0.1", "admin", NULL },
        { IN_PATH, "10.0.0.5", "admin", NULL },
        { NULL, "10.0.0.1", "admin", NULL },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *password =
            camera_address_password(rows[i].known, rows[i].address, rows[i].user);
        if (rows[i].password)
            assert_string_equal(password, rows[i].password);
        else
            assert_null(password);
    }
}

static void test_the_host_of_an_address(void **state)
{
    static const struct {
        const char *address, *host;
    } rows[] = {
        { "rtsp://10.0.0.5/a", "10.0.0.5" },
        { "rtsp://admin:p@10.0.0.5:554/a", "10.0.0.5" },
        { "rtsp://a@camera.local", "camera.local" },
        { "rtsp://u:p@[fe80::1]:554/a", "[fe80::1]" },
        { "rtsp://[fe80::1]/a", "[fe80::1]" },
        { "file:///a.mp4", "" },
        { "", "" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *host = camera_address_host(rows[i].address);
        assert_string_equal(host, rows[i].host);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passwords_are_masked),
        cmocka_unit_test(test_a_password_stays_with_its_door),
        cmocka_unit_test(test_a_password_is_kept_for_its_user_and_host),
        cmocka_unit_test(test_the_host_of_an_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
