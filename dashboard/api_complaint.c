// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"
#include "dashboard/api_sheet.h"
#include "dashboard/sheet.h"

#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/query.h"
#include "rating/category.h"
#include "rating/complaint.h"

#include <errno.h>
#include <string.h>

enum { ID_MAX = 64, WORD_MAX = 32 };

#define WHAT   "complaint with this id"
#define OWNERS (ROLE_ADMIN | ROLE_DIRECTOR | ROLE_STAFF)

ComplaintReader api_complaint_reader(const Call *call, char **ret_staff)
{
    return (ComplaintReader){ .actor = call_actor(call, call->store, ret_staff),
                              .sees_all = call_sees_ratings(call) };
}

void api_complaint_categories(HttpRequest *request, void *ctx)
{
    call_reply_items(request, category_table());
}

void api_complaints(HttpRequest *request, void *ctx)
{
    static const char *const states[] = { "received", "assigned", "answered", "closed",
                                          "refusing", "refused",  NULL };
    static const char *const publications[] = { "none", "proposed", "published", NULL };
    const Call *call = call_of(request);
    g_auto(Query) query = query_of(request);
    const char *format = query_format(&query, sheet_formats);
    Cursor cursor = query_cursor(&query);
    ComplaintFilter filter = { .is_open = query_bool(&query, "open"),
                               .state = query_choice(&query, "state", states),
                               .category = query_text(&query, "category", WORD_MAX),
                               .counter = query_text(&query, "counter", ID_MAX),
                               .owner = api_query_owner(&query, call),
                               .publication = query_choice(&query, "publication", publications),
                               .q = query_text(&query, "q", 200),
                               .late_only = query_bool(&query, "late"),
                               .waits_for_me = query_bool(&query, "waits"),
                               .due_before_ms = query_time(&query, "due_before", STORE_NULL),
                               .after_ms = cursor.before_ms,
                               .after_id = cursor.before_id,
                               .limit = query_limit(&query) };
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (!store)
        return;
    g_autofree char *staff = NULL;
    ComplaintReader reader = api_complaint_reader(call, &staff);
    if (!format) {
        http_reply_json(request, 200, complaint_list(store, &filter, &reader, call->now_ms));
        return;
    }
    ApiComplaintList list = { .filter = filter, .reader = reader };
    list.reader.actor = api_sheet_actor(&query, &reader.actor);
    listing_reply(request, &query, format, &api_sheet_complaints, &list, sizeof list);
}

static json_t *read_complaint(const Call *call, const char *id)
{
    g_autofree char *staff = NULL;
    ComplaintReader reader = api_complaint_reader(call, &staff);
    return complaint_get(call->store, id, &reader, call->now_ms);
}

void api_complaint(HttpRequest *request, void *ctx)
{
    if (call_store(request))
        call_reply_found(request, read_complaint(call_of(request), http_param(request, "id")),
                         WHAT);
}

// --- taken down

typedef struct {
    const Call *call;
    ComplaintInput input;
    PersonInput person;
    bool is_new;
    char error[200];
} TakeJob;

static int take_run(Store *store, void *data)
{
    TakeJob *job = data;
    const Call *call = job->call;
    g_autofree char *staff = NULL;
    Actor actor = call_actor(call, store, &staff);
    int err = complaint_take(store, call->hall, &job->input, &actor, &job->is_new, job->error);
    if (err < 0 || !job->is_new)
        return err;
    return audit_add(store, call->now_ms, call->who, "complaint.take", job->input.id, NULL);
}

static void read_staff(Fields *fields, ComplaintInput *input)
{
    json_t *object = fields_object(fields, "staff");
    Fields inner = fields_of(object);
    if (!object)
        return;
    input->staff_number = fields_text(&inner, "number", ID_MAX);
    input->staff_name = fields_text(&inner, "name", COMPLAINT_NAME_MAX);
    if (inner.error[0])
        fields_fail(fields, "staff: %s", inner.error);
}

