// SPDX-License-Identifier: Apache-2.0
// Call-backs: the day's list, a number to be dialled (each one an audited look), how a call went.
#include "dashboard/api.h"
#include "dashboard/api_sheet.h"
#include "dashboard/sheet.h"

#include "base/clock.h"
#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/query.h"
#include "rating/callback.h"
#include "rating/painpoint.h"
#include "rating/person.h"

#include <errno.h>
#include <string.h>

enum { WORD_MAX = 32, TEXT_MAX = 2000 };

#define WHAT "call-back with this id on the list"

void api_callbacks(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    g_auto(Query) query = query_of(request);
    const char *format = query_format(&query, sheet_formats);
    static const char *const parts[] = { "open", "done", NULL };
    const char *part = query_choice(&query, "part", parts);
    const char *day = query_text(&query, "day", 10);
    g_autofree char *text = g_strconcat(day ? day : "", "T12:00:00+00:00", NULL);
    int64_t day_ms = call->now_ms;
    if (day && !clock_parse(text, &day_ms))
        query_fail(&query, "day: a date such as 2026-11-24");
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (!store)
        return;
    g_autofree char *staff = NULL;
    Actor actor = call_actor(call, store, &staff);
    if (!format) {
        http_reply_json(request, 200,
                        callback_list(store, call->hall, day_ms, &actor, call->now_ms));
        return;
    }
    ApiCallbackList list = { .day_ms = day_ms, .actor = api_sheet_actor(&query, &actor) };
    bool is_done = part && strcmp(part, "done") == 0;
    listing_reply(request, &query, format, is_done ? &api_sheet_calls : &api_sheet_callbacks, &list,
                  sizeof list);
}

typedef struct {
    const Call *call;
    const char *subject;
    Person person;
    char error[200];
} DialJob;

static int dial_run(Store *store, void *data)
{
    DialJob *job = data;
    const Call *call = job->call;
    g_autofree char *staff = NULL;
    Actor actor = call_actor(call, store, &staff);
    person_done(&job->person);
    int err = callback_check(store, call->hall, job->subject, &actor, job->error);
    if (err == 0)
        err = person_open(store, call->hall, job->subject, &job->person);
    return err < 0 ? err
                   : audit_add(store, call->now_ms, call->who, "callback.dial", job->subject, NULL);
}

void api_callback_dial(HttpRequest *request, void *ctx)
{
    DialJob job = { .call = call_of(request), .subject = http_param(request, "id") };
    int err = call_write(request, dial_run, &job);
    if (err == -EBADMSG)
        http_reply_error(request, 409, "sealed",
                         "The number cannot be read: it was encrypted with another person.key.");
    else if (err < 0)
        call_reply_failure(request, err, WHAT, job.error);
    else
        http_reply_json(
            request, 200,
            json_pack("{s:s?, s:s?}", "name", job.person.name, "phone", job.person.phone));
    person_done(&job.person);
}

// --- how it went

typedef struct {
    const Call *call;
    const char *subject;
    CallbackInput input;
    PainpointInput pain; // of no tag and no text: none was named
    const char *tags[PAINPOINT_TAGS_MAX];
    bool is_new;
    char error[200];
} TryJob;

static int add_pain(Store *store, TryJob *job)
{
    if (!job->pain.n_tags && !job->pain.text)
        return 0;
    g_autofree char *number = NULL;
    bool is_case = g_str_has_prefix(job->subject, "case:");
    if (!is_case) {
        g_autoptr(StoreQuery) query =
            store_query(store, "SELECT case_number, counter FROM rating WHERE id = ?", "s",
                        strchr(job->subject, ':') + 1);
        if (store_step(query))
            number = g_strdup(store_text(query, 0));
    }
    job->pain.case_number = is_case ? strchr(job->subject, ':') + 1 : number;
    return painpoint_add(store, job->call->hall, &job->pain, job->error);
}

static int try_run(Store *store, void *data)
{
    TryJob *job = data;
    const Call *call = job->call;
    g_autofree char *staff = NULL;
    Actor actor = call_actor(call, store, &staff);
    int err = callback_try(store, call->hall, job->subject, &job->input, &actor, call->now_ms,
                           &job->is_new, job->error);
    if (err < 0 || !job->is_new)
        return err;
    err = add_pain(store, job);
    if (err < 0)
        return err;
    g_autofree char *detail =
        g_strjoin(" ", job->input.outcome, job->input.answer ? job->input.answer : "", NULL);
    return audit_add(store, call->now_ms, call->who, "callback.try", job->subject,
                     g_strchomp(detail));
}

size_t api_read_painpoint_tags(Fields *fields, const char **tags)
{
    json_t *array = fields_array(fields, "tags", PAINPOINT_TAGS_MAX), *code;
    size_t i, n = 0;
    json_array_foreach(array, i, code)
    {
        const char *text = json_string_value(code);
        if (!text || !painpoint_tag_is_known(text))
            fields_fail(fields, "tags: one of them is not in GET /api/v1/painpoint-tags");
        else
            tags[n++] = text;
    }
    return n;
}

static void read_pain(Fields *fields, TryJob *job)
{
    json_t *object = fields_object(fields, "painpoint");
    if (!object)
        return;
    Fields inner = fields_of(object);
    job->pain.id = job->input.id;
    job->pain.source = "callback";
    job->pain.who = job->call->who;
    job->pain.now_ms = job->call->now_ms;
    job->pain.text = fields_text(&inner, "text", TEXT_MAX);
    job->pain.n_tags = api_read_painpoint_tags(&inner, job->tags);
    job->pain.tags = job->tags;
    if (inner.error[0])
        fields_fail(fields, "painpoint: %s", inner.error);
}

static bool read_try(HttpRequest *request, json_t *body, TryJob *job)
{
    Fields fields = fields_of(body);
    job->input.id = api_read_uuid(&fields, "id");
    job->input.outcome = fields_text_required(&fields, "outcome", WORD_MAX);
    job->input.answer = fields_text(&fields, "answer", WORD_MAX);
    job->input.level = (int)fields_int(&fields, "level", 1, 5, 0);
    job->input.text = fields_text(&fields, "text", TEXT_MAX);
    job->input.next_ms = fields_time(&fields, "next", STORE_NULL);
    read_pain(&fields, job);
    if (!job->input.id)
        fields_fail(&fields, "id is missing: a UUID that the page has made");
    if (!fields.error[0])
        return true;
    http_reply_error(request, 400, "invalid", "%s", fields.error);
    return false;
}

void api_callback_try(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    TryJob job = { .call = call_of(request), .subject = http_param(request, "id") };
    if (read_try(request, body, &job)) {
        int err = call_write(request, try_run, &job);
        if (err < 0)
            call_reply_failure(request, err, WHAT, job.error);
        else
            http_reply_json(request, job.is_new ? 201 : 200,
                            json_pack("{s:s, s:b}", "id", job.input.id, "stored", 1));
    }
    json_decref(body);
}
