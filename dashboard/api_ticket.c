// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"

#include "dashboard/call.h"
#include "rating/ticket.h"

typedef int (*TicketPut)(Store *store, const Hall *hall, const char *id, json_t *body,
                         int64_t now_ms, char *error);

typedef struct {
    const Call *call;
    TicketPut put; // ticket_put or duty_put: they take the same
    const char *id;
    json_t *body;
    char error[200];
} TicketJob;

static int put_run(Store *store, void *data)
{
    TicketJob *job = data;
    return job->put(store, job->call->hall, job->id, job->body, job->call->now_ms, job->error);
}

static void put(HttpRequest *request, TicketPut put_one, const char *what, json_t *body)
{
    TicketJob job = {
        .call = call_of(request), .put = put_one, .id = http_param(request, "id"), .body = body
    };
    int err = call_write(request, put_run, &job);
    if (err < 0)
        call_reply_failure(request, err, what, job.error);
    else
        http_reply_json(request, 200, json_pack("{s:s}", "id", job.id));
}

void api_ticket_put(HttpRequest *request, void *ctx)
{
    json_t *body = call_body(request);
    if (body)
        put(request, ticket_put, "ticket with this id", body);
    json_decref(body);
}

void api_duty_put(HttpRequest *request, void *ctx)
{
    json_t *body = call_body(request);
    json_t *staff = json_object_get(body, "staff");
    if (body && call_check_staff(request, json_string_value(json_object_get(staff, "number"))))
        put(request, duty_put, "counter with this id; see GET /api/v1/counters", body);
    json_decref(body);
}
