// SPDX-License-Identifier: Apache-2.0
// Moment: what happened at a counter or was marked by a person, as a mark on the timeline of the
// cameras that see it.
//
// Kinds: rating_bad (levels 2, 1), rating_good (5, 4, 3), overdue (a flag case_red: the case ran
// over its limit), flag (all other flags), bookmark.
#pragma once
#include "rating/hall.h"

enum { MOMENT_KINDS = 5, MOMENT_TEXT_MAX = 80 /* characters */ };

typedef struct {
    int64_t from_ms, to_ms; // from_ms <= at < to_ms
    // Those of this camera's own (clips, bookmarks) and of the counters that it sees; NULL: all.
    const char *camera;
    const char *const *counters; // NULL-terminated
    int limit;                   // at least MOMENT_KINDS
} MomentFilter;

// {"items":[{"kind","id","at","n","counter","camera","level","text","flag","case_number","by"}],
//  "total":n,"is_thinned":bool}, oldest first. Where there are more than the limit, those of a kind
// that lie close together are one, the first of them, and n says how many it stands for.
json_t *moment_list(Store *store, const MomentFilter *filter);
