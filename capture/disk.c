// SPDX-License-Identifier: Apache-2.0
#include "capture/disk.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    SYNC_MS = 1000, // how much of the newest video a power cut may take
    REOPEN_MS = 5000,
    SLOW_SYNC_MS = 2000,  // is told in the log
    STOP_MS = 5000,       // a disk that does not answer is not waited for longer
    ROOM_BYTES = 8 << 20, // of fragments that wait
    PROBE_BYTES = 4096,
    NEVER_MS = 3600 * 1000,
};

#define PROBE_FILE ".hallwatch-probe"

typedef enum { JOB_WRITE, JOB_END, JOB_KEEP, JOB_STOP } JobKind;

typedef struct {
    JobKind kind;
    int64_t told_ms; // monotonic
    GRefString *camera;
    Fragment *fragment;
    bool begins;
    RetentionLimits limits;
    bool probe;
} Job;

struct Disk {
    char *data_dir, *path, *hall; // constant
    int storage;
    GThread *thread;
    gint refs; // atomic: the owner's and the thread's
    // Disk's thread.
    Archive *archive;     // NULL: to be opened at open_at_ms
    GHashTable *segments; // camera -> ArchiveSegment, which is let go by hand
    unsigned run;         // the one that the archive was opened in
    int64_t open_at_ms, sync_at_ms;
    RetentionLimits limits; // of a retention that is not finished
    bool is_keeping;
    int64_t probe_ms;
    bool has_no_room; // not even for the probe
    bool has_walk;
    bool is_stopped;
    // Under lock.
    GMutex lock;
    GCond told; // a job, or the end of the thread
    GQueue jobs, events;
    size_t waiting_bytes;
    int64_t busy_since_ms; // 0: idle
    GRefString *writing;   // the camera whose fragment is being written; NULL: none
    unsigned wanted_run;   // disk_leave counts it up
    bool is_done;
    void (*wake)(void *ctx); // NULL: the owner has gone
    void *ctx;
};

// --- jobs and events

static void limits_done(RetentionLimits *limits)
{
    g_clear_pointer(&limits->camera_days, g_hash_table_unref);
    g_clear_pointer(&limits->camera_quotas, g_hash_table_unref);
}

static void job_free(gpointer data)
{
    Job *job = data;
    g_clear_pointer(&job->camera, g_ref_string_release);
    if (job->fragment)
        fragment_unref(job->fragment);
    limits_done(&job->limits);
    g_free(job);
}

void disk_event_free(DiskEvent *event)
{
    g_clear_pointer(&event->camera, g_ref_string_release);
    g_free(event->reason);
    g_free(event);
}

static void push_job(Disk *disk, Job *take_job)
{
    take_job->told_ms = clock_mono_ms();
    g_mutex_lock(&disk->lock);
    if (take_job->fragment)
        disk->waiting_bytes += g_bytes_get_size(take_job->fragment->bytes);
    g_queue_push_tail(&disk->jobs, take_job);
    g_cond_signal(&disk->told);
    g_mutex_unlock(&disk->lock);
}

static void push_event(Disk *disk, DiskEvent *take_event)
{
    g_mutex_lock(&disk->lock);
    bool is_wanted = disk->run == disk->wanted_run && disk->wake;
    if (take_event->kind == DISK_WRITTEN)
        g_clear_pointer(&disk->writing, g_ref_string_release);
    if (is_wanted)
        g_queue_push_tail(&disk->events, take_event);
    if (is_wanted)
        disk->wake(disk->ctx);
    g_mutex_unlock(&disk->lock);
    if (!is_wanted)
        disk_event_free(take_event);
}

static DiskEvent *event_new(DiskEventKind kind, GRefString *camera)
{
    DiskEvent *event = g_new0(DiskEvent, 1);
    event->kind = kind;
    event->camera = camera ? g_ref_string_acquire(camera) : NULL;
    return event;
}

DiskEvent *disk_take_event(Disk *disk)
{
    g_mutex_lock(&disk->lock);
    DiskEvent *event = g_queue_pop_head(&disk->events);
    g_mutex_unlock(&disk->lock);
    return event;
}

// What the thread does from now on is waited for.
static void set_busy(Disk *disk, int64_t since_ms)
{
    g_mutex_lock(&disk->lock);
    disk->busy_since_ms = since_ms;
    g_mutex_unlock(&disk->lock);
}

// --- segments

