// SPDX-License-Identifier: Apache-2.0
// Move-over: which of two disks is recorded to: the main one, and the spare while the main one is
// not well.
//
// The way there is taken at once, the way back only when the main disk has been well for a while:
// 10 s, and twice as long each time that it fails again within ten minutes of the return, up to ten
// minutes. Pure; times are monotonic milliseconds.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum {
    MOVE_OVER_WAIT_MS = 10 * 1000,
    MOVE_OVER_MAX_WAIT_MS = 600 * 1000,
    MOVE_OVER_SOON_MS = 600 * 1000,
};

typedef struct {
    bool is_on_spare;
    int64_t wait_ms;     // 0: as at first
    int64_t well_ms;     // since when the main disk is well; 0: it is not
    int64_t returned_ms; // 0: never
    bool is_driven;   // it returned since the spare was not well: that says nothing of the main one
    int64_t moved_ms; // when it last moved to the spare
} MoveOver;

// Again and again. True: it has just moved, one way or the other.
bool move_over_look(MoveOver *over, int64_t now_ms, bool is_main_well, bool is_spare_well);
// The main disk is slow to answer: its time of being well begins anew.
void move_over_doubt(MoveOver *over);
