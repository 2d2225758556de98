// SPDX-License-Identifier: Apache-2.0
// Clue watch: looks for clues of rating fraud (rating/clue.h) once each working day has ended, also
// the days that ended while the box was off. Reads on a thread and connection of its own; only what
// was found goes through the writer.
#pragma once
#include "base/writer.h"
#include "rating/hall.h"

typedef struct ClueWatch ClueWatch;

typedef struct {
    const char *store_path;
    Writer *writer;
    const Hall *hall; // used in the writer's jobs alone
    Hall now;         // its config and calendar are read until clue_watch_free
} ClueWatchOptions;

int clue_watch_new(const ClueWatchOptions *options, ClueWatch **ret_watch);
// Before the writer; waits for the look at one day (a fraction of a second).
void clue_watch_free(ClueWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ClueWatch, clue_watch_free)
