// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"
#include "dashboard/api_sheet.h"
#include "dashboard/sheet.h"

#include "dashboard/call.h"
#include "dashboard/query.h"
#include "rating/painpoint.h"

#include <errno.h>

enum { TEXT_MAX = 2000, NAME_MAX_BYTES = 300 };

void api_painpoint_tags(HttpRequest *request, void *ctx)
{
    http_reply_json(request, 200, painpoint_tags());
}

void api_painpoints(HttpRequest *request, void *ctx)
{
    g_auto(Query) query = query_of(request);
    const char *format = query_format(&query, sheet_formats);
    Cursor cursor = query_cursor(&query);
    int64_t from_ms = query_time(&query, "from", 0);
    int64_t to_ms = query_time(&query, "to", INT64_MAX);
    int limit = query_limit(&query);
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (!store)
        return;
    if (format) {
        ApiPainpointList list = { .from_ms = from_ms, .to_ms = to_ms };
        listing_reply(request, &query, format, &api_sheet_painpoints, &list, sizeof list);
        return;
    }
    json_t *page = painpoint_list(store, from_ms, to_ms, cursor.before_ms, cursor.before_id, limit);
    json_object_set_new(page, "counts", painpoint_counts(store, from_ms, to_ms));
    http_reply_json(request, 200, page);
}

typedef struct {
    const Call *call;
    const char *corrected, *why; // of a correction; NULL: a pain point of its own
    PainpointInput input;
    int added;
    char error[200];
} PainJob;

static int pain_run(Store *store, void *data)
{
    PainJob *job = data;
    const Hall *hall = job->call->hall;
    job->added = job->corrected ? painpoint_correct(store, hall, job->corrected, &job->input,
                                                    job->why, job->error)
                                : painpoint_add(store, hall, &job->input, job->error);
    return MIN(job->added, 0);
}

// What both have; tags has room for PAINPOINT_TAGS_MAX.
static PainpointInput read_input(Fields *fields, const Call *call, const char **tags)
{
    PainpointInput input = { .id = api_read_uuid(fields, "id"),
                             .n_tags = api_read_painpoint_tags(fields, tags),
                             .tags = tags,
                             .text = fields_text(fields, "text", TEXT_MAX),
                             .item_name = fields_text(fields, "item", NAME_MAX_BYTES),
                             .unit = fields_text(fields, "unit", NAME_MAX_BYTES),
                             .who = call->who,
                             .now_ms = call->now_ms };
    if (!input.id)
        fields_fail(fields, "id is missing: a UUID that the page has made");
    return input;
}

static void store_input(HttpRequest *request, Fields *fields, PainJob *job, const char *what)
{
    int err = fields->error[0] ? -EINVAL : call_write(request, pain_run, job);
    if (err < 0)
        call_reply_failure(request, err, what, fields->error[0] ? fields->error : job->error);
    else
        http_reply_json(request, job->added > 0 ? 201 : 200,
                        json_pack("{s:s, s:b}", "id", job->input.id, "stored", 1));
}

void api_painpoint_post(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    const Call *call = call_of(request);
    const char *tags[PAINPOINT_TAGS_MAX];
    Fields fields = fields_of(body);
    PainJob job = { .call = call, .input = read_input(&fields, call, tags) };
    job.input.case_number = fields_text(&fields, "case", CASE_NUMBER_MAX);
    job.input.counter = api_read_counter(&fields, call->hall->config);
    job.input.source = "counter";
    store_input(request, &fields, &job, "the pain point");
    json_decref(body);
}

void api_painpoint_correct(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    const Call *call = call_of(request);
    const char *tags[PAINPOINT_TAGS_MAX];
    Fields fields = fields_of(body);
    PainJob job = { .call = call,
                    .corrected = http_param(request, "id"),
                    .why = fields_text(&fields, "why", TEXT_MAX),
                    .input = read_input(&fields, call, tags) };
    store_input(request, &fields, &job, "the correction");
    json_decref(body);
}
