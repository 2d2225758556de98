// SPDX-License-Identifier: Apache-2.0
#include "appliance/receiver.h"

#include "base/secret.h"
#include "rating/notify.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum { ANSWER_SHOWN = 200 };

// --- the request

static void add_signature(GStrvBuilder *headers, const char *secret, const char *body,
                          int64_t now_ms)
{
    g_autofree char *signed_text = g_strdup_printf("%" PRId64 ".%s", now_ms / 1000, body);
    g_autofree char *signature = secret_sign(secret, signed_text);
    g_autofree char *header =
        g_strdup_printf("X-Hallwatch-Signature: t=%" PRId64 ",v1=%s", now_ms / 1000, signature);
    g_strv_builder_add(headers, header);
}

static void add_header(GStrvBuilder *headers, const char *name, const char *value)
{
    g_autofree char *header = g_strconcat(name, ": ", value, NULL);
    g_strv_builder_add(headers, header);
}

static void deliver_webhook(const Config *config, const ConfigReceiver *receiver,
                            const OutboxRow *row, int64_t now_ms, Delivery *delivery)
{
    g_autoptr(GStrvBuilder) headers = g_strv_builder_new();
    delivery->body = notify_json(config, row);
    add_header(headers, "Content-Type", "application/json; charset=utf-8");
    add_header(headers, "X-Hallwatch-Id", row->id);
    add_header(headers, "X-Hallwatch-Event", row->event);
    if (receiver->secret)
        add_signature(headers, receiver->secret, delivery->body, now_ms);
    delivery->headers = g_strv_builder_end(headers);
}

int receiver_deliver(const Config *config, const OutboxRow *row, int64_t now_ms,
                     Delivery *ret_delivery)
{
    *ret_delivery = (Delivery){ 0 };
    const ConfigReceiver *receiver = config_receiver(config, row->receiver);
    if (!receiver)
        return -ENOENT;
    ret_delivery->url = g_strdup(receiver->url);
    ret_delivery->ca = g_strdup(receiver->ca);
    ret_delivery->timeout_ms = receiver->timeout_seconds * 1000;
    deliver_webhook(config, receiver, row, now_ms, ret_delivery);
    return 0;
}

void delivery_done(Delivery *delivery)
{
    g_clear_pointer(&delivery->url, g_free);
    g_clear_pointer(&delivery->method, g_free);
    g_clear_pointer(&delivery->body, g_free);
    g_clear_pointer(&delivery->ca, g_free);
    g_clear_pointer(&delivery->headers, g_strfreev);
}

// --- the answer

// A later try may come to something; other refusals are about the message.
static bool is_passing(long status)
{
    static const long passing[] = { 401, 403, 404, 407, 408, 425, 429 };
    for (size_t i = 0; i < G_N_ELEMENTS(passing); i++)
        if (passing[i] == status)
            return true;
    return status < 400 || status >= 500;
}

static char *status_reason(const TransferAnswer *answer)
{
    g_autofree char *text = g_strndup(answer->text, MIN(answer->size, ANSWER_SHOWN));
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_strstrip(valid);
    return g_strdup_printf("HTTP %ld%s%s", answer->status, *valid ? ": " : "", valid);
}

static OutboxOutcome outcome_of(const OutboxRow *row, const TransferAnswer *answer)
{
    if (!answer->failure && answer->status >= 200 && answer->status < 300)
        return OUTBOX_SENT;
    bool may_pass = answer->failure || is_passing(answer->status);
    return may_pass && strcmp(row->event, "test") != 0 ? OUTBOX_AGAIN : OUTBOX_REFUSED;
}

Verdict receiver_judge(const OutboxRow *row, const TransferAnswer *answer)
{
    Verdict verdict = { .outcome = outcome_of(row, answer), .wait_s = answer->wait_s };
    if (verdict.outcome != OUTBOX_SENT)
        verdict.reason = answer->failure ? g_strdup(answer->failure) : status_reason(answer);
    return verdict;
}

void verdict_done(Verdict *verdict)
{
    g_clear_pointer(&verdict->reason, g_free);
}
