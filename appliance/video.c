// SPDX-License-Identifier: Apache-2.0
#include "appliance/video.h"

#include "appliance/secrets.h"
#include "base/http_server.h"
#include "base/log.h"
#include "base/secret.h"
#include "capture/avlog.h"
#include "capture/camera_probe.h"
#include "capture/capture.h"
#include "capture/exporter.h"
#include "capture/history.h"
#include "capture/media.h"
#include "capture/onvif_device.h"
#include "capture/onvif_discovery.h"
#include "capture/playback.h"
#include "capture/recorder.h"
#include "relay/relay.h"
#include <errno.h>
#include <glib-unix.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>

enum {
    HTTP_THREADS = 6,
    PROBE_THREADS = 8,
    RELAY_RETRY_S = 10,
    HEAPS = 2,
    MAPPED_BYTES = 128 << 10,
    TRIM_BYTES = 4 << 20
};

// Set by the main thread before the HTTP server starts, and safe from its threads; `config` and
// `relay_failure` are the main thread's own.
typedef struct {
    char *data_dir, *config_path, *socket_path;
    Secrets secrets;
    Config *config;
    Capture *capture;
    Recorder *recorder;
    Playback *playback;
    Exporter *exporter;
    History *history;
    Snapshots *snapshots;
    CameraProbes *probes;
    OnvifDiscovery *discovery;
    Inspections *inspections;
    HttpServer *http, *probe_http;
    GMainLoop *loop;
    Relay *relay; // atomic: NULL while its port cannot be had
    int relay_failure;
} Video;

static Relay *relay_of(Video *video)
{
    return g_atomic_pointer_get(&video->relay);
}

// --- who reads which stream

static void stream_added(void *ctx, const ConfigCamera *camera, Stream *stream)
{
    Video *video = ctx;
    if (camera->record && stream_kind(stream) == STREAM_MAIN)
        recorder_attach(video->recorder, camera, stream);
    if (camera->relay && relay_of(video))
        relay_attach(relay_of(video), camera->id, stream_kind(stream), stream);
}

static void stream_removed(void *ctx, const char *camera, StreamKind kind)
{
    Video *video = ctx;
    if (kind == STREAM_MAIN)
        recorder_detach(video->recorder, camera);
    if (relay_of(video))
        relay_detach(relay_of(video), camera, kind);
}

// --- the relay, whose port may be taken for a while

static void attach_to_relay(Video *video, Relay *relay)
{
    for (guint i = 0; i < video->config->cameras->len; i++) {
        const ConfigCamera *camera = video->config->cameras->pdata[i];
        for (StreamKind kind = STREAM_MAIN; camera->relay && kind <= STREAM_SUB; kind++) {
            g_autoptr(Stream) stream = capture_stream(video->capture, camera->id, kind);
            if (stream)
                relay_attach(relay, camera->id, kind, stream);
        }
    }
}

// Also the timer's: false ends that.
static gboolean start_relay(gpointer data)
{
    Video *video = data;
    RelayOptions options = { .address = video->config->relay.address,
                             .port = video->config->relay.port,
                             .user = video->secrets.relay_user,
                             .password = video->secrets.relay_password };
    Relay *relay = NULL;
    int err = relay_new(&options, &relay);
    if (err < 0) {
        if (err != video->relay_failure)
            log_err("relay: port %d: %s; tried again every %d s", options.port, g_strerror(-err),
                    RELAY_RETRY_S);
        video->relay_failure = err;
        return G_SOURCE_CONTINUE;
    }
    video->relay_failure = 0;
    log_info("relay: port %d", relay_port(relay));
    attach_to_relay(video, relay);
    g_atomic_pointer_set(&video->relay, relay);
    return G_SOURCE_REMOVE;
}

// --- HTTP, on the server's threads

static void get_live(HttpRequest *request, void *ctx)
{
    media_get_live(request, ((Video *)ctx)->capture);
}

static void get_snapshot(HttpRequest *request, void *ctx)
{
    Video *video = ctx;
    media_get_snapshot(request, video->capture, video->snapshots);
}

