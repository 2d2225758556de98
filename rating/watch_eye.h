// SPDX-License-Identifier: Apache-2.0
// Watch eye: what is seen on cameras' pictures (docs/observations.md), kept as changes of state,
// and the rules on how long it lasts: an empty counter, a crowd, people after hours, a picture that
// is covered, frozen, moved, out of focus or dark. Each is a timer (watch_timer.h) with the
// thresholds of one table (watch_eye.c).
//
// A counter counts as empty while a picture that is as it should be shows nobody there, the counter
// is to be open (roster.h; where nothing is said: somebody is on duty there, or people wait for it)
// and it is within office hours, with no leave on file. A picture that is lost, moved or the like
// shows nothing: the timers of what it sees pause.
#pragma once
#include "rating/hall.h"
#include "rating/watch_rule.h"

typedef struct {
    const char *camera, *kind; // kind as in docs/observations.md
    const char *place;         // counter or zone; "": of the picture
    int64_t value;             // people; below 0: not said
    int confidence;            // per cent; below rules.eye_confidence nothing is taken to be seen
    int64_t at_ms, valid_ms;
} WatchSeen;

// Flags raised, or negative errno. -ENOENT: no such camera or counter; -EINVAL: no such kind;
// -ERANGE: the eye's clock is wrong (ahead, or more than ten minutes behind); -ENOSPC: it names too
// many places. What is older than what is known is left out. ret_next_ms: when time alone says more
// by it, or WATCH_NEVER. Inside a writer job.
int watch_eye_put(Store *store, const Hall *hall, const WatchSeen *seen, int64_t now_ms,
                  int64_t *ret_next_ms);

// A timer of watch_due ("eye:" taken off) has come. ret_next_ms: when to look again, or
// WATCH_NEVER. Flags raised, or negative errno. Inside a writer job.
int watch_eye_look(Store *store, const Hall *hall, const char *timer, int64_t now_ms,
                   int64_t *ret_next_ms);

const WatchKind *watch_eye_kind(size_t i); // NULL after the last
