// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"
#include "dashboard/api_sheet.h"
#include "dashboard/sheet.h"

#include "base/clock.h"
#include "base/fields.h"
#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/query.h"
#include "rating/hold.h"

#include <errno.h>
#include <string.h>

enum { CAMERAS_MAX = 16, ID_MAX = 64, REASON_MAX = 500 };

void api_holds(HttpRequest *request, void *ctx)
{
    static const char *const states[] = { "wanted", "held", "failed", "lifting", "lifted", NULL };
    g_auto(Query) query = query_of(request);
    const char *format = query_format(&query, sheet_formats);
    Cursor cursor = query_cursor(&query);
    HoldFilter filter = { .state = query_choice(&query, "state", states),
                          .camera = query_text(&query, "camera", ID_MAX),
                          .ref = query_text(&query, "ref", API_REF_MAX),
                          .before_ms = cursor.before_ms,
                          .before_id = cursor.before_id,
                          .limit = query_limit(&query) };
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (store && format)
        listing_reply(request, &query, format, &api_sheet_holds, &filter, sizeof filter);
    else if (store)
        http_reply_json(request, 200, hold_list(store, &filter));
}

typedef struct {
    const Call *call;
    json_t *cameras; // borrowed
    HoldInput input; // its camera is set for each
    GPtrArray *ids;  // out
} PlaceJob;

static char *describe_until(int64_t until_ms)
{
    if (until_ms == STORE_NULL)
        return g_strdup("until lifted");
    g_autofree char *time = clock_format(until_ms);
    return g_strconcat("until ", time, NULL);
}

static char *describe(const HoldInput *input)
{
    g_autofree char *from = clock_format(input->from_ms), *to = clock_format(input->to_ms);
    g_autofree char *until = describe_until(input->until_ms);
    return g_strdup_printf("%s %s - %s, %s: %s", input->camera, from, to, until, input->reason);
}

static int place_one(Store *store, PlaceJob *job, const char *camera)
{
    const Call *call = job->call;
    char *id = NULL;
    job->input.camera = camera;
    int err = hold_want(store, call->hall, &job->input, &id);
    if (err < 0)
        return err;
    g_ptr_array_add(job->ids, id);
    g_autofree char *detail = describe(&job->input);
    return audit_add(store, call->now_ms, call->who, "hold.place", id, detail);
}

static int place_run(Store *store, void *data)
{
    PlaceJob *job = data;
    size_t i;
    json_t *camera;
    g_ptr_array_set_size(job->ids, 0);
    json_array_foreach(job->cameras, i, camera)
    {
        int err = place_one(store, job, json_string_value(camera));
        if (err < 0)
            return err;
    }
    return 0;
}

const char *api_read_ref(Fields *fields)
{
    const char *ref = fields_text(fields, "ref", API_REF_MAX);
    const char *name = ref ? strchr(ref, ':') : NULL;
    if (ref && (!name || name == ref || !name[1]))
        fields_fail(fields, "ref: names what it belongs to: rating:ID, case:NUMBER or flag:ID");
    return ref;
}

bool api_check_camera(Fields *fields, const Config *config, const json_t *camera)
{
    const char *id = json_string_value(camera);
    if (id && config_camera(config, id))
        return true;
    fields_fail(fields, "camera: '%.40s' is not a camera of this hall; see GET /api/v1/cameras",
                id ? id : "(not text)");
    return false;
}

// Absent or null: until a person lifts it.
static int64_t read_until(Fields *fields, int64_t now_ms)
{
    int64_t until_ms = fields_time(fields, "until", STORE_NULL);
    if (!fields->error[0] && until_ms != STORE_NULL && until_ms <= now_ms)
        fields_fail(fields,
                    "until: must be still to come; leave it out to hold until it is lifted");
    return until_ms;
}

