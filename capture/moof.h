// SPDX-License-Identifier: Apache-2.0
// Moof: the head of a movie fragment (ISO/IEC 14496-12, 8.8.4 to 8.8.8, 8.8.12): what the samples
// in the media data box behind it are, and when.
//
// Each track has one run; its samples lie one behind the other in the media data box, a track's
// after those of the track before. Only the first sample of a picture track may be a sync sample:
// fragments end before each key frame. Pure.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t duration;   // in the track's time scale, as all times here
    uint32_t size;       // bytes
    int32_t composition; // presentation minus decode time
} MoofSample;

typedef struct {
    uint32_t id;     // as in the movie box
    uint64_t decode; // of the first sample
    const MoofSample *samples;
    size_t n; // 0: the track is left out
    bool is_picture;
    bool key; // a picture track's first sample is a sync sample
} MoofTrack;

enum { MOOF_MDAT_HEAD = 8 };

size_t moof_size(const MoofTrack *tracks, size_t n);
// Writes moof_size() bytes and the eight of the media data box's head. 0; -EFBIG: the samples are
// too large for a box's 32-bit size.
int moof_write(const MoofTrack *tracks, size_t n, uint32_t sequence, uint8_t *out);
