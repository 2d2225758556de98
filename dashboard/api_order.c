// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"
#include "dashboard/api_sheet.h"
#include "dashboard/order_notice.h"
#include "dashboard/sheet.h"

#include "base/fields.h"
#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/query.h"
#include "rating/order.h"
#include "rating/redact.h"

#include <errno.h>

enum { REF_MAX = 200, WORD_MAX = 32 };

#define WHAT    "order with this id"
#define PERSONS (ROLE_ADMIN | ROLE_DIRECTOR | ROLE_STAFF)

static OrderReader reader_of(const Call *call, Store *store, char **ret_staff)
{
    return (OrderReader){ .actor = call_actor(call, store, ret_staff),
                          .sees_all = call_sees_ratings(call) || call_is_observer(call) };
}

// To observers: number, to which unit, where it stands and until when; of what people wrote, what
// is wanted alone, without numbers by which somebody could be found.
static void mask_for_observer(const Call *call, json_t *order)
{
    static const char *const hidden[] = { "person", "reply", "case_number", "ref" };
    json_t *step;
    size_t i;
    if (!order || !call_is_observer(call))
        return;
    for (size_t k = 0; k < G_N_ELEMENTS(hidden); k++)
        json_object_set_new(order, hidden[k], json_null());
    g_autofree char *demand = redact_text(json_string_value(json_object_get(order, "demand")));
    json_object_set_new(order, "demand", json_string(demand));
    json_object_set_new(order, "facts", json_string(""));
    json_object_set_new(order, "issued_user", json_string(""));
    json_array_foreach(json_object_get(order, "steps"), i, step)
    {
        json_object_set_new(step, "why", json_null());
        json_object_set_new(step, "user", json_string(""));
    }
}

static json_t *read_order(const Call *call, const char *id)
{
    g_autofree char *staff = NULL;
    OrderReader reader = reader_of(call, call->store, &staff);
    json_t *order = order_get(call->store, id, &reader, call->now_ms);
    mask_for_observer(call, order);
    return order;
}

void api_orders(HttpRequest *request, void *ctx)
{
    static const char *const states[] = { "issued",   "received", "replied",   "returned",
                                          "accepted", "closed",   "withdrawn", NULL };
    const Call *call = call_of(request);
    g_auto(Query) query = query_of(request);
    const char *format = query_format(&query, sheet_formats);
    Cursor cursor = query_cursor(&query);
    OrderFilter filter = { .is_open = query_bool(&query, "open"),
                           .state = query_choice(&query, "state", states),
                           .unit = query_text(&query, "unit", ORDER_NAME_MAX),
                           .ref = query_text(&query, "ref", REF_MAX),
                           .case_number = query_text(&query, "case", CASE_NUMBER_MAX),
                           .q = call_is_observer(call) ? NULL : query_text(&query, "q", 200),
                           .late_only = query_bool(&query, "late"),
                           .waits_for_me = query_bool(&query, "waits"),
                           .before_ms = cursor.before_ms,
                           .before_id = cursor.before_id,
                           .limit = query_limit(&query) };
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (!store)
        return;
    g_autofree char *staff = NULL;
    OrderReader reader = reader_of(call, store, &staff);
    if (!format) {
        json_t *list = order_list(store, call->hall, &filter, &reader, call->now_ms), *order;
        size_t i;
        json_array_foreach(json_object_get(list, "items"), i, order) mask_for_observer(call, order);
        http_reply_json(request, 200, list);
        return;
    }
    ApiOrderList list = { .filter = filter, .reader = reader };
    list.reader.actor = api_sheet_actor(&query, &reader.actor);
    listing_reply(request, &query, format, &api_sheet_orders, &list, sizeof list);
}

void api_order(HttpRequest *request, void *ctx)
{
    if (call_store(request))
        call_reply_found(request, read_order(call_of(request), http_param(request, "id")), WHAT);
}

// --- issued

typedef struct {
    const Call *call;
    OrderInput input;
    char *person_staff;
    bool is_new;
    char error[200];
} IssueJob;

