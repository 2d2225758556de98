// SPDX-License-Identifier: Apache-2.0
// Clock judge: what of the box's wall clock can be believed.
//
// A box without a battery boots in 1970, a wrong time server puts it years ahead, a person corrects
// it by hours. A step is seen against the clock that counts from the machine's start
// (clock_boot_us: a machine that slept has made none). By how much the wall clock has left what was
// believed, and for how long, says whether video may be deleted for its age: a leap of more than a
// day is believed only after the box has run for a week without another step. Until then ages are
// counted by the earlier of both clocks, so that no leap deletes anything: whoever sets the clock
// to a wrong year on a Friday still has all video on Monday. The week may be one of many short
// days: what is believed outlives the process. Pure; one thread. All times in microseconds.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define CLOCK_STEP_US  INT64_C(5000000)           // less is slewed, and followed by wallclock.h
#define CLOCK_LEAP_US  (INT64_C(86400) * 1000000) // more is not believed at once
#define CLOCK_DOUBT_US (7 * CLOCK_LEAP_US)        // but after so long

typedef struct {
    int64_t offset_us;             // of the wall clock against the machine's
    int64_t sane_us, sane_boot_us; // the last moment that was believed
    int64_t looked_boot_us;
    int64_t doubted_us; // for so long it has run beside a clock that is not believed
    bool is_doubted;
} ClockJudge;

// What outlives the process.
typedef struct {
    int64_t known_us; // the moment by what is believed; 0: nothing is known, and any clock is
    int64_t doubted_us;
} ClockBelief;

void clock_judge_start(ClockJudge *judge, ClockBelief belief, int64_t wall_us, int64_t boot_us);
ClockBelief clock_judge_belief(const ClockJudge *judge, int64_t boot_us);
// Again and again. Returns the step that the wall clock has made since the last look; 0: none.
int64_t clock_judge_look(ClockJudge *judge, int64_t wall_us, int64_t boot_us);
// The moment from which ages are counted.
int64_t clock_judge_now(const ClockJudge *judge, int64_t wall_us, int64_t boot_us);
bool clock_judge_is_believed(const ClockJudge *judge);
