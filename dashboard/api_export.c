// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"
#include "dashboard/api_sheet.h"
#include "dashboard/sheet.h"

#include "base/clock.h"
#include "base/fields.h"
#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/query.h"
#include "rating/export.h"

#include <errno.h>
#include <string.h>

enum { REASON_MAX = 500 };

#define WHAT "export with this id"

void api_exports(HttpRequest *request, void *ctx)
{
    static const char *const states[] = { "queued",    "running", "done", "failed",
                                          "cancelled", "removed", NULL };
    g_auto(Query) query = query_of(request);
    const char *format = query_format(&query, sheet_formats);
    Cursor cursor = query_cursor(&query);
    ExportFilter filter = { .state = query_choice(&query, "state", states),
                            .ref = query_text(&query, "ref", API_REF_MAX),
                            .before_ms = cursor.before_ms,
                            .before_id = cursor.before_id,
                            .limit = query_limit(&query) };
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (store && format)
        listing_reply(request, &query, format, &api_sheet_exports, &filter, sizeof filter);
    else if (store)
        http_reply_json(request, 200, export_list(store, &filter));
}

void api_export(HttpRequest *request, void *ctx)
{
    Store *store = call_store(request);
    if (store)
        call_reply_found(request, export_get(store, http_param(request, "id")), WHAT);
}

// --- a new one

typedef struct {
    const Call *call;
    ExportInput input;
    char *id; // out
} AddJob;

static char *describe(const ExportInput *input)
{
    GString *text = g_string_new(input->reason);
    size_t i;
    json_t *clip;
    json_array_foreach(input->clips, i, clip)
    {
        g_autofree char *from = clock_format(json_integer_value(json_object_get(clip, "from")));
        g_autofree char *to = clock_format(json_integer_value(json_object_get(clip, "to")));
        g_string_append_printf(text, "; %s %s - %s",
                               json_string_value(json_object_get(clip, "camera")), from, to);
    }
    return g_string_free(text, FALSE);
}

static int add_run(Store *store, void *data)
{
    AddJob *job = data;
    const Call *call = job->call;
    g_clear_pointer(&job->id, g_free);
    int err = export_add(store, call->hall, &job->input, &job->id);
    if (err < 0)
        return err;
    g_autofree char *detail = describe(&job->input);
    return audit_add(store, call->now_ms, call->who, "export.order", job->id, detail);
}

// The clip as it is stored; NULL: something is wrong with it.
static json_t *read_clip(Fields *fields, json_t *object, const Call *call)
{
    Fields clip = fields_of(object);
    const Config *config = call->hall->config;
    int64_t from_ms = fields_time_required(&clip, "from");
    int64_t to_ms = fields_time_required(&clip, "to");
    json_t *camera = json_object_get(object, "camera");
    if (!clip.error[0])
        api_check_camera(&clip, config, camera);
    if (!clip.error[0] && (from_ms < 0 || to_ms <= from_ms || to_ms - from_ms > EXPORT_CLIP_MAX_MS))
        fields_fail(&clip, "to: must be after from, by at most 24 hours");
    if (!clip.error[0] && to_ms > call->now_ms)
        fields_fail(&clip, "to: lies in the future: wait until it is recorded");
    if (clip.error[0]) {
        fields_fail(fields, "clips: %s", clip.error);
        return NULL;
    }
    const char *id = json_string_value(camera);
    return json_pack("{s:s, s:s, s:I, s:I}", "camera", id, "name", config_camera(config, id)->name,
                     "from", (json_int_t)from_ms, "to", (json_int_t)to_ms);
}

// New reference; NULL: the request has been answered.
static json_t *read_order(HttpRequest *request, json_t *body, AddJob *job)
{
    Fields fields = fields_of(body);
    json_t *clips = json_array();
    json_t *given = fields_array(&fields, "clips", EXPORT_CLIPS_MAX);
    job->input.reason = fields_text_required(&fields, "reason", REASON_MAX);
    job->input.ref = api_read_ref(&fields);
    job->input.has_overlay = fields_bool(&fields, "overlay", false);
    if (!fields.error[0] && !json_array_size(given))
        fields_fail(&fields, "clips: name at least one");
    for (size_t i = 0; !fields.error[0] && i < json_array_size(given); i++)
        json_array_append_new(clips, read_clip(&fields, json_array_get(given, i), job->call));
    job->input.clips = clips;
    if (!fields.error[0])
        return clips;
    http_reply_error(request, 400, "invalid", "%s", fields.error);
    json_decref(clips);
    return NULL;
}

