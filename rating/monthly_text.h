// SPDX-License-Identifier: Apache-2.0
// Monthly text: the month in plain sentences, made from its figures by rules, so that they say no
// more than the figures do: under twenty things are told as numbers, not as a rate; a difference
// that chance explains is no change; what there was nothing of is said to be nothing. Units are
// named, persons never. Pure.
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

// review: "total", "before" and "wait_minutes" of monthly_review.h; units: rows of monthly.h.
// [sentence]; new reference.
json_t *monthly_text(const json_t *review, const json_t *units, bool is_english);

// -1, 0 or 1: the share fell, did not change beyond chance, or rose. 95 %, from Wilson's intervals
// of both (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10). 0 where either is of
// nothing.
int monthly_change(int64_t n, int64_t of, int64_t n_before, int64_t of_before);
