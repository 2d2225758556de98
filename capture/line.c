// SPDX-License-Identifier: Apache-2.0
#include "capture/line.h"

#include <libavutil/avutil.h>
#include <libavutil/common.h>

enum {
    NUDGE_US = 1000,        // a decode time that does not grow is put so far after the one before
    BACK_MAX_US = 1000000,  // up to this it is jitter; beyond, the times have leapt
    BACK_MAX_FRAMES = 3,    // or B frames, where pictures are few
    EARLY_MAX_US = 2000000, // so far ahead of its arrival no picture can be
    AHEAD_MAX_US = 10000000,
};

void line_init(Line *line, int depth)
{
    *line = (Line){ 0 };
    reorder_init(&line->reorder, depth);
}

int64_t line_at(const Line *line, int64_t source_us)
{
    return source_us - line->base_us;
}

// mark_us: of the picture, on the source's line.
static bool has_leapt(const Line *line, int64_t mark_us, int64_t arrival_us, int64_t frame_us)
{
    int64_t step_us = mark_us - line->mark_us;
    int64_t lag_us = arrival_us - line_at(line, mark_us);
    bool is_early = step_us > EARLY_MAX_US && line->lag_us - lag_us > EARLY_MAX_US;
    return is_early || step_us > AHEAD_MAX_US ||
           step_us < -FFMAX((int64_t)BACK_MAX_US, BACK_MAX_FRAMES * frame_us);
}

// The decode time that the line goes on with becomes the picture's.
static void rebase(Line *line, int64_t mark_us, bool is_decode, int64_t decode_us, int64_t frame_us)
{
    int depth = line->reorder.depth;
    line->base_us = mark_us - decode_us - (is_decode ? 0 : depth * frame_us);
    reorder_init(&line->reorder, depth);
}

bool line_place(Line *line, int64_t *pts, int64_t *dts, int64_t arrival_us, int64_t frame_us)
{
    bool is_decode = *dts != AV_NOPTS_VALUE;
    if (*pts == AV_NOPTS_VALUE)
        *pts = *dts;
    if (*pts == AV_NOPTS_VALUE) // neither: a part without a time of its own
        *pts = line->started ? line->base_us + line->last_us + frame_us : 0;
    int64_t mark_us = is_decode ? *dts : *pts;
    bool leapt = line->started && has_leapt(line, mark_us, arrival_us, frame_us);
    if (!line->started)
        rebase(line, mark_us, is_decode, 0, frame_us);
    else if (leapt)
        rebase(line, mark_us, is_decode,
               line->last_us + av_clip64(arrival_us - line->arrival_us, frame_us, AHEAD_MAX_US),
               frame_us);
    line->leaps += leapt;

    *pts = line_at(line, *pts);
    *dts = is_decode ? line_at(line, *dts) : reorder_next(&line->reorder, *pts, frame_us);
    int64_t lag_us = arrival_us - line_at(line, mark_us);
    line->lag_us = line->started ? FFMIN(line->lag_us, lag_us) : lag_us;
    if (line->started && *dts <= line->last_us)
        *dts = line->last_us + NUDGE_US;
    *pts = FFMAX(*pts, *dts);
    line->started = true;
    line->mark_us = mark_us;
    line->last_us = *dts;
    line->arrival_us = arrival_us;
    return leapt;
}
