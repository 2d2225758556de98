// SPDX-License-Identifier: Apache-2.0
// Calendar notice: the flag calendar_missing while the days of a year that have been announced are
// not loaded (calendar_missing_year): deadlines that reach into it are guesses.
#pragma once
#include "rating/hall.h"

// Raises it, or closes it once the year is there. Flags raised, or negative errno. Inside a writer
// job.
int calendar_notice_sweep(Store *store, const Hall *hall, int64_t now_ms);
