// SPDX-License-Identifier: Apache-2.0
#include "appliance/cleaning.h"

#include "appliance/worker.h"
#include "base/clock.h"
#include "base/log.h"
#include "rating/attachment.h"
#include "rating/one_window.h"
#include "rating/tracking.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PERIOD_MS (60 * 60 * 1000)
#define DAY_MS    (24 * INT64_C(3600000))

enum { TRIES = 5 };

struct Cleaning {
    char *data_dir, *done;
    Writer *writer;
    const Hall *hall;
    Worker *worker;
    Store *store; // worker's thread
};

typedef struct {
    const Hall *hall;
    int64_t now_ms, before_ms; // of what names persons
} Sweep;

static int sweep_run(Store *store, void *data)
{
    Sweep *sweep = data;
    sweep->before_ms = sweep->now_ms - (int64_t)sweep->hall->config->rules.person_days * DAY_MS;
    int err = attachment_sweep(store, sweep->hall, sweep->now_ms);
    if (err >= 0)
        err = tracking_sweep(store, sweep->hall, sweep->now_ms);
    return MIN(0, err < 0 ? err : one_window_sweep(store, sweep->hall, sweep->now_ms));
}

// When it was moved to where it is: its own time is whatever its sender's was.
static bool is_older(const char *path, int64_t before_ms)
{
    struct stat info;
    return lstat(path, &info) == 0 && S_ISREG(info.st_mode) &&
           info.st_ctim.tv_sec * INT64_C(1000) < before_ms;
}

static int clean_done(const Cleaning *cleaning, int64_t before_ms)
{
    g_autoptr(GDir) files = g_dir_open(cleaning->done, 0, NULL);
    const char *name;
    int n = 0;
    while (files && (name = g_dir_read_name(files))) {
        g_autofree char *path = g_build_filename(cleaning->done, name, NULL);
        if (!is_older(path, before_ms))
            continue;
        if (unlink(path) < 0)
            return -errno;
        n++;
    }
    return n;
}

// What was overwritten in the database still stands in its log until that begins anew. Where
// somebody reads or writes right now, nobody waits for it: it is tried again, at last in an hour.
static void clean_log(Store *store)
{
    for (int i = 0; i < TRIES; i++) {
        if (store_value(store, 1, "PRAGMA wal_checkpoint(TRUNCATE)", "") == 0)
            return;
        g_usleep(G_USEC_PER_SEC / TRIES);
    }
}

static void clean(void *ctx)
{
    Cleaning *cleaning = ctx;
    Sweep sweep = { .hall = cleaning->hall, .now_ms = clock_wall_ms() };
    int err = writer_call(cleaning->writer, sweep_run, &sweep);
    int pictures =
        err < 0 ? err : attachment_sweep_files(cleaning->store, cleaning->data_dir, sweep.now_ms);
    int files = pictures < 0 ? pictures : clean_done(cleaning, sweep.before_ms);
    clean_log(cleaning->store);
    if (files < 0)
        log_err("cleaning: %s; tried again in an hour", g_strerror(-files));
    if (pictures > 0 || files > 0)
        log_info("cleaning: %d pictures and %d files of inbox/done removed", MAX(pictures, 0),
                 MAX(files, 0));
}

int cleaning_new(const CleaningOptions *options, Cleaning **ret_cleaning)
{
    g_autoptr(Store) store = NULL;
    int err = store_open(options->store_path, STORE_WRITE, &store);
    if (err == 0)
        err = store_script(store, "PRAGMA busy_timeout=0");
    if (err < 0)
        return err;
    Cleaning *cleaning = g_new0(Cleaning, 1);
    cleaning->data_dir = g_strdup(options->data_dir);
    cleaning->done = g_build_filename(options->data_dir, "inbox", "done", NULL);
    cleaning->writer = options->writer;
    cleaning->hall = options->hall;
    cleaning->store = g_steal_pointer(&store);
    cleaning->worker = worker_new("cleaning", PERIOD_MS, clean, cleaning);
    *ret_cleaning = cleaning;
    return 0;
}

void cleaning_wake(Cleaning *cleaning)
{
    worker_wake(cleaning->worker);
}

void cleaning_free(Cleaning *cleaning)
{
    if (!cleaning)
        return;
    worker_free(cleaning->worker);
    store_free(cleaning->store);
    g_free(cleaning->data_dir);
    g_free(cleaning->done);
    g_free(cleaning);
}
