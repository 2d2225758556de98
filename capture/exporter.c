// SPDX-License-Identifier: Apache-2.0
#include "capture/exporter.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/log.h"
#include "base/sha256.h"
#include "capture/export_job.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BODY_MAX = 64 << 10, NICE = 10, HASH_STEP = 1 << 18 };
// ioprio_set(2): this thread, best effort, the last of it.
enum { IOPRIO_WHO_PROCESS = 1, IOPRIO_LAST = 2 << 13 | 7 };
#define PARTIAL ".partial"

typedef enum { JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_FAILED } JobState;
static const char *const STATE_NAMES[] = { "queued", "running", "done", "failed" };

typedef struct {
    gatomicrefcount refs;
    Exporter *exporter;
    ExportOrder *order;
    // Under the exporter's lock.
    JobState state;
    int percent;
    bool is_deleted; // not in the table any more
    char *error;
    char sha256[SHA256_HEX];
    int64_t bytes;
} Job;

struct Exporter {
    char *data_dir, *folder;
    Veil *(*veil)(void *ctx, const char *camera);
    void *veil_ctx;
    Recorder *recorder;
    GThread *thread;
    GMutex lock;
    GCond wake;
    GHashTable *jobs; // id -> Job
    GQueue queue;     // Job, a reference each
    int64_t floor_bytes;
    bool is_stopping;
};

static void job_unref(gpointer data)
{
    Job *job = data;
    if (!g_atomic_ref_count_dec(&job->refs))
        return;
    export_order_free(job->order);
    g_free(job->error);
    g_free(job);
}

static char *zip_path(const Exporter *exporter, const char *id)
{
    return g_strdup_printf("%s/%s.zip", exporter->folder, id);
}

// --- the thread

static bool is_ended(void *ctx)
{
    Job *job = ctx;
    Exporter *exporter = job->exporter;
    g_mutex_lock(&exporter->lock);
    bool is_over = job->is_deleted || exporter->is_stopping;
    g_mutex_unlock(&exporter->lock);
    return is_over;
}

static void set_percent(void *ctx, int percent)
{
    Job *job = ctx;
    g_mutex_lock(&job->exporter->lock);
    job->percent = percent;
    g_mutex_unlock(&job->exporter->lock);
}

