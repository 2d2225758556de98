// SPDX-License-Identifier: Apache-2.0
// Cameras looked for and tried, by video: it alone touches what comes from cameras.
#include "dashboard/api.h"

#include "dashboard/call.h"
#include "dashboard/camera_address.h"

#include <errno.h>
#include <string.h>

enum { ADDRESS_MAX = 1000, ID_MAX = 32, PROBE_TIMEOUT_MS = 28000, DISCOVER_TIMEOUT_MS = 8000 };

// Video's answer as it is. The call's hall is given back first: a reload must not wait for a
// camera.
static void pass_on(HttpRequest *request, const char *path, json_t *take_order, int timeout_ms)
{
    const DashboardOptions *options = &call_of(request)->dashboard->options;
    long status = 0;
    json_t *answer = NULL;
    call_release(call_of(request));
    int err = options->ask_video(options->ctx, path, take_order, timeout_ms, &status, &answer);
    json_decref(take_order);
    if (err == -ETIMEDOUT)
        http_reply_error(request, 503, "busy",
                         "No answer came in time. Look whether the name of the camera's address is "
                         "known, or use its number.");
    else if (err < 0 || !answer)
        http_reply_error(request, 503, "video",
                         "The video part of the box does not answer. Try again in a moment.");
    else
        http_reply_json(request, (int)status, json_incref(answer));
    json_decref(answer);
}

// With the password that the named camera has, where the address is masked. NULL: the request has
// been answered. The caller frees.
static char *read_address(HttpRequest *request, Fields *fields)
{
    const char *given = fields_text_required(fields, "url", ADDRESS_MAX);
    const char *id = fields_text(fields, "camera", ID_MAX);
    const ConfigCamera *camera = id ? config_camera(call_of(request)->hall->config, id) : NULL;
    char *address = NULL;
    if (!fields->error[0])
        address = camera_address_unmask(given, camera ? camera->url : NULL);
    if (!fields->error[0] && !address)
        address = camera_address_unmask(given, camera ? camera->sub_url : NULL);
    if (!fields->error[0] && !address)
        fields_fail(fields, "url: type the password again: it is kept only for the same user, host "
                            "and port");
    if (!fields->error[0] && !g_str_has_prefix(address, "rtsp://"))
        fields_fail(fields, "url: must be rtsp://[user:password@]host[:port]/path");
    if (!fields->error[0])
        return address;
    http_reply_error(request, 400, "invalid", "%s", fields->error);
    g_free(address);
    return NULL;
}

void api_camera_probe(HttpRequest *request, void *ctx)
{
    json_t *body = call_body(request);
    if (!body)
        return;
    Fields fields = fields_of(body);
    const char *transport = fields_text(&fields, "transport", 8);
    g_autofree char *address = read_address(request, &fields);
    if (address)
        pass_on(request, "/probe", json_pack("{s:s, s:s*}", "url", address, "transport", transport),
                PROBE_TIMEOUT_MS);
    json_decref(body);
}

void api_camera_discover(HttpRequest *request, void *ctx)
{
    pass_on(request, "/discover", json_object(), DISCOVER_TIMEOUT_MS);
}
