// SPDX-License-Identifier: Apache-2.0
// Watch case: the rules of conduct about one case, as pure functions over what is known of it. One
// table (watch_case.c): kind, names, option, function.
//
// Events are told by their own time; received_ms is when the box learned of them, which nobody who
// enters a case can choose.
#pragma once
#include "rating/case_story.h"
#include "rating/watch_rule.h"

typedef struct {
    const char *id;
    CaseEventKind kind;
    int64_t at_ms, received_ms;
    int days; // 0: none given
    const char *node, *unit, *person, *reason, *approver;
    CaseIgnored ignored; // why it changed nothing, as the case's story has it
} WatchEvent;

// A limit that was known and was made another (case_edit).
typedef struct {
    int64_t id, at_ms;
    const char *what; // limit_days | statutory_days | accepted_at
    int64_t from, to; // days, or moments
    const char *who;  // NULL: not known
} WatchEdit;

// A rating that names the case.
typedef struct {
    const char *id, *counter, *staff;
    int64_t at_ms;
    bool is_of_case; // given online or by the case's own code: about the whole case, not a visit
} WatchRating;

// Another finish by the person who finished this case, or this one.
typedef struct {
    const char *number;
    int64_t at_ms;
} WatchFinish;

typedef struct {
    const char *number, *kind, *unit, *counter, *person, *channel;
    int limit_days;         // without extensions; -1: none
    int64_t since_ms;       // what happened before it is not judged: the box did not look yet
    const GPtrArray *nodes; // names of its item's nodes, in their order; may be empty
    const GArray *events;   // WatchEvent, in the order of the story
    const GArray *edits;    // WatchEdit, by time
    const GArray *ratings;  // WatchRating, by time
    const GArray *finishes; // WatchFinish, by time; within ten minutes of this case's
    bool is_batch_known;    // a clue about these finishes was raised before
    bool has_ticket;        // one that names the case, or one in service there at acceptance
    int tickets_that_day;   // that its counter served on the day of acceptance
} WatchCase;

void watch_case_judge(const WatchCase *c, const Config *config, const Calendar *calendar,
                      WatchFindings *findings);

// The kinds of the table; NULL after the last.
const WatchKind *watch_case_kind(size_t i);
