// SPDX-License-Identifier: Apache-2.0
// Worker: a thread that does one thing each period, and at once when it is woken. For work that may
// block (HTTP to video, files), so that the desk's main thread and the broker's never do.
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct Worker Worker;

// run is called on the worker's thread alone, first at once.
Worker *worker_new(const char *name, int period_ms, void (*run)(void *ctx), void *ctx);
// Waits for the run that is in progress.
void worker_free(Worker *worker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Worker, worker_free)

void worker_wake(Worker *worker); // any thread
