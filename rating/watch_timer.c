// SPDX-License-Identifier: Apache-2.0
#include "rating/watch_timer.h"

#include <glib.h>

void watch_timer_advance(WatchTimer *timer, int64_t at_ms)
{
    if (timer->at_ms == WATCH_TIMER_NEVER)
        timer->at_ms = at_ms;
    if (at_ms <= timer->at_ms)
        return;
    int64_t until_ms = MIN(at_ms, timer->valid_ms);
    if (timer->sees == TIMER_YES && until_ms > timer->at_ms)
        timer->held_ms += until_ms - timer->at_ms;
    timer->at_ms = at_ms;
}

void watch_timer_see(WatchTimer *timer, TimerSees sees, int64_t valid_ms)
{
    timer->sees = sees;
    timer->valid_ms = valid_ms;
    if (sees == TIMER_NO) {
        timer->held_ms = 0;
        timer->told = 0;
        timer->since_ms = WATCH_TIMER_NEVER;
    }
    if (sees == TIMER_YES && timer->since_ms == WATCH_TIMER_NEVER)
        timer->since_ms = timer->at_ms;
}

int64_t watch_timer_next(const WatchTimer *timer, int64_t held_ms)
{
    int64_t at_ms = timer->at_ms + held_ms - timer->held_ms;
    return timer->sees == TIMER_YES && at_ms <= timer->valid_ms ? at_ms : WATCH_TIMER_NEVER;
}
