// SPDX-License-Identifier: Apache-2.0
// Flag: a clue or grade that a person has to look at. Its life is one table of transitions: raised,
// acknowledged, explained, confirmed or dismissed, closed; each step with who, when and why.
// Nothing is edited in place.
#pragma once
#include "rating/hall.h"

typedef struct {
    const char *kind;    // case_warning | case_yellow | case_red | ...
    const char *subject; // what it is about, unique with kind: "case:2026-0001"
    const char *case_number, *rating, *counter, *camera, *staff_number; // NULL: none
    json_t *evidence;                                                   // borrowed; may be NULL
    int64_t raised_ms;
    bool may_repeat; // raise again when the earlier one is no longer open (a grade that fell back)
} FlagInput;

// 1: raised; 0: this kind and subject was raised before. Inside a writer job. ret_id may be NULL;
// the caller frees.
int flag_raise(Store *store, const Hall *hall, const FlagInput *input, char **ret_id);
// action: acknowledge | explain | confirm | dismiss | close. -ENOENT; -EEXIST: not from this state;
// -EINVAL: why is wanted (both with a sentence in error, at least 200 bytes).
int flag_act(Store *store, const Hall *hall, const char *id, const char *action, const char *user,
             const char *why, int64_t now_ms, char *error);
// All open flags of the subject whose kind is in kinds (NULL-terminated) are closed by the system
// with the reason.
int flag_close_open(Store *store, const Hall *hall, const char *subject, const char *const *kinds,
                    const char *why, int64_t now_ms);
bool flag_is_open(Store *store, const char *subject, const char *kind);

typedef struct {
    // NULL: all; kind "fraud": all clues of rating fraud; "inaction", "slow", "misconduct": all
    // clues of conduct of that class (watch_rule.h)
    const char *kind, *state, *case_number, *counter;
    const char *within; // JSON array of ids, of which all are taken; NULL: all
    bool open_only;
    bool no_clues; // without those drawn from ratings, which are not for whoever was rated
    int64_t before_ms;
    const char *before_id;
    int limit;
} FlagFilter;
json_t *flag_list(Store *store, const FlagFilter *filter); // {"items","next":"MS:ID"|null,"total"}
json_t *flag_get(Store *store, const char *id);            // with history; NULL: unknown
bool flag_is_clue(const json_t *flag);                     // drawn from ratings or complaints
json_t *flag_of_case(Store *store, const char *number);    // rows, newest first
json_t *flag_counts(Store *store);                         // {"case_yellow":n,...} open ones