static bool read_place(HttpRequest *request, json_t *body, PlaceJob *job)
{
    Fields fields = fields_of(body);
    job->cameras = fields_array(&fields, "cameras", CAMERAS_MAX);
    job->input.from_ms = fields_time_required(&fields, "from");
    job->input.to_ms = fields_time_required(&fields, "to");
    job->input.reason = fields_text_required(&fields, "reason", REASON_MAX);
    job->input.ref = api_read_ref(&fields);
    job->input.until_ms = read_until(&fields, job->call->now_ms);
    if (!fields.error[0] && !json_array_size(job->cameras))
        fields_fail(&fields, "cameras: name at least one");
    if (!fields.error[0] && (job->input.to_ms <= job->input.from_ms ||
                             job->input.to_ms - job->input.from_ms > HOLD_LENGTH_MAX_MS))
        fields_fail(&fields, "to: must be after from, by at most 24 hours");
    for (size_t i = 0; !fields.error[0] && i < json_array_size(job->cameras); i++)
        api_check_camera(&fields, job->call->hall->config, json_array_get(job->cameras, i));
    if (!fields.error[0])
        return true;
    http_reply_error(request, 400, "invalid", "%s", fields.error);
    return false;
}

static void reply_placed(HttpRequest *request, const GPtrArray *ids)
{
    json_t *holds = json_array();
    for (guint i = 0; i < ids->len; i++)
        json_array_append_new(holds, hold_get(call_of(request)->store, ids->pdata[i]));
    http_reply_json(request, 201,
                    json_pack("{s:o, s:n, s:i}", "items", holds, "next", "total", (int)ids->len));
}

void api_hold_post(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    const Call *call = call_of(request);
    PlaceJob job = { .call = call, .input = { .who = call->who, .now_ms = call->now_ms } };
    job.ids = g_ptr_array_new_with_free_func(g_free);
    if (read_place(request, body, &job)) {
        int err = call_write(request, place_run, &job);
        if (err < 0)
            call_reply_failure(request, err, "the hold", "");
        else
            reply_placed(request, job.ids);
    }
    g_ptr_array_unref(job.ids);
    json_decref(body);
}

typedef struct {
    const Call *call;
    const char *id, *why;
} LiftJob;

static int lift_run(Store *store, void *data)
{
    LiftJob *job = data;
    const Call *call = job->call;
    int err = hold_lift(store, call->hall, job->id, call->who, job->why, call->now_ms);
    return err < 0 ? err
                   : audit_add(store, call->now_ms, call->who, "hold.lift", job->id, job->why);
}

void api_hold_delete(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    Fields fields = fields_of(body);
    LiftJob job = { .call = call_of(request),
                    .id = http_param(request, "id"),
                    .why = fields_text_required(&fields, "why", REASON_MAX) };
    int err = fields.error[0] ? -EINVAL : call_write(request, lift_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "hold with this id",
                           err == -EEXIST   ? "This hold was lifted already."
                           : err == -EINVAL ? fields.error
                                            : "");
    else
        call_reply_found(request, hold_get(job.call->store, job.id), "hold with this id");
    json_decref(body);
}

typedef struct {
    const Call *call;
    const char *id, *why;
    int64_t until_ms;
} UntilJob;

static int until_run(Store *store, void *data)
{
    UntilJob *job = data;
    const Call *call = job->call;
    int err = hold_set_until(store, call->hall, job->id, job->until_ms, call->now_ms);
    if (err < 0)
        return err;
    g_autofree char *until = describe_until(job->until_ms);
    g_autofree char *detail = g_strdup_printf("%s: %s", until, job->why);
    return audit_add(store, call->now_ms, call->who, "hold.until", job->id, detail);
}

void api_hold_until(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    Fields fields = fields_of(body);
    UntilJob job = { .call = call_of(request), .id = http_param(request, "id") };
    job.why = fields_text_required(&fields, "why", REASON_MAX);
    if (!json_object_get(body, "until"))
        fields_fail(&fields, "until is missing: a time, or null to hold until it is lifted");
    job.until_ms = read_until(&fields, job.call->now_ms);
    int err = fields.error[0] ? -EINVAL : call_write(request, until_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "hold with this id",
                           err == -EEXIST   ? "This hold was lifted already."
                           : err == -EINVAL ? fields.error
                                            : "");
    else
        call_reply_found(request, hold_get(job.call->store, job.id), "hold with this id");
    json_decref(body);
}
