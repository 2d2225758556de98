// SPDX-License-Identifier: Apache-2.0
#include "appliance/inbox_watch.h"
#include "appliance/worker.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "rating/inbox.h"
#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

#define PERIOD_MS 1000

// What a file looked like at the last look.
typedef struct {
    off_t size;
    struct timespec changed;
    bool has_failed; // its failure is in the log already
} Look;

struct InboxWatch {
    char *dir, *done;
    Writer *writer;
    const Hall *hall;
    GHashTable *looks; // file name -> Look; worker's thread
    atomic_bool ending;
    Worker *worker;
};

typedef struct {
    const Hall *hall;
    const char *name;
    char *bytes;
    size_t size;
    InboxResult result;
    char *rejects;
} TakeJob;

static int take_run(Store *store, void *data)
{
    TakeJob *job = data;
    return inbox_take(store, job->hall, job->name, job->bytes, job->size, clock_wall_ms(),
                      &job->result, &job->rejects);
}

static void take_job_done(TakeJob *job)
{
    inbox_result_done(&job->result);
    g_free(job->rejects);
    g_free(job->bytes);
}

// --- afterwards

// done/NAME, or done/NAME-TIME where a file of this name was taken before.
static char *place_in_done(const InboxWatch *watch, const char *name)
{
    char *path = g_build_filename(watch->done, name, NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return path;
    char *other = g_strdup_printf("%s-%" PRId64, path, clock_wall_ms());
    g_free(path);
    return other;
}

static int write_beside(const char *moved, const char *suffix, const char *text)
{
    g_autofree char *path = g_strconcat(moved, suffix, NULL);
    return text ? file_write_atomic(path, text, strlen(text), 0640) : 0;
}

// Reasons first, the move last: a stop in between takes the file again and writes them again.
static int finish(const InboxWatch *watch, const char *name, const char *rejects, const char *why)
{
    g_autofree char *path = g_build_filename(watch->dir, name, NULL);
    g_autofree char *moved = place_in_done(watch, name);
    int err = write_beside(moved, ".rejected.csv", rejects);
    if (err == 0)
        err = write_beside(moved, ".error.txt", why);
    if (err == 0 && rename(path, moved) < 0)
        err = -errno;
    return err;
}

static int take(InboxWatch *watch, const char *name)
{
    TakeJob job = { .hall = watch->hall, .name = name };
    g_autofree char *path = g_build_filename(watch->dir, name, NULL);
    int err = file_read(path, INBOX_SIZE_MAX, &job.bytes, &job.size);
    if (err == -EFBIG)
        return finish(
            watch, name, NULL,
            "The file is larger than 16 MiB. Divide it, with the header row in each part.\n");
    if (err == 0)
        err = writer_call(watch->writer, take_run, &job);
    if (err == 0) {
        log_info("inbox file=%s: %d rows taken, %d bad%s%s", name, job.result.taken, job.result.bad,
                 job.result.error ? ", refused: " : "", job.result.error ? job.result.error : "");
        err = finish(watch, name, job.rejects, job.result.error);
    }
    take_job_done(&job);
    return err;
}

// --- each second

static bool is_csv(const char *name)
{
    size_t size = strlen(name);
    return size > 4 && name[0] != '.' && g_ascii_strcasecmp(name + size - 4, ".csv") == 0;
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *list(const char *path)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir)))
        if (is_csv(name))
            g_ptr_array_add(names, g_strdup(name));
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    return names;
}

// True: it looks as it did at the last look.
static bool stands_still(InboxWatch *watch, const char *name, Look **ret_look)
{
    g_autofree char *path = g_build_filename(watch->dir, name, NULL);
    struct stat info;
    if (lstat(path, &info) < 0 || !S_ISREG(info.st_mode))
        return false;
    Look *look = g_hash_table_lookup(watch->looks, name);
    bool is_same = look && look->size == info.st_size &&
                   look->changed.tv_sec == info.st_mtim.tv_sec &&
                   look->changed.tv_nsec == info.st_mtim.tv_nsec;
    if (!is_same) {
        look = g_new0(Look, 1);
        look->size = info.st_size;
        look->changed = info.st_mtim;
        g_hash_table_replace(watch->looks, g_strdup(name), look);
    }
    *ret_look = look;
    return is_same;
}

static void look_at(InboxWatch *watch, const char *name)
{
    Look *look;
    if (!stands_still(watch, name, &look))
        return;
    int err = take(watch, name);
    if (err == 0) {
        g_hash_table_remove(watch->looks, name);
    } else if (!look->has_failed) {
        log_err("inbox file=%s not taken, tried again each second: %s", name, g_strerror(-err));
        look->has_failed = true;
    }
}

static void scan(void *ctx)
{
    InboxWatch *watch = ctx;
    g_autoptr(GPtrArray) names = list(watch->dir);
    for (guint i = 0; i < names->len && !atomic_load(&watch->ending); i++)
        look_at(watch, g_ptr_array_index(names, i));
}

int inbox_watch_new(const InboxWatchOptions *options, InboxWatch **ret_watch)
{
    g_autofree char *done = g_build_filename(options->dir, "done", NULL);
    int err = file_make_dirs(done);
    if (err < 0)
        return err;
    InboxWatch *watch = g_new0(InboxWatch, 1);
    watch->dir = g_strdup(options->dir);
    watch->done = g_steal_pointer(&done);
    watch->writer = options->writer;
    watch->hall = options->hall;
    watch->looks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    watch->worker = worker_new("inbox", PERIOD_MS, scan, watch);
    *ret_watch = watch;
    return 0;
}

void inbox_watch_free(InboxWatch *watch)
{
    if (!watch)
        return;
    atomic_store(&watch->ending, true);
    worker_free(watch->worker);
    g_hash_table_unref(watch->looks);
    g_free(watch->dir);
    g_free(watch->done);
    g_free(watch);
}
