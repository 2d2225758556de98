// SPDX-License-Identifier: Apache-2.0
// Deadline: until when the next step of something that people work on is due, and the reminders
// before it and after. It is an end of office hours, counted in working days.
//
// A reminder is a flag: DUE rules.remind_hours before the deadline, LATE once it has passed; the
// step that was due closes them.
#pragma once
#include "rating/calendar.h"
#include "rating/hall.h"

typedef struct {
    int64_t due_ms;      // STORE_NULL: none runs
    bool is_provisional; // beyond the loaded calendar
} Deadline;

#define DEADLINE_NONE ((Deadline){ .due_ms = STORE_NULL })

Deadline deadline_on(const Hall *hall, CalendarDay day);
Deadline deadline_in(const Hall *hall, int64_t from_ms, int days);
bool deadline_is_over(const Deadline *deadline, int64_t now_ms);
// When it is to be reminded of next: before it, then at it. STORE_NULL: it does not run.
int64_t deadline_notice(const Hall *hall, const Deadline *deadline, int64_t now_ms);

// What has deadlines: a table with its column next_notice_at. SQL is the program's own.
typedef struct {
    const char *kind; // as Hall.changed names it; "KIND:ID" is the flags' subject
    const char *due_flag, *late_flag;
    const char *ripe; // id, rating, case, counter, staff number, state, due_at where
                      // next_notice_at <= ?1, at most ?2 of them
    const char *put;  // next_notice_at = ?1 of the id ?2
    const char *next; // the least next_notice_at
} DeadlineKind;

// Raises what is ripe. Inside a writer job. Flags raised, or negative errno.
int deadline_sweep(Store *store, const Hall *hall, const DeadlineKind *kind, int64_t now_ms);
// The step that was due has been taken: closes the flags of one.
int deadline_met(Store *store, const Hall *hall, const DeadlineKind *kind, const char *id,
                 int64_t now_ms);
// When the sweep has something to do next; INT64_MAX: nothing ahead.
int64_t deadline_next(Store *store, const DeadlineKind *kind);
