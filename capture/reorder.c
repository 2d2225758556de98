// SPDX-License-Identifier: Apache-2.0
#include "capture/reorder.h"

#include <string.h>

void reorder_init(Reorder *reorder, int depth)
{
    *reorder = (Reorder){ .depth = depth < 0 ? 0 : depth > REORDER_MAX ? REORDER_MAX : depth };
}

static void insert(Reorder *reorder, int64_t time)
{
    int at = reorder->n++;
    for (; at > 0 && reorder->times[at - 1] > time; at--)
        reorder->times[at] = reorder->times[at - 1];
    reorder->times[at] = time;
}

static int64_t take_smallest(Reorder *reorder)
{
    int64_t time = reorder->times[0];
    reorder->n--;
    memmove(reorder->times, reorder->times + 1, (size_t)reorder->n * sizeof reorder->times[0]);
    return time;
}

int64_t reorder_next(Reorder *reorder, int64_t presentation_us, int64_t frame_us)
{
    if (!reorder->started) { // as if pictures had come before, so that the first ones have decode
                             // times
        reorder->started = true;
        for (int i = reorder->depth; i > 0; i--)
            insert(reorder, presentation_us - i * frame_us);
    } else if (presentation_us < reorder->last_us && reorder->depth < REORDER_MAX) {
        insert(reorder, presentation_us);
        reorder->depth++;
        return reorder->last_us;
    }
    insert(reorder, presentation_us);
    reorder->last_us = take_smallest(reorder);
    return reorder->last_us;
}
