// SPDX-License-Identifier: Apache-2.0
#include "appliance/storage_alarm.h"
#include "appliance/worker.h"
#include "base/clock.h"
#include "rating/flag.h"

#define PERIOD_MS 2000
#define SUBJECT   "storage:disks"
#define SETTLE_MS 20000 // a start, a disk that is back at once

// --- what is looked for

static const char *text_of(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static json_t *spare_of(json_t *storage)
{
    return json_array_get(json_object_get(storage, "disks"), 1);
}

static bool is_on_spare(json_t *storage)
{
    return json_is_object(json_object_get(storage, "moved_over"));
}

static bool is_not_recorded(json_t *storage)
{
    return strcmp(text_of(storage, "state"), "recording") != 0;
}

static bool is_slow(json_t *storage)
{
    json_t *disks = json_object_get(storage, "disks"), *disk;
    size_t i;
    json_array_foreach(disks, i, disk)
    {
        if (json_is_true(json_object_get(disk, "in_use")))
            return strcmp(text_of(disk, "state"), "slow") == 0;
    }
    return false;
}

static bool is_spare_bad(json_t *storage)
{
    json_t *spare = spare_of(storage);
    return spare && !is_on_spare(storage) && strcmp(text_of(spare, "state"), "well") != 0;
}

static const char *why_moved(json_t *storage)
{
    return text_of(json_object_get(storage, "moved_over"), "reason");
}

// Of the disk in use.
static const char *why_not_recorded(json_t *storage)
{
    return text_of(storage, "reason");
}

static const char *why_spare_bad(json_t *storage)
{
    return text_of(spare_of(storage), "reason");
}

static const struct {
    const char *kind;
    bool (*is_on)(json_t *storage);
    const char *(*why)(json_t *storage);
    int64_t settle_ms; // it must have lasted for so long
} alarms[] = {
    { "storage_spare", is_on_spare, why_moved, 0 },
    { "storage_failed", is_not_recorded, why_not_recorded, SETTLE_MS },
    { "storage_slow", is_slow, why_not_recorded, 0 },
    { "spare_failed", is_spare_bad, why_spare_bad, SETTLE_MS },
};

// --- the worker

struct StorageAlarm {
    VideoWatch *video;
    Writer *writer;
    const Hall *hall;
    // Worker's thread.
    int64_t since_ms[G_N_ELEMENTS(alarms)]; // monotonic; 0: it is not on
    bool is_raised[G_N_ELEMENTS(alarms)];   // what was last stored
    bool is_known[G_N_ELEMENTS(alarms)];    // that was since the start
    Worker *worker;
};

typedef struct {
    const Hall *hall;
    const char *kind, *reason;
    bool is_on;
} FlagJob;

static int flag_run(Store *store, void *data)
{
    FlagJob *job = data;
    const char *const kinds[] = { job->kind, NULL };
    if (!job->is_on)
        return flag_close_open(store, job->hall, SUBJECT, kinds, "已恢复 / it is over",
                               clock_wall_ms());
    json_t *evidence = json_pack("{s:s}", "reason", job->reason);
    FlagInput input = { .kind = job->kind,
                        .subject = SUBJECT,
                        .evidence = evidence,
                        .raised_ms = clock_wall_ms(),
                        .may_repeat = true };
    int raised = flag_raise(store, job->hall, &input, NULL);
    json_decref(evidence);
    return MIN(raised, 0);
}

static void judge_one(StorageAlarm *alarm, size_t i, json_t *storage)
{
    int64_t now_ms = clock_mono_ms();
    FlagJob job = { .hall = alarm->hall, .kind = alarms[i].kind, .reason = alarms[i].why(storage) };
    if (!alarms[i].is_on(storage))
        alarm->since_ms[i] = 0;
    else if (!alarm->since_ms[i])
        alarm->since_ms[i] = now_ms;
    job.is_on = alarm->since_ms[i] && now_ms - alarm->since_ms[i] >= alarms[i].settle_ms;
    if (alarm->since_ms[i] && !job.is_on)
        return; // it is not yet known whether it lasts
    if (alarm->is_known[i] && job.is_on == alarm->is_raised[i])
        return;
    if (writer_call(alarm->writer, flag_run, &job) < 0)
        return;
    alarm->is_raised[i] = job.is_on;
    alarm->is_known[i] = true;
}

static void judge(void *ctx)
{
    StorageAlarm *alarm = ctx;
    json_t *status = video_watch_status(alarm->video);
    json_t *storage = json_object_get(status, "storage");
    for (size_t i = 0; storage && i < G_N_ELEMENTS(alarms); i++)
        judge_one(alarm, i, storage);
    json_decref(status);
}

StorageAlarm *storage_alarm_new(VideoWatch *video, Writer *writer, const Hall *hall)
{
    StorageAlarm *alarm = g_new0(StorageAlarm, 1);
    alarm->video = video;
    alarm->writer = writer;
    alarm->hall = hall;
    alarm->worker = worker_new("storage-alarm", PERIOD_MS, judge, alarm);
    return alarm;
}

void storage_alarm_free(StorageAlarm *alarm)
{
    if (!alarm)
        return;
    worker_free(alarm->worker);
    g_free(alarm);
}
