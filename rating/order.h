// SPDX-License-Identifier: Apache-2.0
// Order 督办单: a demand for reply, to a unit or a person, by a day. One table of transitions
// (order.c); each step keeps who, when and why, and nothing is edited in place.
//
//     issued ──▶ received ──▶ replied ──▶ accepted ──▶ closed
//     待签收       待反馈        待审核  │     已认可       已办结
//        └───────────┴──────────▲     └──▶ returned 退回重办 ──▶ replied
//     issued, received, returned ──▶ withdrawn 已撤销
//
// What is late is a flag (order_late), with a reminder before it (deadline.h). The hall's orders
// are numbered 督〔2026〕12号, by the year of the hall's clock, without gaps: the number is given
// in the transaction that stores the order, and no order is ever removed. One of the county
// (issued_by) keeps the number that the county gave it.
#pragma once
#include "rating/actor.h"
#include "rating/hall.h"

// Bytes.
enum { ORDER_TEXT_MAX = 3000, ORDER_NAME_MAX = 200 };

typedef struct {
    const char *id;  // UUID by the page
    const char *ref; // "flag:ID", "case:NUMBER", "rating:ID", "complaint:ID"; NULL: freely
    const char *unit, *person;  // one of them: the unit, or the user, that is to reply
    const char *person_staff;   // the number under which the person is rated; NULL: none
    const char *facts, *demand; // what was found, and what is wanted
    int64_t due_ms; // the day by which a reply is wanted; STORE_NULL: rules.order_reply_days
    int64_t now_ms;
} OrderInput;

// Idempotent by id. -EINVAL, -EACCES, -EEXIST (another order's id), each with a sentence in error
// (at least 200 bytes). Inside a writer job.
int order_issue(Store *store, const Hall *hall, const OrderInput *input, const Actor *actor,
                bool *ret_is_new, char *error);

typedef struct {
    const char *action; // receive, reply, accept, send_back, close, extend, withdraw
    const char *why;    // reply: the reply
    int64_t due_ms;     // send_back, extend: the new day; STORE_NULL: rules.order_reply_days
} OrderStep;

// 1: done; 0: the same person has just done the same. -ENOENT; -EEXIST: not from this state;
// -EINVAL: something is missing; -EACCES: not by this person; all but the first with a sentence in
// error. Inside a writer job.
int order_act(Store *store, const Hall *hall, const char *id, const OrderStep *step,
              const Actor *actor, int64_t now_ms, char *error);

// Reminders "order_due" and "order_late" (deadline.h).
int order_sweep(Store *store, const Hall *hall, int64_t now_ms);
int64_t order_next(Store *store);

// Who asks: those who do not see all see what is to be replied to by their unit or themselves.
typedef struct {
    Actor actor;
    bool sees_all;
} OrderReader;

typedef struct {
    bool is_open;
    const char *state, *unit, *ref, *case_number; // NULL: all
    const char *q;                                // part of number, unit, person, facts or demand
    bool late_only, waits_for_me;
    int64_t before_ms;     // page: issued before this ...
    const char *before_id; // ... and id; NULL: first page
    int limit;
} OrderFilter;
// {"items":[heads],"next","total","suggested_due_at"}, the newest first.
json_t *order_list(Store *store, const Hall *hall, const OrderFilter *filter,
                   const OrderReader *reader, int64_t now_ms);
// With "steps" and "actions". NULL: unknown, or not for the reader.
json_t *order_get(Store *store, const char *id, const OrderReader *reader, int64_t now_ms);
// What this person may do with one that stands so (step.h); extend and send_back have "wants_due".
json_t *order_actions(Store *store, const char *id, const Actor *actor);
