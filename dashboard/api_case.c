// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"
#include "dashboard/api_sheet.h"
#include "dashboard/sheet.h"

#include "base/clock.h"
#include "dashboard/call.h"
#include "dashboard/monthly_query.h"
#include "dashboard/query.h"
#include "rating/case.h"
#include "rating/watch.h"

void api_cases(HttpRequest *request, void *ctx)
{
    static const char *const channels[] = { "hall", "online", "agent", "terminal", NULL };
    static const char *const days[] = { "today", NULL };
    static const char *const grades[] = { "none", "warning", "yellow", "red", NULL };
    g_auto(Query) query = query_of(request);
    const char *format = query_format(&query, sheet_formats);
    Cursor cursor = query_cursor(&query);
    CaseFilter filter = { .state = query_text(&query, "state", 32),
                          .grade = query_choice(&query, "grade", grades),
                          .counter = query_text(&query, "counter", 64),
                          .unit = query_text(&query, "unit", 200),
                          .text = query_text(&query, "q", 200),
                          .open_only = query_bool(&query, "open"),
                          .channel = query_choice(&query, "channel", channels),
                          .waits_papers = query_bool(&query, "papers"),
                          .before_ms = cursor.before_ms,
                          .before_number = cursor.before_id,
                          .limit = query_limit(&query) };
    bool is_today = query_choice(&query, "due", days) != NULL, is_mine = query_bool(&query, "mine");
    MonthlyBehind behind = query_behind_of(&query, MONTHLY_CASES);
    Store *store = query_check(&query) ? call_store(request) : NULL;
    const Call *call = call_of(request);
    g_autofree char *within = store ? behind_ids(&behind, request) : NULL;
    filter.within = query_keep(&query, within);
    if (is_today) {
        filter.due_from_ms = clock_day_start(call->now_ms);
        filter.due_to_ms = clock_day_start(filter.due_from_ms + 36 * INT64_C(3600000));
    }
    g_autofree char *staff = store && is_mine ? account_staff(store, call->who) : NULL;
    filter.staff = query_keep(&query, staff);
    if (store && format)
        listing_reply(request, &query, format, &api_sheet_cases, &filter, sizeof filter);
    else if (store)
        http_reply_json(request, 200, case_list(store, call->hall, &filter, call->now_ms));
}

static json_t *shown_ratings(const Call *call, json_t *take_case)
{
    size_t i;
    json_t *flag;
    g_autofree char *staff = NULL;
    RatingReader reader = call_rating_reader(call, &staff);
    rating_reader_show_all(&reader, json_object_get(take_case, "ratings"));
    if (!take_case || call_sees_ratings(call))
        return take_case;
    json_array_foreach(json_object_get(take_case, "flags"), i, flag)
        json_object_set_new(flag, "rating", json_null());
    json_object_set_new(take_case, "ratings", json_array());
    return take_case;
}

static json_t *read_case(HttpRequest *request, const char *number)
{
    const Call *call = call_of(request);
    return shown_ratings(call, case_get(call->store, call->hall, number, call->now_ms));
}

void api_case(HttpRequest *request, void *ctx)
{
    if (call_store(request))
        call_reply_found(request, read_case(request, http_param(request, "number")),
                         "case with this number");
}

typedef struct {
    const Call *call;
    const char *number;
    json_t *body;
    CaseOutcome outcome;
    char error[200];
} CaseJob;

static int put_run(Store *store, void *data)
{
    CaseJob *job = data;
    const Call *call = job->call;
    int err = case_put(store, call->hall, job->number, job->body, call->now_ms, &job->outcome,
                       job->error);
    return err < 0 ? err : watch_sign_edit(store, job->number, call->who, call->now_ms);
}

static int event_run(Store *store, void *data)
{
    CaseJob *job = data;
    return case_add_event(store, job->call->hall, job->number, job->body, job->call->now_ms,
                          &job->outcome, job->error);
}

static const char *outcome_name(CaseOutcome outcome)
{
    switch (outcome) {
    case CASE_CREATED:
        return "created";
    case CASE_UPDATED:
        return "updated";
    case CASE_UNCHANGED:
        return "unchanged";
    case EVENT_ADDED:
        return "added";
    case EVENT_KNOWN:
        return "known";
    }
    return "unknown";
}

static void reply_outcome(HttpRequest *request, const CaseJob *job)
{
    int status = job->outcome == CASE_CREATED || job->outcome == EVENT_ADDED ? 201 : 200;
    const char *event = json_string_value(json_object_get(job->body, "id"));
    g_autofree char *ignored =
        event ? case_event_ignored(job->call->store, job->number, event) : NULL;
    http_reply_json(request, status,
                    json_pack("{s:s, s:s, s:s?, s:o?}", "number", job->number, "outcome",
                              outcome_name(job->outcome), "ignored", ignored, "case",
                              read_case(request, job->number)));
}

static void write_case(HttpRequest *request, WriterRun run)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    CaseJob job = { .call = call_of(request),
                    .number = http_param(request, "number"),
                    .body = body };
    int err = call_write(request, run, &job);
    if (err < 0)
        call_reply_failure(request, err, "case", job.error);
    else
        reply_outcome(request, &job);
    json_decref(body);
}

void api_case_put(HttpRequest *request, void *ctx)
{
    write_case(request, put_run);
}

void api_case_event(HttpRequest *request, void *ctx)
{
    write_case(request, event_run);
}
