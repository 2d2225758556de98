// SPDX-License-Identifier: Apache-2.0
// Hold: video that must not be deleted, from the moment it is wanted until a person has lifted it
// or its end has come (until_ms).
//
//     wanted ──▶ held ──▶ lifting ──▶ lifted
//
// The rows are also the outbox to video: wanted and lifting ones are tried until video has said
// yes, so that neither a hold nor its end is ever lost. A lifted row stays as the record.
#pragma once
#include "rating/hall.h"

// So many failed tries (about half a minute) and a hold that is wanted is shown as failed; it is
// still tried.
#define HOLD_TRIES_FAILED 5
// Longer ones are refused: the recorder takes no more, and nobody needs a day as one clip.
#define HOLD_LENGTH_MAX_MS (24 * INT64_C(3600000))

typedef struct {
    const char *camera;
    int64_t from_ms, to_ms;
    const char *reason;
    const char *ref;  // "rating:UUID", "case:NUMBER", "flag:ID", "complaint:ID"; NULL: by hand
    const char *who;  // user, "key:LABEL" or HOLD_SYSTEM
    int64_t until_ms; // when it ends by itself; STORE_NULL: it is lifted or stays
    int64_t now_ms;
} HoldInput;

#define HOLD_SYSTEM "system"

// Inside a writer job. A live hold of the same ref, camera and stretch (of a rating: of the same
// ref and camera) is the one: it is prolonged where this one asks for longer, never shortened, and
// ret_id is its. ret_id may be NULL; the caller frees. -EINVAL: to is not after from, by at most a
// day, or until is not to come.
int hold_want(Store *store, const Hall *hall, const HoldInput *input, char **ret_id);
// Inside a writer job. -ENOENT: unknown; -EEXIST: was lifted already.
int hold_lift(Store *store, const Hall *hall, const char *id, const char *who, const char *why,
              int64_t now_ms);
// A new end, or none (STORE_NULL), for a live one. -ENOENT; -EEXIST: was lifted already; -EINVAL:
// is not to come.
int hold_set_until(Store *store, const Hall *hall, const char *id, int64_t until_ms,
                   int64_t now_ms);

// Live ones whose end has come: an array of ids (char *) with its free function.
GPtrArray *hold_ended(Store *store, int64_t now_ms);
// Inside a writer job: lifts one of them, by HOLD_SYSTEM. -EEXIST: it was prolonged or lifted
// meanwhile.
int hold_end(Store *store, const Hall *hall, const char *id, const char *why, int64_t now_ms);

// What video has to be asked for.
typedef struct {
    char *id, *camera, *reason, *ref; // ref may be NULL
    int64_t from_ms, to_ms;
    int tries;
    bool is_lifting; // false: to be put
} HoldErrand;
void hold_errand_free(HoldErrand *errand);

// Those that are due for a try by now; a GPtrArray of HoldErrand with its free function.
GPtrArray *hold_errands_due(Store *store, int64_t now_ms);
// video's answer to the errand: err 0 confirms; otherwise the next try is put off (1 s doubling to
// 60 s). A hold that was lifted while video took it is lifted next. -ENOENT: unknown id.
int hold_errand_answered(Store *store, const Hall *hall, const HoldErrand *errand, int err,
                         int64_t now_ms);

// Reading: any connection. JSON is the API's (docs/api/openapi.yaml); new references.
typedef struct {
    const char *state;        // wanted | held | failed | lifting | lifted; NULL: all but lifted
    const char *camera, *ref; // NULL: all
    int64_t before_ms;        // page: placed before this ...
    const char *before_id;    // ... and id; NULL: first page
    int limit;
} HoldFilter;
json_t *hold_list(Store *store, const HoldFilter *filter);
json_t *hold_get(Store *store, const char *id); // NULL: unknown
