// SPDX-License-Identifier: Apache-2.0
// Conduct: presses and visits of some weeks as plain rows, which the rules of fraud.h are judged
// on. Read from the store (conduct_read.c), or made by a simulation.
//
// One thread at a time. What a row cannot know is left out of the tests that would need it.
#pragma once
#include "rating/calendar.h"
#include "rating/hall.h"

enum {
    CONDUCT_DAYS = 50,      // working days that are read
    CONDUCT_UNKNOWN = -1,   // a wait, a duration, a person
    CONDUCT_AGAIN_S = 90,   // so soon after the one before: perhaps of the same family
    CONDUCT_BURST_S = 60,   // between the presses of a burst
    CONDUCT_WAITS_MIN = 20, // of a day, so that a wait can be held against the day's others
};

typedef struct {
    const char *id; // the rating's; NULL in a simulation
    int64_t at_ms;
    CalendarDay day;
    int32_t wait_ms; // since the invitation that it answers; of pads alone
    int16_t counter, staff;
    int32_t telephone; // which one of the day; CONDUCT_UNKNOWN: none
    int8_t level;
    bool is_on_pad, is_in_hours;
    bool has_service;   // an invitation, ticket or case is known of it
    bool was_made_good; // bad, and then rated good before anything was put right

    // By conduct_prepare:
    bool is_again;  // the same level as the one before it at the counter, CONDUCT_AGAIN_S after it
    uint16_t burst; // presses that follow one another within CONDUCT_BURST_S; 0: not the first one
    float pace;     // the wait in terms of the median wait in the hall that day; 0: not known
    bool is_swift;  // among the quickest twentieth in the hall that day
} ConductPress;

typedef struct {
    const char *id; // the ticket's, or the case's number; NULL in a simulation
    int64_t at_ms;  // its end
    CalendarDay day;
    int32_t seconds;
    int16_t counter, staff;
    bool is_invited;
    bool is_disputed; // refused, sent back, or papers asked for more than once
    bool is_long;     // by conduct_prepare: among the longest quarter
} ConductVisit;

typedef struct {
    GArray *presses, *visits;     // by time
    GPtrArray *counters, *people; // ids and staff numbers, which the rows' indices mean
    GPtrArray *telephones;
    GArray *days; // CalendarDay: the working days that are covered, the judged one last
    GStringChunk *text;
} Conduct;

void conduct_init(Conduct *conduct);
void conduct_done(Conduct *conduct);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Conduct, conduct_done)

// Works out what follows from the rows among one another. Both arrays are in order of time.
void conduct_prepare(Conduct *conduct);
// The first of the last n working days that are covered.
CalendarDay conduct_days_back(const Conduct *conduct, int n);

// Reads CONDUCT_DAYS working days up to and including `day`, and prepares them. Any connection. 0
// or negative errno.
int conduct_read(Store *store, const Hall *hall, CalendarDay day, Conduct *ret_conduct);
