// SPDX-License-Identifier: Apache-2.0
// Meter: frame rate and bit rate of a video stream over its last 256 frames, by the stream's own
// clock. Pure; one thread.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { METER_FRAMES = 256 };

typedef struct {
    unsigned n;    // frames kept
    unsigned next; // place of the next one
    struct {
        int64_t decode_us;
        size_t bytes;
    } frames[METER_FRAMES];
} Meter;

void meter_add(Meter *meter, int64_t decode_us, size_t bytes);
// 0 before there is enough to tell.
double meter_fps(const Meter *meter);
int64_t meter_kbit(const Meter *meter);
void meter_reset(Meter *meter);
