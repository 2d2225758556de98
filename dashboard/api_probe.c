// SPDX-License-Identifier: Apache-2.0
// Cameras looked for, asked and tried, by video: it alone touches what comes from cameras.
#include "dashboard/api.h"

#include "dashboard/call.h"
#include "dashboard/camera_address.h"

#include <stdlib.h>
#include <string.h>

enum {
    PROBES_MAX = 2,
    INSPECTIONS_MAX = 2,
    ADDRESS_MAX = 1000,
    ID_MAX = 32,
    USER_MAX = 64,
    PASSWORD_MAX = 128,
    PROBE_TIMEOUT_MS = 28000,
    INSPECT_TIMEOUT_MS = 25000,
    DISCOVER_TIMEOUT_MS = 8000
};

// An answer that comes later, from a thread of its own: a handler that waited for a camera would
// hold up all connections that share its thread. Referenced by that thread and by the stream.
typedef struct {
    gint refs; // atomic
    Dashboard *dashboard;
    gint *n; // of such answers under way; atomic
    const char *path;
    int timeout_ms;
    json_t *order; // the thread's
    json_t *known; // the thread's: {host: [camera]}, to be told of each device; NULL: not asked
    const char *failed; // what is said when video does not answer
    HttpStream *stream; // the thread's reference
    GMutex lock;
    char *text; // under lock; NULL: it has not come
    size_t at;  // the stream's
} Late;

static void late_unref(void *data)
{
    Late *late = data;
    if (!g_atomic_int_dec_and_test(&late->refs))
        return;
    g_mutex_clear(&late->lock);
    json_decref(late->order);
    json_decref(late->known);
    free(late->text);
    g_free(late);
}

static ssize_t late_read(void *ctx, char *buffer, size_t max)
{
    Late *late = ctx;
    g_mutex_lock(&late->lock);
    const char *text = late->text;
    g_mutex_unlock(&late->lock);
    if (!text)
        return 0;
    size_t n = MIN(max, strlen(text + late->at));
    memcpy(buffer, text + late->at, n);
    late->at += n;
    return n ? (ssize_t)n : -1;
}

// Which cameras of the hall are at a device already.
static void mark_known(json_t *answer, json_t *known)
{
    json_t *device;
    size_t i;
    json_array_foreach(json_object_get(answer, "devices"), i, device)
    {
        const char *host = json_string_value(json_object_get(device, "host"));
        json_t *cameras = host ? json_object_get(known, host) : NULL;
        json_object_set_new(device, "cameras", cameras ? json_incref(cameras) : json_array());
    }
}

static gpointer late_run(gpointer data)
{
    Late *late = data;
    const DashboardOptions *options = &late->dashboard->options;
    long status = 0;
    json_t *answer = NULL;
    options->ask_video(options->ctx, late->path, late->order, late->timeout_ms, &status, &answer);
    if (late->known)
        mark_known(answer, late->known);
    char *text = answer && status == 200 ? json_dumps(answer, JSON_COMPACT) : NULL;
    json_decref(answer);
    g_mutex_lock(&late->lock);
    late->text = text ? text : strdup(late->failed);
    g_mutex_unlock(&late->lock);
    http_stream_wake(late->stream);
    http_stream_unref(late->stream);
    g_atomic_int_add(late->n, -1); // the dashboard may go from here on
    late_unref(late);
    return NULL;
}

static void reply_late(HttpRequest *request, gint *n, int n_max, const Late *row)
{
    if (g_atomic_int_add(n, 1) >= n_max) {
        g_atomic_int_add(n, -1);
        json_decref(row->order);
        json_decref(row->known);
        http_reply_error(request, 503, "busy",
                         "The box is just trying or looking for others. Try again in a moment.");
        return;
    }
    Late *late = g_memdup2(row, sizeof *row);
    late->refs = 2;
    late->dashboard = call_of(request)->dashboard;
    late->n = n;
    g_mutex_init(&late->lock);
    HttpStream *stream = http_stream_new(late_read, late, late_unref);
    late->stream = http_stream_ref(stream);
    call_release(call_of(request));
    g_thread_unref(g_thread_new("probe", late_run, late));
    http_reply_stream(request, 200, "application/json", stream);
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
        reply_late(
            request, &call_of(request)->dashboard->n_probes, PROBES_MAX,
            &(Late){ .path = "/probe",
                     .timeout_ms = PROBE_TIMEOUT_MS,
                     .order = json_pack("{s:s, s:s*}", "url", address, "transport", transport),
                     .failed = "{\"ok\":false,\"step\":\"connect\",\"code\":\"no_answer\","
                               "\"message\":\"no answer came in time\"}" });
    json_decref(body);
}

