// SPDX-License-Identifier: Apache-2.0
// Receiver: how one row of the outbox is put to its receiver, and what the answer means.
//
// A webhook gets notify_json by POST with
//     X-Hallwatch-Id          the message's id, the same with each try
//     X-Hallwatch-Event
//     X-Hallwatch-Signature   t=SECONDS,v1=HEX: HMAC-SHA256 by the secret of "SECONDS.BODY"
// and takes it by any status of 2xx. Mail goes as appliance/mail.h writes it; a gateway for short
// messages gets the request that its templates say. docs/notify.md. The province gets a record and
// headers by its profile, and answers by it. docs/province.md.
#pragma once
#include "base/transfer.h"
#include "rating/outbox.h"
#include "rating/profile.h"

// A request as text of its own.
typedef struct {
    char *url, *method, *body, *ca;
    char **headers;
    char *mail_from, *user, *password; // smtp
    char **mail_to;
    int timeout_ms;
} Delivery;

// hall: its config and its seal are used. 0; -ENOENT: no such receiver is configured; -ENODATA:
// what the row is about has gone.
int receiver_deliver(Store *store, const Hall *hall, const OutboxRow *row, int64_t now_ms,
                     Delivery *ret_delivery);
bool receiver_is_configured(const Config *config, const char *receiver);
void delivery_done(Delivery *delivery);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Delivery, delivery_done)

typedef struct {
    OutboxOutcome outcome;
    char *reason; // NULL: sent
    int wait_s;   // that it asks for; 0: nothing said
} Verdict;

// What is wrong with the receiver or its address (no answer, 401, 403, 404, a redirection, 429,
// 5xx) passes by and is tried again; what is wrong with the message is refused. A test is tried
// once.
Verdict receiver_judge(const Config *config, const OutboxRow *row, const TransferAnswer *answer);
void verdict_done(Verdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Verdict, verdict_done)
