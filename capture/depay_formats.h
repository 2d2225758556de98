// SPDX-License-Identifier: Apache-2.0
// The payload formats behind depay.h: each takes one packet's payload apart.
#pragma once
#include "capture/depay_picture.h"

void depay_h264_payload(Picture *picture, const uint8_t *data, size_t size);
void depay_h265_payload(Picture *picture, const uint8_t *data, size_t size, bool has_don);

// Frames of AAC; a frame may come in parts.
typedef struct {
    DepayOptions options;
    DepayEmit emit;
    void *ctx;
    uint64_t damaged_frames;
    GByteArray *bytes; // of a frame that has not wholly come
    size_t expected;   // bytes of that frame; 0: none
    int64_t time;
} AacFrames;

void depay_aac_init(AacFrames *frames, const DepayOptions *options, DepayEmit emit, void *ctx);
void depay_aac_done(AacFrames *frames);
void depay_aac_packet(AacFrames *frames, const RtpPacket *packet, int64_t time, bool hole);
