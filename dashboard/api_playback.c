// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"

#include "base/clock.h"
#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/guard.h"
#include "dashboard/playback_link.h"
#include "dashboard/query.h"

enum { CAMERA_MAX = 32 };

typedef struct {
    const Call *call;
    const char *camera;
    int64_t from_ms, to_ms;
} LinkJob;

// Who holds the address sees the video, so it is on record who made one.
static int link_run(Store *store, void *data)
{
    LinkJob *job = data;
    g_autofree char *from = clock_format(job->from_ms), *to = clock_format(job->to_ms);
    g_autofree char *detail = g_strdup_printf("%s - %s", from, to);
    return audit_add(store, job->call->now_ms, job->call->who, "playback.link", job->camera,
                     detail);
}

static LinkJob read_link(Query *query, const Call *call)
{
    LinkJob job = { .call = call,
                    .camera = query_text(query, "camera", CAMERA_MAX),
                    .to_ms = query_time(query, "to", call->now_ms) };
    job.from_ms = query_time(query, "from", job.to_ms - PLAYBACK_LINK_LIFE_MS);
    if (!job.camera || !config_camera(call->hall->config, job.camera))
        query_fail(query, "camera: name one of this hall; see GET /api/v1/cameras");
    if (job.from_ms < 0 || job.to_ms <= job.from_ms ||
        job.to_ms - job.from_ms > PLAYBACK_LINK_MAX_MS)
        query_fail(query, "to: must be after from, by at most 24 hours");
    return job;
}

void api_playback_link(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    const char *secret = call->dashboard->options.link_secret;
    Query query = query_of(request);
    LinkJob job = read_link(&query, call);
    if (!query_check(&query))
        return;
    const ConfigCamera *camera = config_camera(call->hall->config, job.camera);
    if (camera->masks && *camera->masks && !guard_sees_behind_masks(call)) {
        http_reply_error(request, 403, "masked", "%s",
                         "This camera has privacy masks, which your role may not see behind.");
        return;
    }
    int err = call_write(request, link_run, &job);
    if (err < 0) {
        call_reply_failure(request, err, "the link", "");
        return;
    }
    int64_t expires_ms = call->now_ms + PLAYBACK_LINK_LIFE_MS;
    g_autofree char *url =
        playback_link_new(secret, job.camera, job.from_ms, job.to_ms, expires_ms);
    g_autofree char *expires = clock_format(expires_ms);
    http_reply_json(request, 200, json_pack("{s:s, s:s}", "url", url, "expires_at", expires));
}
