// SPDX-License-Identifier: Apache-2.0
// Painpoint 堵点难点: what citizens keep stumbling over, collected at the pick-up counter and at
// call-backs: tags of a versioned table (data/painpoint-tags.tsv), the item and unit it is about,
// and their own words. Counted for a page and for the monthly special report. Rows are added, never
// changed. Source: domain rules "Words" (堵点难点).
#pragma once
#include "rating/hall.h"

enum { PAINPOINT_TAGS_MAX = 8 };

typedef struct {
    const char *id;          // a UUID: sent again, it is taken once
    const char *const *tags; // codes; at least one, or text
    size_t n_tags;
    const char *text;
    const char *case_number;                // gives item and unit; NULL: none is known
    const char *item_name, *unit, *counter; // where there is no case
    const char *source;                     // "counter" or "callback"
    const char *who;
    int64_t now_ms;
} PainpointInput;

// {"version","items":[{"code","text"}]}
json_t *painpoint_tags(void);
bool painpoint_tag_is_known(const char *code);

// -EINVAL with a sentence in error (at least 200 bytes): neither tag nor text, or an unknown tag.
// 1: new; 0: known. Inside a writer job.
int painpoint_add(Store *store, const Hall *hall, const PainpointInput *input, char *error);

// What was collected from_ms <= at < to_ms: {"total","tags":[{"code","text","n"}] (most first),
//  "items":[{"name","unit","n","tags":{code:n}}] (most first, at most 100; name null: no item)}
json_t *painpoint_counts(Store *store, int64_t from_ms, int64_t to_ms);
// {"items":[{"id","at","tags":[{"code","text"}],"text","item_name","unit","counter","case_number",
//  "source","who"}],"next","total"}, newest first.
json_t *painpoint_list(Store *store, int64_t from_ms, int64_t to_ms, int64_t before_ms,
                       const char *before_id, int limit);
