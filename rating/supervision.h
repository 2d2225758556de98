// SPDX-License-Identifier: Apache-2.0
// Supervision: what is due becomes a flag, once, also when the box was off at that moment.
//
// A case carries the moment of its next change by time alone (case_clock.h); a sweep reads only the
// cases whose moment has come. A rise of the grade raises case_warning, case_yellow or case_red;
// only the highest stays open. The end of a case closes warning and yellow; a red flag is a fact
// about the past and waits for a person. A unit of a joint case has unit_yellow and unit_red, a
// node that it was sent to with a limit node_yellow and node_red. case_papers_late: what was
// missing at a tolerant acceptance has not been handed in by its day. The working day before a case
// is due the event case_due is told (notify.h), once for each due day.
#pragma once
#include "rating/hall.h"

// Raises and closes grades of all cases whose next change is due by now. Inside a writer job. Flags
// raised, or negative errno.
int supervision_sweep(Store *store, const Hall *hall, int64_t now_ms);
// The next sweeps tell all open cases anew: the calendar or the office hours are others. Inside a
// writer job. 0 or negative errno.
int supervision_judge_again(Store *store, int64_t now_ms);
// When the next grade changes; INT64_MAX: nothing ahead. For the desk's timer.
int64_t supervision_next(Store *store);

// Tells the case's story anew and keeps what follows from it (state, clock, grade, next change);
// raises and closes its grade flags. Called after each change of a case or its events. Inside a
// writer job. Flags raised (0 or 1), or negative errno; -ENOENT: no such case.
int supervision_judge(Store *store, const Hall *hall, const char *number, int64_t now_ms);
