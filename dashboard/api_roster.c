// SPDX-License-Identifier: Apache-2.0
// The roster: read by everybody who works in the hall, set by directors and administrators.
#include "dashboard/api.h"

#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/query.h"
#include "rating/calendar.h"
#include "rating/roster.h"

#include <errno.h>

#define WEEK_MS INT64_C(7 * 24 * 60 * 60 * 1000)

// Why a person is away is for directors.
static void hide_notes(json_t *entries)
{
    size_t i;
    json_t *entry;
    json_array_foreach(entries, i, entry)
    {
        if (g_strcmp0(json_string_value(json_object_get(entry, "kind")), "leave") == 0)
            json_object_set_new(entry, "note", json_null());
    }
}

void api_roster(HttpRequest *request, void *ctx)
{
    Query query = query_of(request);
    const Call *call = call_of(request);
    RosterFilter filter = { .counter = query_text(&query, "counter", 32),
                            .staff_number = query_text(&query, "staff", 64),
                            .from_ms = query_time(&query, "from", call->now_ms - WEEK_MS),
                            .to_ms = query_time(&query, "to", call->now_ms + WEEK_MS) };
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (!store)
        return;
    json_t *entries = roster_list(store, &filter);
    if (!(call->role & (ROLE_ADMIN | ROLE_DIRECTOR)))
        hide_notes(entries);
    call_reply_items(request, entries);
}

typedef struct {
    const Call *call;
    const char *id;
    json_t *body;    // of a PUT
    int64_t version; // of a DELETE
    CalendarDay from_day, to_day;
    json_t *row;
    int made;
    char error[200];
} RosterJob;

static int note(Store *store, const RosterJob *job, const char *action, const char *detail)
{
    return audit_add(store, job->call->now_ms, job->call->who, action, job->id, detail);
}

static int put_run(Store *store, void *data)
{
    RosterJob *job = data;
    int err = roster_put(store, job->call->hall, job->id, job->body, job->call->who,
                         job->call->now_ms, &job->row, job->error);
    if (err < 0)
        return err;
    g_autofree char *detail = json_dumps(job->row, JSON_COMPACT);
    return note(store, job, "roster.set", detail);
}

static int remove_run(Store *store, void *data)
{
    RosterJob *job = data;
    int err = roster_remove(store, job->call->hall, job->id, job->version, job->error);
    return err < 0 ? err : note(store, job, "roster.remove", NULL);
}

static int copy_run(Store *store, void *data)
{
    RosterJob *job = data;
    const Call *call = job->call;
    job->made = roster_copy_week(store, call->hall, job->from_day, job->to_day, call->who,
                                 call->now_ms, job->error);
    g_autofree char *detail = g_strdup_printf("%d", job->made);
    return job->made < 0 ? job->made : note(store, job, "roster.copy", detail);
}

void api_roster_put(HttpRequest *request, void *ctx)
{
    RosterJob job = { .call = call_of(request), .id = http_param(request, "id") };
    if (!api_is_uuid(job.id)) {
        call_reply_failure(request, -EINVAL, "", "The id must be a UUID that the page has made.");
        return;
    }
    job.body = call_body(request);
    if (!job.body)
        return;
    int err = call_write(request, put_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "the roster", job.error);
    else
        http_reply_json(request, 200, json_incref(job.row));
    json_decref(job.row);
    json_decref(job.body);
}

void api_roster_delete(HttpRequest *request, void *ctx)
{
    json_t *body = call_body(request);
    if (!body)
        return;
    Fields fields = fields_of(body);
    RosterJob job = { .call = call_of(request),
                      .id = http_param(request, "id"),
                      .version = fields_int_required(&fields, "version", 1, INT32_MAX) };
    int err = fields.error[0] ? -EINVAL : call_write(request, remove_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "the roster", fields.error[0] ? fields.error : job.error);
    else
        http_reply_bytes(request, 204, NULL, "", 0);
    json_decref(body);
}

static CalendarDay read_day(Fields *fields, const char *key)
{
    CalendarDay day = 0;
    const char *text = fields_text_required(fields, key, 16);
    if (text && !calendar_day_parse(text, &day))
        fields_fail(fields, "%s is \"%.16s\"; a day like 2026-11-23 is wanted", key, text);
    return day;
}

void api_roster_copy(HttpRequest *request, void *ctx)
{
    json_t *body = call_body(request);
    if (!body)
        return;
    Fields fields = fields_of(body);
    RosterJob job = { .call = call_of(request), .id = fields_text(&fields, "to", 16) };
    job.from_day = read_day(&fields, "from");
    job.to_day = read_day(&fields, "to");
    int err = fields.error[0] ? -EINVAL : call_write(request, copy_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "the roster", fields.error[0] ? fields.error : job.error);
    else
        http_reply_json(request, 200, json_pack("{s:i}", "made", job.made));
    json_decref(body);
}
