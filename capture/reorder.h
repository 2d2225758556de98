// SPDX-License-Identifier: Apache-2.0
// Reorder: decode times from presentation times, for streams that carry only the latter (RTP).
//
// With a decoder that may hold back n pictures, the decode time of a picture is the smallest of the
// last n + 1 presentation times: they leave in order, and no picture is decoded after it is shown.
// Not every stream says how many it may be: where a picture comes that should have been decoded
// before the last one, the depth grows. Such a picture gets the time of the one before once more;
// the caller makes times grow. Pure; one thread.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { REORDER_MAX = 16 }; // the most that either standard allows

typedef struct {
    int depth;
    bool started;
    int64_t last_us;                // the last decode time given
    int n;                          // times kept
    int64_t times[REORDER_MAX + 1]; // sorted
} Reorder;

// depth: how many pictures may be held back; 0: no B frames.
void reorder_init(Reorder *reorder, int depth);
// frame_us: about one frame's duration; only the first pictures need it.
int64_t reorder_next(Reorder *reorder, int64_t presentation_us, int64_t frame_us);
