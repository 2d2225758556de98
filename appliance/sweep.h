// SPDX-License-Identifier: Apache-2.0
// Sweep: what time alone brings, looked for in one job of the writer: grades, deadlines, clues,
// names to erase, call-backs to draw.
#pragma once
#include "rating/hall.h"

typedef struct {
    int64_t next_ms; // when the next deadline comes; INT64_MAX: none is known
    bool has_erased; // names and telephones: what else holds them has to go as well
} Swept;

// Inside a writer job. 0 or negative errno.
int sweep_run(Store *store, const Hall *hall, int64_t now_ms, Swept *ret_swept);
