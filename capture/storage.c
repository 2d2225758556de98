// SPDX-License-Identifier: Apache-2.0
#include "capture/storage.h"

#include "base/clock.h"
#include "base/log.h"
#include "capture/disk_pace.h"
#include "capture/move_over.h"

#include <errno.h>
#include <inttypes.h>

enum {
    KEEP_MS = 2000,         // retention
    STALLED_MS = 5000,      // a disk that has not answered for so long is left, if there is another
    OPENING_MS = 15000,     // at a start: it may have much to recover
    SLOW_MS = 2000,         // a disk that takes so long for a probe is not yet well
    READ_STALLED_MS = 3000, // nobody is sent to read from a disk that has not answered for so long
};
static const int64_t MB = 1 << 20;

typedef enum { LANE_OPENING, LANE_WELL, LANE_FULL, LANE_FAILED } LaneState;
static const char *const STATE_NAMES[] = { "opening", "well", "full", "failed" };

// A disk and what is known of it.
typedef struct {
    char *path; // constant
    Disk *disk; // NULL until media.db is open
    // Recorder's thread.
    bool is_keeping; // an answer is awaited
    DiskPace pace;
    // Under lock; written by the recorder's thread only.
    LaneState state;
    bool is_stalled; // it does not answer now
    bool is_slow;    // it writes slower than the cameras send
    bool is_left;    // for that, or since it was so slow to fail; until it can be used again
    int err;         // of LANE_FAILED
    char *reason;
    DiskFigures figures;
} Lane;

struct Storage {
    char *data_dir, *hall; // constant
    int n_lanes;           // constant
    StorageEvents events;  // constant
    // Recorder's thread.
    MoveOver over;
    int64_t keep_at_ms;
    GHashTable *due; // cameras with a quota that have grown; NULL: all
    bool is_told;    // in the log, which disk is in use
    // Under lock; written by the recorder's thread only.
    GMutex lock;
    Lane lanes[STORAGE_DISKS];
    int in_use;
    StorageLimits limits;
    int64_t moved_us; // 0: on the main disk
    char *moved_why;
};

// --- state

static bool is_usable(const Lane *lane)
{
    return lane->disk && lane->state == LANE_WELL && !lane->is_stalled;
}

int storage_in_use(const Storage *storage)
{
    return storage->in_use;
}

bool storage_is_usable(const Storage *storage, int disk)
{
    return is_usable(&storage->lanes[disk]);
}

static bool is_opening(const Lane *lane)
{
    return lane->state == LANE_OPENING && !lane->is_stalled;
}

bool storage_is_awaited(const Storage *storage, int disk)
{
    const Lane *lane = &storage->lanes[disk];
    return is_opening(lane) || (lane->state == LANE_WELL && lane->is_stalled);
}

Disk *storage_disk(const Storage *storage, int disk)
{
    return storage->lanes[disk].disk;
}

const char *storage_role(int disk)
{
    return disk ? "spare" : "main";
}

int64_t storage_keep_at_ms(const Storage *storage)
{
    return storage->keep_at_ms;
}

static void set_state(Storage *storage, Lane *lane, LaneState state, int err, const char *reason)
{
    g_mutex_lock(&storage->lock);
    bool is_news = state != lane->state || g_strcmp0(reason, lane->reason);
    lane->state = state;
    lane->err = err;
    g_free(lane->reason);
    lane->reason = g_strdup(reason);
    g_mutex_unlock(&storage->lock);
    if (!is_news)
        return;
    storage->is_told = false;
    if (state == LANE_WELL)
        log_info("storage: %s is well", lane->path);
    else
        log_err("storage: %s: %s: %s", lane->path, STATE_NAMES[state], reason);
}

static void set_stalled(Storage *storage, Lane *lane, bool is_stalled, bool is_left)
{
    g_mutex_lock(&storage->lock);
    lane->is_stalled = is_stalled;
    lane->is_left = is_left;
    g_mutex_unlock(&storage->lock);
}

// --- what others see

static json_t *time_or_null(int64_t us)
{
    g_autofree char *text = us ? clock_format(us / 1000) : NULL;
    return text ? json_string(text) : json_null();
}

