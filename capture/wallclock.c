// SPDX-License-Identifier: Apache-2.0
#include "capture/wallclock.h"

static int64_t clamp(int64_t value, int64_t limit)
{
    if (value > limit)
        return limit;
    return value < -limit ? -limit : value;
}

int64_t wallclock_at(Wallclock *clock, int64_t media_us, int64_t arrival_us, bool may_jump,
                     bool *ret_jump)
{
    int64_t step = media_us - clock->media_us;
    int64_t error = arrival_us - (clock->wall_us + step);
    bool is_far = error > WALLCLOCK_JUMP_US || error < -WALLCLOCK_JUMP_US;
    *ret_jump = !clock->started || (is_far && may_jump);
    clock->media_us = media_us;
    if (*ret_jump) {
        clock->started = true;
        clock->wall_us = arrival_us;
        clock->pull_rest = 0;
        return arrival_us;
    }
    int64_t room = step * WALLCLOCK_PULL_PPM + clock->pull_rest;
    clock->pull_rest = room % 1000000;
    clock->wall_us += step + clamp(error, room / 1000000);
    return clock->wall_us;
}

void wallclock_reset(Wallclock *clock)
{
    *clock = (Wallclock){ 0 };
}