static int issue_run(Store *store, void *data)
{
    IssueJob *job = data;
    const Call *call = job->call;
    g_autofree char *staff = NULL;
    Actor actor = call_actor(call, store, &staff);
    g_clear_pointer(&job->person_staff, g_free);
    int err = api_check_owner(store, job->input.person, PERSONS, &job->person_staff, job->error);
    if (err == 0)
        err = order_issue(store, call->hall, &job->input, &actor, &job->is_new, job->error);
    if (err < 0 || !job->is_new)
        return err;
    return audit_add(store, call->now_ms, call->who, "order.issue", job->input.id,
                     job->input.demand);
}

void api_order_post(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    Fields fields = fields_of(body);
    IssueJob job = { .call = call_of(request) };
    job.input = (OrderInput){ .id = api_read_uuid(&fields, "id"),
                              .ref = fields_text(&fields, "ref", REF_MAX),
                              .unit = fields_text(&fields, "unit", ORDER_NAME_MAX),
                              .person = fields_text(&fields, "person", ACCOUNT_NAME_MAX),
                              .facts = fields_text_required(&fields, "facts", ORDER_TEXT_MAX),
                              .demand = fields_text_required(&fields, "demand", ORDER_TEXT_MAX),
                              .due_ms = fields_time(&fields, "due", STORE_NULL),
                              .now_ms = job.call->now_ms };
    if (!job.input.id)
        fields_fail(&fields, "id is missing: a UUID that the page has made");
    int err = fields.error[0] ? -EINVAL : call_write(request, issue_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "the order", fields.error[0] ? fields.error : job.error);
    else
        http_reply_json(request, job.is_new ? 201 : 200, read_order(job.call, job.input.id));
    g_free(job.person_staff);
    json_decref(body);
}

// --- steps

typedef struct {
    const Call *call;
    const char *id;
    OrderStep step;
    char error[200];
} ActJob;

static int act_run(Store *store, void *data)
{
    ActJob *job = data;
    const Call *call = job->call;
    g_autofree char *staff = NULL;
    OrderReader reader = reader_of(call, store, &staff);
    json_t *seen = order_get(store, job->id, &reader, call->now_ms);
    bool is_seen = seen != NULL;
    json_decref(seen);
    if (!is_seen) // to those who may not see it there is none
        return -ENOENT;
    int err =
        order_act(store, call->hall, job->id, &job->step, &reader.actor, call->now_ms, job->error);
    if (err <= 0)
        return err;
    g_autofree char *action = g_strconcat("order.", job->step.action, NULL);
    return audit_add(store, call->now_ms, call->who, action, job->id, job->step.why);
}

void api_order_act(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    Fields fields = fields_of(body);
    ActJob job = { .call = call_of(request),
                   .id = http_param(request, "id"),
                   .step = { .action = http_param(request, "action"),
                             .why = fields_text(&fields, "why", ORDER_TEXT_MAX),
                             .due_ms = fields_time(&fields, "due", STORE_NULL) } };
    int err = fields.error[0] ? -EINVAL : call_write(request, act_run, &job);
    if (err < 0)
        call_reply_failure(request, err, WHAT, fields.error[0] ? fields.error : job.error);
    else
        call_reply_found(request, read_order(job.call, job.id), WHAT);
    json_decref(body);
}

// --- on paper

void api_order_notice(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    const char *id = http_param(request, "id");
    json_t *order = call_store(request) ? read_order(call, id) : NULL;
    if (!order) {
        if (call->store)
            call_reply_failure(request, -ENOENT, WHAT, "");
        return;
    }
    g_autoptr(GBytes) pdf = order_notice_pdf(call->hall->config->hall.name, order);
    if (!pdf)
        http_reply_error(request, 503, "internal", "The notice could not be drawn. Try again.");
    else if (call_audit(request, "order.print", id, NULL))
        http_reply_bytes(request, 200, "application/pdf", g_bytes_get_data(pdf, NULL),
                         g_bytes_get_size(pdf));
    json_decref(order);
}
