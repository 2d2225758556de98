// SPDX-License-Identifier: Apache-2.0
#include "appliance/hold_quota.h"
#include "appliance/worker.h"
#include "base/clock.h"
#include "rating/flag.h"
#include <stdatomic.h>

#define PERIOD_MS     2000
#define SUBJECT       "storage:holds"
#define KIND          "hold_quota"
#define CLEAR_PERCENT 75 // so that it does not come and go

struct HoldQuota {
    VideoWatch *video;
    Writer *writer;
    const Hall *hall;
    atomic_llong quota_bytes; // 0: none
    bool is_raised;           // worker's thread; what was last stored
    bool is_known;            // worker's thread: is_raised was stored since the start
    Worker *worker;
};

// How it stands. percent -1: not known, or there is no quota.
typedef struct {
    int64_t bytes, quota_bytes;
    int percent;
} Standing;

static Standing look(HoldQuota *quota)
{
    json_t *status = video_watch_status(quota->video);
    json_t *held = json_object_get(json_object_get(status, "storage"), "held_bytes");
    Standing standing = { json_is_integer(held) ? json_integer_value(held) : -1,
                          atomic_load(&quota->quota_bytes), -1 };
    json_decref(status);
    if (standing.bytes >= 0 && standing.quota_bytes)
        standing.percent = (int)MIN(standing.bytes * 100 / standing.quota_bytes, 1000000);
    return standing;
}

static json_t *int_or_null(int64_t value, bool is_there)
{
    return is_there ? json_integer(value) : json_null();
}

json_t *hold_quota_json(HoldQuota *quota)
{
    Standing now = look(quota);
    bool is_near = now.percent >= HOLD_QUOTA_WARN_PERCENT;
    return json_pack("{s:o, s:o, s:o, s:s?}", "bytes", int_or_null(now.bytes, now.bytes >= 0),
                     "quota_bytes", int_or_null(now.quota_bytes, now.quota_bytes > 0), "percent",
                     int_or_null(now.percent, now.percent >= 0), "warning",
                     is_near ? "被保留的录像已接近额度 / held video is near its quota" : NULL);
}

typedef struct {
    const Hall *hall;
    Standing standing;
    bool is_near;
} FlagJob;

static int flag_run(Store *store, void *data)
{
    static const char *const kinds[] = { KIND, NULL };
    FlagJob *job = data;
    int64_t now_ms = clock_wall_ms();
    if (!job->is_near)
        return flag_close_open(store, job->hall, SUBJECT, kinds,
                               "已低于额度 / below the quota again", now_ms);
    json_t *evidence =
        json_pack("{s:I, s:I, s:i}", "held_bytes", (json_int_t)job->standing.bytes, "quota_bytes",
                  (json_int_t)job->standing.quota_bytes, "percent", job->standing.percent);
    FlagInput input = { .kind = KIND,
                        .subject = SUBJECT,
                        .evidence = evidence,
                        .raised_ms = now_ms,
                        .may_repeat = true };
    int raised = flag_raise(store, job->hall, &input, NULL);
    json_decref(evidence);
    return MIN(raised, 0);
}

static void judge(void *ctx)
{
    HoldQuota *quota = ctx;
    FlagJob job = { quota->hall, look(quota), quota->is_raised };
    if (job.standing.quota_bytes && job.standing.percent < 0)
        return; // video does not answer now
    if (job.standing.percent >= HOLD_QUOTA_WARN_PERCENT)
        job.is_near = true;
    else if (job.standing.percent < CLEAR_PERCENT)
        job.is_near = false;
    if (quota->is_known && job.is_near == quota->is_raised)
        return;
    if (writer_call(quota->writer, flag_run, &job) < 0)
        return;
    quota->is_raised = job.is_near;
    quota->is_known = true;
}

static int64_t quota_of(const Config *config)
{
    return config->storage.hold_quota_mb << 20;
}

HoldQuota *hold_quota_new(const HoldQuotaOptions *options)
{
    HoldQuota *quota = g_new0(HoldQuota, 1);
    quota->video = options->video;
    quota->writer = options->writer;
    quota->hall = options->hall;
    atomic_store(&quota->quota_bytes, quota_of(options->config));
    quota->worker = worker_new("hold-quota", PERIOD_MS, judge, quota);
    return quota;
}

void hold_quota_free(HoldQuota *quota)
{
    if (!quota)
        return;
    worker_free(quota->worker);
    g_free(quota);
}

void hold_quota_apply(HoldQuota *quota, const Config *config)
{
    atomic_store(&quota->quota_bytes, quota_of(config));
}
