// SPDX-License-Identifier: Apache-2.0
// Writer: the one thread that writes a database, with batched commits.
//
// Jobs that wait together are committed together: each runs in a savepoint of its own, so that one
// that fails is undone alone. done() comes after the COMMIT has reached the disk (err 0), or with
// the error that undid the job.
#pragma once
#include "base/store.h"

typedef struct Writer Writer;

// run: writer thread, inside the transaction; non-zero (negative errno) undoes this job.
// done: writer thread, after the commit; owns the job from then on. May be NULL (then the job must
// need no freeing).
typedef int (*WriterRun)(Store *store, void *job);
typedef void (*WriterDone)(void *job, int err);

// Takes the open store. after_batch (may be NULL) is called on the writer thread after all done()
// of one commit.
Writer *writer_new(Store *take_store, void (*after_batch)(void *ctx, int err), void *ctx);

// Commits what waits, then ends the thread and closes the store.
void writer_free(Writer *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Writer, writer_free)

// Any thread; never blocks.
void writer_push(Writer *writer, WriterRun run, WriterDone done, void *job);

// Any thread but the writer's: waits for the commit and returns the job's result.
int writer_call(Writer *writer, WriterRun run, void *job);

// Jobs that wait now (for back-pressure and for the status page).
size_t writer_backlog(Writer *writer);
