// SPDX-License-Identifier: Apache-2.0
#include "capture/rtcp.h"

#include <string.h>

enum { TYPE_SR = 200, TYPE_RR = 201, TYPE_SDES = 202, TYPE_BYE = 203, SDES_CNAME = 1 };
enum { SR_BYTES = 28, CNAME_MAX = 63, LOST_MAX = 0x7fffff };

static uint32_t read32(const uint8_t *data)
{
    return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
}

static uint8_t *put32(uint8_t *at, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *at++ = (uint8_t)(value >> shift);
    return at;
}

static void read_part(const uint8_t *part, size_t size, RtcpNews *news)
{
    if (part[1] == TYPE_BYE)
        news->bye = true;
    if (part[1] != TYPE_SR || size < SR_BYTES)
        return;
    news->has_report = true;
    news->ssrc = read32(part + 4);
    news->ntp = (uint64_t)read32(part + 8) << 32 | read32(part + 12);
    news->timestamp = read32(part + 16);
}

bool rtcp_parse(const uint8_t *data, size_t size, RtcpNews *ret_news)
{
    *ret_news = (RtcpNews){ 0 };
    bool found = false;
    while (size >= 4 && data[0] >> 6 == 2 && rtp_is_control(data, size)) {
        size_t part = 4 + 4 * ((size_t)data[2] << 8 | data[3]);
        if (part > size)
            break;
        found = true;
        read_part(data, part, ret_news);
        data += part;
        size -= part;
    }
    return found;
}

int64_t rtcp_ntp_us(uint64_t ntp)
{
    return (int64_t)(ntp >> 32) * 1000000 + (int64_t)(((ntp & 0xffffffff) * 1000000) >> 32);
}

// Of the interval since the last report, in 256ths.
static uint32_t fraction_lost(RtpReceiver *receiver, uint32_t expected)
{
    uint32_t interval = expected - receiver->expected_before;
    uint32_t received = receiver->received - receiver->received_before;
    receiver->expected_before = expected;
    receiver->received_before = receiver->received;
    if (interval == 0 || received >= interval)
        return 0;
    return (uint32_t)(((uint64_t)(interval - received) << 8) / interval) & 0xff;
}

static uint8_t *put_block(uint8_t *at, RtpReceiver *receiver, const RtcpHeard *heard,
                          int64_t now_us)
{
    uint32_t expected = receiver->highest - receiver->first + 1;
    uint32_t lost = expected > receiver->received ? expected - receiver->received : 0;
    uint32_t delay = 0; // since the last sender report, in 65536ths of a second
    if (heard->ntp)
        delay = (uint32_t)((uint64_t)(now_us - heard->arrival_us) * 65536 / 1000000);
    at = put32(at, receiver->ssrc);
    at = put32(at, fraction_lost(receiver, expected) << 24 | (lost < LOST_MAX ? lost : LOST_MAX));
    at = put32(at, receiver->highest);
    at = put32(at, receiver->jitter16 >> 4);
    at = put32(at, (uint32_t)(heard->ntp >> 16));
    return put32(at, delay);
}

// One chunk, ended by at least one zero byte and padded to 32 bits.
static uint8_t *put_name(uint8_t *at, uint32_t own_ssrc, const char *cname)
{
    size_t length = strnlen(cname, CNAME_MAX);
    size_t chunk = (4 + 2 + length + 1 + 3) / 4 * 4;
    at = put32(at, 0x81000000u | TYPE_SDES << 16 | (uint32_t)(chunk / 4));
    memset(at, 0, chunk);
    put32(at, own_ssrc);
    at[4] = SDES_CNAME;
    at[5] = (uint8_t)length;
    memcpy(at + 6, cname, length);
    return at + chunk;
}

size_t rtcp_write_report(RtpReceiver *receiver, const RtcpHeard *heard, uint32_t own_ssrc,
                         const char *cname, int64_t now_us, uint8_t *buffer)
{
    unsigned blocks = receiver->started;
    uint8_t *at = put32(buffer, 0x80000000u | blocks << 24 | TYPE_RR << 16 | (1 + 6 * blocks));
    at = put32(at, own_ssrc);
    if (blocks)
        at = put_block(at, receiver, heard, now_us);
    at = put_name(at, own_ssrc, cname);
    return (size_t)(at - buffer);
}
