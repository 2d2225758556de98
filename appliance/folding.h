// SPDX-License-Identifier: Apache-2.0
// Folding: hours that are over are counted into the roll-ups (rating/rollup.h), and new ratings put
// into the index of words (rating/search.h), a few in each job of the writer, so that no rating
// waits for long; after an update that may be years of hours.
#pragma once
#include "base/writer.h"

typedef struct Folding Folding;

// zone: the hall's, as in TZ.
Folding *folding_new(Writer *writer, const char *zone);
// Before the writer ends: what is left is folded by the next start.
void folding_stop(Folding *folding);
// After the writer has ended.
void folding_free(Folding *folding);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Folding, folding_free)

// Begins, unless it is at it, and goes on until nothing is left. Any thread; never blocks.
void folding_begin(Folding *folding);
