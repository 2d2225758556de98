// SPDX-License-Identifier: Apache-2.0
#include "capture/wallclock.h"

#include <glib.h>

static int64_t jump_to(Wallclock *clock, int64_t arrival_us)
{
    clock->started = true;
    clock->wall_us = arrival_us;
    clock->pull_rest = clock->back_us = 0;
    return arrival_us;
}

int64_t wallclock_at(Wallclock *clock, int64_t media_us, int64_t arrival_us, bool may_jump,
                     bool *ret_jump)
{
    int64_t step = media_us - clock->media_us;
    int64_t error = arrival_us - (clock->wall_us + step);
    int64_t back_us = clock->back_us + MAX(-error, 0);
    bool is_far = error > WALLCLOCK_JUMP_US || back_us > WALLCLOCK_BACK_US;
    *ret_jump = !clock->started || (is_far && may_jump);
    clock->media_us = media_us;
    if (*ret_jump)
        return jump_to(clock, arrival_us);
    int64_t room = step * WALLCLOCK_PULL_PPM + clock->pull_rest;
    clock->pull_rest = room % 1000000;
    clock->wall_us += step + MIN(error, room / 1000000);
    clock->back_us = MAX(back_us - room / 1000000, 0);
    return clock->wall_us;
}

int64_t wallclock_of(const Wallclock *clock, int64_t media_us)
{
    return clock->wall_us + media_us - clock->media_us;
}

void wallclock_settle(Wallclock *clock, int64_t owed_us)
{
    clock->back_us = owed_us;
}

void wallclock_reset(Wallclock *clock)
{
    *clock = (Wallclock){ 0 };
}
