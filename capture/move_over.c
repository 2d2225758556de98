// SPDX-License-Identifier: Apache-2.0
#include "capture/move_over.h"

#include <glib.h>

static void go_to_spare(MoveOver *over, int64_t now_ms)
{
    bool is_soon = over->returned_ms && now_ms - over->returned_ms < MOVE_OVER_SOON_MS;
    if (!is_soon)
        over->wait_ms = MOVE_OVER_WAIT_MS;
    else if (!over->is_driven)
        over->wait_ms = MIN(over->wait_ms * 2, MOVE_OVER_MAX_WAIT_MS);
    over->is_on_spare = true;
    over->moved_ms = now_ms;
}

bool move_over_look(MoveOver *over, int64_t now_ms, bool is_main_well, bool is_spare_well)
{
    if (!is_main_well)
        over->well_ms = 0;
    else if (!over->well_ms)
        over->well_ms = now_ms;
    if (!over->is_on_spare && !is_main_well && is_spare_well) {
        go_to_spare(over, now_ms);
        return true;
    }
    if (over->is_on_spare && is_main_well &&
        (!is_spare_well || now_ms - over->well_ms >= over->wait_ms)) {
        over->is_on_spare = false;
        over->is_driven = !is_spare_well;
        over->returned_ms = now_ms;
        return true;
    }
    return false;
}

void move_over_doubt(MoveOver *over)
{
    over->well_ms = 0;
}
