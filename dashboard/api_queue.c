// SPDX-License-Identifier: Apache-2.0
// The hall's own queue for those who work with it: a clerk calls, a director looks.
#include "dashboard/api.h"

#include "dashboard/account.h"
#include "dashboard/call.h"
#include "rating/queue.h"
#include "rating/queue_watch.h"
#include "rating/shape.h"
#include "rating/ticket.h"

#include <errno.h>
#include <string.h>

enum { ID_MAX = 32, WHY_MAX = 200 };

void api_queue(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    Store *store = call_store(request);
    if (store)
        http_reply_json(request, 200,
                        json_pack("{s:o, s:o}", "at", shape_time(call->now_ms), "lanes",
                                  queue_lanes(store, call->hall, call->now_ms)));
}

#define PATTERN_DAYS 28
#define DAY_MS       ((int64_t)24 * 60 * 60 * 1000)

void api_queue_pattern(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    Query query = query_of(request);
    int64_t to_ms = query_time(&query, "to", call->now_ms);
    int64_t from_ms = query_time(&query, "from", to_ms - PATTERN_DAYS * DAY_MS);
    if (to_ms - from_ms > 400 * DAY_MS)
        query_fail(&query, "from and to lie more than 400 days apart");
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (store)
        call_reply_items(request, queue_pattern(store, call->hall, from_ms, to_ms));
}

static void reply_counter(HttpRequest *request, const char *counter)
{
    const Call *call = call_of(request);
    call_reply_found(request, queue_at_counter(call->store, call->hall, counter, call->now_ms),
                     "counter with this id; see GET /api/v1/counters");
}

void api_queue_counter(HttpRequest *request, void *ctx)
{
    if (call_store(request))
        reply_counter(request, http_param(request, "id"));
}

void api_queue_ticket(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    const char *id = http_param(request, "id");
    Store *store = call_store(request);
    if (!store)
        return;
    json_t *ticket = queue_ticket(store, call->hall, id, call->now_ms);
    if (ticket)
        json_object_set_new(ticket, "steps", queue_steps(store, id));
    call_reply_found(request, ticket, "ticket with this id in the hall's own queue");
}

void api_queue_take(HttpRequest *request, void *ctx)
{
    api_take_ticket(request, call_of(request)->who);
}

// Staff whose number is known work at the counter where they are on duty: what is called there is
// put down to them.
static bool check_duty(HttpRequest *request, const char *counter)
{
    const Call *call = call_of(request);
    if (call->role != ROLE_STAFF || !counter)
        return true;
    Store *store = call_store(request);
    if (!store)
        return false;
    g_autofree char *own = account_staff(store, call->who);
    g_autofree char *number = NULL, *name = NULL;
    int err = own ? duty_at(store, counter, call->now_ms, &number, &name) : 0;
    if (err == 0 && (!own || g_strcmp0(own, number) == 0))
        return true;
    http_reply_error(request, 403, "duty",
                     "You are not on duty at the counter %.40s. Sign on there first.", counter);
    return false;
}

typedef struct {
    const Call *call;
    const char *counter, *ticket_id;
    QueueStep step;
    char *ticket; // out
    char error[200];
} QueueJob;

static int next_run(Store *store, void *data)
{
    QueueJob *job = data;
    const Call *call = job->call;
    return queue_call_next(store, call->hall, job->counter, call->who, call->now_ms, &job->ticket,
                           job->error);
}

static int step_run(Store *store, void *data)
{
    QueueJob *job = data;
    const Call *call = job->call;
    return queue_act(store, call->hall, job->ticket_id, &job->step, call->now_ms, job->error);
}

void api_queue_next(HttpRequest *request, void *ctx)
{
    QueueJob job = { .call = call_of(request), .counter = http_param(request, "id") };
    if (!check_duty(request, job.counter))
        return;
    int err = call_write(request, next_run, &job);
    g_free(job.ticket);
    if (err < 0)
        call_reply_failure(request, err, "the call", job.error);
    else if (call_store(request))
        reply_counter(request, job.counter);
}

void api_queue_act(HttpRequest *request, void *ctx)
{
    json_t *body = call_body(request);
    if (!body)
        return;
    Fields fields = fields_of(body);
    const Call *call = call_of(request);
    QueueJob job = { .call = call,
                     .ticket_id = http_param(request, "id"),
                     .step = { .action = http_param(request, "action"),
                               .counter = fields_text(&fields, "counter", ID_MAX),
                               .lane = fields_text(&fields, "lane", ID_MAX),
                               .to_counter = fields_text(&fields, "to_counter", ID_MAX),
                               .why = fields_text(&fields, "why", WHY_MAX),
                               .user = call->who } };
    if (!job.step.counter)
        fields_fail(&fields, "counter is missing: where this is done");
    g_strlcpy(job.error, fields.error, sizeof job.error);
    int err = fields.error[0] ? -EINVAL : 0;
    if (err == 0 && check_duty(request, job.step.counter)) {
        err = call_write(request, step_run, &job);
        if (err == 0 && call_store(request))
            reply_counter(request, job.step.counter);
    }
    if (err < 0)
        call_reply_failure(request, err, "ticket with this id in the hall's own queue", job.error);
    json_decref(body);
}
