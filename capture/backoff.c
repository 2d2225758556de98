// SPDX-License-Identifier: Apache-2.0
#include "capture/backoff.h"

int64_t backoff_next(Backoff *backoff, double chance)
{
    int64_t wait = BACKOFF_FIRST_MS;
    for (unsigned i = 0; i < backoff->failures && wait < BACKOFF_MAX_MS; i++)
        wait *= 2;
    if (wait > BACKOFF_MAX_MS)
        wait = BACKOFF_MAX_MS;
    backoff->failures++;
    return wait - (int64_t)((double)wait * 0.2 * chance);
}

void backoff_reset(Backoff *backoff)
{
    backoff->failures = 0;
}
