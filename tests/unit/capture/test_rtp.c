// SPDX-License-Identifier: Apache-2.0
#include "capture/rtp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define HEADER 0x12, 0x34, 0, 1, 0, 0, 0xca, 0xfe, 0, 1 // sequence, timestamp, SSRC

static void headers(void **state)
{
    static const struct {
        const char *what;
        uint8_t data[32];
        size_t size;
        bool ok;
        size_t payload_at, payload_size;
    } rows[] = {
        { "plain", { 0x80, 0xe0, HEADER, 7, 8, 9 }, 15, true, 12, 3 },
        { "no payload", { 0x80, 0x60, HEADER }, 12, true, 12, 0 },
        { "cut", { 0x80, 0x60, HEADER }, 11, false, 0, 0 },
        { "empty", { 0 }, 0, false, 0, 0 },
        { "version 1", { 0x40, 0x60, HEADER }, 12, false, 0, 0 },
        { "two CSRC", { 0x82, 0x60, HEADER, 1, 1, 1, 1, 2, 2, 2, 2, 9 }, 21, true, 20, 1 },
        { "more CSRC than bytes", { 0x8f, 0x60, HEADER, 1, 1, 1, 1 }, 16, false, 0, 0 },
        { "extension of a word",
          { 0x90, 0x60, HEADER, 0xbe, 0xde, 0, 1, 1, 1, 1, 1, 9, 9 },
          22,
          true,
          20,
          2 },
        { "extension without its length", { 0x90, 0x60, HEADER, 0xbe, 0xde }, 14, false, 0, 0 },
        { "extension longer than all",
          { 0x90, 0x60, HEADER, 0xbe, 0xde, 0xff, 0xff, 1 },
          17,
          false,
          0,
          0 },
        { "padding", { 0xa0, 0x60, HEADER, 7, 8, 0, 2 }, 16, true, 12, 2 },
        { "padding only", { 0xa0, 0x60, HEADER, 0, 0, 0, 4 }, 16, true, 12, 0 },
        { "padding of 0", { 0xa0, 0x60, HEADER, 7, 0 }, 14, true, 12, 2 },
        { "padding into the header", { 0xa0, 0x60, HEADER, 7, 9 }, 14, false, 0, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        RtpPacket packet;
        print_message("%s\n", rows[i].what);
        assert_int_equal(rtp_parse(rows[i].data, rows[i].size, &packet), rows[i].ok);
        if (!rows[i].ok)
            continue;
        assert_ptr_equal(packet.data, rows[i].data + rows[i].payload_at);
        assert_int_equal(packet.size, rows[i].payload_size);
        assert_int_equal(packet.payload_type, 0x60);
        assert_int_equal(packet.marker, rows[i].data[1] >> 7);
        assert_int_equal(packet.sequence, 0x1234);
        assert_int_equal(packet.timestamp, 0x10000);
        assert_int_equal(packet.ssrc, 0xcafe0001);
    }
}

static bool take(RtpReceiver *receiver, uint16_t sequence, uint32_t timestamp, uint32_t ssrc,
                 int64_t arrival_us)
{
    RtpPacket packet = { .sequence = sequence, .timestamp = timestamp, .ssrc = ssrc };
    return rtp_receiver_take(receiver, &packet, arrival_us);
}

static void timestamps_wrap_and_step_back(void **state)
{
    RtpReceiver receiver;
    rtp_receiver_init(&receiver, 90000);
    uint32_t first = 0xffffff00u;
    take(&receiver, 1, first, 1, 0);
    assert_int_equal(receiver.time, 0);
    take(&receiver, 2, first + 3600, 1, 40000); // over the wrap
    assert_int_equal(receiver.time, 3600);
    take(&receiver, 3, first + 1800, 1, 80000); // a B frame
    assert_int_equal(receiver.time, 1800);
    int64_t expected = 1800;
    for (int i = 0; i < 10; i++) { // five times round
        take(&receiver, (uint16_t)(4 + i), first + 1800 + 0x7fffffffu * (uint32_t)(i + 1), 1,
             80000);
        expected += 0x7fffffff;
        assert_int_equal(receiver.time, expected);
    }
    assert_int_equal(rtp_receiver_time(&receiver, receiver.timestamp - 90), expected - 90);
    assert_int_equal(rtp_receiver_us(&receiver, 90000), 1000000);
    assert_int_equal(rtp_receiver_us(&receiver, -4500), -50000);
    assert_int_equal(receiver.lost, 0);
}

static void what_is_missing_is_counted(void **state)
{
    RtpReceiver receiver;
    rtp_receiver_init(&receiver, 90000);
    assert_false(take(&receiver, 65534, 0, 1, 0));
    assert_false(take(&receiver, 65535, 0, 1, 0));
    assert_false(take(&receiver, 0, 0, 1, 0)); // the sequence wraps
    assert_int_equal(receiver.highest, 65536);
    assert_true(take(&receiver, 3, 0, 1, 0));
    assert_int_equal(receiver.lost, 2);
    assert_int_equal(receiver.highest - receiver.first + 1 - receiver.received, 2);
    assert_false(take(&receiver, 3, 0, 1, 0)); // a sender that does not count
    assert_int_equal(receiver.lost, 2);
    assert_true(take(&receiver, 40000, 0, 1, 0)); // the sequence begins anew: no loss to be counted
    assert_int_equal(receiver.lost, 2);
    assert_false(take(&receiver, 40001, 0, 1, 0));
}

static void another_source_goes_on_in_time(void **state)
{
    RtpReceiver receiver;
    rtp_receiver_init(&receiver, 90000);
    take(&receiver, 10, 1000, 1, 0);
    take(&receiver, 11, 4600, 1, 40000);
    assert_true(take(&receiver, 500, 0x80000000u, 2, 2040000)); // two seconds later
    assert_int_equal(receiver.time, 3600 + 180000);
    assert_false(take(&receiver, 501, 0x80000000u + 3600, 2, 2080000));
    assert_int_equal(receiver.time, 3600 + 180000 + 3600);
    assert_int_equal(receiver.lost, 0);
}

static void a_line_without_end_begins_again(void **state)
{
    RtpReceiver receiver;
    rtp_receiver_init(&receiver, 1000);
    uint32_t timestamp = 0;
    for (int i = 0; i < 1200000; i++) { // 2^31 each: the longest steps that there are
        timestamp += 0x7fffffff;
        take(&receiver, (uint16_t)i, timestamp, 1, 0);
        assert_true(rtp_receiver_us(&receiver, receiver.time) >= 0);
    }
}

static void jitter_is_that_of_the_standard(void **state)
{
    // Constant steps of 90 units, arrivals that alternate by 1 ms (90 units): |D| is 90 each time.
    RtpReceiver receiver;
    rtp_receiver_init(&receiver, 90000);
    for (uint32_t i = 0; i < 200; i++)
        take(&receiver, (uint16_t)i, i * 90, 1, 1000 * (int64_t)i + (i % 2 ? 1000 : 0));
    assert_in_range(receiver.jitter16 >> 4, 85, 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers),
        cmocka_unit_test(timestamps_wrap_and_step_back),
        cmocka_unit_test(what_is_missing_is_counted),
        cmocka_unit_test(another_source_goes_on_in_time),
        cmocka_unit_test(a_line_without_end_begins_again),
        cmocka_unit_test(jitter_is_that_of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
