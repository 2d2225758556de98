// SPDX-License-Identifier: Apache-2.0
// Case line: a case's life on one line: who had it from when to when, and what each day was. Made
// from its story when it is looked at; a pure function.
#pragma once
#include "rating/case_story.h"

// {"first_day":"2026-11-24","days":"bw--wwp..."|null,"segments":[...]}; null where nothing has
// happened yet.
// days: one character for each day from the first to the last (today where it is open): u a day
// that the case's clock used, p a working day on which it stood, b a working day outside the clock
// (before acceptance, and the day of acceptance itself), - a rest day; null beyond 400 days.
// segments, in order, without gaps: {"kind","event","node","unit","person","from_at","to_at",
// "days","used_days"}. kind: counter (the office that keeps it) | node | unit | papers (the citizen
// has it) | procedure (a pause). event: the id of the event that began it (its reason, procedure
// ...); null: none. to_at null: it has it now. days: working days that passed in it, of which the
// clock used used_days; the day on which it began belongs to what was before.
//
// accepted_ms: as the case's clock reckons it; CASE_NEVER: not.
json_t *case_line(const CaseStory *story, const Calendar *calendar, int64_t accepted_ms,
                  int64_t now_ms);
