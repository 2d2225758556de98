// SPDX-License-Identifier: Apache-2.0
// Case: one application of a citizen, its events, its clock and its grade.
//
// Intake is idempotent: PUT by number, events by id. Events are kept in the order of their own time
// whatever the order of arrival; state, pauses, due day and grade follow from them by pure
// functions (case_story.h, case_clock.h).
//
// PUT body (a field that is left out keeps what was known; * is wanted the first time; sizes in
// bytes):
//   item            {"code" (64), "name" (300)}*     事项; of an item in the catalogue (master.h)
//   the
//                   code alone is enough: a new case takes from it what is not given
//   unit            text (200)*                       部门
//   kind            instant | promised | other *      即办件 | 承诺件 | 其他
//   limit_days      0..1000, promised limit; wanted for kind promised; instant without one is due
//   the same day
//   statutory_days  0..1000
//   counter         text (32)
//   applicant       text (200)                        these four: person.h; shown masked only
//   phone           telephone number
//   phone_tail      its last 4 digits, where no more is known
//   id_number       of the applicant (5 to 20)
//   person          {"number" (64), "name" (100)}     who handles it
//   accepted_at     time; stands in while no event says accepted
//   channel         hall | online | agent | terminal (pc, mobile), how it was filed, English or
//   Chinese
//   agent           text (64), the village agent's id
//   units           of a joint case (case_part.h)
// Event body: id* (64), kind* (case_story.h, English or Chinese), at* (time), node (200), counter
// (32; default: the case's), person {"number","name"} or a name (100), unit (200), reason (1000),
// days (0..1000), result (32), procedure (hearing | test | quarantine | review | other), approver
// as person, tolerant, papers_due (date). What each does: docs/cases.md.
// Times lie between 2000-01-01 and 2100-01-01. A case number has at most 50 characters.
#pragma once
#include "rating/hall.h"

typedef enum { CASE_CREATED, CASE_UPDATED, CASE_UNCHANGED, EVENT_ADDED, EVENT_KNOWN } CaseOutcome;

// On -EINVAL, error (at least 200 bytes) holds one sentence. Inside a writer job, which must be
// undone on any error.
int case_put(Store *store, const Hall *hall, const char *number, json_t *body, int64_t now_ms,
             CaseOutcome *ret_outcome, char *error);
// -ENOENT: no such case. -EEXIST: the id is known with other content. Both with a sentence in
// error.
int case_add_event(Store *store, const Hall *hall, const char *number, json_t *body, int64_t now_ms,
                   CaseOutcome *ret_outcome, char *error);
// Why the event changed nothing (case_ignored_name); NULL: it did. The caller frees.
char *case_event_ignored(Store *store, const char *number, const char *id);

// --- reading (case_read.c)

typedef struct {
    const char *state, *grade, *counter, *unit, *text; // NULL: all
    const char *channel, *staff;    // staff: the number of who handles it; NULL: all
    int64_t due_from_ms, due_to_ms; // open and due from and before; due_to_ms 0: all
    bool waits_papers;              // the citizen has to hand in papers
    const char *within;             // JSON array of numbers, of which all are taken; NULL: all
    bool open_only;
    bool count_all;    // total is exact, however many there are
    int64_t before_ms; // with before_number the "MS:ID" of the page before (by intake time)
    const char *before_number;
    int limit; // 1..200
} CaseFilter;
// {"items":[heads],"next":"MS:NUMBER"|null,"total":n,"total_is_more":bool}: no more than some
// thousands are counted, unless all are asked for.
json_t *case_list(Store *store, const Hall *hall, const CaseFilter *filter, int64_t now_ms);
json_t *case_get(Store *store, const Hall *hall, const char *number,
                 int64_t now_ms); // NULL: unknown
// {"open":n,"due_today":n}: due within the hall's day that holds now, and not ended.
json_t *case_counts(Store *store, int64_t now_ms);

// The columns of a case head, with the prefix that names the table; and the head from a row of
// them.
#define CASE_HEAD_COLUMNS(c)                                                                       \
    c ".number, " c ".item_code, " c ".item_name, " c ".unit, " c ".kind, " c ".counter, "         \
      "(SELECT name_mask FROM person WHERE subject = 'case:' || " c ".number) AS applicant, " c    \
      ".state, " c ".grade, " c ".is_open, " c ".accepted_at, " c ".due_at, " c                    \
      ".is_provisional, " c ".effective_days AS limit_days, " c ".days_used, " c ".days_left, " c  \
      ".finished_at, " c ".person_number, " c ".person_name"
// Makes a row of the columns above a head in place: item and person nested.
void case_head_shape(json_t *row);
