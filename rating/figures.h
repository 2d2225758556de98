// SPDX-License-Identifier: Apache-2.0
// Figures: ratings counted by what they belong to, each share with its numerator, its denominator
// and the interval in which the true share lies (Wilson's, 95 %), so that three ratings do not beat
// three hundred: what ranks is the interval's lower end. Source: domain rules "Figures".
#pragma once
#include "base/store.h"

// One of "counter", "staff", "item", "unit", "channel", "hour" (of the hall's day, "09").
extern const char *const figures_groups[]; // NULL-terminated

// {"items":[{"key","name","levels":{"5":n,...},"n","good":{"n","of","low","high"},"bad":{...}}]},
// best first: by the lower end of the good share, then by number. key null: what belongs to none.
// from_ms <= event time < to_ms; what is not counted is left out. NULL: no such group.
json_t *figures_by(Store *store, const char *group, int64_t from_ms, int64_t to_ms);

// Wilson's interval for n of `of` at 95 %; 0 and 1 where of is 0. Pure. (E. B. Wilson, Journal of
// the American Statistical Association 22, 1927.)
void figures_interval(int64_t n, int64_t of, double *ret_low, double *ret_high);
