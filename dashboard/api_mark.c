// SPDX-License-Identifier: Apache-2.0
// What a timeline shows besides recordings: marks, and the bookmarks among them.
#include "dashboard/api.h"

#include "base/fields.h"
#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/query.h"
#include "rating/bookmark.h"
#include "rating/moment.h"

#include <errno.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

enum { MARKS_MAX = 2000, MARKS_MAX_DAYS = 31, CAMERA_MAX = 32 };

void api_marks(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    Query query = query_of(request);
    MomentFilter filter = { .to_ms = query_time(&query, "to", call->now_ms),
                            .camera = query_text(&query, "camera", CAMERA_MAX),
                            .limit = MARKS_MAX };
    filter.from_ms = query_time(&query, "from", filter.to_ms - DAY_MS);
    const ConfigCamera *camera =
        filter.camera ? config_camera(call->hall->config, filter.camera) : NULL;
    // A camera that is gone from the config still has its clips and bookmarks.
    filter.counters = camera ? (const char *const *)camera->counters : NULL;
    if (filter.to_ms <= filter.from_ms || filter.to_ms - filter.from_ms > MARKS_MAX_DAYS * DAY_MS)
        query_fail(&query, "to: must be after from, by at most %d days", MARKS_MAX_DAYS);
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (store)
        http_reply_json(request, 200, moment_list(store, &filter));
}

// --- bookmarks

typedef struct {
    const Call *call;
    BookmarkInput input;
    char *id; // out
} AddJob;

static int add_run(Store *store, void *data)
{
    AddJob *job = data;
    const Call *call = job->call;
    g_clear_pointer(&job->id, g_free);
    int err = bookmark_add(store, call->hall, &job->input, &job->id);
    return err < 0 ? err
                   : audit_add(store, call->now_ms, call->who, "bookmark.add", job->id,
                               job->input.text);
}

void api_bookmark_post(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    const Call *call = call_of(request);
    Fields fields = fields_of(body);
    AddJob job = { .call = call,
                   .input = { .camera = fields_text_required(&fields, "camera", CAMERA_MAX),
                              .at_ms = fields_time_required(&fields, "at"),
                              .text = fields_text_required(&fields, "text", BOOKMARK_TEXT_MAX),
                              .who = call->who,
                              .now_ms = call->now_ms } };
    if (!fields.error[0])
        api_check_camera(&fields, call->hall->config, json_object_get(body, "camera"));
    int err = fields.error[0] ? -EINVAL : call_write(request, add_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "the bookmark", fields.error);
    else
        http_reply_json(request, 201, bookmark_get(call->store, job.id));
    g_free(job.id);
    json_decref(body);
}

typedef struct {
    const Call *call;
    const char *id;
} RemoveJob;

static int remove_run(Store *store, void *data)
{
    RemoveJob *job = data;
    const Call *call = job->call;
    const char *who = call->role == ROLE_ADMIN ? NULL : call->who;
    int err = bookmark_remove(store, call->hall, job->id, who);
    return err < 0 ? err
                   : audit_add(store, call->now_ms, call->who, "bookmark.remove", job->id, NULL);
}

void api_bookmark_delete(HttpRequest *request, void *ctx)
{
    RemoveJob job = { call_of(request), http_param(request, "id") };
    int err = call_write(request, remove_run, &job);
    if (err == -EPERM)
        http_reply_error(request, 403, "not_yours",
                         "Only who made a bookmark, or an administrator, may remove it.");
    else if (err < 0)
        call_reply_failure(request, err, "bookmark with this id", "");
    else
        http_reply_bytes(request, 204, NULL, "", 0);
}
