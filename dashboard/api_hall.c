// SPDX-License-Identifier: Apache-2.0
// Cameras, counters and pads: the config's list, with what is known of each at this moment.
#include "dashboard/api.h"

#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/hall_view.h"

#include <errno.h>

void api_cameras(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    const DashboardOptions *options = &call->dashboard->options;
    json_t *known = options->cameras(options->ctx);
    call_reply_items(request, hall_view_cameras(call->hall->config, known));
    json_decref(known);
}

void api_pads(HttpRequest *request, void *ctx)
{
    const DashboardOptions *options = &call_of(request)->dashboard->options;
    call_reply_items(request, options->pads(options->ctx));
}

void api_counters(HttpRequest *request, void *ctx)
{
    Store *store = call_store(request);
    if (!store)
        return;
    const Call *call = call_of(request);
    call_reply_items(request, hall_view_counters(store, call->hall->config, call->now_ms,
                                                 call_sees_ratings(call)));
}

typedef struct {
    const Call *call;
    const char *pad;
} PadJob;

static int note_password(Store *store, void *data)
{
    const PadJob *job = data;
    return audit_add(store, job->call->now_ms, job->call->who, "pad.password", job->pad, NULL);
}

// Noted first: a password that nobody is known to have made must not exist.
void api_pad_password(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    const DashboardOptions *options = &call->dashboard->options;
    PadJob job = { call, http_param(request, "id") };
    if (!config_pad(call->hall->config, job.pad)) {
        call_reply_failure(request, -ENOENT, "pad with this id in the config", "");
        return;
    }
    int err = call_write(request, note_password, &job);
    if (err < 0) {
        call_reply_failure(request, err, "the new password", "");
        return;
    }
    char error[200] = "";
    g_autofree char *password = options->pad_password(options->ctx, job.pad, error);
    if (password)
        http_reply_json(request, 200,
                        json_pack("{s:s, s:s}", "pad", job.pad, "password", password));
    else
        http_reply_error(request, 503, "broker", "%s", error);
}
