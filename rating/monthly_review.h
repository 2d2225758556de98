// SPDX-License-Identifier: Apache-2.0
// Monthly review: what a month of supervision came to, beside the month before and the same month a
// year before: the content of the report 电子监察月报 and of its page, which differ in nothing but
// their form.
#pragma once
#include "rating/monthly.h"

// groups: those whose rows are wanted, NULL-terminated.
// {"total","before","year": ROW (monthly.h), "days","hours" (monthly.h), "wait_minutes",
//  "groups":{GROUP:[ROW with "before": ROW|null, the same one's a month before]},
//  "text":{"zh":[sentence],"en":[sentence]} (monthly_text.h)}
// New reference; any connection.
json_t *monthly_review(Store *store, const MonthlySpan *span, const MonthlySpan *before,
                       const MonthlySpan *year, const char *const *groups);
