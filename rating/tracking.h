// SPDX-License-Identifier: Apache-2.0
// Tracking 办件跟踪: what happened to cases, for other systems: one row for each step, written in
// the transaction of what it tells of, and the same as a message to receivers that want
// case_tracking (notify.h). It names cases, nodes and units, never persons and no free text.
//
// Rows are numbered by the one writer, inside the transaction: whoever asks for what came after a
// number that it has seen misses nothing that was committed, over restarts too. A number is never
// given twice. Rows are kept for tracking.keep_days.
#pragma once
#include "rating/hall.h"

typedef struct {
    const char *number; // of the case
    const char *kind;   // filed | changed (its head) | grade | a case event's (case_story.h)
    int64_t at_ms;      // when it happened
    const char *node, *unit, *result; // NULL: none
    int64_t now_ms;
} TrackingInput;

// After the case's row says what follows from it. Inside a writer job. 0 or negative errno.
int tracking_note(Store *store, const Hall *hall, const TrackingInput *input);

#define TRACKING_NEWEST INT64_MAX // after it comes what is yet to happen

// {"items":[{"id","case","event","kind","node","unit","result","at","noted_at","state","grade",
//   "due_at"}],"next":"ID","more":bool}: next is what to ask with from then on.
// NULL: what came after this number is not kept any more, or the number is none of this box's;
// ret_oldest: the number from which everything is there. Any connection.
json_t *tracking_list(Store *store, int64_t after, int limit, int64_t *ret_oldest);

// Removes what is older than tracking.keep_days, a bounded number at a time. Inside a writer job.
// Their number, or negative errno.
int tracking_sweep(Store *store, const Hall *hall, int64_t now_ms);
