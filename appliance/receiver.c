// SPDX-License-Identifier: Apache-2.0
#include "appliance/receiver.h"

#include "appliance/mail.h"
#include "base/clock.h"
#include "base/secret.h"
#include "base/signature.h"
#include "base/template.h"
#include "rating/notify.h"
#include "rating/province.h"

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

static void deliver_mail(const Config *config, const ConfigReceiver *receiver, const OutboxRow *row,
                         Delivery *delivery)
{
    g_auto(NotifyWords) words = { 0 };
    notify_words(config, row, &words);
    const char *door = config->door.public_url;
    g_autofree char *subject = g_strdup_printf("[%s] %s", config->hall.name, words.title);
    g_autofree char *text = g_strconcat(config->hall.name, "\n\n", words.text, "\n",
                                        door ? door : "", door ? words.path : "", "\n", NULL);
    const Mail mail = { .from = receiver->from,
                        .to = (const char *const *)receiver->to,
                        .subject = subject,
                        .text = text,
                        .id = row->id,
                        .host = config->hall.id,
                        .at_ms = row->created_ms };
    delivery->body = mail_text(&mail);
    delivery->mail_from = g_strdup(receiver->from);
    delivery->mail_to = g_strdupv(receiver->to);
    delivery->user = g_strdup(receiver->user);
    delivery->password = g_strdup(receiver->password);
}

// What the places of a gateway's templates stand for.
typedef struct {
    const char *name, *value;
} Place;

static const char *look_place(void *ctx, const char *name)
{
    for (const Place *place = ctx; place->name; place++)
        if (strcmp(place->name, name) == 0)
            return place->value;
    return NULL;
}

static TemplateEscape escape_of_body(char *const *headers)
{
    for (; *headers; headers++)
        if (g_ascii_strncasecmp(*headers, "Content-Type:", 13) == 0)
            return strstr(*headers, "json") ? TEMPLATE_JSON : TEMPLATE_URL;
    return TEMPLATE_URL;
}

static void deliver_sms(const Config *config, const ConfigReceiver *receiver, const OutboxRow *row,
                        Delivery *delivery)
{
    g_auto(NotifyWords) words = { 0 };
    notify_words(config, row, &words);
    g_autofree char *phone = g_strjoinv(",", receiver->to);
    g_autofree char *time = clock_format(row->created_ms);
    Place places[] = { { "id", row->id },        { "event", row->event },
                       { "title", words.title }, { "text", words.text },
                       { "phone", phone },       { "hall", config->hall.name },
                       { "time", time },         { NULL, NULL } };
    g_autoptr(GStrvBuilder) headers = g_strv_builder_new();
    for (char **header = receiver->headers; *header; header++) {
        g_autofree char *filled = template_fill(*header, TEMPLATE_HEADER, look_place, places);
        g_strv_builder_add(headers, filled);
    }
    g_free(delivery->url);
    delivery->url = template_fill(receiver->url, TEMPLATE_URL, look_place, places);
    delivery->method = g_strdup(receiver->method);
    delivery->headers = g_strv_builder_end(headers);
    if (receiver->body)
        delivery->body =
            template_fill(receiver->body, escape_of_body(receiver->headers), look_place, places);
}

// What a profile's headers may say.
typedef struct {
    const char *app_id, *message, *timestamp, *signature;
} Credentials;

static const char *look_credential(void *ctx, const char *source)
{
    const Credentials *credentials = ctx;
    const struct {
        const char *source, *value;
    } sources[] = { { "app_id", credentials->app_id },
                    { "message", credentials->message },
                    { "timestamp", credentials->timestamp },
                    { "signature", credentials->signature } };
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
        if (strcmp(sources[i].source, source) == 0)
            return sources[i].value;
    return NULL;
}

// By the config, where it names any, or by the profile.
static char **province_headers(const Config *config, const Profile *profile,
                               Credentials *credentials)
{
    char *const *templates = config->province.headers;
    if (!templates || !*templates)
        return profile_headers(profile, look_credential, credentials);
    g_autoptr(GStrvBuilder) headers = g_strv_builder_new();
    for (; *templates; templates++) {
        g_autofree char *filled =
            template_fill(*templates, TEMPLATE_HEADER, look_credential, credentials);
        g_strv_builder_add(headers, filled);
    }
    return g_strv_builder_end(headers);
}

static void add_province_headers(const Config *config, const Profile *profile, const OutboxRow *row,
                                 int64_t now_ms, Delivery *delivery)
{
    g_autofree char *timestamp = g_strdup_printf("%" PRId64, now_ms);
    g_autofree char *text = g_strjoin(".", timestamp, row->id, delivery->body, NULL);
    g_autofree char *signature =
        config->province.secret
            ? signature_of(config->province.signature, config->province.secret, text)
            : NULL;
    Credentials credentials = { config->province.app_id, row->id, timestamp, signature };
    g_auto(GStrv) theirs = province_headers(config, profile, &credentials);
    g_autoptr(GStrvBuilder) headers = g_strv_builder_new();
    add_header(headers, "Content-Type", "application/json; charset=utf-8");
    add_header(headers, "Idempotency-Key", row->id);
    g_strv_builder_addv(headers, (const char **)theirs);
    delivery->headers = g_strv_builder_end(headers);
}

