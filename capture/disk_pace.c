// SPDX-License-Identifier: Apache-2.0
#include "capture/disk_pace.h"

void disk_pace_drop(DiskPace *pace, int64_t now_ms)
{
    if (!disk_pace_is_behind(pace, now_ms))
        pace->is_lasting = false;
    if (!pace->last_ms || now_ms - pace->last_ms > DISK_PACE_PAUSE_MS)
        pace->first_ms = now_ms;
    pace->last_ms = now_ms;
    if (now_ms - pace->first_ms >= DISK_PACE_LASTING_MS)
        pace->is_lasting = true;
}

bool disk_pace_is_behind(const DiskPace *pace, int64_t now_ms)
{
    return pace->is_lasting && now_ms - pace->last_ms < DISK_PACE_FORGET_MS;
}
