// SPDX-License-Identifier: Apache-2.0
// Backoff: how long to wait before the next try: 0.5 s, doubling to 3 s, so that a camera that is
// back is seen within 5 s (the wait and the connection itself). Jitter takes up to a fifth off:
// cameras behind one switch do not all come at the same moment.
#pragma once
#include <stdint.h>

enum { BACKOFF_FIRST_MS = 500, BACKOFF_MAX_MS = 3000 };

typedef struct {
    unsigned failures; // in a row; zeroed: none
} Backoff;

// Counts a failure and gives the wait after it. chance: 0 to 1, random.
int64_t backoff_next(Backoff *backoff, double chance);
void backoff_reset(Backoff *backoff);
