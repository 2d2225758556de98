// SPDX-License-Identifier: Apache-2.0
#include "capture/tally.h"

#include <stdbool.h>

Tally tally_since(const Tally *now, const Tally *before)
{
    bool is_anew = now->live_ms < before->live_ms || now->frames < before->frames;
    if (is_anew)
        return *now;
    return (Tally){
        .live_ms = now->live_ms - before->live_ms,
        .frames = now->frames - before->frames,
        .bytes = now->bytes - before->bytes,
        .keys = now->keys - before->keys,
        .reconnects = now->reconnects - before->reconnects,
        .lost = now->lost - before->lost,
    };
}
