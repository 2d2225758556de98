// SPDX-License-Identifier: Apache-2.0
// Queue choice: which of those who wait a counter calls next. A pure function.
//
// Within a lane and class (优先 or not) the order is that of the places. Priority tickets go before
// others, but at one counter at most run_max of them in a row while another waits for it: the one
// without priority who has waited longest then comes, so that nobody starves.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct {
    const char *lane;
    const char *only_counter; // to which it was passed on; NULL: any of the lane
    bool is_priority;
    int64_t place_ms; // its place in the line
    int64_t seq;      // decides where places are equal
} QueueWaiter;

typedef struct {
    const char *counter;
    const char *const *lanes; // that it serves; NULL-terminated
    int run;                  // priority tickets that it has called in a row
    int run_max;
} QueueDesk;

// The index of the one to call; -1: nobody waits for this counter.
ssize_t queue_choose(const QueueWaiter *waiters, size_t n, const QueueDesk *desk);
// Whether a comes before b where both are of one class.
bool queue_is_before(const QueueWaiter *a, const QueueWaiter *b);