static void abandon_all(Disk *disk)
{
    GHashTableIter iter;
    gpointer segment;
    g_hash_table_iter_init(&iter, disk->segments);
    while (g_hash_table_iter_next(&iter, NULL, &segment)) {
        archive_abandon(segment);
        g_hash_table_iter_remove(&iter);
    }
}

static void close_archive(Disk *disk)
{
    abandon_all(disk);
    g_clear_pointer(&disk->archive, archive_free);
    disk->is_keeping = disk->has_walk = false;
    limits_done(&disk->limits);
}

static void tell_failed(Disk *disk, int err, const char *reason)
{
    DiskEvent *event = event_new(DISK_FAILED, NULL);
    event->err = err;
    event->reason = g_strdup(reason);
    g_mutex_lock(&disk->lock);
    event->took_ms = disk->busy_since_ms ? clock_mono_ms() - disk->busy_since_ms : 0;
    g_mutex_unlock(&disk->lock);
    push_event(disk, event);
}

// The archive is in a state that only a new opening, with its recovery, can mend.
static void fail_archive(Disk *disk, int err)
{
    g_autofree char *reason = g_strdup_printf("磁盘读写出错 / %s", archive_error(disk->archive));
    close_archive(disk);
    disk->open_at_ms = clock_mono_ms() + REOPEN_MS;
    tell_failed(disk, err, reason);
}

// False: the archive failed and is closed now.
static bool finish_segment(Disk *disk, GRefString *camera, int err)
{
    gpointer key, segment;
    if (!g_hash_table_steal_extended(disk->segments, camera, &key, &segment))
        return true;
    g_autofree char *reason = err ? g_strdup(archive_error(disk->archive)) : NULL;
    int r = archive_finish(disk->archive, segment);
    if (r >= 0) {
        DiskEvent *event = event_new(DISK_ENDED, key);
        event->err = err;
        event->reason = g_steal_pointer(&reason);
        push_event(disk, event);
    }
    g_ref_string_release(key);
    if (r < 0)
        fail_archive(disk, r);
    return r >= 0;
}

static bool finish_all(Disk *disk)
{
    GList *cameras = g_hash_table_get_keys(disk->segments);
    bool is_open = true;
    for (GList *at = cameras; at && is_open; at = at->next) {
        GRefString *camera = g_ref_string_acquire(at->data);
        is_open = finish_segment(disk, camera, 0);
        g_ref_string_release(camera);
    }
    g_list_free(cameras);
    return is_open;
}

static bool is_no_room(int err)
{
    return err == -ENOSPC || err == -EDQUOT;
}

static void handle_error(Disk *disk, GRefString *camera, int err)
{
    if (err == -EBADMSG || err == -EINVAL) {
        if (g_hash_table_contains(disk->segments, camera)) {
            finish_segment(disk, camera, err);
            return;
        }
        DiskEvent *event = event_new(DISK_ENDED, camera);
        event->err = err;
        event->reason = g_strdup(archive_error(disk->archive));
        push_event(disk, event);
    } else if (is_no_room(err)) {
        DiskEvent *event = event_new(DISK_ENDED, camera); // one that was not to be begun
        push_event(disk, event_new(DISK_FULL, NULL));
        push_event(disk, event);
        finish_all(disk);
    } else {
        fail_archive(disk, err);
    }
}

static int begin_segment(Disk *disk, GRefString *camera, const Fragment *fragment)
{
    const StreamInfo *info = fragment->info;
    ArchiveSegment *segment = NULL;
    int r = archive_begin(disk->archive,
                          &(ArchiveBegin){ .camera = camera,
                                           .wall_us = fragment->wall_us,
                                           .init = info->init,
                                           .codecs = info->codecs,
                                           .width = info->width,
                                           .height = info->height },
                          &segment);
    if (r >= 0)
        g_hash_table_insert(disk->segments, g_ref_string_acquire(camera), segment);
    return r;
}

static void write_fragment(Disk *disk, const Job *job)
{
    DiskEvent *event = event_new(DISK_WRITTEN, job->camera);
    int r = 0;
    if (job->begins && finish_segment(disk, job->camera, 0))
        r = begin_segment(disk, job->camera, job->fragment);
    ArchiveSegment *segment =
        disk->archive ? g_hash_table_lookup(disk->segments, job->camera) : NULL;
    if (r >= 0 && segment)
        r = archive_append(disk->archive, segment, job->fragment->bytes, &event->entry);
    if (r < 0 || !segment) {
        disk_event_free(event);
        if (r < 0)
            handle_error(disk, job->camera, r);
        return;
    }
    event->segment = *archive_segment(segment);
    event->segment.entries = NULL;
    push_event(disk, event);
}