static const char *state_name(const Storage *storage)
{
    const Lane *lane = &storage->lanes[storage->in_use];
    if (lane->is_stalled)
        return "failed";
    return lane->state == LANE_WELL   ? "recording"
           : lane->state == LANE_FULL ? "disk_full"
                                      : "failed";
}

static const char *reason_of(const Lane *lane)
{
    if (lane->is_stalled)
        return "磁盘无响应 / the disk does not answer";
    return lane->state == LANE_WELL && lane->is_slow
               ? "磁盘写入过慢，部分录像丢失 / the disk writes slower than the cameras send"
               : lane->reason;
}

static const char *lane_state_name(const Lane *lane)
{
    if (lane->is_stalled)
        return "stalled";
    return lane->state == LANE_WELL && lane->is_slow ? "slow" : STATE_NAMES[lane->state];
}

static json_t *quota_of(const Storage *storage, int disk)
{
    int64_t quota_mb = storage->limits.quota_mb[disk];
    return quota_mb ? json_integer(quota_mb * MB) : json_null();
}

static json_t *lane_status(const Storage *storage, int disk)
{
    const Lane *lane = &storage->lanes[disk];
    return json_pack("{s:s, s:s, s:b, s:s, s:s?, s:I, s:I, s:o, s:o}", "role", storage_role(disk),
                     "path", lane->path, "in_use", disk == storage->in_use, "state",
                     lane_state_name(lane), "reason", reason_of(lane), "used_bytes",
                     (json_int_t)lane->figures.used_bytes, "free_bytes",
                     (json_int_t)lane->figures.free_bytes, "quota_bytes", quota_of(storage, disk),
                     "oldest_at", time_or_null(lane->figures.oldest_us));
}

static json_t *moved_over(const Storage *storage)
{
    return storage->moved_us ? json_pack("{s:o, s:s?}", "since_at", time_or_null(storage->moved_us),
                                         "reason", storage->moved_why)
                             : json_null();
}

json_t *storage_status(Storage *storage)
{
    json_t *disks = json_array();
    int64_t used_bytes = 0, oldest_us = 0;
    g_mutex_lock(&storage->lock);
    for (int i = 0; i < storage->n_lanes; i++) {
        const DiskFigures *figures = &storage->lanes[i].figures;
        json_array_append_new(disks, lane_status(storage, i));
        used_bytes += figures->used_bytes;
        if (figures->oldest_us && (!oldest_us || figures->oldest_us < oldest_us))
            oldest_us = figures->oldest_us;
    }
    const Lane *lane = &storage->lanes[storage->in_use];
    json_t *status = json_pack(
        "{s:s, s:I, s:I, s:o, s:i, s:o, s:s, s:s?, s:o, s:o}", "path", lane->path, "used_bytes",
        (json_int_t)used_bytes, "free_bytes", (json_int_t)lane->figures.free_bytes, "quota_bytes",
        quota_of(storage, storage->in_use), "days", storage->limits.days, "oldest_at",
        time_or_null(oldest_us), "state", state_name(storage), "reason", reason_of(lane),
        "moved_over", moved_over(storage), "disks", disks);
    g_mutex_unlock(&storage->lock);
    return status;
}

// A folder that cannot be written to may still be read; one that is away, or whose disk does not
// answer, would hold up who tries.
static bool is_readable(const Lane *lane, int64_t waiting_ms)
{
    if (!lane->disk || lane->is_left || waiting_ms >= READ_STALLED_MS)
        return false;
    bool is_away = lane->err == -ENODEV || lane->err == -ENOENT || lane->err == -ESTALE;
    return lane->state != LANE_FAILED || !is_away;
}

static int64_t waited_for(Storage *storage, const Lane *lane)
{
    g_mutex_lock(&storage->lock);
    Disk *disk = lane->disk;
    g_mutex_unlock(&storage->lock);
    return disk ? disk_waiting_ms(disk) : 0;
}

