// SPDX-License-Identifier: Apache-2.0
// Complaint 吐槽找茬: what people say at the complaint counter, by telephone or letter, from its
// entry to its answer. One table of transitions (complaint.c); each step keeps who, when and why.
//
//     received ──▶ assigned ──▶ answered ──▶ closed        publication 公示, a switch of its own:
//      待交办        待答复       待告知       已办结            none ──▶ proposed ──▶ published
//         └────────────┴──▶ refusing ──▶ refused              不公示      待审定      已公示
//                           拟不予受理    不予受理
//     refusing ──▶ back to where it was, when the second person declines
//     answered ──▶ assigned, when the answer is not enough; all that ended ──▶ received, reopened
//
// What the public may read is a masked text of its own, which somebody proposes and a director who
// is not that person approves; reopening takes it back. So is a refusal: a director asks for it,
// and another one approves. Deadlines are ends of office hours, in
// working days (rules.complaint_*). Whoever is named takes no part and does not see it. Who
// complained is apart, sealed (person.h, subject "complaint:ID").
#pragma once
#include "rating/actor.h"
#include "rating/hall.h"
#include "rating/person.h"

// Bytes.
enum { COMPLAINT_TEXT_MAX = 3000, COMPLAINT_NAME_MAX = 200, COMPLAINT_WHY_MAX = 3000 };

extern const char *const complaint_channels[]; // counter, telephone, letter; NULL-terminated

typedef struct {
    const char *id; // UUID by the page
    const char *category, *channel, *text;
    const char *counter, *unit, *item;     // NULL: not said
    const char *staff_number, *staff_name; // who is named; NULL: nobody
    const char *photo;                     // attachment; NULL: none
    const char *rating;                    // that says the same; NULL: none
    int64_t happened_ms;                   // STORE_NULL: not said
    const PersonInput *person;             // NULL: anonymous
    int64_t now_ms;
} ComplaintInput;

// Where counter and moment are known and a camera sees the counter, its clip is held. Idempotent by
// id. -EINVAL, -EEXIST (another person's id), -EACCES (about who takes it down), each with a
// sentence in error (at least 200 bytes). Inside a writer job.
int complaint_take(Store *store, const Hall *hall, const ComplaintInput *input, const Actor *actor,
                   bool *ret_is_new, char *error);

typedef struct {
    const char *action; // assign, answer, close, return, refuse, approve, decline, reopen, link,
                        // propose, publish, reject, withdraw
    const char *choice; // close: phone, in_person, published
    const char *why;    // answer: the answer
    const char *owner, *owner_staff;         // assign
    const char *rating;                      // link
    const char *public_text, *public_answer; // propose
} ComplaintStep;

// -ENOENT; -EEXIST: not from this state; -EINVAL: something is missing, or a masked text still
// names somebody; -EACCES: not by this person; all but the first with a sentence in error.
int complaint_act(Store *store, const Hall *hall, const char *id, const ComplaintStep *step,
                  const Actor *actor, int64_t now_ms, char *error);

// Reminders "complaint_due" and "complaint_late" (deadline.h).
int complaint_sweep(Store *store, const Hall *hall, int64_t now_ms);
int64_t complaint_next(Store *store);

// Who asks: one who is named sees nothing; staff, what they took down or see to.
typedef struct {
    Actor actor;
    bool sees_all;
} ComplaintReader;

typedef struct {
    bool is_open;
    const char *state, *category, *counter, *owner, *publication; // NULL: all
    const char *q; // part of text, unit, item, counter's or staff's name, or the number; NULL: all
    bool late_only, waits_for_me;
    int64_t due_before_ms; // STORE_NULL: all
    int64_t after_ms;      // page: what comes after this due (or closing) time ...
    const char *after_id;  // ... and id; NULL: first page
    int limit;
} ComplaintFilter;
// {"items":[heads],"next","total","counts":{"open","late","due_today","waits"}}: open ones by
// deadline, others by their end, the newest first.
json_t *complaint_list(Store *store, const ComplaintFilter *filter, const ComplaintReader *reader,
                       int64_t now_ms);
// With "clip", "steps" and "actions". NULL: unknown, or not for the reader.
json_t *complaint_get(Store *store, const char *id, const ComplaintReader *reader, int64_t now_ms);
bool complaint_shows(Store *store, const char *id, const ComplaintReader *reader);
// [{"id","number","state"}] that are linked to a rating.
json_t *complaint_of_rating(Store *store, const char *rating);
// For everybody: {"items":[{"number","category","received_on","text","answer","published_at"}],
// "next","total"}, what is published alone, in the masked words that were approved; newest first.
json_t *complaint_published(Store *store, int64_t before_ms, const char *before_number, int limit);

// The table as JSON, for one that stands so: [{"action","choices":[{"choice","wants_why"}],
// "wants_why","wants_owner","wants_rating","wants_text"}], what this person may do.
json_t *complaint_actions(const char *state, const char *publication, const char *owner,
                          const char *proposed_by, const Actor *actor);