// --- keeping

static int64_t open_bytes(Disk *disk)
{
    GHashTableIter iter;
    gpointer segment;
    int64_t bytes = 0;
    g_hash_table_iter_init(&iter, disk->segments);
    while (g_hash_table_iter_next(&iter, NULL, &segment))
        bytes += archive_segment(segment)->bytes;
    return bytes;
}

// A small file, written, on disk, and gone again.
static int probe(Disk *disk)
{
    static const char bytes[PROBE_BYTES] = { 0 };
    g_autofree char *path = g_build_filename(disk->path, PROBE_FILE, NULL);
    int r = fault_at("disk.probe", disk->path);
    if (r < 0)
        return r;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0)
        return -errno;
    if (write(fd, bytes, sizeof bytes) != sizeof bytes || fsync(fd) < 0)
        r = errno ? -errno : -EIO;
    close(fd);
    if (unlink(path) < 0 && r >= 0)
        r = -errno;
    return r;
}

// No room for the probe is no failure: retention is to make some, whatever the disk says is free.
static int look_at_folder(Disk *disk, bool with_probe)
{
    struct statvfs fs;
    int64_t began_ms = clock_mono_ms();
    int r = archive_check_place(disk->archive);
    if (r >= 0 && with_probe)
        r = probe(disk);
    disk->has_no_room = is_no_room(r);
    if (r < 0 && !disk->has_no_room)
        return r;
    if (statvfs(disk->path, &fs) < 0)
        return -errno;
    RetentionLimits *limits = &disk->limits;
    disk->probe_ms = clock_mono_ms() - began_ms;
    limits->used_bytes = archive_used_bytes(disk->archive) + open_bytes(disk);
    limits->free_bytes = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
    if (disk->has_no_room)
        limits->floor_bytes = MAX(limits->floor_bytes, limits->free_bytes + PROBE_BYTES);
    return 0;
}

static void tell_kept(Disk *disk, int64_t missing)
{
    DiskEvent *event = event_new(DISK_KEPT, NULL);
    event->figures = (DiskFigures){ .used_bytes = disk->limits.used_bytes,
                                    .free_bytes = disk->limits.free_bytes,
                                    .oldest_us = archive_oldest_us(disk->archive) };
    event->missing =
        disk->has_no_room ? MAX(missing, PROBE_BYTES) : missing; // until it is tried again
    event->took_ms = disk->probe_ms;
    push_event(disk, event);
}

// Some of what must go, so that what waits to be written is soon looked at again.
static void keep_limits(Disk *disk)
{
    int64_t missing = 0;
    int r = retention_run(disk->archive, &disk->limits, &missing);
    disk->is_keeping = r == 1;
    if (r == 0)
        tell_kept(disk, missing);
    else if (r < 0)
        fail_archive(disk, r);
}

static void begin_keeping(Disk *disk, Job *job)
{
    limits_done(&disk->limits);
    disk->limits = job->limits;
    job->limits = (RetentionLimits){ 0 };
    int r = look_at_folder(disk, job->probe);
    if (r < 0) {
        g_autofree char *reason =
            g_strdup_printf("磁盘无法使用 / %s cannot be used: %s", disk->path,
                            r == -ENODEV ? archive_error(disk->archive) : g_strerror(-r));
        close_archive(disk);
        disk->open_at_ms = clock_mono_ms() + REOPEN_MS;
        tell_failed(disk, r, reason);
    } else {
        keep_limits(disk);
    }
}

static void sync_segments(Disk *disk)
{
    int64_t began_ms = clock_mono_ms();
    g_autoptr(GPtrArray) segments = g_ptr_array_new();
    GHashTableIter iter;
    gpointer segment;
    g_hash_table_iter_init(&iter, disk->segments);
    while (g_hash_table_iter_next(&iter, NULL, &segment))
        g_ptr_array_add(segments, segment);
    int r = archive_sync(disk->archive, (ArchiveSegment *const *)segments->pdata, segments->len);
    int64_t took_ms = clock_mono_ms() - began_ms;
    if (took_ms > SLOW_SYNC_MS)
        log_warn("storage: syncing %u files in %s took %" PRId64 " ms", segments->len, disk->path,
                 took_ms);
    if (r < 0)
        fail_archive(disk, r);
    disk->sync_at_ms = clock_mono_ms() + SYNC_MS;
}

