// SPDX-License-Identifier: Apache-2.0
// Picture: an access unit of H.264 or H.265 as it comes together from NAL units and their parts.
//
// It ends where the time changes, where a new picture begins, or with the marker bit. Cameras lie
// about the marker (one for each slice, none at all), so it is believed only after it has stood at
// the end of PICTURE_PROOFS pictures and never inside one; until then a picture waits for the
// packet after it. Parameter sets that come alone go before the next picture.
#pragma once
#include "capture/depay.h"

enum { PICTURE_PROOFS = 3 };

typedef struct {
    enum AVCodecID codec;
    DepayEmit emit;
    void *ctx;
    uint64_t damaged_units;
    // The access unit.
    GByteArray *bytes;
    guint carried; // how much of it came alone before, and holds no picture
    int64_t time;
    bool is_open;     // something of it has come
    bool has_picture; // a coded slice is in it
    bool key, recovery, damaged;
    bool suspect; // the packet before its first one is missing: was it a part of it?
    bool in_fragment;
    // Between units.
    bool hole;       // something is missing before the next packet
    bool marked;     // the last packet of the open unit had the marker
    bool was_closed; // the last one was ended by its marker, at time
    bool marker_lies;
    unsigned proofs;
} Picture;

void picture_init(Picture *picture, enum AVCodecID codec, DepayEmit emit, void *ctx);
void picture_done(Picture *picture);

// Around what one packet holds.
void picture_begin_packet(Picture *picture, int64_t time, bool hole);
void picture_end_packet(Picture *picture, bool marker);

void picture_add_nal(Picture *picture, const uint8_t *data, size_t size);
// A NAL unit in parts: its header, rebuilt, and the first part of its payload; then the others.
void picture_begin_fragment(Picture *picture, const uint8_t *header, size_t header_size,
                            const uint8_t *data, size_t size);
void picture_add_fragment(Picture *picture, const uint8_t *data, size_t size);
void picture_end_fragment(Picture *picture);