static int hash_file(Job *job, const char *path, char *ret_hex, int64_t *ret_bytes)
{
    g_autoptr(Sha256) hash = sha256_new();
    g_autofree uint8_t *buffer = g_malloc(HASH_STEP);
    uint8_t sha256[SHA256_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t n;
    *ret_bytes = 0;
    while ((n = read(fd, buffer, HASH_STEP)) > 0) {
        sha256_update(hash, buffer, (size_t)n);
        *ret_bytes += n;
        if (is_ended(job)) {
            n = -1;
            errno = ECANCELED;
            break;
        }
    }
    int err = n < 0 ? -errno : 0;
    close(fd);
    sha256_read(hash, sha256);
    sha256_hex(sha256, ret_hex);
    return err;
}

static int make(Job *job, const char *path, char **ret_error)
{
    Exporter *exporter = job->exporter;
    g_auto(EvidenceKey) key = { 0 };
    int err = file_make_dirs(exporter->folder);
    if (err == 0)
        err = evidence_key_prepare(exporter->data_dir, &key);
    if (err < 0) {
        *ret_error =
            g_strdup_printf("导出目录或密钥不可用 / the exports' folder or the key cannot be "
                            "used: %s",
                            g_strerror(-err));
        return err;
    }
    g_mutex_lock(&exporter->lock);
    ExportPlace place = { .data_dir = exporter->data_dir,
                          .recorder = exporter->recorder,
                          .key = key,
                          .floor_bytes = exporter->floor_bytes,
                          .veil = exporter->veil,
                          .veil_ctx = exporter->veil_ctx };
    g_mutex_unlock(&exporter->lock);
    ExportWatch watch = { is_ended, set_percent, job };
    err = export_job_run(&place, job->order, path, &watch, ret_error);
    evidence_key_done(&place.key);
    return err;
}

// The last step: from then on the file is there, or nothing of it. An order that was deleted
// meanwhile leaves nothing.
static int put_in_place(Job *job, const char *partial, const char *path)
{
    Exporter *exporter = job->exporter;
    g_mutex_lock(&exporter->lock);
    int err =
        job->is_deleted || exporter->is_stopping ? -ECANCELED : fault_at("export.rename", path);
    if (err == 0 && g_rename(partial, path) < 0)
        err = -errno;
    g_mutex_unlock(&exporter->lock);
    if (err == 0)
        err = fault_at("export.sync", path);
    return err < 0 ? err : file_sync_dir(exporter->folder);
}

static int make_file(Job *job, const char *path, char *hex, int64_t *bytes, char **ret_error)
{
    g_autofree char *partial = g_strconcat(path, PARTIAL, NULL);
    int err = make(job, partial, ret_error);
    if (err == 0)
        err = hash_file(job, partial, hex, bytes);
    if (err == 0)
        err = put_in_place(job, partial, path);
    g_unlink(partial);
    return err;
}

static void finish(Job *job, int err, const char *error)
{
    g_mutex_lock(&job->exporter->lock);
    job->state = err < 0 ? JOB_FAILED : JOB_DONE;
    job->percent = err < 0 ? job->percent : 100;
    g_free(job->error);
    job->error = err < 0 ? g_strdup(error ? error : g_strerror(-err)) : NULL;
    g_mutex_unlock(&job->exporter->lock);
}

static void run(Job *job)
{
    const char *id = job->order->id;
    g_autofree char *path = zip_path(job->exporter, id), *error = NULL;
    char hex[SHA256_HEX] = "";
    int64_t bytes = 0, began_ms = clock_mono_ms();
    bool is_there = access(path, F_OK) == 0;
    int err =
        is_there ? hash_file(job, path, hex, &bytes) : make_file(job, path, hex, &bytes, &error);
    if (err == 0) {
        g_mutex_lock(&job->exporter->lock);
        g_strlcpy(job->sha256, hex, sizeof job->sha256);
        job->bytes = bytes;
        g_mutex_unlock(&job->exporter->lock);
        log_info("export=%s done: %" G_GINT64_FORMAT " bytes in %" G_GINT64_FORMAT " ms", id, bytes,
                 clock_mono_ms() - began_ms);
    } else if (err != -ECANCELED) {
        log_err("export=%s failed: %s", id, error ? error : g_strerror(-err));
    }
    finish(job, err, error);
}

// Waits for the next one. NULL: it is time to end.
static Job *next_job(Exporter *exporter)
{
    Job *job = NULL;
    g_mutex_lock(&exporter->lock);
    while (!exporter->is_stopping && !(job = g_queue_pop_head(&exporter->queue)))
        g_cond_wait(&exporter->wake, &exporter->lock);
    if (job && !job->is_deleted)
        job->state = JOB_RUNNING;
    g_mutex_unlock(&exporter->lock);
    return job;
}

// Recording and live views go first. A system that refuses is no reason not to export.
static void take_low_priority(void)
{
    pid_t thread = (pid_t)syscall(SYS_gettid);
    if (setpriority(PRIO_PROCESS, (id_t)thread, NICE) < 0 ||
        syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, thread, IOPRIO_LAST) < 0)
        log_debug("export: low priority: %s", g_strerror(errno));
}

static gpointer exporter_main(gpointer data)
{
    Exporter *exporter = data;
    Job *job;
    take_low_priority();
    while ((job = next_job(exporter))) {
        if (!is_ended(job))
            run(job);
        job_unref(job);
    }
    return NULL;
}

// --- life

// What a stop in the middle left.
static void remove_partials(const Exporter *exporter)
{
    g_autoptr(GDir) dir = g_dir_open(exporter->folder, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(exporter->folder, name, NULL);
        if (g_str_has_suffix(name, PARTIAL))
            g_unlink(path);
    }
}

Exporter *exporter_new(const ExporterOptions *options)
{
    Exporter *exporter = g_new0(Exporter, 1);
    exporter->data_dir = g_strdup(options->data_dir);
    exporter->folder = g_build_filename(options->data_dir, "exports", NULL);
    exporter->recorder = options->recorder;
    exporter->veil = options->veil;
    exporter->veil_ctx = options->veil_ctx;
    exporter->floor_bytes = options->floor_bytes;
    exporter->jobs = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, job_unref);
    g_queue_init(&exporter->queue);
    g_mutex_init(&exporter->lock);
    g_cond_init(&exporter->wake);
    remove_partials(exporter);
    exporter->thread = g_thread_new("export", exporter_main, exporter);
    return exporter;
}