static void open_archive(Disk *disk)
{
    g_autofree char *why = NULL;
    ArchiveOptions options = {
        .data_dir = disk->data_dir, .root = disk->path, .hall = disk->hall, .storage = disk->storage
    };
    int r = archive_open(&options, &why, &disk->archive);
    if (r < 0) {
        g_autofree char *reason =
            r == -ENODEV ? g_strdup(why) : g_strdup_printf("磁盘无法使用 / %s", why);
        disk->open_at_ms = clock_mono_ms() + REOPEN_MS;
        tell_failed(disk, r, reason);
        return;
    }
    disk->has_walk = true;
    push_event(disk, event_new(DISK_OPENED, NULL));
}

// --- the thread

// The owner has left the disk since the archive was opened.
static void follow_owner(Disk *disk)
{
    g_mutex_lock(&disk->lock);
    bool is_left = disk->run != disk->wanted_run;
    disk->run = disk->wanted_run;
    g_mutex_unlock(&disk->lock);
    if (!is_left)
        return;
    close_archive(disk);
    disk->open_at_ms = 0;
}

static int64_t next_ms(Disk *disk, int64_t now_ms)
{
    if (!disk->archive)
        return disk->open_at_ms;
    if (disk->is_keeping || disk->has_walk)
        return now_ms;
    return g_hash_table_size(disk->segments) ? disk->sync_at_ms : now_ms + NEVER_MS;
}

// NULL: something else is due. Idle while it waits.
static Job *take_job(Disk *disk)
{
    int64_t now_ms = clock_mono_ms();
    int64_t end_us = g_get_monotonic_time() + (next_ms(disk, now_ms) - now_ms) * 1000;
    g_mutex_lock(&disk->lock);
    disk->busy_since_ms = 0;
    while (g_queue_is_empty(&disk->jobs) && disk->run == disk->wanted_run &&
           g_cond_wait_until(&disk->told, &disk->lock, end_us))
        ;
    Job *job = g_queue_pop_head(&disk->jobs);
    if (job && job->fragment)
        disk->waiting_bytes -= g_bytes_get_size(job->fragment->bytes);
    disk->busy_since_ms = job ? job->told_ms : clock_mono_ms();
    if (job && job->kind == JOB_WRITE)
        disk->writing = g_ref_string_acquire(job->camera);
    g_mutex_unlock(&disk->lock);
    return job;
}

static void do_job(Disk *disk, Job *job)
{
    switch (job->kind) {
    case JOB_WRITE:
        if (disk->archive)
            write_fragment(disk, job);
        break;
    case JOB_END:
        if (disk->archive)
            finish_segment(disk, job->camera, 0);
        break;
    case JOB_KEEP:
        if (disk->archive)
            begin_keeping(disk, job);
        break;
    case JOB_STOP:
        if (disk->archive)
            finish_all(disk);
        disk->is_stopped = true;
        break;
    }
    job_free(job);
    g_mutex_lock(&disk->lock);
    g_clear_pointer(&disk->writing, g_ref_string_release);
    g_mutex_unlock(&disk->lock);
}

static void do_what_is_due(Disk *disk)
{
    if (!disk->archive && clock_mono_ms() >= disk->open_at_ms)
        open_archive(disk);
    else if (disk->archive && disk->is_keeping)
        keep_limits(disk);
    else if (disk->archive && disk->has_walk)
        disk->has_walk = archive_walk(disk->archive);
}

static void disk_unref(Disk *disk)
{
    if (!g_atomic_int_dec_and_test(&disk->refs))
        return;
    g_queue_clear_full(&disk->jobs, job_free);
    g_queue_clear_full(&disk->events, (GDestroyNotify)disk_event_free);
    g_clear_pointer(&disk->writing, g_ref_string_release);
    g_hash_table_unref(disk->segments);
    limits_done(&disk->limits);
    g_mutex_clear(&disk->lock);
    g_cond_clear(&disk->told);
    g_free(disk->data_dir);
    g_free(disk->path);
    g_free(disk->hall);
    g_free(disk);
}

