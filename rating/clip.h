// SPDX-License-Identifier: Apache-2.0
// Clip: the stretch of a camera's recording that shows what a row is about, and whether it is held.
#pragma once
#include "rating/hall.h"

// What a query selects for it: camera, clip_from, clip_to of the row r, and its live hold h.
#define CLIP_COLUMNS(r)                                                                            \
    r ".camera, " r ".clip_from, " r ".clip_to, h.id AS hold_id, h.state AS hold_state,"           \
      " h.tries AS hold_tries, h.until_at AS hold_until_at"
#define CLIP_JOIN(kind, r)                                                                         \
    " LEFT JOIN hold h ON h.ref = '" kind ":' || " r ".id AND h.camera = " r ".camera"             \
    " AND h.state IN ('wanted', 'held')"

// Makes the columns "clip" in place: {"camera","from_at","to_at","at_seconds","playback","held",
// "hold","held_until_at"}, or null without a camera. at_ms: the moment that it is about; after the
// clip's end (a telephone may press days later): its beginning.
void clip_shape(json_t *row, int64_t at_ms);