// With the password that the named camera has, where none is given. NULL: the request has been
// answered; the caller frees.
static json_t *read_inspection(HttpRequest *request, Fields *fields)
{
    const char *address = fields_text_required(fields, "address", ADDRESS_MAX);
    const char *user = fields_text(fields, "user", USER_MAX);
    const char *given = fields_text(fields, "password", PASSWORD_MAX);
    const char *id = fields_text(fields, "camera", ID_MAX);
    const ConfigCamera *camera = id ? config_camera(call_of(request)->hall->config, id) : NULL;
    g_autofree char *kept = NULL;
    bool is_kept_wanted = !fields->error[0] && camera && user && *user && !(given && *given);
    if (is_kept_wanted)
        kept = camera_address_password(camera->url, address, user);
    if (is_kept_wanted && !kept)
        kept = camera_address_password(camera->sub_url, address, user);
    if (is_kept_wanted && !kept)
        fields_fail(fields, "password: type it again: it is kept only for the same user and host");
    if (!fields->error[0])
        return json_pack("{s:s, s:s*, s:s*}", "address", address, "user", user, "password",
                         kept ? kept : given);
    http_reply_error(request, 400, "invalid", "%s", fields->error);
    return NULL;
}

void api_camera_inspect(HttpRequest *request, void *ctx)
{
    json_t *body = call_body(request);
    if (!body)
        return;
    Fields fields = fields_of(body);
    json_t *order = read_inspection(request, &fields);
    if (order)
        reply_late(request, &call_of(request)->dashboard->n_inspections, INSPECTIONS_MAX,
                   &(Late){ .path = "/inspect",
                            .timeout_ms = INSPECT_TIMEOUT_MS,
                            .order = order,
                            .failed = "{\"ok\":false,\"step\":\"connect\",\"code\":\"no_answer\","
                                      "\"message\":\"no answer came in time\",\"address\":null,"
                                      "\"clock_offset_ms\":null,\"device\":{\"maker\":null,"
                                      "\"model\":null,\"firmware\":null,\"serial\":null},"
                                      "\"profiles\":[]}" });
    json_decref(body);
}

static void note_host(json_t *known, const char *address, const char *camera)
{
    g_autofree char *host = camera_address_host(address ? address : "");
    json_t *cameras = json_object_get(known, host);
    if (!*host)
        return;
    if (!cameras)
        json_object_set_new(known, host, cameras = json_array());
    size_t n = json_array_size(cameras);
    if (n == 0 || strcmp(json_string_value(json_array_get(cameras, n - 1)), camera) != 0)
        json_array_append_new(cameras, json_string(camera));
}

static json_t *cameras_by_host(const Config *config)
{
    json_t *known = json_object();
    for (guint i = 0; i < config->cameras->len; i++) {
        const ConfigCamera *camera = config->cameras->pdata[i];
        note_host(known, camera->url, camera->id);
        note_host(known, camera->sub_url, camera->id);
    }
    return known;
}

void api_camera_discover(HttpRequest *request, void *ctx)
{
    reply_late(request, &call_of(request)->dashboard->n_discoveries, 1,
               &(Late){ .path = "/discover",
                        .timeout_ms = DISCOVER_TIMEOUT_MS,
                        .order = json_object(),
                        .known = cameras_by_host(call_of(request)->hall->config),
                        .failed = "{\"devices\":[],\"networks\":0}" });
}
