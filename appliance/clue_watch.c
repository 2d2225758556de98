// SPDX-License-Identifier: Apache-2.0
#include "appliance/clue_watch.h"
#include "appliance/worker.h"
#include "base/clock.h"
#include "base/log.h"
#include "rating/clue.h"

#define PERIOD_MS 60000

struct ClueWatch {
    Store *store; // worker's thread
    Writer *writer;
    const Hall *hall;
    Hall now;
    Worker *worker;
};

typedef struct {
    const Hall *hall;
    const Clues *clues;
    int64_t now_ms;
    int raised; // out
} KeepJob;

static int keep_run(Store *store, void *data)
{
    KeepJob *job = data;
    job->raised = clue_keep(store, job->hall, job->clues, job->now_ms);
    return MIN(job->raised, 0);
}

static int look_at(ClueWatch *watch, CalendarDay day, int64_t now_ms)
{
    g_autoptr(Clues) clues = NULL;
    int err = clue_find(watch->store, &watch->now, day, now_ms, &clues);
    KeepJob job = { .hall = watch->hall, .clues = clues, .now_ms = now_ms };
    if (err == 0)
        err = writer_call(watch->writer, keep_run, &job);
    if (err == 0 && job.raised > 0)
        log_info("conduct: %d clues raised", job.raised);
    return err;
}

// One day each time, so that whoever ends the watch waits for no more.
static void look(void *ctx)
{
    ClueWatch *watch = ctx;
    int64_t now_ms = clock_wall_ms();
    CalendarDay day = clue_next_day(watch->store, &watch->now, now_ms);
    int err = day < 0 ? 0 : look_at(watch, day, now_ms);
    if (err < 0)
        log_err("conduct: the look at a day failed, tried again in a minute: %s", g_strerror(-err));
}

int clue_watch_new(const ClueWatchOptions *options, ClueWatch **ret_watch)
{
    g_autoptr(ClueWatch) watch = g_new0(ClueWatch, 1);
    int err = store_open(options->store_path, STORE_READ, &watch->store);
    if (err < 0)
        return err;
    watch->writer = options->writer;
    watch->hall = options->hall;
    watch->now = options->now;
    watch->worker = worker_new("clues", PERIOD_MS, look, watch);
    *ret_watch = g_steal_pointer(&watch);
    return 0;
}

void clue_watch_free(ClueWatch *watch)
{
    if (!watch)
        return;
    worker_free(watch->worker);
    store_free(watch->store);
    g_free(watch);
}
