// SPDX-License-Identifier: Apache-2.0
// Callback 回访: whom the pick-up counter calls. One list with two sources, so that nobody is asked
// for twice:
//
//     "rating:UUID"  a named bad rating whose rectification is at "calling" (rectification.h): all
//                    of them. The citizen rates what was put right, and that step is taken.
//     "case:NUMBER"  a finished case by sample: drawn once each working day out of those that were
//                    finished on the working day before (to now), callbacks.percent of them,
//                    at most callbacks.most. The citizen may rate the service: a rating of
//                    channel "callback", which is never the citizen's own press (figures.c).
//
// The draw follows from the day and the cases by a keyed mark: the same for every desk, and nobody
// can tell beforehand whom it hits. Left out: who cannot be called, whose case is rated bad already
// (the first source has it), whose number was called within callbacks.rest_days; a number
// is drawn once. A drawn case that is not reached in rules.call_back_tries, or not at all within
// rules.call_back_days working days, ends.
//
// Whoever was rated, or handled the case, never calls. Directors and administrators may; others
// while they have duty at a counter of kind "pickup", and only where it is known that they are not
// the one. Source: domain rules "After a bad rating", "Words" (回访).
#pragma once
#include "rating/actor.h"
#include "rating/hall.h"

typedef struct {
    const char *id;      // of the try, a UUID: sent again, it is taken once
    const char *outcome; // reached, not_reached, wrong_number, refused
    const char *answer;  // reached, of a rating: satisfied, basically, dissatisfied
    int level;           // reached, of a case: 5..1; 0: the citizen gives none
    const char *text;    // what was said; wanted with "dissatisfied"
    int64_t next_ms;     // not_reached: when to try again; STORE_NULL: in two hours
} CallbackInput;

// Draws today's cases where that was not done yet, and ends those that waited too long. Inside a
// writer job. Drawn, or negative errno.
int callback_sweep(Store *store, const Hall *hall, int64_t now_ms);

// Whether the actor may call anybody at all.
bool callback_may_call(Store *store, const Hall *hall, const Actor *actor);
// 0: is on the list and may be called by the actor. -ENOENT: not on it; -EACCES with a sentence in
// error (at least 200 bytes).
int callback_check(Store *store, const Hall *hall, const char *subject, const Actor *actor,
                   char *error);
// Takes down how a call went. -ENOENT, -EACCES, -EINVAL with a sentence in error. ret_is_new: false
// where the try was known. Inside a writer job.
int callback_try(Store *store, const Hall *hall, const char *subject, const CallbackInput *input,
                 const Actor *actor, int64_t now_ms, bool *ret_is_new, char *error);

// {"day","may_call","items":[{"id","source","rating","level","text","case_number","item_name",
//  "unit","counter":{"id","name"},"event_at","due_at","name","phone" (masked),"tries","next_at",
//  "told" (what the citizen was told)}],
//  "done":[{"id","at","user","outcome","answer","level","text","is_last"}]}: what is still to be
// called on the hall's day that holds day_ms (of a day that is over: nothing), by urgency; and what
// was done on it (of others than directors: their own).
json_t *callback_list(Store *store, const Hall *hall, int64_t day_ms, const Actor *actor,
                      int64_t now_ms);
// The caller of a rating of channel "callback"; NULL: of none. The caller frees.
char *callback_caller(Store *store, const char *rating);
