// SPDX-License-Identifier: Apache-2.0
// Case story: what a case's events, in the order of their own time, say about its state, its
// pauses, its end, and about the units and nodes that had it.
//
// Events may arrive late and in any order; the story is told anew each time, so the order of
// arrival leaves no trace. An event that does not fit (a resumption without a pause, an extension
// that nobody approved) is kept, changes nothing, and is told with why (CaseIgnored). What each
// event does to which clock: docs/cases.md.
#pragma once
#include "base/store.h"
#include "rating/case_clock.h"

// In the order in which events of the same moment are told.
typedef enum {
    CASE_EVENT_RECEIVED,
    CASE_EVENT_PRECHECK,
    CASE_EVENT_PAPERS_ASKED,
    CASE_EVENT_PAPERS_HANDED,
    CASE_EVENT_ACCEPTED,
    CASE_EVENT_SENT,
    CASE_EVENT_NODE,
    CASE_EVENT_PAUSED,
    CASE_EVENT_RESUMED,
    CASE_EVENT_EXTENDED,
    CASE_EVENT_UNIT_DONE,
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

// Why an event changed nothing.
typedef enum {
    CASE_TOLD,           // it did, or it never changes a clock (a node that acts)
    CASE_IGNORED_STATE,  // not from the state of its moment
    CASE_IGNORED_NOBODY, // an extension without an approver
    CASE_IGNORED_DAYS,   // an extension without days
    CASE_IGNORED_SECOND, // a clock is extended once
    CASE_IGNORED_UNIT,   // the unit has no part in this joint case
    CASE_IGNORED_NODE,   // sent on without a node and without a unit
} CaseIgnored;
// NULL for CASE_TOLD; else state | no_approver | no_days | extended_before | not_its_unit | no_node
const char *case_ignored_name(CaseIgnored ignored);

typedef struct {
    CaseEventKind kind;
    int64_t at_ms;
    int days; // approved days of a pause, added days of an extension, limit of a node; 0: none
    bool is_approved;                                           // it names an approver
    bool is_tolerant;                                           // 容缺受理
    const char *papers_due;                                     // "2026-12-01", until when; NULL
    const char *id, *node, *unit, *person_number, *person_name; // NULL: not given
    const char *noted;   // what the store says of it: a name of CaseIgnored, or NULL
    CaseIgnored ignored; // set by case_story_tell
} CaseEvent;

// A unit that has a part in a joint case.
typedef struct {
    const char *unit;
    int limit_days; // -1: none
    bool is_lead;
} CaseUnit;

// What has a clock of its own within a case: a unit of a joint case, or a node that it was sent to.
typedef struct {
    const char *id; // of the event that sent it to a node; NULL: a unit
    const char *node, *unit, *person_number, *person_name;
    int64_t from_ms;       // CASE_NEVER: not begun
    bool begins_with_case; // a unit that was not sent to: from acceptance
    int64_t to_ms;         // its part is done, or the case has ended; CASE_NEVER
    int limit_days;        // with extensions; -1: none
    int extension_days;
    GArray *pauses; // CasePause, of the unit alone; NULL: none
    bool is_paused, waits_papers;
} CasePart;

typedef struct {
    CaseState state;
    CaseFacts facts; // limit_days is left to the caller; pauses and rounds belong to the story
    int extension_days;
    int64_t finished_ms;    // CASE_NEVER: not finished
    const char *papers_due; // of a tolerant acceptance whose papers have not come; NULL: none
    bool waits_papers;      // the open pause is for papers
    GArray *pauses;         // CasePause, of the whole case
    GArray *rounds;         // CaseRound
    GArray *parts;          // CasePart: the units as given, then the nodes as sent to
    GArray *events;         // CaseEvent as told; of case_story_load, with its texts
    GStringChunk *texts;
} CaseStory;

// own_unit: the unit that keeps the case: what it says is about the whole case, unless it has a
// part of its own. Texts are borrowed.
typedef struct {
    CaseEvent *events; // sorted by case_event_compare; what is ignored is set
    size_t n_events;
    const char *own_unit;
    const CaseUnit *units;
    size_t n_units;
} CaseTold;
void case_story_tell(const CaseTold *told, CaseStory *ret_story); // into a zeroed story
void case_story_done(CaseStory *story);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CaseStory, case_story_done)
int case_event_compare(gconstpointer a, gconstpointer b);

// Whether what the event says with its unit is about that unit's part alone.
bool case_story_is_of_part(const CaseStory *story, const CaseEvent *event);
// The facts of a part: it is paused with the whole case, and by pauses of its unit.
// case_accepted_ms: as the case's clock reckons it. take_pauses: an empty array of CasePause, which
// the facts point into.
CaseFacts case_part_facts(const CaseStory *story, const CasePart *part, int64_t case_accepted_ms,
                          GArray *take_pauses);

// Tells the story of a stored case. -ENOENT: no such case.
int case_story_load(Store *store, const char *number, CaseStory *ret_story);
// Notes with each stored event what has become of it, where that is new. Inside a writer job.
int case_story_keep_ignored(Store *store, const char *number, const CaseStory *story);
