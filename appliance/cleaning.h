// SPDX-License-Identifier: Apache-2.0
// Cleaning: what nobody needs any more goes from DIR, at the start and every hour, on a thread of
// its own: files that were taken from the inbox and stand in inbox/done/ longer than
// rules.person_days (they name applicants in the clear), what the database's log still has of rows
// that were overwritten, and pictures that were given with nothing or whose time is over
// (rating/attachment.h).
#pragma once
#include "base/writer.h"
#include "rating/hall.h"

typedef struct Cleaning Cleaning;

typedef struct {
    const char *data_dir, *store_path;
    Writer *writer;
    const Hall *hall; // used in the writer's jobs alone
} CleaningOptions;

// 0 or negative errno.
int cleaning_new(const CleaningOptions *options, Cleaning **ret_cleaning);
// Names were erased: the log is done now. Any thread.
void cleaning_wake(Cleaning *cleaning);
void cleaning_free(Cleaning *cleaning); // before the writer
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cleaning, cleaning_free)