static void get_playlist(HttpRequest *request, void *ctx)
{
    playback_get_playlist(request, ((Video *)ctx)->playback);
}

static void get_segment(HttpRequest *request, void *ctx)
{
    playback_get_segment(request, ((Video *)ctx)->playback);
}

static void get_timeline(HttpRequest *request, void *ctx)
{
    playback_get_timeline(request, ((Video *)ctx)->playback);
}

static void get_days(HttpRequest *request, void *ctx)
{
    playback_get_days(request, ((Video *)ctx)->playback);
}

static void get_thumbnail(HttpRequest *request, void *ctx)
{
    Video *video = ctx;
    g_autoptr(Veil) veil = media_veil(request, video->capture);
    playback_get_thumbnail(request, video->playback, veil);
}

static void get_history(HttpRequest *request, void *ctx)
{
    history_get(request, ((Video *)ctx)->history);
}

static void put_hold(HttpRequest *request, void *ctx)
{
    playback_put_hold(request, ((Video *)ctx)->playback);
}

static void delete_hold(HttpRequest *request, void *ctx)
{
    playback_delete_hold(request, ((Video *)ctx)->playback);
}

static void put_export(HttpRequest *request, void *ctx)
{
    exporter_put(request, ((Video *)ctx)->exporter);
}

static void get_export(HttpRequest *request, void *ctx)
{
    exporter_get(request, ((Video *)ctx)->exporter);
}

static void delete_export(HttpRequest *request, void *ctx)
{
    exporter_delete(request, ((Video *)ctx)->exporter);
}

static void post_probe(HttpRequest *request, void *ctx)
{
    camera_probe_post(request, ((Video *)ctx)->probes);
}

static void post_discover(HttpRequest *request, void *ctx)
{
    onvif_discovery_post(request, ((Video *)ctx)->discovery);
}

static void post_inspect(HttpRequest *request, void *ctx)
{
    inspection_post(request, ((Video *)ctx)->inspections);
}

static json_t *recorded_row(json_t *rows, const char *id)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        if (g_strcmp0(json_string_value(json_object_get(row, "id")), id) == 0)
            return row;
    }
    return NULL;
}

// Adds what the recorder knows of each camera to what capture knows of it.
static void merge_recorded(json_t *cameras, json_t *rows)
{
    size_t i;
    json_t *camera;
    json_array_foreach(cameras, i, camera)
    {
        json_t *row = recorded_row(rows, json_string_value(json_object_get(camera, "id")));
        json_t *recording = json_object_get(row, "recording");
        json_t *last = json_object_get(row, "last_recorded_at");
        json_object_set_new(camera, "recording", recording ? json_incref(recording) : json_false());
        json_object_set_new(camera, "last_recorded_at", last ? json_incref(last) : json_null());
        json_t *disk = json_object_get(row, "disk");
        json_object_set_new(camera, "disk", disk ? json_incref(disk) : json_null());
    }
}

static void get_status(HttpRequest *request, void *ctx)
{
    Video *video = ctx;
    json_t *cameras = capture_status(video->capture);
    json_t *storage = recorder_status(video->recorder);
    merge_recorded(cameras, json_object_get(storage, "cameras"));
    json_object_del(storage, "cameras");
    Relay *relay = relay_of(video);
    json_t *relayed = relay ? relay_status(relay) : json_null();
    http_reply_json(
        request, 200,
        json_pack("{sososo}", "cameras", cameras, "storage", storage, "relay", relayed));
}

static void get_health(HttpRequest *request, void *ctx)
{
    http_reply_json(request, 200, json_pack("{sb}", "ok", 1));
}

