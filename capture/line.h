// SPDX-License-Identifier: Apache-2.0
// Line: one line of time for a stream's pictures, whatever the camera's times do.
//
// It begins at zero and grows with each picture. Decode times that a source does not give (RTP) are
// derived from the presentation times. A small step back is squeezed. Where the camera's times leap
// (back by more than a second, or further ahead than the pictures' arrival allows), the line goes
// on where it is, by as much time as has passed until the picture arrived: not a picture is lost,
// and its wall time stays right. Pure; one thread: the camera's.
#pragma once
#include "capture/reorder.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    Reorder reorder;
    bool started;
    int64_t base_us;    // the source's time that is zero on the line
    int64_t mark_us;    // the source's time of the last picture
    int64_t last_us;    // its decode time on the line
    int64_t arrival_us; // when it arrived
    int64_t lag_us;     // the least of arrival minus time on the line: a picture without delay
    uint64_t leaps;
} Line;

// depth: how many pictures a decoder may hold back.
void line_init(Line *line, int depth);
// Puts a picture's times on the line; either may be AV_NOPTS_VALUE. frame_us: about one picture's
// duration. True: the source's times have leapt.
bool line_place(Line *line, int64_t *pts, int64_t *dts, int64_t arrival_us, int64_t frame_us);
// Where a moment of the source's lies, after the first picture.
int64_t line_at(const Line *line, int64_t source_us);
