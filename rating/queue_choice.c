// SPDX-License-Identifier: Apache-2.0
#include "rating/queue_choice.h"

#include <glib.h>
#include <string.h>

bool queue_is_before(const QueueWaiter *a, const QueueWaiter *b)
{
    return a->place_ms != b->place_ms ? a->place_ms < b->place_ms : a->seq < b->seq;
}

static bool is_for(const QueueWaiter *waiter, const QueueDesk *desk)
{
    if (waiter->only_counter)
        return strcmp(waiter->only_counter, desk->counter) == 0;
    return g_strv_contains(desk->lanes, waiter->lane);
}

static ssize_t first_of(const QueueWaiter *waiters, size_t n, const QueueDesk *desk,
                        bool is_priority)
{
    ssize_t first = -1;
    for (size_t i = 0; i < n; i++) {
        if (waiters[i].is_priority == is_priority && is_for(&waiters[i], desk) &&
            (first < 0 || queue_is_before(&waiters[i], &waiters[first])))
            first = (ssize_t)i;
    }
    return first;
}

ssize_t queue_choose(const QueueWaiter *waiters, size_t n, const QueueDesk *desk)
{
    ssize_t priority = first_of(waiters, n, desk, true);
    ssize_t other = first_of(waiters, n, desk, false);
    bool may_go_before = desk->run < desk->run_max || other < 0;
    return priority >= 0 && may_go_before ? priority : other;
}
