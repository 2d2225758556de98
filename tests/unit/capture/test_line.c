// SPDX-License-Identifier: Apache-2.0
#include "capture/line.h"

#include <glib.h>
#include <libavutil/avutil.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

// Source's presentation and decode time, arrival, both on the line, in milliseconds. "-" is a time
// that the source does not give; "leap" marks where the source's times are not followed.
static const char *const tables[] = {
    // Presentation times only (RTP), no B frames, a picture each 100 ms.
    "depth 0\n"
    "  7000 -   0         0    0\n"
    "  - -      100       100  100\n" // a part without a time of its own
    "  7200 -   230       200  200\n" // late: the camera's clock is followed
    "  7200 -   300       201  201\n" // the same time again
    "  7250 -   400       250  250\n"
    "  6900 -   500       251  251\n" // a little back is squeezed, and taken for a B frame
    "  7500 -   600       500  252\n"
    "  7600 -   700       600  500\n",
    // Leaps: the line goes on by the time that has passed.
    "depth 0\n"
    "  7000 -   0         0    0\n"
    "  7100 -   100       100  100\n"
    "  -900 -   200       200  200   leap\n" // back by 8 s
    "  -800 -   300       300  300\n"
    "  7200 -   400       400  400   leap\n" // ahead by 8 s
    "  7300 -   500       500  500\n"
    "  9007300 - 3500     3500 3500  leap\n" // after a pause
    "  9007400 - 3500     3600 3600\n",
    // A pause in the stream is none in its times; what then comes in a burst has not leapt.
    "depth 0\n"
    "  0 -      0         0    0\n"
    "  100 -    4100      100  100\n"
    "  200 -    4100      200  200\n"
    "  4100 -   4100      4100 4100\n"      // pictures between were thrown away
    "  8100 -   8100      8100 8100\n"      // one picture in four seconds
    "  11100 -  8200      8200 8200 leap\n" // but not so early
    "  11200 -  8300      8300 8300\n",
    // Two B frames between: decode times are the smallest of three presentation times.
    "depth 1\n"
    "  1000 -   0         100  0\n"
    "  1300 -   100       400  100\n"
    "  1100 -   200       200  200\n"
    "  1200 -   300       300  300\n"
    "  1600 -   400       700  400\n"
    "  9000 -   500       600  500   leap\n"
    "  9300 -   600       900  600\n"
    "  9100 -   700       700  700\n",
    // A source that knows its decode times.
    "depth 1\n"
    "  500 300  0         200  0\n"
    "  800 400  100       500  100\n"
    "  - 500    200       200  200\n"
    "  600 600  300       300  300\n",
};

static int64_t time_of(const char *word)
{
    return g_str_equal(word, "-") ? AV_NOPTS_VALUE : g_ascii_strtoll(word, NULL, 10) * 1000;
}

static void follow(const char *table)
{
    Line line = { 0 };
    g_auto(GStrv) rows = g_strsplit(table, "\n", 0);
    line_init(&line, (int)g_ascii_strtoll(rows[0] + strlen("depth "), NULL, 10));
    for (int i = 1; rows[i][0]; i++) {
        char source[16], source_decode[16], arrival[16], line_pts[16], line_dts[16], leap[16] = "";
        assert_true(sscanf(rows[i], "%15s %15s %15s %15s %15s %15s", source, source_decode, arrival,
                           line_pts, line_dts, leap) >= 5);
        int64_t pts = time_of(source), dts = time_of(source_decode);
        bool leapt = line_place(&line, &pts, &dts, 1764000000000000 + time_of(arrival), 100000);
        g_autofree char *is =
            g_strdup_printf("%d %d%s", (int)(pts / 1000), (int)(dts / 1000), leapt ? " leap" : "");
        g_autofree char *expected =
            g_strdup_printf("%s %s%s", line_pts, line_dts, leap[0] ? " leap" : "");
        if (!g_str_equal(is, expected))
            fail_msg("%s: %s", rows[i], is);
    }
}

static void tables_hold(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        follow(tables[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(tables_hold) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
