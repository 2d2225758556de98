// SPDX-License-Identifier: Apache-2.0
// Painpoint 堵点难点: what citizens keep stumbling over, collected at the pick-up counter and at
// call-backs: tags of a versioned table (data/painpoint-tags.tsv), the item and unit it is about,
// and their own words. Counted for a page and for the monthly special report. Rows are added, never
// changed: a correction is another row that stands for the one before. Source: domain rules "Words"
// (堵点难点).
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
// Another entry in the place of id, at its moment and from its source; of the input tags, text,
// item_name and unit count, none of them: it is withdrawn. why must be said. 1: new; 0: known;
// -ENOENT: no such entry; -EEXIST: it has been corrected already; -EINVAL; all but the first two
// with a sentence in error. Inside a writer job.
int painpoint_correct(Store *store, const Hall *hall, const char *id, const PainpointInput *input,
                      const char *why, char *error);

// Those that stand now and were not withdrawn, of what was collected from_ms <= at < to_ms:
// {"total","tags":[{"code","text","n"}] (most first),
//  "items":[{"name","unit","n","tags":{code:n}}] (most first, at most 100; name null: no item)}
json_t *painpoint_counts(Store *store, int64_t from_ms, int64_t to_ms);
// {"items":[{"id","at","tags":[{"code","text"}],"text","item_name","unit","counter","case_number",
//  "source","who","is_withdrawn","corrected":null|{"at","why","before":{"tags","text","item_name",
//  "unit","who"}}}],"next","total"}, newest first: those that stand now.
json_t *painpoint_list(Store *store, int64_t from_ms, int64_t to_ms, int64_t before_ms,
                       const char *before_id, int limit);
