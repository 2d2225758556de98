// SPDX-License-Identifier: Apache-2.0
#include "capture/rtcp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

// A sender report without blocks, an SDES and a BYE, as one compound.
static const uint8_t compound[] = {
    0x80, 200, 0,    6,    0xca, 0xfe, 0, 1,                // SR of cafe0001
    0xe8, 0,   0,    0,    0x80, 0,    0, 0,                // NTP: 0xe8000000 and a half
    0,    1,   0x5f, 0x90, 0,    0,    0, 9, 0, 0, 0,   99, // timestamp 90000, counts
    0x81, 202, 0,    3,    0xca, 0xfe, 0, 1, 1, 2, 'm', 'e', 0, 0, 0, 0, // SDES
    0x81, 203, 0,    1,    0xca, 0xfe, 0, 1,                             // BYE
};

static void a_compound_is_read(void **state)
{
    RtcpNews news;
    assert_true(rtcp_parse(compound, sizeof compound, &news));
    assert_true(news.has_report && news.bye);
    assert_int_equal(news.ssrc, 0xcafe0001);
    assert_int_equal(news.timestamp, 90000);
    assert_int_equal(rtcp_ntp_us(news.ntp), INT64_C(0xe8000000) * 1000000 + 500000);
    assert_true(rtcp_parse(compound, sizeof compound - 8, &news));
    assert_true(news.has_report && !news.bye);
}

static void every_cut_is_survived(void **state)
{
    RtcpNews news;
    for (size_t size = 0; size < sizeof compound; size++) {
        uint8_t copy[sizeof compound];
        memcpy(copy, compound, size);
        bool ok = rtcp_parse(copy, size, &news);
        assert_int_equal(ok, size >= 28);
        assert_int_equal(news.has_report, size >= 28);
    }
    static const uint8_t bad[][8] = {
        { 0x80, 96, 0, 0 },     // RTP
        { 0x40, 200, 0, 0 },    // version 1
        { 0x80, 200, 255, 255 } // longer than all
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(rtcp_parse(bad[i], sizeof bad[i], &news));
    static const uint8_t short_report[] = { 0x80, 200, 0, 0 };
    assert_true(rtcp_parse(short_report, sizeof short_report, &news));
    assert_false(news.has_report);
}

static uint32_t read32(const uint8_t *data)
{
    return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
}

static void a_report_says_what_was_lost(void **state)
{
    RtpReceiver receiver;
    rtp_receiver_init(&receiver, 90000);
    RtcpHeard heard = { .ntp = UINT64_C(0x11223344aabbccdd), .arrival_us = 1000000 };
    uint8_t report[RTCP_REPORT_MAX];
    for (int i = 0; i < 10; i++) { // two of ten are missing
        RtpPacket packet = { .sequence = (uint16_t)(65530 + i), .ssrc = 77 };
        if (i != 3 && i != 4)
            rtp_receiver_take(&receiver, &packet, 0);
    }
    size_t size = rtcp_write_report(&receiver, &heard, 5, "hall", 1500000, report);
    assert_int_equal(size % 4, 0);
    assert_int_equal(read32(report), 0x81c90007); // one block, RR, 8 words
    assert_int_equal(read32(report + 4), 5);
    assert_int_equal(read32(report + 8), 77);
    assert_int_equal(report[12], 2 * 256 / 10);
    assert_int_equal(read32(report + 12) & 0xffffff, 2);
    assert_int_equal(read32(report + 16), 65536 + 3);
    assert_int_equal(read32(report + 24), 0x3344aabb);
    assert_int_equal(read32(report + 28), 32768); // half a second
    assert_int_equal(read32(report + 32), 0x81ca0003);
    assert_int_equal(read32(report + 36), 5);
    assert_memory_equal(report + 40, "\1\4hall\0\0", 8);
    assert_int_equal(size, 48);
    // Nothing was lost since.
    rtcp_write_report(&receiver, &heard, 5, "hall", 1500000, report);
    assert_int_equal(report[12], 0);
    assert_int_equal(read32(report + 12) & 0xffffff, 2);
}

static void before_anything_came_a_report_has_no_block(void **state)
{
    RtpReceiver receiver;
    rtp_receiver_init(&receiver, 90000);
    RtcpHeard heard = { 0 };
    uint8_t report[RTCP_REPORT_MAX];
    char name[200];
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    size_t size = rtcp_write_report(&receiver, &heard, 5, name, 0, report);
    assert_int_equal(read32(report), 0x80c90001);
    assert_int_equal(report[8 + 4 + 4 + 1], 63);
    assert_true(size <= RTCP_REPORT_MAX && size % 4 == 0);
    assert_int_equal(report[size - 1], 0);
    RtcpNews news;
    assert_true(rtcp_parse(report, size, &news));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_compound_is_read),
        cmocka_unit_test(every_cut_is_survived),
        cmocka_unit_test(a_report_says_what_was_lost),
        cmocka_unit_test(before_anything_came_a_report_has_no_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
