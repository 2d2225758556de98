// SPDX-License-Identifier: Apache-2.0
// Review: what a span of the hall came to, for the report (dashboard/report.h): its figures beside
// those of two other spans, rankings, the life of its bad ratings, complaints, call-backs, pain
// points and clues. Nothing of a citizen's person is in it, and longer numbers in words are ***.
#pragma once
#include "base/store.h"

// from <= moment < to.
typedef struct {
    int64_t from_ms, to_ms;
} ReviewSpan;

// {"total": ROW (figures.h), "before": ROW, "year": ROW, "trend","tags","hours" (figures.h),
//  "ranks":{"counter","staff","unit","item","channel": [ROW]} (best first),
//  "stages":[{"stage":"verify|fix|tell|call","in_time","late","waiting","overdue"}]: of the bad
//   ratings that came in the span, how often each was done in time and late, and what still waits
//   for it; "outcomes":{"immediate","complex","explained","void","open","closed"},
//  "callbacks":{"reached","not_reached","refused","wrong_number","satisfied","basically",
//   "dissatisfied","rated","rated_good"}: calls that were made in the span,
//  "complaints":[{"code","zh","en","n","closed","late","published"}] (most first),
//  "painpoints": painpoint_counts(), with "texts":[{"on":"2026-11-24","item","unit","tags":[text],
//   "text"}] (newest first), "clues":[{"kind","n","open","confirmed","dismissed"}]}
// "stages" and "clues" know what is waiting and overdue at now_ms. New reference; any connection.
json_t *review_of(Store *store, ReviewSpan span, ReviewSpan before, ReviewSpan year,
                  int64_t now_ms);
