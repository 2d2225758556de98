// SPDX-License-Identifier: Apache-2.0
#include "appliance/camera_lost.h"
#include "appliance/worker.h"
#include "base/clock.h"
#include "rating/flag.h"
#include <stdatomic.h>
#include <string.h>

#define PERIOD_MS 2000
#define KIND      "camera_lost"

struct CameraLost {
    VideoWatch *video;
    Writer *writer;
    const Hall *hall;
    atomic_int limit_s;
    GHashTable *known; // worker's thread: camera -> Known
    Worker *worker;
};

typedef struct {
    int64_t live_ms; // monotonic: when it was last seen so
    bool is_lost;    // what was last stored
    bool is_stored;  // since the start
} Known;

typedef struct {
    const Hall *hall;
    const char *camera, *reason;
    bool is_lost;
    int seconds;
} FlagJob;

static int flag_run(Store *store, void *data)
{
    static const char *const kinds[] = { KIND, NULL };
    FlagJob *job = data;
    int64_t now_ms = clock_wall_ms();
    g_autofree char *subject = g_strconcat("camera:", job->camera, NULL);
    if (!job->is_lost)
        return flag_close_open(store, job->hall, subject, kinds, "已恢复 / live again", now_ms);
    json_t *evidence = json_pack("{s:s?, s:i}", "reason", job->reason, "seconds", job->seconds);
    FlagInput input = { .kind = KIND,
                        .subject = subject,
                        .camera = job->camera,
                        .evidence = evidence,
                        .raised_ms = now_ms,
                        .may_repeat = true };
    int raised = flag_raise(store, job->hall, &input, NULL);
    json_decref(evidence);
    return MIN(raised, 0);
}

static const char *text_at(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static Known *known_of(CameraLost *lost, const char *id)
{
    Known *known = g_hash_table_lookup(lost->known, id);
    if (known)
        return known;
    known = g_new0(Known, 1);
    known->live_ms = clock_mono_ms();
    g_hash_table_insert(lost->known, g_strdup(id), known);
    return known;
}

static void judge_one(CameraLost *lost, const json_t *camera)
{
    const char *id = text_at(camera, "id");
    if (!id)
        return;
    Known *known = known_of(lost, id);
    int64_t now = clock_mono_ms();
    bool is_live = g_strcmp0(text_at(camera, "state"), "live") == 0;
    if (is_live || !json_is_true(json_object_get(camera, "record")))
        known->live_ms = now;
    int seconds = (int)((now - known->live_ms) / 1000);
    bool is_lost = seconds >= atomic_load(&lost->limit_s);
    if (known->is_stored && known->is_lost == is_lost)
        return;
    if (!is_lost && !is_live) // not known yet
        return;
    FlagJob job = { lost->hall, id, text_at(camera, "reason"), is_lost, seconds };
    if (writer_call(lost->writer, flag_run, &job) < 0)
        return;
    known->is_lost = is_lost;
    known->is_stored = true;
}

static void judge(void *ctx)
{
    CameraLost *lost = ctx;
    json_t *cameras = video_watch_cameras(lost->video), *camera;
    size_t i;
    json_array_foreach(cameras, i, camera) judge_one(lost, camera);
    json_decref(cameras);
}

CameraLost *camera_lost_new(const CameraLostOptions *options)
{
    CameraLost *lost = g_new0(CameraLost, 1);
    lost->video = options->video;
    lost->writer = options->writer;
    lost->hall = options->hall;
    lost->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    atomic_store(&lost->limit_s, options->config->rules.camera_lost_seconds);
    lost->worker = worker_new("camera-lost", PERIOD_MS, judge, lost);
    return lost;
}

void camera_lost_free(CameraLost *lost)
{
    if (!lost)
        return;
    worker_free(lost->worker);
    g_hash_table_unref(lost->known);
    g_free(lost);
}

void camera_lost_apply(CameraLost *lost, const Config *config)
{
    atomic_store(&lost->limit_s, config->rules.camera_lost_seconds);
}
