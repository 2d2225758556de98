// SPDX-License-Identifier: Apache-2.0
#include "capture/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void redacted(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        { "rtsp://10.0.0.1:554/ch1", "rtsp://10.0.0.1:554/ch1" },
        { "rtsp://admin:secret@10.0.0.1/ch1", "rtsp://***@10.0.0.1/ch1" },
        { "rtsp://admin@10.0.0.1/ch1", "rtsp://***@10.0.0.1/ch1" },
        { "rtsp://admin:p%40ss@[::1]:554/", "rtsp://***@[::1]:554/" },
        { "rtsp://admin:a@b@10.0.0.1/", "rtsp://***@10.0.0.1/" },
        { "rtsp://admin:a/b@10.0.0.1/", "rtsp://***@10.0.0.1/" }, // written wrongly: still hidden
        { "rtsp://10.0.0.1/a@b", "rtsp://***@b" },                // rather too much
        { "tried 'rtsp://u:p@h/1' and rtsp://u:q@h/2: failed",
          "tried 'rtsp://***@h/1' and rtsp://***@h/2: failed" },
        { "someone@example.org rtsp://h/1", "someone@example.org rtsp://h/1" },
        { "rtsp://10.0.0.5/user=admin&password=S3&channel=1",
          "rtsp://10.0.0.5/user=admin&password=***&channel=1" },
        { "rtsp://10.0.0.5/user=admin_password=S3_channel=1_stream=0.sdp?real_stream",
          "rtsp://10.0.0.5/user=admin_password=***_channel=1_stream=0.sdp?real_stream" },
        { "rtsp://10.0.0.5:554/?usr=admin&pwd=S3", "rtsp://10.0.0.5:554/?usr=admin&pwd=***" },
        { "http://10.0.0.5?PassWd=S3&x=1", "http://10.0.0.5?PassWd=***&x=1" },
        { "rtsp://h/1?pass=a&psw=b&loginpas=c&pw=d",
          "rtsp://h/1?pass=***&psw=***&loginpas=***&pw=***" },
        { "rtsp://h/1?pass=", "rtsp://h/1?pass=***" },
        { "rtsp://h:554/1?pass=a@b/c?d=e&x=1", "rtsp://h:554/1?pass=***&x=1" },
        { "rtsp://u:p@h/1?pass=a@b&x=1", "rtsp://***@h/1?pass=***&x=1" },
        { "rtsp://u:pass=1@h/1", "rtsp://***@h/1" },
        { "rtsp://h/1?pass=a&x=b@c", "rtsp://***@c" }, // rather too much
        { "rtsp://h/1?bypass=1", "rtsp://h/1?bypass=***" },
        { "rtsp://h/1?show=1&channel=2&passage", "rtsp://h/1?show=1&channel=2&passage" },
        { "tried 'rtsp://h/1?pwd=a' of rtsp://h/2?pwd=b failed",
          "tried 'rtsp://h/1?pwd=***' of rtsp://h/2?pwd=*** failed" },
        { "pwd=a", "pwd=a" }, // no address
        { "file:/srv/film.mp4", "file:/srv/film.mp4" },
        { "://", "://" },
        { "", "" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        g_autofree char *text = url_redact(rows[i].text);
        assert_string_equal(text, rows[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(redacted) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
