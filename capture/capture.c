// SPDX-License-Identifier: Apache-2.0
#include "capture/capture.h"

#include "base/clock.h"
#include "capture/camera.h"
#include "capture/codecs.h"
#include <libavcodec/avcodec.h>
#include <math.h>

enum { KINDS = 2 };

// A configured camera with its one or two streams.
typedef struct {
    Config *config; // keeps what `camera` points to
    const ConfigCamera *camera;
    Camera *streams[KINDS]; // by StreamKind; the sub stream may be NULL
} Entry;

struct Capture {
    CaptureEvents events;
    GMutex lock; // a camera's own lock may be taken under it, never the other way round
    // Under lock for others' reading; changed by the owner's thread only.
    Config *config;     // in force; an entry's own may be older; NULL before the first
    GPtrArray *entries; // Entry *, in the config's order
};

Capture *capture_new(const CaptureEvents *events)
{
    Capture *capture = g_new0(Capture, 1);
    capture->events = *events;
    capture->entries = g_ptr_array_new();
    g_mutex_init(&capture->lock);
    return capture;
}

static Entry *entry_new(Capture *capture, Config *config, const ConfigCamera *camera)
{
    Entry *entry = g_new0(Entry, 1);
    entry->config = config_ref(config);
    entry->camera = camera;
    entry->streams[STREAM_MAIN] = camera_new(camera, STREAM_MAIN);
    if (camera->sub_url)
        entry->streams[STREAM_SUB] = camera_new(camera, STREAM_SUB);
    for (int kind = 0; kind < KINDS; kind++)
        if (entry->streams[kind] && capture->events.stream_added)
            capture->events.stream_added(capture->events.ctx, camera,
                                         camera_stream(entry->streams[kind]));
    return entry;
}

static void entry_stop(Entry *entry)
{
    for (int kind = 0; kind < KINDS; kind++)
        if (entry->streams[kind])
            camera_stop(entry->streams[kind]);
}

static void entry_free(Capture *capture, Entry *entry)
{
    for (int kind = 0; kind < KINDS; kind++) {
        if (!entry->streams[kind])
            continue;
        camera_free(entry->streams[kind]);
        if (capture->events.stream_removed)
            capture->events.stream_removed(capture->events.ctx, entry->camera->id,
                                           (StreamKind)kind);
    }
    config_unref(entry->config);
    g_free(entry);
}

static void end_entries(Capture *capture, GPtrArray *entries)
{
    for (guint i = 0; i < entries->len; i++) // all at once: each may need most of a second
        entry_stop(entries->pdata[i]);
    for (guint i = 0; i < entries->len; i++)
        entry_free(capture, entries->pdata[i]);
}

void capture_free(Capture *capture)
{
    if (!capture)
        return;
    end_entries(capture, capture->entries);
    g_ptr_array_unref(capture->entries);
    if (capture->config)
        config_unref(capture->config);
    g_mutex_clear(&capture->lock);
    g_free(capture);
}

static Entry *find(GPtrArray *entries, const char *id)
{
    for (guint i = 0; i < entries->len; i++) {
        Entry *entry = entries->pdata[i];
        if (entry && strcmp(entry->camera->id, id) == 0)
            return entry;
    }
    return NULL;
}

static void replace_entries(Capture *capture, GPtrArray *entries)
{
    g_mutex_lock(&capture->lock);
    GPtrArray *old = capture->entries;
    capture->entries = entries;
    g_mutex_unlock(&capture->lock);
    g_ptr_array_unref(old);
}

static void set_config(Capture *capture, Config *config)
{
    g_mutex_lock(&capture->lock);
    Config *old = capture->config;
    capture->config = config_ref(config);
    g_mutex_unlock(&capture->lock);
    if (old)
        config_unref(old);
}

static bool stays(Config *config, const Entry *entry)
{
    const ConfigCamera *camera = config_camera(config, entry->camera->id);
    return camera && config_camera_equal(camera, entry->camera);
}

