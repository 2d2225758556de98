// SPDX-License-Identifier: Apache-2.0
#include "capture/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

typedef struct {
    int64_t dts, pts, duration;
} Times;

static void times_grow_and_last(void **state)
{
    static const struct {
        const char *name;
        Times in, out;
    } ROWS[] = {
        { "the first, that does not say how long it lasts", { 0, 0, 0 }, { 0, 0, 0 } },
        { "goes on", { 40, 80, 40 }, { 40, 80, 40 } },
        { "says nothing: as the one before", { 80, 80, 0 }, { 80, 80, 40 } },
        { "goes back, as where a backlog reaches behind", { 60, 60, 40 }, { 81, 81, 40 } },
        { "shown before it is decoded", { 160, 120, 40 }, { 160, 160, 40 } },
        { "the last", { 200, 200, 0 }, { 200, 200, 40 } },
    };
    Pace pace = { 0 };
    AVPacket *packet = av_packet_alloc();
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        print_message("%s\n", ROWS[i].name);
        packet->dts = ROWS[i].in.dts;
        packet->pts = ROWS[i].in.pts;
        packet->duration = ROWS[i].in.duration;
        pace_packet(&pace, packet);
        assert_int_equal(packet->dts, ROWS[i].out.dts);
        assert_int_equal(packet->pts, ROWS[i].out.pts);
        assert_int_equal(packet->duration, ROWS[i].out.duration);
    }
    av_packet_free(&packet);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(times_grow_and_last) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
