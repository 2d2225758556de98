// SPDX-License-Identifier: Apache-2.0
// Watch timer: for how long something has been seen, as a pure state machine over observations.
//
// It counts only while it is seen and what was said still stands. When it is seen not to be so, it
// starts anew; while it is not known (the picture is lost, moved, or nobody says anything any
// more), it pauses: what was counted stays, and the time in between is never counted.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define WATCH_TIMER_NEVER INT64_MIN // the same as STORE_NULL

typedef enum { TIMER_UNKNOWN, TIMER_NO, TIMER_YES } TimerSees;

typedef struct {
    TimerSees sees;
    int64_t at_ms;    // up to here it has counted; WATCH_TIMER_NEVER: it never began
    int64_t valid_ms; // so long stands what is seen
    int64_t held_ms;  // counted
    int64_t since_ms; // when this time of it began; WATCH_TIMER_NEVER: it is not so
    unsigned told;    // what was told of this time of it; the caller's bits
} WatchTimer;

// A new timer.
#define WATCH_TIMER_NEW                                                                            \
    (WatchTimer)                                                                                   \
    {                                                                                              \
        TIMER_UNKNOWN, WATCH_TIMER_NEVER, 0, 0, WATCH_TIMER_NEVER, 0                               \
    }

// Counts up to the moment by what was seen before it. A moment before the last one changes nothing.
void watch_timer_advance(WatchTimer *timer, int64_t at_ms);
// From the moment that it has counted up to on this is seen, and stands until valid_ms.
void watch_timer_see(WatchTimer *timer, TimerSees sees, int64_t valid_ms);
// When it will have counted so much, if nothing else is said; WATCH_TIMER_NEVER: not by what stands
// now. A moment that has passed already is told as it was.
int64_t watch_timer_next(const WatchTimer *timer, int64_t held_ms);
