// SPDX-License-Identifier: Apache-2.0
// Case clock: when a case is due and how it stands, as a pure function of its facts, the calendar,
// the rules and now.
//
// Source: domain rules "Time limits". The day of acceptance does not count; the case is due at the
// end of office hours of working day n. A pause takes the working days after the one it began on,
// up to and including the one it ended on (as with acceptance, the day of the act belongs to what
// was before), at most its approved days; an open pause counts up to now. An application that got
// no answer within 5 working days counts as accepted from its receipt, or from the
// receipt of what had been missing (Administrative Licensing
// Law, article 32).
//
// Grades by rules.grade_profile. Shandong: yellow from the day on which yellow_days_left working
// days are left, red from the first working day past. Yulin: yellow once yellow_percent of the
// limit have passed, to the minute of office hours; red once it is exceeded. Both warn
// warning_days_before_yellow working days before the day on which it turns yellow.
#pragma once
#include "rating/calendar.h"

typedef enum { GRADE_NONE, GRADE_WARNING, GRADE_YELLOW, GRADE_RED } CaseGrade;
const char *case_grade_name(CaseGrade grade); // none | warning | yellow | red
CaseGrade case_grade_of(const char *name);    // of a name as above; GRADE_NONE for others

// The promised limit, else the statutory one (STORE_NULL: not known); on the spot means the same
// day; -1: no limit is known.
int case_limit_of(const char *kind, int64_t limit_days, int64_t statutory_days);

#define CASE_NEVER INT64_MIN // a moment that is not known or does not come; the same as STORE_NULL

typedef struct {
    int64_t from_ms;
    int64_t to_ms;     // CASE_NEVER: still open
    int approved_days; // working days; 0: no number was given, the pause counts whole
} CasePause;

// The office has papers and owes an answer: from the receipt, and again from each handing in of
// what it had asked for.
typedef struct {
    int64_t received_ms;
    int64_t answered_ms; // papers asked for, accepted, refused, returned ...; CASE_NEVER: not yet
} CaseRound;

typedef struct {
    int64_t accepted_ms;     // CASE_NEVER: not accepted
    int64_t ended_ms;        // finished, refused, returned or withdrawn; CASE_NEVER: open
    int limit_days;          // with extensions; 0: on the same day; -1: no limit, no due day
    const CasePause *pauses; // by from_ms; may overlap
    size_t n_pauses;
    const CaseRound *rounds; // in order
    size_t n_rounds;
} CaseFacts;

typedef struct {
    int64_t accepted_ms;      // CASE_NEVER: the citizen's clock has not started
    bool is_deemed;           // accepted by article 32, not by the office
    int64_t due_ms;           // CASE_NEVER: none
    bool is_provisional;      // due beyond the loaded calendar
    int days_used, days_left; // at now or at the end; left below 0: so many working days over. 0
                              // without a clock
    CaseGrade grade;          // of an ended case: red when it ended late, otherwise none
    int64_t grade_since_ms;   // when the grade began; CASE_NEVER for none
    int64_t reminder_ms;    // the working day before the due day begins; CASE_NEVER: none before it
    int64_t next_change_ms; // before it nothing here changes by time alone; CASE_NEVER: no more
} CaseClock;

void case_clock_read(const CaseFacts *facts, const Config *config, const Calendar *calendar,
                     int64_t now_ms, CaseClock *ret_clock);
// Working days after from, up to and including to, that the clock used, as it is known at now.
// accepted_ms: as CaseClock says; CASE_NEVER: 0.
int case_clock_used(const CaseFacts *facts, const Calendar *calendar, int64_t accepted_ms,
                    int64_t now_ms, CalendarDay from, CalendarDay to);
