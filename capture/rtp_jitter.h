// SPDX-License-Identifier: Apache-2.0
// RTP jitter: puts packets that came by UDP back into the order of their sequence.
//
// What comes in order passes through at once and uncopied. After a hole, packets wait until it is
// filled, for JITTER_WAIT_US or JITTER_PACKETS at most: then the hole is given up. Late packets and
// repetitions are dropped. Pure: the clock is passed in; one thread.
#pragma once
#include <glib.h>
#include <stdint.h>

enum { JITTER_WAIT_US = 100000, JITTER_PACKETS = 256 };

typedef struct RtpJitter RtpJitter;
// data is borrowed for the call.
typedef void (*RtpJitterEmit)(void *ctx, const uint8_t *data, size_t size, int64_t arrival_us);

RtpJitter *rtp_jitter_new(RtpJitterEmit emit, void *ctx);
void rtp_jitter_free(RtpJitter *jitter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RtpJitter, rtp_jitter_free)

// A whole RTP packet; what is too short to be one is ignored.
void rtp_jitter_push(RtpJitter *jitter, const uint8_t *data, size_t size, int64_t now_us);
// Gives up what has been waited for too long.
void rtp_jitter_tick(RtpJitter *jitter, int64_t now_us);
// When the next tick will have something to give up; INT64_MAX: nothing waits.
int64_t rtp_jitter_deadline_us(const RtpJitter *jitter);
uint64_t rtp_jitter_late(const RtpJitter *jitter); // dropped: late or repeated