static int deliver_province(Store *store, const Hall *hall, const OutboxRow *row, int64_t now_ms,
                            Delivery *delivery)
{
    const Config *config = hall->config;
    g_autoptr(Profile) profile = profile_new(NULL, config->province.profile);
    json_t *facts = profile ? province_facts(store, hall, row, now_ms) : NULL;
    if (!facts)
        return -ENODATA;
    json_t *record = profile_record(profile, facts);
    delivery->url = g_strdup(config->province.url);
    delivery->ca = g_strdup(config->province.ca);
    delivery->timeout_ms = config->province.timeout_seconds * 1000;
    delivery->body = json_dumps(record, JSON_COMPACT);
    add_province_headers(config, profile, row, now_ms, delivery);
    json_decref(record);
    json_decref(facts);
    return 0;
}

bool receiver_is_configured(const Config *config, const char *receiver)
{
    return strcmp(receiver, OUTBOX_PROVINCE) == 0 ? config->province.url != NULL
                                                  : config_receiver(config, receiver) != NULL;
}

int receiver_deliver(Store *store, const Hall *hall, const OutboxRow *row, int64_t now_ms,
                     Delivery *ret_delivery)
{
    *ret_delivery = (Delivery){ 0 };
    if (!receiver_is_configured(hall->config, row->receiver))
        return -ENOENT;
    if (strcmp(row->receiver, OUTBOX_PROVINCE) == 0)
        return deliver_province(store, hall, row, now_ms, ret_delivery);
    const ConfigReceiver *receiver = config_receiver(hall->config, row->receiver);
    ret_delivery->url = g_strdup(receiver->url);
    ret_delivery->ca = g_strdup(receiver->ca);
    ret_delivery->timeout_ms = receiver->timeout_seconds * 1000;
    switch (receiver->kind) {
    case RECEIVER_WEBHOOK:
        deliver_webhook(hall->config, receiver, row, now_ms, ret_delivery);
        break;
    case RECEIVER_SMTP:
        deliver_mail(hall->config, receiver, row, ret_delivery);
        break;
    case RECEIVER_SMS:
        deliver_sms(hall->config, receiver, row, ret_delivery);
        break;
    }
    return 0;
}

void delivery_done(Delivery *delivery)
{
    g_clear_pointer(&delivery->url, g_free);
    g_clear_pointer(&delivery->method, g_free);
    g_clear_pointer(&delivery->body, g_free);
    g_clear_pointer(&delivery->ca, g_free);
    g_clear_pointer(&delivery->headers, g_strfreev);
    g_clear_pointer(&delivery->mail_from, g_free);
    g_clear_pointer(&delivery->mail_to, g_strfreev);
    g_clear_pointer(&delivery->user, g_free);
    g_clear_pointer(&delivery->password, g_free);
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

static OutboxOutcome outcome_of(const Config *config, const OutboxRow *row,
                                const TransferAnswer *answer)
{
    const ConfigReceiver *receiver = config_receiver(config, row->receiver);
    if (receiver && receiver->kind == RECEIVER_SMTP && !answer->failure)
        return OUTBOX_SENT;
    if (!answer->failure && answer->status >= 200 && answer->status < 300)
        return OUTBOX_SENT;
    // A mail server's word for good: no such address, not from there. A wrong login is ours to
    // mend.
    bool is_mail_refused = answer->failure && answer->status >= 550 && answer->status < 560;
    if (is_mail_refused)
        return OUTBOX_REFUSED;
    bool may_pass = answer->failure || is_passing(answer->status);
    return may_pass && strcmp(row->event, "test") != 0 ? OUTBOX_AGAIN : OUTBOX_REFUSED;
}

static char *nonsense_reason(const TransferAnswer *answer)
{
    g_autofree char *said = status_reason(answer);
    return g_strconcat("not an answer of its interface: ", said, NULL);
}

static Verdict judge_province(const Config *config, const TransferAnswer *answer)
{
    static const OutboxOutcome outcomes[] = { [PROFILE_TAKEN] = OUTBOX_SENT,
                                              [PROFILE_KNOWN] = OUTBOX_SENT,
                                              [PROFILE_BUSY] = OUTBOX_AGAIN,
                                              [PROFILE_REFUSED] = OUTBOX_REFUSED,
                                              [PROFILE_NONSENSE] = OUTBOX_AGAIN };
    g_autoptr(Profile) profile = profile_new(NULL, config->province.profile);
    g_autofree char *words = NULL;
    ProfileAnswer said = profile_judge(profile, answer->status, answer->text, answer->size, &words);
    Verdict verdict = { .outcome = outcomes[said], .wait_s = answer->wait_s };
    if (verdict.outcome != OUTBOX_SENT)
        verdict.reason = said == PROFILE_NONSENSE ? nonsense_reason(answer)
                         : words                  ? g_steal_pointer(&words)
                                                  : status_reason(answer);
    return verdict;
}

Verdict receiver_judge(const Config *config, const OutboxRow *row, const TransferAnswer *answer)
{
    if (!answer->failure && strcmp(row->receiver, OUTBOX_PROVINCE) == 0)
        return judge_province(config, answer);
    Verdict verdict = { .outcome = outcome_of(config, row, answer), .wait_s = answer->wait_s };
    if (verdict.outcome != OUTBOX_SENT)
        verdict.reason = answer->failure ? g_strdup(answer->failure) : status_reason(answer);
    return verdict;
}

void verdict_done(Verdict *verdict)
{
    g_clear_pointer(&verdict->reason, g_free);
}
