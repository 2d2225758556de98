// SPDX-License-Identifier: Apache-2.0
// Wallclock: the wall time of a stream's units.
//
// Anchored at the first unit's arrival, it then follows the camera's media clock, which has no
// network jitter, and is pulled forward towards arrival by at most 500 ppm, which no player and no
// ear notices. It is never ahead of arrival: a unit that comes earlier than its time says shows
// that those before it were late (a backlog that a camera sends in one burst), and takes the clock
// back at once. A camera whose clock is off by more than 5 s (or a box whose own clock was set)
// makes it jump to arrival, and so does a second taken back; the caller says when a jump is welcome
// (at a key frame, where a new segment can begin). Pure; one thread.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum {
    WALLCLOCK_PULL_PPM = 500,
    WALLCLOCK_JUMP_US = 5000000,
    WALLCLOCK_BACK_US = 1000000, // taken back so far: what follows no longer continues
};

typedef struct {
    bool started;
    int64_t media_us; // of the last unit
    int64_t wall_us;
    int64_t pull_rest; // what integer division left of the pull, in millionths of a microsecond
    int64_t back_us;   // how far it was taken back against the media clock, drift apart
} Wallclock;

// media_us: decode time, must not run backwards. ret_jump: the wall time does not continue the one
// before (also the first one).
int64_t wallclock_at(Wallclock *clock, int64_t media_us, int64_t arrival_us, bool may_jump,
                     bool *ret_jump);
// The wall time of another moment by what is known now.
int64_t wallclock_of(const Wallclock *clock, int64_t media_us);
// What was given out so far has been corrected by wallclock_of, but for owed_us by which it is
// late.
void wallclock_settle(Wallclock *clock, int64_t owed_us);
void wallclock_reset(Wallclock *clock);
