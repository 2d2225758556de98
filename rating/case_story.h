// SPDX-License-Identifier: Apache-2.0
// Case story: what a case's events, in the order of their own time, say about its state, its pauses
// and its end.
//
// Events may arrive late and in any order; the story is told anew each time, so the order of
// arrival leaves no trace. An event that does not fit the state of its moment (a resumption without
// a pause) is kept and changes nothing.
#pragma once
#include "base/store.h"
#include "rating/case_clock.h"

// In the order in which events of the same moment are told.
typedef enum {
    CASE_EVENT_RECEIVED,
    CASE_EVENT_PRECHECK,
    CASE_EVENT_PAPERS_ASKED,
    CASE_EVENT_ACCEPTED,
    CASE_EVENT_NODE,
    CASE_EVENT_PAUSED,
    CASE_EVENT_RESUMED,
    CASE_EVENT_EXTENDED,
    CASE_EVENT_FINISHED,
    CASE_EVENT_REFUSED,
    CASE_EVENT_RETURNED,
    CASE_EVENT_WITHDRAWN,
    CASE_EVENT_PICKED_UP,
    N_CASE_EVENTS,
} CaseEventKind;

// "papers_asked" or 补正告知. False: neither.
bool case_event_kind_parse(const char *text, CaseEventKind *ret_kind);
const char *case_event_kind_name(CaseEventKind kind);

typedef enum {
    CASE_FILED, // known, but no event yet
    CASE_RECEIVED,
    CASE_PRECHECKED,
    CASE_WAITING_PAPERS, // asked for before acceptance: the citizen's clock has not started
    CASE_ACCEPTED,
    CASE_PAUSED,
    CASE_FINISHED,
    CASE_PICKED_UP,
    CASE_REFUSED,
    CASE_RETURNED,
    CASE_WITHDRAWN,
} CaseState;
const char *case_state_name(CaseState state);
bool case_state_is_open(CaseState state);

typedef struct {
    CaseEventKind kind;
    int64_t at_ms;
    int days; // approved days of a pause, or added days of an extension; 0: none given
} CaseEvent;

typedef struct {
    CaseState state;
    CaseFacts facts; // limit_days is left to the caller; pauses belong to the story
    int extension_days;
    int64_t finished_ms; // CASE_NEVER: not finished
    GArray *pauses;      // CasePause
} CaseStory;

// events: sorted by case_event_compare.
void case_story_tell(const CaseEvent *events, size_t n_events, CaseStory *ret_story);
void case_story_done(CaseStory *story);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CaseStory, case_story_done)
int case_event_compare(gconstpointer a, gconstpointer b);

// Tells the story of a stored case. declared_accepted_ms stands in where no event says accepted
// (STORE_NULL: none).
int case_story_load(Store *store, const char *number, int64_t declared_accepted_ms,
                    CaseStory *ret_story);
