// SPDX-License-Identifier: Apache-2.0
// Follow-up 追评: a second rating of the same service by whoever gave the first. It is a record of
// its own that points to the first (rating.follows), which it never overwrites or replaces in a
// figure. One for each first rating, within rules.follow_up_days working days after it, and by the
// same proof: the code of the case, the telephone's receipt, or the system that sent the first.
// Source: domain rules "Ratings" (assessNumber 1 first, 2 follow-up).
#pragma once
#include "rating/correlation.h"

// The first one's case, ticket, staff, camera and clip, with MARK_FOLLOW_UP: what a follow-up is
// about. Reads only. -ENOENT: no such first rating, or one that is no first or does not count;
// -EACCES: not by who gave it; -EEXIST: it has one; -ETIMEDOUT: its days are over.
int follow_up_find(Store *store, const Hall *hall, const RatingInput *input,
                   Correlation *ret_correlation);
// {"follows","level","at","until_at"}: the first, where a follow-up is still open to whoever has
// the proof; json null where not. first NULL: null. New reference.
json_t *follow_up_offer(Store *store, const Hall *hall, const char *first, int64_t now_ms);
