// SPDX-License-Identifier: Apache-2.0
// Whether the roll-ups (rollup.h) still say what the rows say: hours are counted anew, and of the
// other grains each cell is held against those of the grain below. Stale hours are left out, since
// readers count these from the rows.
#pragma once
#include "rating/rollup.h"

typedef struct {
    RollupKind kind;
    int64_t from_ms, to_ms; // the period
    const char *key, *sub;  // as of RollupRow
    const char *measure;    // the first that differs; NULL: only the name does
    int64_t kept, counted;  // of the measure
} RollupDifference;

// Hours from counted_from_ms on are counted anew (0: all of them); cells of days and more are
// checked all. found is called for each cell that differs. A connection of its own, for reading,
// that makes tables of its own in memory; the process' TZ is the hall's. How many, or negative
// errno.
int rollup_check(Store *store, int64_t counted_from_ms, int64_t now_ms,
                 void (*found)(void *ctx, const RollupDifference *difference), void *ctx);
// What is kept of the period that begins there is not to be believed: it is counted anew by the
// next rollup_fold(). Inside a transaction. 0 or negative errno.
int rollup_distrust(Store *store, int64_t from_ms);
// Of a cell, for a person: "counter c1 at 09", "service item 社保卡 of 人社" ... The caller frees.
char *rollup_difference_words(const RollupDifference *difference);