static void reply_added(HttpRequest *request, const AddJob *job, int err)
{
    if (err == -EBUSY)
        http_reply_error(request, 409, "conflict",
                         "%d exports wait already. Wait until some are done, or cancel some.",
                         EXPORT_ACTIVE_MAX);
    else if (err < 0)
        call_reply_failure(request, err, "the export", "");
    else
        http_reply_json(request, 201, export_get(call_of(request)->store, job->id));
}

void api_export_post(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    const Call *call = call_of(request);
    AddJob job = { .call = call, .input = { .who = call->who, .now_ms = call->now_ms } };
    json_t *clips = read_order(request, body, &job);
    if (clips)
        reply_added(request, &job, call_write(request, add_run, &job));
    g_free(job.id);
    json_decref(clips);
    json_decref(body);
}

// --- one that is there

typedef struct {
    const Call *call;
    const char *id;
    const char *action; // on the audit list
    int (*act)(Store *store, const Hall *hall, const char *id, int64_t now_ms);
} ActJob;

static int act_run(Store *store, void *data)
{
    ActJob *job = data;
    const Call *call = job->call;
    int err = job->act(store, call->hall, job->id, call->now_ms);
    return err < 0 ? err : audit_add(store, call->now_ms, call->who, job->action, job->id, NULL);
}

static void act(HttpRequest *request, ActJob *job, const char *conflict)
{
    if (!call_store(request))
        return;
    job->call = call_of(request);
    job->id = http_param(request, "id");
    int err = call_write(request, act_run, job);
    if (err < 0)
        call_reply_failure(request, err, WHAT, err == -EEXIST ? conflict : "");
    else
        call_reply_found(request, export_get(job->call->store, job->id), WHAT);
}

void api_export_delete(HttpRequest *request, void *ctx)
{
    act(request, &(ActJob){ .action = "export.end", .act = export_end },
        "This export was ended already.");
}

void api_export_retry(HttpRequest *request, void *ctx)
{
    act(request, &(ActJob){ .action = "export.retry", .act = export_retry },
        "Only an export that failed, was cancelled or removed can be tried again.");
}

static int download_run(Store *store, void *data)
{
    ActJob *job = data;
    return audit_add(store, job->call->now_ms, job->call->who, job->action, job->id, NULL);
}

// A download that goes on where it was broken off is not another one.
static bool is_beginning(HttpRequest *request)
{
    const char *range = http_header(request, "Range");
    return !range || g_str_has_prefix(range, "bytes=0-");
}

// The moment it was made, in its name: people keep these.
static char *file_name(const json_t *export)
{
    const char *moment = json_string_value(json_object_get(export, "created_at"));
    g_autofree char *digits = g_strdup(moment ? moment : "");
    g_strdelimit(digits, ":T", '-');
    return g_strdup_printf("attachment; filename=\"hallwatch-%.19s-%.8s.zip\"", digits,
                           json_string_value(json_object_get(export, "id")));
}

void api_export_file(HttpRequest *request, void *ctx)
{
    Store *store = call_store(request);
    if (!store)
        return;
    ActJob job = { .call = call_of(request),
                   .id = http_param(request, "id"),
                   .action = "export.download" };
    json_t *export = export_get(store, job.id);
    bool is_done = g_strcmp0(json_string_value(json_object_get(export, "state")), "done") == 0;
    int err = is_done && is_beginning(request) ? call_write(request, download_run, &job) : 0;
    g_autofree char *disposition = is_done ? file_name(export) : NULL;
    g_autofree char *path = g_strdup_printf(API_EXPORT_PLACE "%s.zip", job.id);
    json_decref(export);
    if (!is_done) {
        call_reply_failure(request, -ENOENT, "finished " WHAT, "");
    } else if (err < 0) {
        call_reply_failure(request, err, "the download", "");
    } else {
        http_add_header(request, "Content-Disposition", disposition);
        http_reply_accel(request, "application/zip", path);
    }
}