static void read_take(Fields *fields, TakeJob *job)
{
    ComplaintInput *input = &job->input;
    input->id = api_read_uuid(fields, "id");
    input->category = fields_text_required(fields, "category", WORD_MAX);
    input->channel = fields_text_required(fields, "channel", WORD_MAX);
    input->text = fields_text_required(fields, "text", COMPLAINT_TEXT_MAX);
    input->counter = api_read_counter(fields, job->call->hall->config);
    input->unit = fields_text(fields, "unit", COMPLAINT_NAME_MAX);
    input->item = fields_text(fields, "item", COMPLAINT_NAME_MAX);
    read_staff(fields, input);
    input->photo = api_read_uuid(fields, "photo");
    input->rating = api_read_uuid(fields, "rating");
    input->happened_ms = fields_time(fields, "happened", STORE_NULL);
    input->person = api_read_person(fields, &job->person);
    input->now_ms = job->call->now_ms;
    if (!input->id)
        fields_fail(fields, "id is missing: a UUID that the page has made");
}

void api_complaint_post(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    Fields fields = fields_of(body);
    TakeJob job = { .call = call_of(request) };
    read_take(&fields, &job);
    int err = fields.error[0] ? -EINVAL : call_write(request, take_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "the complaint",
                           fields.error[0] ? fields.error : job.error);
    else
        http_reply_json(request, job.is_new ? 201 : 200, read_complaint(job.call, job.input.id));
    json_decref(body);
}

// --- steps

typedef struct {
    const Call *call;
    const char *complaint;
    ComplaintStep step;
    char *owner_staff;
    char error[200];
} ActJob;

static int act_run(Store *store, void *data)
{
    ActJob *job = data;
    const Call *call = job->call;
    g_autofree char *staff = NULL;
    Actor actor = call_actor(call, store, &staff);
    g_clear_pointer(&job->owner_staff, g_free);
    // To those who may not see it there is none.
    ComplaintReader reader = { .actor = actor, .sees_all = call_sees_ratings(call) };
    if (!complaint_shows(store, job->complaint, &reader))
        return -ENOENT;
    int err = api_check_owner(store, job->step.owner, OWNERS, &job->owner_staff, job->error);
    job->step.owner_staff = job->owner_staff;
    if (err == 0)
        err = complaint_act(store, call->hall, job->complaint, &job->step, &actor, call->now_ms,
                            job->error);
    if (err < 0)
        return err;
    g_autofree char *action = g_strconcat("complaint.", job->step.action, NULL);
    return audit_add(store, call->now_ms, call->who, action, job->complaint, job->step.why);
}

static void read_step(Fields *fields, ComplaintStep *step)
{
    step->choice = fields_text(fields, "choice", WORD_MAX);
    step->why = fields_text(fields, "why", COMPLAINT_WHY_MAX);
    step->owner = fields_text(fields, "owner", ACCOUNT_NAME_MAX);
    step->rating = fields_text(fields, "rating", ID_MAX);
    step->public_text = fields_text(fields, "public_text", COMPLAINT_TEXT_MAX);
    step->public_answer = fields_text(fields, "public_answer", COMPLAINT_WHY_MAX);
}

void api_complaint_act(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    Fields fields = fields_of(body);
    ActJob job = { .call = call_of(request),
                   .complaint = http_param(request, "id"),
                   .step = { .action = http_param(request, "action") } };
    read_step(&fields, &job.step);
    int err = fields.error[0] ? -EINVAL : call_write(request, act_run, &job);
    if (err < 0)
        call_reply_failure(request, err, WHAT, fields.error[0] ? fields.error : job.error);
    else
        call_reply_found(request, read_complaint(job.call, job.complaint), WHAT);
    g_free(job.owner_staff);
    json_decref(body);
}

// --- for everybody

void api_public_complaints(HttpRequest *request, void *ctx)
{
    Query query = query_of(request);
    Cursor cursor = query_cursor(&query);
    int limit = query_limit(&query);
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (store)
        http_reply_json(request, 200,
                        complaint_published(store, cursor.before_ms, cursor.before_id, limit));
}
