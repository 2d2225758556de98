// SPDX-License-Identifier: Apache-2.0
// Queue estimate: how long somebody will wait, as a span of minutes: pure functions.
//
// From what the last services of the lane took: the quarter that was quickest gives the lower end,
// the quarter that was slowest the upper one. Too few services, or no open counter: nothing is
// said, rather than a guess.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ESTIMATE_SERVICES_MIN = 5, ESTIMATE_SERVICES_MAX = 30, ESTIMATE_MINUTES_MAX = 240 };

typedef struct {
    bool is_known;
    int low_min, high_min; // whole minutes; beyond 10 in steps of 5
} QueueEstimate;

// services_ms: sorted by nothing, n of at most ESTIMATE_SERVICES_MAX. ahead: how many are called
// before; a share where counters serve other lanes as well. counters: that are open now.
QueueEstimate queue_estimate(const int64_t *services_ms, size_t n, double ahead, int counters);
