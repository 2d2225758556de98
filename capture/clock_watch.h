// SPDX-License-Identifier: Apache-2.0
// Clock watch: looks at the box's clock while it records: what of it is believed (clock_judge.h),
// and what is written down of it (clock_book.h).
//
// One thread. store: media.db's write connection, or NULL while there is none.
#pragma once
#include "base/store.h"
#include "capture/clock_judge.h"

typedef struct {
    ClockJudge judge;
    int64_t stepped_ms; // when the box's clock was set, monotonic; 0: never
    int64_t step_us;    // by how much, while it is not yet in the book
    int64_t believed_at_ms;
} ClockWatch;

// Zeroed before. At the start, and once more when media.db is open.
void clock_watch_start(ClockWatch *watch, Store *store);
// Again and again. A step is written down as soon as there is a store.
void clock_watch_look(ClockWatch *watch, Store *store);
// A step is not written down yet: no segment may begin (clock_book.h).
bool clock_watch_is_behind(const ClockWatch *watch);
// The moment from which ages are counted.
int64_t clock_watch_now(const ClockWatch *watch);
// So soon after a step of the box's clock, a camera's leap is that one.
bool clock_watch_has_just_stepped(const ClockWatch *watch);
