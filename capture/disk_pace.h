// SPDX-License-Identifier: Apache-2.0
// Disk pace: whether a disk writes as fast as the cameras send, told by what had to be dropped.
//
// Once in a while a disk is slow for some seconds; one that has made recordings drop for 20 s is
// behind, and taken to be so until ten minutes have passed without a drop: only while it is
// recorded to can it show that it keeps up. Pure; times are monotonic milliseconds.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum {
    DISK_PACE_LASTING_MS = 20 * 1000,
    DISK_PACE_PAUSE_MS = 30 * 1000, // without a drop: what comes later is another matter
    DISK_PACE_FORGET_MS = 600 * 1000,
};

typedef struct {
    int64_t first_ms, last_ms; // drops with no pause between them; 0: none
    bool is_lasting;
} DiskPace;

// Something was dropped.
void disk_pace_drop(DiskPace *pace, int64_t now_ms);
bool disk_pace_is_behind(const DiskPace *pace, int64_t now_ms);
