// SPDX-License-Identifier: Apache-2.0
// Step: what was done with a bad rating, a complaint, a flag or an order: who, when, from which
// state to which, why, and whether in time. Rows are added, never changed. And the other way round:
// what may be done from where it stands, as the API tells it.
#pragma once
#include "base/store.h"

typedef enum { STEP_RECTIFICATION, STEP_COMPLAINT, STEP_FLAG, STEP_ORDER } StepKind; // the table

typedef struct {
    const char *user, *action, *choice;
    const char *from, *to; // names of states
    const char *why;
    int64_t now_ms, due_ms; // due_ms: that was running; STORE_NULL: none
    bool is_late;
} StepInput;

// Inside a writer job. 0 or negative errno.
int step_add(Store *store, StepKind kind, const char *id, const StepInput *step);
// The id of the one that was added last; 0: none.
int64_t step_last(Store *store, StepKind kind, const char *id);
// Whether the last step is this one: pressed twice, or sent again.
bool step_is_repeat(Store *store, StepKind kind, const char *id, const char *user,
                    const char *action, const char *why);
// -EEXIST, with a sentence in error (ACTOR_ERROR_SIZE bytes) for whoever comes second: what is not
// possible, and who has done what.
int step_refuse(Store *store, StepKind kind, const char *id, const char *action, const char *state,
                char *error);
// [{"at","user","action","choice","from","to","why","due_at","is_late"}], the first first.
json_t *step_list(Store *store, StepKind kind, const char *id);

// Adds a row of a table of transitions to [{"action","choices":[{"choice","wants_why",
// "wants_due"}],"wants_why","wants_second","wants_owner"}]: rows of one action follow each other
// and become one object. Returns it, borrowed, for what else is wanted.
typedef struct {
    const char *action, *choice; // choice NULL: none is to be made
    bool wants_why, wants_due, wants_second, wants_owner;
} StepOffer;
json_t *step_offer(json_t *actions, const StepOffer *offer);
