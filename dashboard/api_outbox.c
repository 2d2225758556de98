// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"
#include "dashboard/api_sheet.h"
#include "dashboard/sheet.h"

#include "base/clock.h"
#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/query.h"
#include "rating/notify.h"
#include "rating/province.h"

#include <errno.h>
#include <string.h>

#define RECEIVER_MAX 64

void api_outbox(HttpRequest *request, void *ctx)
{
    static const char *const states[] = { "waiting", "sent", "refused", "given_up", NULL };
    g_auto(Query) query = query_of(request);
    const char *format = query_format(&query, sheet_formats);
    Cursor cursor = query_cursor(&query);
    OutboxFilter filter = { .receiver = query_text(&query, "receiver", RECEIVER_MAX),
                            .state = query_choice(&query, "state", states),
                            .before_seq = cursor.before_id ? cursor.before_ms : STORE_NULL,
                            .limit = query_limit(&query) };
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (store && format)
        listing_reply(request, &query, format, &api_sheet_outbox, &filter, sizeof filter);
    else if (store)
        http_reply_json(request, 200, outbox_list(store, &filter));
}

void api_outbox_receivers(HttpRequest *request, void *ctx)
{
    Store *store = call_store(request);
    const Call *call = call_of(request);
    if (store)
        call_reply_items(request, outbox_receivers(store, call->hall->config, call->now_ms));
}

// The row's place; -1: no number.
static int64_t read_seq(HttpRequest *request)
{
    const char *text = http_param(request, "id");
    size_t size = strlen(text);
    bool ok = size >= 1 && size <= 18 && strspn(text, G_CSET_DIGITS) == size;
    return ok ? g_ascii_strtoll(text, NULL, 10) : -1;
}

static void reply_row(HttpRequest *request, int64_t seq)
{
    call_reply_found(request, outbox_get(call_of(request)->store, seq), "message with this id");
}

void api_outbox_row(HttpRequest *request, void *ctx)
{
    if (call_store(request))
        reply_row(request, read_seq(request));
}

typedef struct {
    const Call *call;
    const char *receiver;
    int64_t seq;
    int n;
} OutboxJob;

static int resend_run(Store *store, void *data)
{
    OutboxJob *job = data;
    const Call *call = job->call;
    int err = outbox_resend(store, call->hall, job->seq, call->now_ms);
    if (err < 0)
        return err;
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, job->seq);
    return audit_add(store, call->now_ms, call->who, "outbox.resend", subject, NULL);
}

void api_outbox_resend(HttpRequest *request, void *ctx)
{
    if (!call_store(request))
        return;
    OutboxJob job = { .call = call_of(request), .seq = read_seq(request) };
    int err = call_write(request, resend_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "message with this id",
                           err == -EEXIST ? "This message waits already, or was delivered." : "");
    else
        reply_row(request, job.seq);
}

static int resend_all_run(Store *store, void *data)
{
    OutboxJob *job = data;
    const Call *call = job->call;
    job->n = outbox_resend_all(store, call->hall, job->receiver, call->now_ms);
    if (job->n < 0)
        return job->n;
    g_autofree char *detail = g_strdup_printf("%d", job->n);
    return audit_add(store, call->now_ms, call->who, "outbox.resend", job->receiver, detail);
}

void api_outbox_resend_all(HttpRequest *request, void *ctx)
{
    OutboxJob job = { .call = call_of(request), .receiver = http_param(request, "receiver") };
    int err = call_write(request, resend_all_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "receiver of this name", "");
    else
        http_reply_json(request, 200, json_pack("{s:i}", "messages", job.n));
}

static int test_run(Store *store, void *data)
{
    OutboxJob *job = data;
    const Call *call = job->call;
    int err = notify_test(store, call->hall, job->receiver, call->now_ms, &job->seq);
    return err < 0 ? err
                   : audit_add(store, call->now_ms, call->who, "outbox.test", job->receiver, NULL);
}

void api_outbox_test(HttpRequest *request, void *ctx)
{
    if (!call_store(request))
        return;
    OutboxJob job = { .call = call_of(request), .receiver = http_param(request, "receiver") };
    int err = call_write(request, test_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "receiver of this name under notify in the config", "");
    else
        reply_row(request, job.seq);
}

// --- the province

#define DAY_MS (24 * INT64_C(3600000))

typedef struct {
    const Call *call;
    int64_t from_ms, to_ms;
    int n;
} ReplayJob;

static int replay_run(Store *store, void *data)
{
    ReplayJob *job = data;
    job->n = province_replay(store, job->call->hall, job->from_ms, job->to_ms, job->call->now_ms);
    return MIN(job->n, 0);
}

static int audit_replay_run(Store *store, void *data)
{
    ReplayJob *job = data;
    g_autofree char *from = clock_format(job->from_ms), *to = clock_format(job->to_ms);
    g_autofree char *detail = g_strdup_printf("%s - %s: %d", from, to, job->n);
    return audit_add(store, job->call->now_ms, job->call->who, "province.replay", OUTBOX_PROVINCE,
                     detail);
}

// A day at a time, so that ratings that come in meanwhile do not wait for all of it.
static int replay(HttpRequest *request, ReplayJob *job)
{
    ReplayJob day = *job;
    int err = 0;
    for (; err == 0 && day.from_ms < job->to_ms; day.from_ms += DAY_MS) {
        err = call_write(request, replay_run, &day);
        job->n += MAX(day.n, 0);
    }
    return err < 0 ? err : call_write(request, audit_replay_run, job);
}

static void read_replay(Fields *fields, ReplayJob *job)
{
    job->from_ms = fields_time_required(fields, "from");
    job->to_ms = fields_time_required(fields, "to");
    if (!fields->error[0] && (job->to_ms <= job->from_ms ||
                              job->to_ms - job->from_ms > PROVINCE_REPLAY_MAX_DAYS * DAY_MS))
        fields_fail(fields, "to: must be after from, by at most %d days", PROVINCE_REPLAY_MAX_DAYS);
}

void api_province_replay(HttpRequest *request, void *ctx)
{
    json_t *body = call_body(request);
    if (!body)
        return;
    Fields fields = fields_of(body);
    ReplayJob job = { .call = call_of(request) };
    read_replay(&fields, &job);
    if (!fields.error[0] && !job.call->hall->config->province.url)
        fields_fail(&fields, "no province.url is set in hallwatch.yaml: nothing goes there");
    int err = fields.error[0] ? -EINVAL : replay(request, &job);
    if (err < 0)
        call_reply_failure(request, err, "the replay", fields.error);
    else
        http_reply_json(request, 200, json_pack("{s:i}", "messages", job.n));
    json_decref(body);
}
