// SPDX-License-Identifier: Apache-2.0
// Case: one application of a citizen, its events, its clock and its grade.
//
// Intake is idempotent: PUT by number, events by id. Events are kept in the order of their own time whatever the
// order of arrival; state, pauses, due day and grade follow from them by pure functions (clock.h).
#pragma once
#include "rating/hall.h"

typedef enum { CASE_CREATED, CASE_UPDATED, CASE_UNCHANGED, EVENT_ADDED, EVENT_KNOWN } CaseOutcome;

// body as in openapi.yaml. On -EINVAL, error (at least 200 bytes) holds one sentence. Inside a writer job.
int case_put(Store *store, const Hall *hall, const char *number, json_t *body, int64_t now_ms,
             CaseOutcome *ret_outcome, char *error);
// -ENOENT: no such case. -EEXIST: the id is known with other content.
int case_add_event(Store *store, const Hall *hall, const char *number, json_t *body, int64_t now_ms,
                   CaseOutcome *ret_outcome, char *error);

typedef struct {
    const char *state, *grade, *counter, *unit, *text; // NULL: all
    bool open_only;
    int64_t before_ms;
    const char *before_number;
    int limit;
} CaseFilter;
json_t *case_list(Store *store, const Hall *hall, const CaseFilter *filter, int64_t now_ms);
json_t *case_get(Store *store, const Hall *hall, const char *number, int64_t now_ms); // NULL: unknown
