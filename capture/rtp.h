// SPDX-License-Identifier: Apache-2.0
// RTP: the packets' header (RFC 3550, 5.1), and what a receiver knows of its sender: a line of time
// that does not wrap, what was lost, and the figures of a receiver report (6.4.1, A.3, A.8).
//
// Pure; input comes from the network and every access is bounded by the given size.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RTP_HEADER_BYTES = 12, // without CSRC and extension
    RTP_DROPOUT_MAX = 3000 // a step in the sequence beyond this is a new beginning, not loss
};

typedef struct {
    uint8_t payload_type;
    bool marker;
    uint16_t sequence;
    uint32_t timestamp, ssrc;
    const uint8_t *data; // the payload; borrowed
    size_t size;
} RtpPacket;

// False: no RTP packet, or its lengths contradict each other.
bool rtp_parse(const uint8_t *data, size_t size, RtpPacket *ret_packet);
// RTCP shares the first byte; its packet types are told from RTP's by their range (RFC 5761, 4).
bool rtp_is_control(const uint8_t *data, size_t size);

typedef struct {
    unsigned clock_rate;
    bool started;
    uint32_t ssrc;
    uint16_t sequence;  // of the last packet
    uint32_t timestamp; // of the last packet
    int64_t time;       // the same, unwrapped, in units of clock_rate; the first packet's is 0
    int64_t arrival_us; // of the last packet
    uint64_t lost;      // in all, over all restarts
    // Since the sender's sequence began.
    uint32_t first, highest; // extended by the number of wraps
    uint32_t received, expected_before, received_before;
    uint32_t jitter16; // interarrival jitter, in sixteenths of a unit
    int32_t transit;
} RtpReceiver;

void rtp_receiver_init(RtpReceiver *receiver, unsigned clock_rate);
// Packets in the order of their sequence. arrival_us: monotonic. True: something between the packet
// before and this one is missing. A changed SSRC goes on in time by arrival, since its timestamps
// say nothing about the ones before.
bool rtp_receiver_take(RtpReceiver *receiver, const RtpPacket *packet, int64_t arrival_us);
// Where a timestamp near the last packet's lies on the line.
int64_t rtp_receiver_time(const RtpReceiver *receiver, uint32_t timestamp);
int64_t rtp_receiver_us(const RtpReceiver *receiver, int64_t time);
