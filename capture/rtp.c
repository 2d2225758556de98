// SPDX-License-Identifier: Apache-2.0
#include "capture/rtp.h"

#include <libavutil/mathematics.h>

// A line longer than any real one (400 years at 90 kHz) is a hostile one: it begins again, before
// its microseconds would overflow.
static const int64_t line_max = INT64_C(1) << 50;

static uint32_t read16(const uint8_t *data)
{
    return (uint32_t)data[0] << 8 | data[1];
}

static uint32_t read32(const uint8_t *data)
{
    return read16(data) << 16 | read16(data + 2);
}

bool rtp_is_control(const uint8_t *data, size_t size)
{
    return size >= 2 && data[1] >= 192 && data[1] <= 223;
}

// Bytes of header, CSRC list and extension; 0: more than there are.
static size_t header_bytes(const uint8_t *data, size_t size)
{
    size_t header = RTP_HEADER_BYTES + 4u * (data[0] & 0x0f);
    if (data[0] & 0x10) {
        if (size < header + 4)
            return 0;
        header += 4 + 4 * read16(data + header + 2);
    }
    return header <= size ? header : 0;
}

bool rtp_parse(const uint8_t *data, size_t size, RtpPacket *ret_packet)
{
    if (size < RTP_HEADER_BYTES || data[0] >> 6 != 2)
        return false;
    size_t header = header_bytes(data, size);
    if (header == 0)
        return false;
    size_t padding = data[0] & 0x20 ? data[size - 1] : 0;
    // A padding of 0 contradicts the bit: such senders mean that there is none.
    if (padding > size - header)
        return false;
    *ret_packet = (RtpPacket){ .payload_type = data[1] & 0x7f,
                               .marker = data[1] & 0x80,
                               .sequence = (uint16_t)read16(data + 2),
                               .timestamp = read32(data + 4),
                               .ssrc = read32(data + 8),
                               .data = data + header,
                               .size = size - header - padding };
    return true;
}

void rtp_receiver_init(RtpReceiver *receiver, unsigned clock_rate)
{
    *receiver = (RtpReceiver){ .clock_rate = clock_rate };
}

int64_t rtp_receiver_time(const RtpReceiver *receiver, uint32_t timestamp)
{
    return receiver->time + (int32_t)(timestamp - receiver->timestamp);
}

int64_t rtp_receiver_us(const RtpReceiver *receiver, int64_t time)
{
    return av_rescale(time, 1000000, receiver->clock_rate);
}

static int64_t units_of_us(const RtpReceiver *receiver, int64_t us)
{
    return us / 1000000 * receiver->clock_rate + us % 1000000 * receiver->clock_rate / 1000000;
}

static void begin_sequence(RtpReceiver *receiver, const RtpPacket *packet)
{
    receiver->first = receiver->highest = packet->sequence;
    receiver->received = 1;
    receiver->expected_before = receiver->received_before = 0;
    receiver->jitter16 = 0;
}

static void begin_source(RtpReceiver *receiver, const RtpPacket *packet, int64_t arrival_us)
{
    if (receiver->started)
        receiver->time += units_of_us(receiver, arrival_us - receiver->arrival_us);
    receiver->started = true;
    receiver->ssrc = packet->ssrc;
    begin_sequence(receiver, packet);
    receiver->transit = (int32_t)((uint32_t)units_of_us(receiver, arrival_us) - packet->timestamp);
}

static void note_jitter(RtpReceiver *receiver, const RtpPacket *packet, int64_t arrival_us)
{
    int32_t transit = (int32_t)((uint32_t)units_of_us(receiver, arrival_us) - packet->timestamp);
    uint32_t change = (uint32_t)transit - (uint32_t)receiver->transit;
    if (change > INT32_MAX)
        change = -change;
    receiver->transit = transit;
    receiver->jitter16 += change - ((receiver->jitter16 + 8) >> 4);
}

// True: there is a hole before this packet.
static bool follow_sequence(RtpReceiver *receiver, const RtpPacket *packet)
{
    int step = (int16_t)(packet->sequence - (uint16_t)(receiver->sequence + 1));
    if (step == -1) // the same once more: some senders do not count at all
        return false;
    if (step < 0 || step > RTP_DROPOUT_MAX) {
        begin_sequence(receiver, packet);
        return true;
    }
    receiver->highest += (uint32_t)step + 1;
    receiver->received++;
    receiver->lost += (uint64_t)step;
    return step > 0;
}

bool rtp_receiver_take(RtpReceiver *receiver, const RtpPacket *packet, int64_t arrival_us)
{
    bool hole = false;
    if (!receiver->started || packet->ssrc != receiver->ssrc) {
        hole = receiver->started;
        begin_source(receiver, packet, arrival_us);
    } else {
        hole = follow_sequence(receiver, packet);
        receiver->time = rtp_receiver_time(receiver, packet->timestamp);
        note_jitter(receiver, packet, arrival_us);
    }
    if (receiver->time > line_max || receiver->time < -line_max)
        receiver->time = 0;
    receiver->sequence = packet->sequence;
    receiver->timestamp = packet->timestamp;
    receiver->arrival_us = arrival_us;
    return hole;
}