int storage_place(Storage *storage, int disk, char **ret_path, char **ret_reason)
{
    bool is_known = disk >= 0 && disk < storage->n_lanes;
    const Lane *lane = &storage->lanes[is_known ? disk : 0];
    int64_t waiting_ms = waited_for(storage, lane);
    *ret_path = *ret_reason = NULL;
    g_mutex_lock(&storage->lock);
    if (!is_known)
        *ret_reason =
            g_strdup("录像所在的备用存储已不在配置中 / the recording lies on a spare disk "
                     "that is not in the config any more");
    else if (is_readable(lane, waiting_ms))
        *ret_path = g_strdup(lane->path);
    else
        *ret_reason =
            g_strdup_printf("录像所在的磁盘暂时无法读取 / the disk of the recording "
                            "cannot be read now: %s",
                            lane->reason ? lane->reason : "磁盘无响应 / it does not answer");
    g_mutex_unlock(&storage->lock);
    return *ret_path ? 0 : -EAGAIN;
}

static void tell_use(Storage *storage)
{
    const Lane *lane = &storage->lanes[storage->in_use];
    if (storage->is_told || is_opening(lane))
        return;
    storage->is_told = true;
    if (is_usable(lane))
        log_info("storage: recording to %s", lane->path);
    else
        log_err("storage: NOT RECORDING, %s: %s", state_name(storage), reason_of(lane));
}

// --- what the disks tell

static void on_full(Storage *storage, int disk, const char *reason)
{
    set_state(storage, &storage->lanes[disk], LANE_FULL, 0, reason);
    storage->events.full(storage->events.ctx, disk);
    storage->keep_at_ms = 0;
}

static void on_kept(Storage *storage, int disk, const DiskEvent *event)
{
    Lane *lane = &storage->lanes[disk];
    lane->is_keeping = false;
    if (disk == 0 && event->took_ms > SLOW_MS)
        move_over_doubt(&storage->over);
    g_mutex_lock(&storage->lock);
    lane->figures = event->figures;
    g_mutex_unlock(&storage->lock);
    if (event->missing > 0 && lane->state == LANE_WELL) {
        g_autofree char *reason =
            g_strdup_printf("空间超出 %" PRId64 " MB，较早的录像均已保留 / %" PRId64
                            " MB too much, and all older recordings are held",
                            event->missing / MB + 1, event->missing / MB + 1);
        on_full(storage, disk, reason);
    } else if (event->missing == 0 && lane->state == LANE_FULL) {
        set_state(storage, lane, LANE_WELL, 0, NULL);
    }
}

static void on_event(Storage *storage, int disk, const DiskEvent *event)
{
    const StorageEvents *events = &storage->events;
    Lane *lane = &storage->lanes[disk];
    switch (event->kind) {
    case DISK_OPENED:
        lane->is_keeping = false;
        set_stalled(storage, lane, false, false);
        set_state(storage, lane, LANE_WELL, 0, NULL);
        storage->keep_at_ms = 0;
        g_clear_pointer(&storage->due, g_hash_table_unref);
        events->opened(events->ctx, disk);
        break;
    case DISK_FAILED:
        lane->is_keeping = false;
        set_stalled(storage, lane, false, event->took_ms >= READ_STALLED_MS);
        set_state(storage, lane, LANE_FAILED, event->err, event->reason);
        events->failed(events->ctx, disk, event->err);
        break;
    case DISK_FULL:
        on_full(storage, disk,
                "磁盘已满，没有可删除的录像 / the disk is full and nothing more may be deleted");
        break;
    case DISK_WRITTEN:
        events->written(events->ctx, disk, event);
        break;
    case DISK_ENDED:
        if (storage->due)
            g_hash_table_add(storage->due, g_strdup(event->camera));
        events->ended(events->ctx, disk, event);
        break;
    case DISK_KEPT:
        on_kept(storage, disk, event);
        break;
    }
}

static void take_events(Storage *storage, int disk)
{
    DiskEvent *event;
    while ((event = disk_take_event(storage->lanes[disk].disk))) {
        on_event(storage, disk, event);
        disk_event_free(event);
    }
}

// --- disks that do not answer