static gpointer disk_main(gpointer data)
{
    Disk *disk = data;
    set_busy(disk, clock_mono_ms());
    open_archive(disk);
    while (!disk->is_stopped) {
        Job *job = take_job(disk);
        follow_owner(disk);
        if (job)
            do_job(disk, job);
        else
            do_what_is_due(disk);
        if (disk->archive && clock_mono_ms() >= disk->sync_at_ms &&
            g_hash_table_size(disk->segments))
            sync_segments(disk);
    }
    close_archive(disk);
    g_mutex_lock(&disk->lock);
    disk->is_done = true;
    g_cond_signal(&disk->told);
    g_mutex_unlock(&disk->lock);
    disk_unref(disk);
    return NULL;
}

// --- the owner's side

Disk *disk_new(const DiskOptions *options)
{
    Disk *disk = g_new0(Disk, 1);
    disk->data_dir = g_strdup(options->data_dir);
    disk->path = g_strdup(options->path);
    disk->hall = g_strdup(options->hall);
    disk->storage = options->storage;
    disk->wake = options->wake;
    disk->ctx = options->ctx;
    disk->refs = 2;
    disk->segments =
        g_hash_table_new_full(g_str_hash, g_str_equal, (GDestroyNotify)g_ref_string_release, NULL);
    g_mutex_init(&disk->lock);
    g_cond_init(&disk->told);
    disk->thread = g_thread_new(options->storage ? "disk-spare" : "disk", disk_main, disk);
    return disk;
}

void disk_stop(Disk *disk)
{
    Job *stop = g_new0(Job, 1);
    stop->kind = JOB_STOP;
    push_job(disk, stop);
}

void disk_free(Disk *disk)
{
    if (!disk)
        return;
    int64_t end_us = g_get_monotonic_time() + STOP_MS * INT64_C(1000);
    g_mutex_lock(&disk->lock);
    while (!disk->is_done && g_cond_wait_until(&disk->told, &disk->lock, end_us))
        ;
    bool is_done = disk->is_done;
    disk->wake = NULL;
    g_mutex_unlock(&disk->lock);
    if (is_done)
        g_thread_join(disk->thread);
    else
        g_thread_unref(disk->thread);
    if (!is_done)
        log_err("storage: %s does not answer: what it was writing is recovered at the next start",
                disk->path);
    disk_unref(disk);
}

bool disk_has_room(Disk *disk)
{
    g_mutex_lock(&disk->lock);
    bool has_room = disk->waiting_bytes < ROOM_BYTES;
    g_mutex_unlock(&disk->lock);
    return has_room;
}

int64_t disk_waiting_ms(Disk *disk)
{
    g_mutex_lock(&disk->lock);
    const Job *first = g_queue_peek_head(&disk->jobs);
    int64_t since_ms = disk->busy_since_ms;
    if (first && (!since_ms || first->told_ms < since_ms))
        since_ms = first->told_ms;
    g_mutex_unlock(&disk->lock);
    return since_ms ? clock_mono_ms() - since_ms : 0;
}

void disk_write(Disk *disk, GRefString *camera, Fragment *fragment, bool begins)
{
    Job *job = g_new0(Job, 1);
    job->kind = JOB_WRITE;
    job->camera = g_ref_string_acquire(camera);
    job->fragment = fragment_ref(fragment);
    job->begins = begins;
    push_job(disk, job);
}

void disk_end(Disk *disk, GRefString *camera)
{
    Job *job = g_new0(Job, 1);
    job->kind = JOB_END;
    job->camera = g_ref_string_acquire(camera);
    push_job(disk, job);
}

void disk_keep(Disk *disk, const RetentionLimits *limits, bool probe)
{
    Job *job = g_new0(Job, 1);
    job->kind = JOB_KEEP;
    job->limits = *limits;
    if (limits->camera_days)
        g_hash_table_ref(limits->camera_days);
    if (limits->camera_quotas)
        g_hash_table_ref(limits->camera_quotas);
    job->probe = probe;
    push_job(disk, job);
}

GRefString *disk_leave(Disk *disk)
{
    g_mutex_lock(&disk->lock);
    disk->wanted_run++;
    g_queue_clear_full(&disk->jobs, job_free);
    disk->waiting_bytes = 0;
    g_cond_signal(&disk->told);
    GRefString *writing = g_steal_pointer(&disk->writing);
    g_mutex_unlock(&disk->lock);
    return writing;
}
