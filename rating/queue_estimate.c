// SPDX-License-Identifier: Apache-2.0
#include "rating/queue_estimate.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS 60000.0

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

// To whole minutes, and beyond ten to fives: what is not known is not said.
static int rounded(double minutes, bool is_up)
{
    double step = minutes > 10 ? 5 : 1;
    double steps = is_up ? ceil(minutes / step - 1e-9) : floor(minutes / step + 1e-9);
    return (int)MIN(steps * step, ESTIMATE_MINUTES_MAX);
}

QueueEstimate queue_estimate(const int64_t *services_ms, size_t n, double ahead, int counters)
{
    int64_t sorted[ESTIMATE_SERVICES_MAX];
    if (n < ESTIMATE_SERVICES_MIN || n > ESTIMATE_SERVICES_MAX || counters < 1)
        return (QueueEstimate){ 0 };
    memcpy(sorted, services_ms, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_size);
    size_t quarter = n / 4;
    double quick = (double)sorted[quarter] / MINUTE_MS;
    double slow = (double)sorted[n - 1 - quarter] / MINUTE_MS;
    // Who is next still waits for the first counter that gets free.
    double low = ahead * quick / counters, high = (ahead + 1) * slow / counters;
    return (QueueEstimate){ true, rounded(low, false), MAX(rounded(high, true), 1) };
}
