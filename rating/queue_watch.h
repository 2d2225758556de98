// SPDX-License-Identifier: Apache-2.0
// Queue watch: clues of the queue, found at the minute, or later where the box was off; never
// twice.
//
//   slow_wait       a ticket, of this queue or of a machine, was not called within
//                   rules.wait_minutes. Who was called in time and passed on, or missed the call,
//                   is none. Subject "ticket:ID".
//   inaction_queue  rules.empty_counter_waiting people have each waited for
//                   rules.empty_counter_minutes while a counter that serves them stood empty:
//                   within office hours, nobody on duty there, where the roster says that it is
//                   open, or says nothing and somebody was on duty earlier that day. Subject
//                   "counter:ID:SINCE", one for each time that it stands empty.
//   queue_tidal     no clue about anybody: the middle of the estimate has been over the limit for
//                   rules.tidal_minutes, and a counter of the lane could be opened. Subject
//                   "lane:ID:SINCE".
// Video has a clue of its own for an empty chair (docs/conduct.md).
#pragma once
#include "rating/hall.h"

// Inside a writer job, at least once a minute. Flags raised, or negative errno. ret_next: when the
// next one falls due by time alone; INT64_MAX: none is ahead.
int queue_watch_sweep(Store *store, const Hall *hall, int64_t now_ms, int64_t *ret_next);

// The moment from which n_min people wait while the counter is empty: the n_min-th of those who
// wait (issued_ms, the first first) or the beginning of the emptiness, whichever is later;
// INT64_MAX: not so many wait. Pure.
int64_t queue_empty_since(const int64_t *issued_ms, size_t n, size_t n_min, int64_t empty_ms);

// [{"lane","name","weekday":1..7,"hour","n","over","mean_minutes","days","is_suggested"}] of
// tickets taken in [from, to): where a tidal counter would have helped week after week: three
// tickets in ten over the limit, of ten at least, on two days at least. Any connection.
json_t *queue_pattern(Store *store, const Hall *hall, int64_t from_ms, int64_t to_ms);
