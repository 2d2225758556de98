// SPDX-License-Identifier: Apache-2.0
// Hall view: the config's cameras and counters as the API shows them, and the figures of the day.
// New references.
#pragma once
#include "base/config.h"
#include "base/store.h"

// known: what video tells of its cameras, an array; NULL where it does not answer. A camera of the
// config that is not in it is "off".
json_t *hall_view_cameras(const Config *config, json_t *known);

// [{"id","name","kind","cameras","pads","duty":{"number","name","since_at"}|null,
//   "today":{"served","ratings"|null,"bad"|null}}]: the numbers of ratings are null for those who
//   may not see them.
json_t *hall_view_counters(Store *store, const Config *config, int64_t now_ms, bool sees_ratings);

// The overview of the hall's day that holds now. cameras: as hall_view_cameras() gives them; pads
// and system: as the desk does.
json_t *hall_view_overview(Store *store, const Config *config, json_t *cameras, json_t *pads,
                           json_t *system, int64_t now_ms);
