// SPDX-License-Identifier: Apache-2.0
#include "capture/rtsp_url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void parts(void **state)
{
    static const struct {
        const char *text, *host;
        int port;
        const char *user, *password, *request;
    } rows[] = {
        { "rtsp://10.0.0.1/ch1", "10.0.0.1", 554, NULL, NULL, "rtsp://10.0.0.1/ch1" },
        { "RTSP://cam:8554", "cam", 8554, NULL, NULL, "rtsp://cam:8554" },
        { "rtsp://adm:p%40ss%3a@10.0.0.1:554/a?b=c@d", "10.0.0.1", 554, "adm",
          "p@ss:", "rtsp://10.0.0.1:554/a?b=c@d" },
        { "rtsp://adm:a@b:c@10.0.0.1/", "10.0.0.1", 554, "adm", "a@b:c", "rtsp://10.0.0.1/" },
        { "rtsp://adm@[::1]:99/", "::1", 99, "adm", "", "rtsp://[::1]:99/" },
        { "rtsp://[fe80::1]", "fe80::1", 554, NULL, NULL, "rtsp://[fe80::1]" },
        { "rtsp://a:100%25%zz%@h", "h", 554, "a", "100%%zz%", "rtsp://h" },
        { "rtsp://a:%00@h", "h", 554, "a", "%00", "rtsp://h" },
        { "rtsp://h:/x", "h", 554, NULL, NULL, "rtsp://h:/x" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RtspUrl url;
        assert_true(rtsp_url_parse(rows[i].text, &url));
        assert_string_equal(url.host, rows[i].host);
        assert_int_equal(url.port, rows[i].port);
        assert_int_equal(g_strcmp0(url.user, rows[i].user), 0);
        assert_int_equal(g_strcmp0(url.password, rows[i].password), 0);
        assert_string_equal(url.request, rows[i].request);
        rtsp_url_done(&url);
    }
}

static void what_is_none(void **state)
{
    static const char *const rows[] = { "",
                                        "http://h/",
                                        "rtsp://",
                                        "rtsp:///x",
                                        "rtsp://:554/",
                                        "rtsp://h:0/",
                                        "rtsp://h:65536/",
                                        "rtsp://h:5x/",
                                        "rtsp://[::1/",
                                        "rtsp://[::1]x/",
                                        "rtsp://h/a b",
                                        "rtsp://h/a\r\nCSeq: 1" };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RtspUrl url;
        assert_false(rtsp_url_parse(rows[i], &url));
    }
}

static void controls(void **state)
{
    static const struct {
        const char *base, *control, *expected;
    } rows[] = {
        { "rtsp://h/a", NULL, "rtsp://h/a" },
        { "rtsp://h/a", "*", "rtsp://h/a" },
        { "rtsp://h/a", "", "rtsp://h/a" },
        { "rtsp://h/a", "trackID=1", "rtsp://h/a/trackID=1" },
        { "rtsp://h/a/", "trackID=1", "rtsp://h/a/trackID=1" },
        { "rtsp://h/a", "/trackID=1", "rtsp://h/a/trackID=1" },
        { "rtsp://h/a?b=1&c", "track2", "rtsp://h/a?b=1&c/track2" },
        { "rtsp://h/a", "rtsp://0.0.0.0/b", "rtsp://0.0.0.0/b" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *url = rtsp_url_control(rows[i].base, rows[i].control);
        assert_string_equal(url, rows[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts),
        cmocka_unit_test(what_is_none),
        cmocka_unit_test(controls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
