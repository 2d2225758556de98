// SPDX-License-Identifier: Apache-2.0
#include "appliance/worker.h"

struct Worker {
    GThread *thread;
    int period_ms;
    void (*run)(void *ctx);
    void *ctx;

    GMutex lock;
    GCond wake;
    bool is_woken; // under lock
    bool ending;   // under lock
};

// False: the end.
static bool wait_turn(Worker *worker)
{
    gint64 until = g_get_monotonic_time() + (gint64)worker->period_ms * 1000;
    g_mutex_lock(&worker->lock);
    while (!worker->ending && !worker->is_woken &&
           g_cond_wait_until(&worker->wake, &worker->lock, until))
        ;
    bool ending = worker->ending;
    worker->is_woken = false;
    g_mutex_unlock(&worker->lock);
    return !ending;
}

static gpointer worker_thread(gpointer data)
{
    Worker *worker = data;
    do
        worker->run(worker->ctx);
    while (wait_turn(worker));
    return NULL;
}

Worker *worker_new(const char *name, int period_ms, void (*run)(void *ctx), void *ctx)
{
    Worker *worker = g_new0(Worker, 1);
    worker->period_ms = period_ms;
    worker->run = run;
    worker->ctx = ctx;
    g_mutex_init(&worker->lock);
    g_cond_init(&worker->wake);
    worker->thread = g_thread_new(name, worker_thread, worker);
    return worker;
}

void worker_free(Worker *worker)
{
    if (!worker)
        return;
    g_mutex_lock(&worker->lock);
    worker->ending = true;
    g_cond_signal(&worker->wake);
    g_mutex_unlock(&worker->lock);
    g_thread_join(worker->thread);
    g_mutex_clear(&worker->lock);
    g_cond_clear(&worker->wake);
    g_free(worker);
}

void worker_wake(Worker *worker)
{
    g_mutex_lock(&worker->lock);
    worker->is_woken = true;
    g_cond_signal(&worker->wake);
    g_mutex_unlock(&worker->lock);
}