static void leave(Storage *storage, int disk)
{
    Lane *lane = &storage->lanes[disk];
    GRefString *camera = disk_leave(lane->disk);
    take_events(storage, disk); // of before
    lane->is_keeping = false;
    set_stalled(storage, lane, false, true);
    set_state(storage, lane, LANE_FAILED, -ETIMEDOUT,
              "磁盘数秒无响应 / the disk has not answered for some seconds");
    storage->events.left(storage->events.ctx, disk, camera);
    g_clear_pointer(&camera, g_ref_string_release);
}

static void watch(Storage *storage, int disk)
{
    Lane *lane = &storage->lanes[disk];
    bool has_other = storage->n_lanes > 1 && is_usable(&storage->lanes[!disk]);
    int64_t patience_ms = lane->state == LANE_OPENING ? OPENING_MS : STALLED_MS;
    if (lane->is_left)
        return;
    bool is_stalled = disk_waiting_ms(lane->disk) >= patience_ms;
    if (is_stalled != lane->is_stalled) {
        set_stalled(storage, lane, is_stalled, false);
        storage->is_told = false;
        if (is_stalled)
            log_err("storage: %s does not answer", lane->path);
        else
            log_info("storage: %s answers again", lane->path);
    }
    if (is_stalled && has_other)
        leave(storage, disk);
}

void storage_note_dropped(Storage *storage, int disk, int64_t now_ms)
{
    disk_pace_drop(&storage->lanes[disk].pace, now_ms);
}

static void watch_pace(Storage *storage, Lane *lane, int64_t now_ms)
{
    bool is_slow = disk_pace_is_behind(&lane->pace, now_ms);
    if (is_slow == lane->is_slow)
        return;
    g_mutex_lock(&storage->lock);
    lane->is_slow = is_slow;
    g_mutex_unlock(&storage->lock);
    if (is_slow)
        log_err("storage: %s writes slower than the cameras send", lane->path);
}

// A slow disk is better than one that cannot be used.
static bool is_well(const Storage *storage, int disk)
{
    const Lane *lane = &storage->lanes[disk];
    return is_usable(lane) && (!lane->is_slow || !is_usable(&storage->lanes[!disk]));
}

static void choose(Storage *storage, int64_t now_ms)
{
    const Lane *main_lane = &storage->lanes[0];
    bool is_main_well = is_well(storage, 0) || is_opening(main_lane);
    if (storage->n_lanes == 1 ||
        !move_over_look(&storage->over, now_ms, is_main_well, is_well(storage, 1)))
        return;
    bool is_on_spare = storage->over.is_on_spare;
    storage->is_told = false;
    g_mutex_lock(&storage->lock);
    storage->in_use = is_on_spare;
    storage->moved_us = is_on_spare ? clock_wall_us() : 0;
    g_free(storage->moved_why);
    storage->moved_why = is_on_spare ? g_strdup(reason_of(main_lane)) : NULL;
    g_mutex_unlock(&storage->lock);
    if (is_on_spare)
        log_warn("storage: moved over to the spare disk %s", storage->lanes[1].path);
    else
        log_info("storage: back to the main disk %s", main_lane->path);
}

void storage_look(Storage *storage, int64_t now_ms)
{
    for (int i = 0; i < storage->n_lanes && storage->lanes[i].disk; i++) {
        take_events(storage, i);
        watch(storage, i);
        watch_pace(storage, &storage->lanes[i], now_ms);
    }
    choose(storage, now_ms);
    tell_use(storage);
}

// --- retention

// While full, some more than the floor must be free before recording resumes, so that it does not
// flap.
static int64_t floor_bytes(const Storage *storage, const Lane *lane)
{
    int64_t floor = storage->limits.free_mb * MB;
    return lane->state == LANE_FULL ? floor + MIN(16 * MB, floor / 16 + MB) : floor;
}

