// SPDX-License-Identifier: Apache-2.0
#include "base/writer.h"

#include "base/log.h"

#include <errno.h>
#include <string.h>

// Enough that a commit's fsync is shared by many, small enough that the first of them does not wait
// long.
enum { MAX_BATCH = 512 };

typedef struct {
    WriterRun run;
    WriterDone done;
    void *job;
    int err;
} Job;

struct Writer {
    GThread *thread;
    void (*after_batch)(void *ctx, int err);
    void *ctx;
    Store *store; // writer thread only

    GMutex lock;
    GCond more;
    GArray *waiting; // Job; under lock
    bool ending;     // under lock
};

static int run_one(Store *store, Job *job)
{
    if (store_script(store, "SAVEPOINT job") < 0)
        return -EIO;
    int err = job->run(store, job->job);
    if (err < 0)
        store_script(store, "ROLLBACK TO job");
    store_script(store, "RELEASE job");
    return err;
}

static int run_batch(Writer *writer, GArray *jobs)
{
    int err = store_script(writer->store, "BEGIN IMMEDIATE");
    if (err == 0) {
        for (guint i = 0; i < jobs->len; i++) {
            Job *job = &g_array_index(jobs, Job, i);
            job->err = run_one(writer->store, job);
        }
        err = store_script(writer->store, "COMMIT");
        if (err < 0)
            store_script(writer->store, "ROLLBACK");
    }
    if (err < 0)
        log_err("writer: %u jobs were not committed: %s", jobs->len, strerror(-err));
    return err;
}

static void finish_batch(Writer *writer, GArray *jobs, int err)
{
    for (guint i = 0; i < jobs->len; i++) {
        Job *job = &g_array_index(jobs, Job, i);
        if (job->done)
            job->done(job->job, err < 0 ? err : job->err);
    }
    if (writer->after_batch)
        writer->after_batch(writer->ctx, err);
}

// False: the end, with nothing left.
static bool take_batch(Writer *writer, GArray *into)
{
    g_mutex_lock(&writer->lock);
    while (writer->waiting->len == 0 && !writer->ending)
        g_cond_wait(&writer->more, &writer->lock);
    guint n = MIN(writer->waiting->len, MAX_BATCH);
    g_array_append_vals(into, writer->waiting->data, n);
    g_array_remove_range(writer->waiting, 0, n);
    g_mutex_unlock(&writer->lock);
    return n > 0;
}

static gpointer writer_thread(gpointer data)
{
    Writer *writer = data;
    g_autoptr(GArray) jobs = g_array_new(FALSE, FALSE, sizeof(Job));
    while (take_batch(writer, jobs)) {
        finish_batch(writer, jobs, run_batch(writer, jobs));
        g_array_set_size(jobs, 0);
    }
    return NULL;
}

Writer *writer_new(Store *take_store, void (*after_batch)(void *ctx, int err), void *ctx)
{
    Writer *writer = g_new0(Writer, 1);
    writer->store = take_store;
    writer->after_batch = after_batch;
    writer->ctx = ctx;
    g_mutex_init(&writer->lock);
    g_cond_init(&writer->more);
    writer->waiting = g_array_new(FALSE, FALSE, sizeof(Job));
    writer->thread = g_thread_new("writer", writer_thread, writer);
    return writer;
}

void writer_free(Writer *writer)
{
    if (!writer)
        return;
    g_mutex_lock(&writer->lock);
    writer->ending = true;
    g_cond_signal(&writer->more);
    g_mutex_unlock(&writer->lock);
    g_thread_join(writer->thread);
    g_array_unref(writer->waiting);
    g_mutex_clear(&writer->lock);
    g_cond_clear(&writer->more);
    store_free(writer->store);
    g_free(writer);
}

void writer_push(Writer *writer, WriterRun run, WriterDone done, void *job)
{
    Job entry = { .run = run, .done = done, .job = job };
    g_mutex_lock(&writer->lock);
    g_array_append_val(writer->waiting, entry);
    if (writer->waiting->len == 1)
        g_cond_signal(&writer->more);
    g_mutex_unlock(&writer->lock);
}

typedef struct {
    WriterRun run;
    void *job;
    GMutex lock;
    GCond done;
    bool is_done; // under lock
    int err;      // under lock
} Call;

static int call_run(Store *store, void *data)
{
    Call *call = data;
    return call->run(store, call->job);
}

static void call_done(void *data, int err)
{
    Call *call = data;
    g_mutex_lock(&call->lock);
    call->err = err;
    call->is_done = true;
    g_cond_signal(&call->done);
    g_mutex_unlock(&call->lock);
}

int writer_call(Writer *writer, WriterRun run, void *job)
{
    Call call = { .run = run, .job = job };
    g_mutex_init(&call.lock);
    g_cond_init(&call.done);
    writer_push(writer, call_run, call_done, &call);
    g_mutex_lock(&call.lock);
    while (!call.is_done)
        g_cond_wait(&call.done, &call.lock);
    g_mutex_unlock(&call.lock);
    g_mutex_clear(&call.lock);
    g_cond_clear(&call.done);
    return call.err;
}

size_t writer_backlog(Writer *writer)
{
    g_mutex_lock(&writer->lock);
    size_t n = writer->waiting->len;
    g_mutex_unlock(&writer->lock);
    return n;
}