static const HttpRoute routes[] = {
    { .method = "GET", .pattern = MEDIA_LIVE_PATTERN, .handler = get_live },
    { .method = "GET", .pattern = MEDIA_SNAPSHOT_PATTERN, .handler = get_snapshot },
    { .method = "GET", .pattern = PLAYBACK_PLAYLIST_PATTERN, .handler = get_playlist },
    { .method = "GET", .pattern = PLAYBACK_SEGMENT_PATTERN, .handler = get_segment },
    { .method = "GET", .pattern = PLAYBACK_TIMELINE_PATTERN, .handler = get_timeline },
    { .method = "GET", .pattern = PLAYBACK_DAYS_PATTERN, .handler = get_days },
    { .method = "GET", .pattern = PLAYBACK_THUMBNAIL_PATTERN, .handler = get_thumbnail },
    { .method = "GET", .pattern = HISTORY_PATTERN, .handler = get_history },
    { .method = "PUT", .pattern = PLAYBACK_HOLD_PATTERN, .handler = put_hold },
    { .method = "DELETE", .pattern = PLAYBACK_HOLD_PATTERN, .handler = delete_hold },
    { .method = "PUT", .pattern = EXPORTER_PATTERN, .handler = put_export },
    { .method = "GET", .pattern = EXPORTER_PATTERN, .handler = get_export },
    { .method = "DELETE", .pattern = EXPORTER_PATTERN, .handler = delete_export },
    { .method = "GET", .pattern = "/status", .handler = get_status },
    { .method = "GET", .pattern = "/health", .handler = get_health },
};

// These wait for cameras: on threads that no viewer shares.
static const HttpRoute probe_routes[] = {
    { .method = "POST", .pattern = CAMERA_PROBE_PATTERN, .handler = post_probe },
    { .method = "POST", .pattern = ONVIF_DISCOVERY_PATTERN, .handler = post_discover },
    { .method = "POST", .pattern = ONVIF_INSPECT_PATTERN, .handler = post_inspect },
};

// --- config

static int load_config(Video *video, Config **ret_config)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    int err = config_load(video->config_path, errors, ret_config);
    for (guint i = 0; err < 0 && i < errors->len; i++)
        log_err("config: %s", (const char *)errors->pdata[i]);
    return err;
}

static bool relay_differs(const Config *a, const Config *b)
{
    return g_strcmp0(a->relay.address, b->relay.address) != 0 || a->relay.port != b->relay.port ||
           g_strcmp0(a->relay.user, b->relay.user) != 0 ||
           g_strcmp0(a->relay.password, b->relay.password) != 0;
}

static void apply_config(Video *video, Config *config)
{
    RecorderOptions options = recorder_options_of(config, video->data_dir);
    recorder_apply(video->recorder, &options);
    exporter_set_floor(video->exporter, config->storage.free_mb << 20);
    capture_apply(video->capture, config);
}

static gboolean on_reload(gpointer data)
{
    Video *video = data;
    Config *config = NULL;
    if (load_config(video, &config) < 0) {
        log_err("config: the one in force stays");
        return G_SOURCE_CONTINUE;
    }
    if (relay_differs(config, video->config))
        log_warn("relay: its new settings come into force when the box is started again");
    apply_config(video, config);
    config_unref(video->config);
    video->config = config;
    log_info("config: %u cameras in force", config->cameras->len);
    return G_SOURCE_CONTINUE;
}

static gboolean on_stop(gpointer data)
{
    Video *video = data;
    g_main_loop_quit(video->loop);
    return G_SOURCE_CONTINUE;
}

// --- set-up, in the order of who needs whom

static int open_files(Video *video, const char *data_dir)
{
    video->data_dir = g_strdup(data_dir);
    video->config_path = g_build_filename(data_dir, "run", "hallwatch.yaml", NULL);
    video->socket_path = g_build_filename(data_dir, "run", "video.sock", NULL);
    int err = secrets_read(data_dir, &video->secrets);
    if (err < 0)
        log_err("%s/secrets.json: %s", data_dir, g_strerror(-err));
    return err < 0 ? err : load_config(video, &video->config);
}

static int open_recorder(Video *video)
{
    RecorderOptions options = recorder_options_of(video->config, video->data_dir);
    int err = recorder_new(&options, &video->recorder);
    if (err < 0)
        log_err("recorder: %s", g_strerror(-err));
    return err;
}

