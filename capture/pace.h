// SPDX-License-Identifier: Apache-2.0
// Pace: the times of one track of a film that is put together from packets of other films.
// Decode times grow, no picture is shown before it is decoded, and a packet that does not say how
// long it lasts does so for as long as the one before it: the last one of a track would otherwise
// last for no time, and players leave such a picture out.
//
// Pure; one thread. {0} is the pace of a track that has no packet yet.
#pragma once
#include <libavcodec/avcodec.h>
#include <stdbool.h>

typedef struct {
    bool is_begun;
    int64_t dts, step; // of the last packet, in the track's time base
} Pace;

void pace_packet(Pace *pace, AVPacket *packet);
