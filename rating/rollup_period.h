// SPDX-License-Identifier: Apache-2.0
// A period of the roll-ups: an hour, day, 8, 64 or 512 days (grains 0 to 4), whose cells are made
// from the rows or from those of the grain below. Shared by those that fold (rollup.c) and that
// check (rollup_check.c).
#pragma once
#include "rating/rollup.h"

#define ROLLUP_HOUR_MS INT64_C(3600000)
// Hours are numbered so that 24 of them make a day of UTC+8: period = Unix hour + this.
enum { ROLLUP_ZONE_HOURS = 8, ROLLUP_N_GRAINS = 5 };

#define ROLLUP_EVERY_KIND "kind IN (0, 1, 2, 3, 4)" // the table's order begins with it
G_STATIC_ASSERT(ROLLUP_N_KINDS == 5);

int64_t rollup_hours(int grain); // of which a period consists
// Makes the cells of a period anew: of an hour from the rows, so that it is not stale any more; of
// another grain from the cells of the one below. 0 or negative errno.
int rollup_fold_hour(Store *store, int64_t period);
int rollup_fold_up(Store *store, int grain, int64_t period);
