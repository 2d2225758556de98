// SPDX-License-Identifier: Apache-2.0
// Report: a month of the hall on one A4 page (PDF): all figures with their numbers beside a month
// and a year before, good rate day by day, levels, reasons of bad ratings, counters ranked by their
// interval's lower end, rectifications. In Chinese. Nothing of a citizen's person is in it.
#pragma once
#include "base/store.h"

// from_ms to to_ms: the month. The same month of the same data gives the same page but for the
// moment it was made. NULL: it could not be drawn. The caller frees.
GByteArray *report_monthly(Store *store, const char *hall, int64_t from_ms, int64_t to_ms,
                           int64_t now_ms);
