// SPDX-License-Identifier: Apache-2.0
// Hold wanted: what the desk asks of video, from the transaction that made it until video has
// confirmed (outbox).
#pragma once
#include "rating/hall.h"

typedef struct {
    char *id, *camera, *reason, *ref; // ref: "rating:UUID", "case:NUMBER", "flag:ID"
    int64_t from_ms, to_ms;
    int tries;
} HoldWanted;
void hold_wanted_free(HoldWanted *hold);

// So many failed tries (about half a minute) and a hold is shown as failed; it is still tried.
#define HOLD_TRIES_FAILED 5

// Inside a writer job. The same ref and camera again changes nothing.
int hold_want(Store *store, const Hall *hall, const char *camera, int64_t from_ms, int64_t to_ms,
              const char *reason, const char *ref);
// Those that are due for a try by now; a GPtrArray of HoldWanted with its free function.
GPtrArray *hold_wanted_due(Store *store, int64_t now_ms);
// video's answer: err 0 confirms; otherwise the next try is put off (1 s doubling to 60 s).
// -ENOENT: unknown id.
int hold_wanted_answered(Store *store, const Hall *hall, const char *id, int err, int64_t now_ms);