void exporter_free(Exporter *exporter)
{
    if (!exporter)
        return;
    g_mutex_lock(&exporter->lock);
    exporter->is_stopping = true;
    g_cond_signal(&exporter->wake);
    g_mutex_unlock(&exporter->lock);
    g_thread_join(exporter->thread);
    g_queue_clear_full(&exporter->queue, job_unref);
    g_hash_table_unref(exporter->jobs);
    g_mutex_clear(&exporter->lock);
    g_cond_clear(&exporter->wake);
    g_free(exporter->data_dir);
    g_free(exporter->folder);
    g_free(exporter);
}

void exporter_set_floor(Exporter *exporter, int64_t floor_bytes)
{
    g_mutex_lock(&exporter->lock);
    exporter->floor_bytes = floor_bytes;
    g_mutex_unlock(&exporter->lock);
}

// --- requests

// Under the lock.
static json_t *job_json(const Job *job)
{
    bool is_done = job->state == JOB_DONE;
    return json_pack("{s:s, s:s, s:i, s:s?, s:s?, s:o}", "id", job->order->id, "state",
                     STATE_NAMES[job->state], "percent", job->percent, "error", job->error,
                     "sha256", is_done ? job->sha256 : NULL, "bytes",
                     is_done ? json_integer(job->bytes) : json_null());
}

// Under the lock. One that is known stays as it is; to be made anew it is deleted first.
static Job *take_order(Exporter *exporter, ExportOrder *take_order)
{
    Job *job = g_hash_table_lookup(exporter->jobs, take_order->id);
    if (job) {
        export_order_free(take_order);
        return job;
    }
    job = g_new0(Job, 1);
    g_atomic_ref_count_init(&job->refs);
    g_atomic_ref_count_inc(&job->refs); // the queue's
    job->exporter = exporter;
    job->order = take_order;
    g_hash_table_insert(exporter->jobs, job->order->id, job);
    g_queue_push_tail(&exporter->queue, job);
    g_cond_signal(&exporter->wake);
    return job;
}

void exporter_put(HttpRequest *request, void *ctx)
{
    Exporter *exporter = ctx;
    char error[200] = "";
    size_t size;
    const char *bytes = http_body(request, &size);
    json_t *body = fields_parse(bytes, size, BODY_MAX, error);
    ExportOrder *order = body ? export_order_new(http_param(request, "id"), body, error) : NULL;
    json_decref(body);
    if (!order) {
        http_reply_error(request, 400, "bad_export", "%s", error);
        return;
    }
    g_mutex_lock(&exporter->lock);
    json_t *answer = job_json(take_order(exporter, order));
    g_mutex_unlock(&exporter->lock);
    http_reply_json(request, 200, answer);
}

void exporter_get(HttpRequest *request, void *ctx)
{
    Exporter *exporter = ctx;
    g_mutex_lock(&exporter->lock);
    Job *job = g_hash_table_lookup(exporter->jobs, http_param(request, "id"));
    json_t *answer = job ? job_json(job) : NULL;
    g_mutex_unlock(&exporter->lock);
    if (answer)
        http_reply_json(request, 200, answer);
    else
        http_reply_error(request, 404, "no_export", "this export is not known here");
}

static bool is_plain(const char *id)
{
    return *id && strlen(id) <= EXPORT_MAX_ID && !strpbrk(id, "/.");
}

void exporter_delete(HttpRequest *request, void *ctx)
{
    Exporter *exporter = ctx;
    const char *id = http_param(request, "id");
    g_autofree char *path = zip_path(exporter, id);
    if (!is_plain(id)) {
        http_reply_error(request, 400, "bad_export", "not an export's id");
        return;
    }
    g_mutex_lock(&exporter->lock);
    Job *job = g_hash_table_lookup(exporter->jobs, id);
    if (job) {
        job->is_deleted = true;
        g_hash_table_remove(exporter->jobs, id);
    }
    int err = g_unlink(path) < 0 && errno != ENOENT ? -errno : 0;
    g_mutex_unlock(&exporter->lock);
    export_job_let_go(exporter->recorder, id);
    if (err < 0)
        http_reply_error(request, 503, "not_removed", "%s; try again", g_strerror(-err));
    else
        http_reply_json(request, 200, json_pack("{s:s}", "id", id));
}
