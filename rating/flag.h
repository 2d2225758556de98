// SPDX-License-Identifier: Apache-2.0
// Flag: a clue or grade that a person has to look at. Its life is one table of transitions
// (flag.c); each step with who, when and why, and nothing is edited in place.
//
//     raised ──▶ acknowledged ──▶ explained ──▶ confirmed ──▶ closed
//     待签收         待说明          待核定   └──▶ dismissed   已办结
//
// The unit explains, a supervisor (director or administrator) confirms or dismisses; both may be
// done earlier. Whoever a flag is about takes no step of it, nobody decides on his own unit, and
// not on what he explained himself. Each step has a deadline in working days (rules.flag_*_days)
// with a reminder before and one after it (deadline.h). What kinds there are, and which video is
// held for them: flag_kind.h.
#pragma once
#include "rating/actor.h"
#include "rating/hall.h"

typedef struct {
    const char *kind;    // case_warning | case_yellow | case_red | ...
    const char *subject; // what it is about, unique with kind: "case:2026-0001"
    const char *case_number, *rating, *counter, *camera, *staff_number; // NULL: none
    const char *unit; // that has to explain it; NULL: evidence's, or the case's
    json_t *evidence; // borrowed; may be NULL
    int64_t raised_ms;
    bool may_repeat; // raise again when the earlier one is no longer open (a grade that fell back)
} FlagInput;

// 1: raised; 0: this kind and subject was raised before. Inside a writer job. Its evidence's video
// is held in the same transaction. ret_id may be NULL; the caller frees.
int flag_raise(Store *store, const Hall *hall, const FlagInput *input, char **ret_id);

typedef struct {
    const char *action; // acknowledge | explain | confirm | dismiss | close | assign
    const char *why;
    const char *owner, *owner_staff; // assign: who sees to it from now on
} FlagStep;

// 1: done; 0: the same person has just done the same (a repeat changes nothing). -ENOENT; -EEXIST:
// not from this state, and who has done what meanwhile; -EINVAL: something is missing; -EACCES: not
// by this person; all but the first with a sentence in error (at least 200 bytes). Inside a writer
// job.
int flag_act(Store *store, const Hall *hall, const char *id, const FlagStep *step,
             const Actor *actor, int64_t now_ms, char *error);
// All open flags of the subject whose kind is in kinds (NULL-terminated) are closed by the system
// with the reason.
int flag_close_open(Store *store, const Hall *hall, const char *subject, const char *const *kinds,
                    const char *why, int64_t now_ms);
bool flag_is_open(Store *store, const char *subject, const char *kind);
// Whether the person with this staff number is who the flag is about.
bool flag_concerns(Store *store, const char *id, const char *staff_number);

// Reminders "flag_due" and "flag_late" (deadline.h).
int flag_sweep(Store *store, const Hall *hall, int64_t now_ms);
int64_t flag_next(Store *store);

// What this person may do with one that stands so: [{"action","choices":[],"wants_why",
// "wants_second","wants_owner"}].
json_t *flag_actions(Store *store, const char *id, const Actor *actor);

typedef struct {
    // NULL: all; kind "fraud": all clues of rating fraud; "inaction", "slow", "misconduct": all
    // clues of conduct of that class (watch_rule.h)
    const char *kind, *state, *case_number, *counter, *unit, *owner;
    const char *within; // JSON array of ids, of which all are taken; NULL: all
    bool open_only;
    bool late_only;   // the deadline of its next step has passed
    bool no_clues;    // without those drawn from ratings, which are not for whoever was rated
    bool public_only; // those that observers read (flag_kind.h)
    int64_t now_ms;
    int64_t before_ms;
    const char *before_id;
    int limit;
} FlagFilter;
json_t *flag_list(Store *store, const FlagFilter *filter); // {"items","next":"MS:ID"|null,"total"}
// With history; actor NULL: without what may be done. NULL: unknown.
json_t *flag_get(Store *store, const char *id, const Actor *actor, int64_t now_ms);
bool flag_is_clue(const json_t *flag); // drawn from ratings or complaints
json_t *flag_of_case(Store *store, const char *number, int64_t now_ms); // rows, newest first
json_t *flag_counts(Store *store); // {"case_yellow":n,...} open ones