static Veil *veil_of(void *ctx, const char *camera)
{
    return capture_veil(((Video *)ctx)->capture, camera);
}

static void open_exporter(Video *video)
{
    ExporterOptions options = { .data_dir = video->data_dir,
                                .recorder = video->recorder,
                                .floor_bytes = video->config->storage.free_mb << 20,
                                .veil = veil_of,
                                .veil_ctx = video };
    video->exporter = exporter_new(&options);
}

static void open_capture(Video *video)
{
    CaptureEvents events = { stream_added, stream_removed, video };
    video->snapshots = snapshots_new();
    video->probes = camera_probes_new();
    video->discovery = onvif_discovery_new();
    video->inspections = inspections_new();
    video->playback = playback_new(video->data_dir, video->recorder);
    video->capture = capture_new(&events);
    if (start_relay(video) == G_SOURCE_CONTINUE)
        g_timeout_add_seconds(RELAY_RETRY_S, start_relay, video);
    capture_apply(video->capture, video->config);
    video->history = history_new(video->data_dir, video->capture);
}

static int open_http(Video *video)
{
    HttpOptions options = { .socket_path = video->socket_path,
                            .routes = routes,
                            .n_routes = G_N_ELEMENTS(routes),
                            .ctx = video,
                            .threads = HTTP_THREADS };
    g_autofree char *probe_path = g_build_filename(video->data_dir, "run", "probe.sock", NULL);
    HttpOptions probe = { .socket_path = probe_path,
                          .routes = probe_routes,
                          .n_routes = G_N_ELEMENTS(probe_routes),
                          .ctx = video,
                          .threads = PROBE_THREADS };
    int err = http_server_new(&options, &video->http);
    if (err == 0)
        err = http_server_new(&probe, &video->probe_http);
    if (err < 0)
        log_err("http: %s: %s", video->socket_path, g_strerror(-err));
    return err;
}

static int video_init(Video *video, const char *data_dir)
{
    int err = open_files(video, data_dir);
    if (err == 0)
        err = open_recorder(video);
    if (err < 0)
        return err;
    open_exporter(video);
    open_capture(video);
    return open_http(video);
}

// Askers first, then the cameras; the recorder still writes what they left in their rings.
static void video_done(Video *video)
{
    http_server_free(video->probe_http);
    http_server_free(video->http);
    exporter_free(video->exporter); // asks capture for masks
    history_free(video->history);
    capture_free(video->capture);
    relay_free(relay_of(video));
    playback_free(video->playback);
    recorder_free(video->recorder);
    snapshots_free(video->snapshots);
    camera_probes_free(video->probes);
    onvif_discovery_free(video->discovery);
    inspections_free(video->inspections);
    config_unref(video->config);
    secrets_done(&video->secrets);
    g_free(video->data_dir);
    g_free(video->config_path);
    g_free(video->socket_path);
}

static void run(Video *video)
{
    video->loop = g_main_loop_new(NULL, FALSE);
    g_unix_signal_add(SIGHUP, on_reload, video);
    g_unix_signal_add(SIGTERM, on_stop, video);
    g_unix_signal_add(SIGINT, on_stop, video);
    log_info("hall=%s up, %u cameras", video->config->hall.id, video->config->cameras->len);
    g_main_loop_run(video->loop);
    g_main_loop_unref(video->loop);
}

int video_main(const char *data_dir)
{
    Video video = { 0 };
    log_init("video", LOG_LEVEL_INFO);
    signal(SIGPIPE, SIG_IGN);
    // A heap for each of the cameras' threads would keep what the others have freed. Fragments,
    // which come and go by the hundred kilobytes, leave holes in any heap: they are mapped one by
    // one.
    mallopt(M_ARENA_MAX, HEAPS);
    mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
    mallopt(M_TRIM_THRESHOLD, TRIM_BYTES);
    avlog_init();
    int err = secret_init();
    if (err == 0)
        err = video_init(&video, data_dir);
    if (err == 0)
        run(&video);
    video_done(&video);
    return err < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
