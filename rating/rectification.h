// SPDX-License-Identifier: Apache-2.0
// Rectification 整改: the life of a bad rating, from the press to its end. One table of transitions
// (rectification.c); each step keeps who, when and why, and nothing is edited in place. Source:
// domain rules "After a bad rating".
//
//     verifying ──▶ fixing ──▶ telling ──▶ calling ──▶ closed
//      待核实        整改中      待告知       待回访       已办结
//          └────────────────────▲              └──▶ fixing, when the citizen is not content
//     any of them, and closed ──▶ judging 待审批 ──▶ void 不计, or back to where it was
//
// Deadlines are ends of office hours, in working days (rules.verify_days, rectify_days,
// call_back_days). Whoever was rated takes no part; what takes a rating out of the figures
// (mistaken, malicious, a granted appeal) is decided by a second person. The unit appeals by a
// person who is logged in, within rules.appeal_days working days after the outcome was told.
#pragma once
#include "rating/actor.h"
#include "rating/hall.h"

typedef struct {
    const char *action; // verify, fix, tell, call, void, appeal, approve, reject, assign
    const char *choice; // what the action decides: see the table
    const char *why;
    int64_t due_ms;                  // verify with "complex": the day that was set; else STORE_NULL
    const char *owner, *owner_staff; // assign: who sees to it from now on
} RectificationInput;

// A bad rating was stored: begins its life. Inside its writer job.
int rectification_begin(Store *store, const Hall *hall, const char *rating, int64_t event_ms);

// -ENOENT: no such rating, or a good one; -EEXIST: not from this state; -EINVAL: something is
// missing; -EACCES: not by this person; all but the first with a sentence in error (at least 200
// bytes). Inside a writer job.
int rectification_act(Store *store, const Hall *hall, const char *rating,
                      const RectificationInput *input, const Actor *actor, int64_t now_ms,
                      char *error);

// Raises "rectification_due" rules.remind_hours before a deadline and "rectification_late" after
// it; the next step closes them. Inside a writer job. Flags raised, or negative errno.
int rectification_sweep(Store *store, const Hall *hall, int64_t now_ms);
// When the sweep has something to do next; INT64_MAX: nothing ahead.
int64_t rectification_next(Store *store);

// {"state","outcome","owner","asked_by","round","tries","since_at","due_at","is_provisional",
//  "is_overdue","is_late","told_at","appeal_until_at","closed_at","steps":[{"at","user","action","choice","from",
//  "to","why","due_at","is_late"}],"actions":[{"action","choices":[],"wants_why","wants_due",
//  "wants_second"}]}
// json null: a good rating. New reference.
json_t *rectification_of(Store *store, const char *rating, int64_t now_ms);

typedef struct {
    bool is_open;
    const char *state, *owner; // NULL: all
    const char *q;             // as ratings are searched (search.h); NULL: all
    bool late_only;
    int64_t due_before_ms; // STORE_NULL: all
    int64_t after_ms;      // page: what comes after this due (or closing) time ...
    const char *after_id;  // ... and rating; NULL: first page
    int limit;
} RectificationFilter;
// {"items":[{"rating","level","text","counter","staff","event_at","case_number","state",...head}],
//  "next","total"}: open ones by deadline, others by their end, the newest first.
json_t *rectification_list(Store *store, const RectificationFilter *filter, int64_t now_ms);
// {"open","late","due_today","judging"}
json_t *rectification_counts(Store *store, int64_t now_ms);