// The quotas of the cameras that have grown since this was asked: a new reference.
static GHashTable *take_due(Storage *storage)
{
    GHashTable *quotas = storage->limits.camera_quotas;
    GHashTable *due = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    GHashTableIter iter;
    gpointer camera, quota;
    if (quotas)
        g_hash_table_iter_init(&iter, quotas);
    while (quotas && g_hash_table_iter_next(&iter, &camera, &quota)) {
        if (!storage->due || g_hash_table_contains(storage->due, camera))
            g_hash_table_insert(due, g_strdup(camera), g_memdup2(quota, sizeof(int64_t)));
    }
    g_clear_pointer(&storage->due, g_hash_table_unref);
    storage->due = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return due;
}

void storage_keep(Storage *storage, int64_t now_ms, int64_t now_us)
{
    if (now_ms < storage->keep_at_ms)
        return;
    storage->keep_at_ms = now_ms + KEEP_MS;
    g_autoptr(GHashTable) due = take_due(storage);
    for (int i = 0; i < storage->n_lanes; i++) {
        Lane *lane = &storage->lanes[i];
        bool is_open = lane->state == LANE_WELL || lane->state == LANE_FULL;
        if (!lane->disk || !is_open || lane->is_keeping)
            continue;
        lane->is_keeping = true;
        RetentionLimits limits = { .now_us = now_us,
                                   .days = storage->limits.days,
                                   .camera_days = storage->limits.camera_days,
                                   .camera_quotas = due,
                                   .quota_bytes = storage->limits.quota_mb[i] * MB,
                                   .floor_bytes = floor_bytes(storage, lane) };
        disk_keep(lane->disk, &limits, i != storage->in_use);
    }
}

void storage_limits_done(StorageLimits *limits)
{
    g_clear_pointer(&limits->camera_days, g_hash_table_unref);
    g_clear_pointer(&limits->camera_quotas, g_hash_table_unref);
}

void storage_apply(Storage *storage, const StorageLimits *limits)
{
    g_mutex_lock(&storage->lock);
    storage_limits_done(&storage->limits);
    storage->limits = *limits;
    if (limits->camera_days)
        g_hash_table_ref(limits->camera_days);
    if (limits->camera_quotas)
        g_hash_table_ref(limits->camera_quotas);
    g_mutex_unlock(&storage->lock);
    g_clear_pointer(&storage->due, g_hash_table_unref);
    storage->keep_at_ms = 0;
}

// --- life

Storage *storage_new(const StorageOptions *options)
{
    Storage *storage = g_new0(Storage, 1);
    storage->data_dir = g_strdup(options->data_dir);
    storage->hall = g_strdup(options->hall);
    storage->events = options->events;
    storage->lanes[0].path = archive_root(options->data_dir, options->path);
    storage->lanes[1].path = g_strdup(options->spare_path);
    storage->n_lanes = options->spare_path ? 2 : 1;
    for (int i = 0; i < storage->n_lanes; i++)
        storage->lanes[i].reason = g_strdup("正在打开 / the storage folder is being opened");
    storage->is_told = true;
    g_mutex_init(&storage->lock);
    storage_apply(storage, &options->limits);
    return storage;
}

void storage_open(Storage *storage)
{
    for (int i = 0; i < storage->n_lanes; i++) {
        Disk *disk = disk_new(&(DiskOptions){ .data_dir = storage->data_dir,
                                              .path = storage->lanes[i].path,
                                              .hall = storage->hall,
                                              .storage = i,
                                              .wake = storage->events.wake,
                                              .ctx = storage->events.ctx });
        g_mutex_lock(&storage->lock);
        storage->lanes[i].disk = disk;
        g_mutex_unlock(&storage->lock);
    }
}

void storage_free(Storage *storage)
{
    if (!storage)
        return;
    for (int i = 0; i < STORAGE_DISKS; i++) {
        if (storage->lanes[i].disk)
            disk_stop(storage->lanes[i].disk);
    }
    for (int i = 0; i < STORAGE_DISKS; i++) {
        disk_free(storage->lanes[i].disk);
        g_free(storage->lanes[i].path);
        g_free(storage->lanes[i].reason);
    }
    storage_limits_done(&storage->limits);
    g_clear_pointer(&storage->due, g_hash_table_unref);
    g_mutex_clear(&storage->lock);
    g_free(storage->moved_why);
    g_free(storage->data_dir);
    g_free(storage->hall);
    g_free(storage);
}
