// SPDX-License-Identifier: Apache-2.0
// Depay: the payload of RTP packets back into what was put in: access units of H.264 (RFC 6184) and
// H.265 (RFC 7798) as Annex B, frames of AAC (RFC 3640), samples of G.711 (RFC 3551).
//
// A unit that lost a part is dropped whole and counted, and all others are handed on, also those
// that refer to it: a decoder shows them with a blemish until the next key frame, while waiting for
// that key frame would cut whole seconds out of a recording. Half a unit would be worse than none:
// it looks complete to everyone who later reads the file. Pure; input comes from the network and
// what it may make us hold is bounded.
#pragma once
#include "capture/rtp.h"
#include <glib.h>
#include <libavcodec/codec_id.h>

enum { DEPAY_UNIT_MAX = 8 << 20 }; // a unit that grows beyond is dropped as damaged

typedef struct {
    enum AVCodecID codec;
    unsigned size_bits, index_bits, index_delta_bits; // AAC: of the AU headers (RFC 3640, 3.2.1)
    bool has_don; // H.265: payloads carry decoding order numbers (RFC 7798, 4.4)
} DepayOptions;

typedef struct {
    const uint8_t *data; // borrowed for the call
    size_t size;
    int64_t time; // on the receiver's line
    bool key;     // video: a decoder may begin here
} DepayUnit;
typedef void (*DepayEmit)(void *ctx, const DepayUnit *unit);

typedef struct Depay Depay;

bool depay_knows(enum AVCodecID codec);
Depay *depay_new(const DepayOptions *options, DepayEmit emit, void *ctx);
void depay_free(Depay *depay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Depay, depay_free)

// Packets in order; hole: something before this one is missing. time: where its timestamp lies on
// the receiver's line.
void depay_push(Depay *depay, const RtpPacket *packet, int64_t time, bool hole);
uint64_t depay_damaged(const Depay *depay); // units dropped
