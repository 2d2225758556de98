// SPDX-License-Identifier: Apache-2.0
// Case part: the stored side of what has a clock of its own within a case: the units of a joint
// case (case_unit, given with the case) and the nodes it was sent to (case_node, which follow from
// its events). What both are: case_story.h.
#pragma once
#include "rating/case_story.h"
#include "rating/hall.h"

// units: [{"unit" (200), "limit_days" (0..1000, the case's own when left out), "lead"}], at most
// 50, each once; empty: not a joint case. Units that are no longer among them lose their clock, and
// their open flags are closed. Rows changed. -EINVAL with a sentence in error (200 bytes). Inside a
// writer job.
int case_unit_put(Store *store, const Hall *hall, const char *number, json_t *units, int64_t now_ms,
                  char *error);

// Keeps the part's clock; ret_was: its grade before. Inside a writer job.
int case_part_keep(Store *store, const char *number, const CasePart *part, const CaseClock *clock,
                   CaseGrade *ret_was);
// A node whose sending turns out to change nothing: its clock goes, its open flags are closed.
int case_node_forget(Store *store, const Hall *hall, const char *number, const char *id,
                     int64_t now_ms);
// "case:NUMBER/unit:NAME" or "case:NUMBER/node:ID". The caller frees.
char *case_part_subject(const char *number, const CasePart *part);

json_t *case_unit_rows(Store *store, const char *number);
json_t *case_node_rows(Store *store, const char *number);
