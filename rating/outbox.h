// SPDX-License-Identifier: Apache-2.0
// Outbox 外发: what goes out of the box and must not be lost. A row is written in the same
// transaction as what it tells of, and stays until its receiver has taken it.
//
//     waiting ──▶ sent | refused (with the receiver's reason) | given_up
//        ▲               │
//        └── resend ─────┘
//
// What holds:
//  - A row is one message to one receiver. The same id goes with each try, so that a receiver which
//    took it and whose answer was lost can tell. A message that is known is not added again.
//  - For one receiver and subject, rows are delivered in the order in which they were added: none
//    while an earlier one waits.
//  - A row holds what is told of (facts, without personal data) or only names it; what is sent is
//    made from it at each try, by the config of then.
//  - It grows no further than outbox.max_waiting rows a receiver (beyond it the oldest are given
//    up) and outbox.keep_days (what waits longer is given up; what ended longer ago is removed).
//    What was given up is said by a flag, outbox_given_up.
#pragma once
#include "rating/hall.h"

// What waits longer is shown as late.
#define OUTBOX_LATE_MS INT64_C(3600000)
// The receiver of province: in the config; the others are those of notify:.
#define OUTBOX_PROVINCE "province"

typedef struct {
    const char *receiver; // of notify:, or OUTBOX_PROVINCE
    const char *id;       // of the message, one for each receiver: at most 128 bytes of ASCII
    const char *subject;  // what it is about: "rating:UUID"
    const char *event;
    json_t *facts; // borrowed; NULL: none
    int64_t now_ms;
} OutboxInput;

// Inside a writer job. 1: added; 0: it is known.
int outbox_add(Store *store, const Hall *hall, const OutboxInput *input);

typedef struct {
    int64_t seq; // its place in the order
    char *receiver, *id, *subject, *event;
    json_t *facts;
    int64_t created_ms;
    int tries;
} OutboxRow;
void outbox_row_free(OutboxRow *row);

// Those that may be tried now, in order; a GPtrArray of OutboxRow with its free function. One that
// fails must end the batch: later ones may be of the same subject.
GPtrArray *outbox_due(Store *store, const char *receiver, int64_t now_ms, int limit);

// Those that a person waits for (event "test"), whatever else waits before them.
GPtrArray *outbox_due_tests(Store *store, const char *receiver, int64_t now_ms);

typedef enum { OUTBOX_SENT, OUTBOX_REFUSED, OUTBOX_AGAIN } OutboxOutcome;
// What came of a try. reason: the receiver's own words, or why it could not be reached; NULL where
// it was sent. next_ms: of OUTBOX_AGAIN. Inside a writer job. -ENOENT: the row has gone.
int outbox_answered(Store *store, const Hall *hall, int64_t seq, OutboxOutcome outcome,
                    const char *reason, int64_t next_ms, int64_t now_ms);
// Tried again from now on, as the same message. Inside a writer job. -ENOENT; -EEXIST: it waits, or
// was sent.
int outbox_resend(Store *store, const Hall *hall, int64_t seq, int64_t now_ms);
// The same for all of a receiver that were refused or given up. Their number; -ENOENT: no such
// receiver, neither in the config nor with messages.
int outbox_resend_all(Store *store, const Hall *hall, const char *receiver, int64_t now_ms);
// Gives up and removes what is over, a bounded number at a time. Inside a writer job. Rows done:
// when there are any, there may be more.
int outbox_sweep(Store *store, const Hall *hall, int64_t now_ms);

// Reading: any connection. JSON is the API's (docs/api/openapi.yaml); new references.
typedef struct {
    const char *receiver, *state; // NULL: all
    int64_t before_seq;           // page; STORE_NULL: first
    int limit;
} OutboxFilter;
json_t *outbox_list(Store *store, const OutboxFilter *filter);
json_t *outbox_get(Store *store, int64_t seq); // NULL: unknown
// [{"receiver","kind","host","events","is_configured","waiting","oldest_at","is_late","refused",
//  "given_up","sent_at","error"}]: those of the config, and others that still have rows.
json_t *outbox_receivers(Store *store, const Config *config, int64_t now_ms);
// {"waiting","late","refused"}: late counts receivers.
json_t *outbox_counts(Store *store, int64_t now_ms);