// First what is gone or changed ends, so that a camera that allows one reader only can be opened
// anew.
void capture_apply(Capture *capture, Config *config)
{
    set_config(capture, config);
    g_autoptr(GPtrArray) leaving = g_ptr_array_new();
    GPtrArray *staying = g_ptr_array_new();
    for (guint i = 0; i < capture->entries->len; i++) {
        Entry *entry = capture->entries->pdata[i];
        g_ptr_array_add(stays(config, entry) ? staying : leaving, entry);
    }
    replace_entries(capture, staying);
    end_entries(capture, leaving);

    GPtrArray *entries = g_ptr_array_new();
    for (guint i = 0; i < config->cameras->len; i++) {
        const ConfigCamera *camera = config->cameras->pdata[i];
        Entry *entry = find(staying, camera->id);
        g_ptr_array_add(entries, entry ? entry : entry_new(capture, config, camera));
    }
    replace_entries(capture, entries);
}

// Under lock.
static Camera *camera_of(Capture *capture, const char *id, StreamKind kind)
{
    Entry *entry = find(capture->entries, id);
    return entry ? entry->streams[kind] : NULL;
}

Stream *capture_stream(Capture *capture, const char *camera, StreamKind kind)
{
    g_mutex_lock(&capture->lock);
    Camera *found = camera_of(capture, camera, kind);
    Stream *stream = found ? stream_ref(camera_stream(found)) : NULL;
    g_mutex_unlock(&capture->lock);
    return stream;
}

Veil *capture_veil(Capture *capture, const char *camera)
{
    g_mutex_lock(&capture->lock);
    const ConfigCamera *found = capture->config ? config_camera(capture->config, camera) : NULL;
    Veil *veil = found ? veil_new((const char *const *)found->masks) : NULL;
    g_mutex_unlock(&capture->lock);
    return veil;
}

const char *capture_why(Capture *capture, const char *camera, StreamKind kind)
{
    CameraStatus status = { .state = CAMERA_LIVE };
    g_mutex_lock(&capture->lock);
    Camera *found = camera_of(capture, camera, kind);
    if (found)
        status = camera_status(found);
    g_mutex_unlock(&capture->lock);
    if (status.state == CAMERA_LIVE)
        return NULL;
    const char *sentence = why_sentence(status.why);
    return sentence ? sentence : "the camera is being connected";
}

void capture_each(Capture *capture,
                  void (*each)(void *ctx, const char *id, const CameraStatus *status), void *ctx)
{
    g_mutex_lock(&capture->lock);
    for (guint i = 0; i < capture->entries->len; i++) {
        Entry *entry = capture->entries->pdata[i];
        CameraStatus status = camera_status(entry->streams[STREAM_MAIN]);
        each(ctx, entry->camera->id, &status);
    }
    g_mutex_unlock(&capture->lock);
}

static json_t *stream_json(Camera *camera)
{
    CameraStatus status = { 0 };
    g_autoptr(StreamInfo) info = NULL;
    if (camera) {
        status = camera_status(camera);
        info = stream_info(camera_stream(camera));
    }
    if (!info || status.state != CAMERA_LIVE)
        return json_null();
    return json_pack("{sssssisisfsI}", "codec", codecs_name(info->tracks[0]->codec_id), "codecs",
                     info->codecs, "width", info->width, "height", info->height, "fps",
                     round(status.fps * 10) / 10, "kbit", (json_int_t)status.kbit);
}

static json_t *counters_json(char *const *counters)
{
    json_t *array = json_array();
    for (; counters && *counters; counters++)
        json_array_append_new(array, json_string(*counters));
    return array;
}

static json_t *entry_json(const Entry *entry)
{
    CameraStatus status = camera_status(entry->streams[STREAM_MAIN]);
    g_autofree char *since = clock_format(status.since_ms);
    return json_pack("{ssssssssss?sosbsoso}", "id", entry->camera->id, "name", entry->camera->name,
                     "state", camera_state_name(status.state), "since_at", since, "reason",
                     why_name(status.why), "counters", counters_json(entry->camera->counters),
                     "record", (int)entry->camera->record, "main",
                     stream_json(entry->streams[STREAM_MAIN]), "sub",
                     stream_json(entry->streams[STREAM_SUB]));
}

json_t *capture_status(Capture *capture)
{
    json_t *array = json_array();
    g_mutex_lock(&capture->lock);
    for (guint i = 0; i < capture->entries->len; i++)
        json_array_append_new(array, entry_json(capture->entries->pdata[i]));
    g_mutex_unlock(&capture->lock);
    return array;
}
