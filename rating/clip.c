// SPDX-License-Identifier: Apache-2.0
#include "rating/clip.h"

#include "rating/hold.h"
#include "rating/shape.h"

#include <string.h>

static json_int_t int_of(json_t *row, const char *key)
{
    return json_integer_value(json_object_get(row, key));
}

static const char *held_of(json_t *row)
{
    const char *state = json_string_value(json_object_get(row, "hold_state"));
    if (!state)
        return "none";
    if (strcmp(state, "wanted") == 0 && int_of(row, "hold_tries") >= HOLD_TRIES_FAILED)
        return "failed";
    return state;
}

static json_t *clip_json(json_t *row, int64_t at_ms)
{
    const char *camera = json_string_value(json_object_get(row, "camera"));
    if (!camera)
        return json_null();
    long long from = int_of(row, "clip_from"), to = int_of(row, "clip_to");
    double at = at_ms > to ? 0 : (double)(at_ms - from) / 1000.0;
    return json_pack(
        "{s:s, s:o, s:o, s:f, s:o, s:s, s:O?, s:O?}", "camera", camera, "from_at", shape_time(from),
        "to_at", shape_time(to), "at_seconds", at, "playback",
        json_sprintf("/media/playback/%s/index.m3u8?from=%lld&to=%lld", camera, from, to), "held",
        held_of(row), "hold", json_object_get(row, "hold_id"), "held_until_at",
        json_object_get(row, "hold_until_at"));
}

void clip_shape(json_t *row, int64_t at_ms)
{
    static const char *const inner[] = { "camera",     "clip_from",  "clip_to",      "hold_id",
                                         "hold_state", "hold_tries", "hold_until_at" };
    json_object_set_new(row, "clip", clip_json(row, at_ms));
    for (size_t i = 0; i < G_N_ELEMENTS(inner); i++)
        json_object_del(row, inner[i]);
}
