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
