// SPDX-License-Identifier: Apache-2.0
#include "appliance/video_watch.h"
#include "appliance/worker.h"
#include "base/clock.h"
#include "base/http_client.h"
#include "base/log.h"
#include <string.h>

#define PERIOD_MS  1000
#define TIMEOUT_MS 1500 // the desk must be able to end within 2 s

struct VideoWatch {
    char *video_socket;
    void (*changed)(void *ctx, json_t *take_camera);
    void *ctx;
    Worker *worker;
    json_t *told; // worker's thread: camera id -> what was last told, without its figures

    GMutex lock;
    Config *config;    // under lock
    json_t *status;    // under lock; never changed in place; NULL: video does not answer
    int64_t silent_ms; // under lock: since when it does not answer
};

// --- cameras

static json_t *counters_json(const ConfigCamera *camera)
{
    json_t *counters = json_array();
    for (char **counter = camera->counters; counter && *counter; counter++)
        json_array_append_new(counters, json_string(*counter));
    return counters;
}

static json_t *silent_camera(const ConfigCamera *camera, const char *since)
{
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:o,s:b,s:n,s:n,s:b,s:n}", "id", camera->id, "name",
                     camera->name, "state", "off", "since_at", since, "reason",
                     "the video process does not answer", "counters", counters_json(camera),
                     "record", camera->record, "main", "sub", "recording", false,
                     "last_recorded_at");
}

// Under lock.
static json_t *silent_cameras(const VideoWatch *watch)
{
    g_autofree char *since = clock_format(watch->silent_ms);
    json_t *cameras = json_array();
    for (guint i = 0; i < watch->config->cameras->len; i++)
        json_array_append_new(cameras,
                              silent_camera(g_ptr_array_index(watch->config->cameras, i), since));
    return cameras;
}

json_t *video_watch_cameras(VideoWatch *watch)
{
    g_mutex_lock(&watch->lock);
    json_t *known = json_object_get(watch->status, "cameras");
    json_t *cameras = json_is_array(known) ? json_deep_copy(known) : silent_cameras(watch);
    g_mutex_unlock(&watch->lock);
    return cameras;
}

json_t *video_watch_status(VideoWatch *watch)
{
    g_mutex_lock(&watch->lock);
    json_t *status = watch->status ? json_deep_copy(watch->status) : NULL;
    g_mutex_unlock(&watch->lock);
    return status;
}

void video_watch_apply(VideoWatch *watch, const Config *config)
{
    g_mutex_lock(&watch->lock);
    config_unref(watch->config);
    watch->config = config_ref((Config *)config);
    g_mutex_unlock(&watch->lock);
}

// --- worker's thread

static json_t *without_figures(const json_t *camera)
{
    json_t *copy = json_deep_copy(camera);
    json_object_del(copy, "last_recorded_at");
    static const char *const streams[] = { "main", "sub" };
    for (size_t i = 0; i < G_N_ELEMENTS(streams); i++) {
        json_t *stream = json_object_get(copy, streams[i]);
        json_object_del(stream, "kbit");
        json_object_del(stream, "fps");
    }
    return copy;
}

static void tell_changes(VideoWatch *watch)
{
    json_t *cameras = video_watch_cameras(watch);
    json_t *told = json_object();
    size_t i;
    json_t *camera;
    json_array_foreach(cameras, i, camera)
    {
        const char *id = json_string_value(json_object_get(camera, "id"));
        if (!id)
            continue;
        json_t *state = without_figures(camera);
        if (!json_equal(state, json_object_get(watch->told, id)))
            watch->changed(watch->ctx, json_incref(camera));
        json_object_set_new(told, id, state);
    }
    json_decref(watch->told);
    watch->told = told;
    json_decref(cameras);
}

static json_t *ask(const VideoWatch *watch)
{
    g_auto(HttpAnswer) answer = { 0 };
    if (http_call(watch->video_socket, "GET", "/status", NULL, TIMEOUT_MS, &answer) < 0 ||
        answer.status != 200)
        return NULL;
    return http_answer_json(&answer);
}

static void look(void *ctx)
{
    VideoWatch *watch = ctx;
    json_t *status = ask(watch);
    g_mutex_lock(&watch->lock);
    bool was_answering = watch->status != NULL;
    if (!status && was_answering)
        watch->silent_ms = clock_wall_ms();
    json_decref(watch->status);
    watch->status = status;
    g_mutex_unlock(&watch->lock);
    if (was_answering != (status != NULL))
        log_info("video %s", status ? "answers" : "does not answer any more");
    tell_changes(watch);
}

VideoWatch *video_watch_new(const VideoWatchOptions *options)
{
    VideoWatch *watch = g_new0(VideoWatch, 1);
    watch->video_socket = g_strdup(options->video_socket);
    watch->changed = options->changed;
    watch->ctx = options->ctx;
    watch->config = config_ref((Config *)options->config);
    watch->silent_ms = clock_wall_ms();
    watch->told = json_object();
    g_mutex_init(&watch->lock);
    watch->worker = worker_new("video-watch", PERIOD_MS, look, watch);
    return watch;
}

void video_watch_free(VideoWatch *watch)
{
    if (!watch)
        return;
    worker_free(watch->worker);
    json_decref(watch->told);
    json_decref(watch->status);
    config_unref(watch->config);
    g_mutex_clear(&watch->lock);
    g_free(watch->video_socket);
    g_free(watch);
}
