// SPDX-License-Identifier: Apache-2.0
// Supervision: what is due becomes a flag, once, also when the box was off at that moment.
#pragma once
#include "rating/hall.h"

// Raises and closes grades of all cases whose next change is due by now. Inside a writer job. Flags raised, or
// negative errno.
int supervision_sweep(Store *store, const Hall *hall, int64_t now_ms);
// When the next grade changes; INT64_MAX: nothing ahead. For the desk's timer.
int64_t supervision_next(Store *store);
