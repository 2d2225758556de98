// SPDX-License-Identifier: Apache-2.0
#include "dashboard/hall_view.h"

#include "base/clock.h"
#include "rating/case.h"
#include "rating/figures.h"
#include "rating/flag.h"
#include "rating/outbox.h"
#include "rating/rating.h"
#include "rating/rectification.h"
#include "rating/ticket.h"

#include <string.h>

#define HOUR_MS INT64_C(3600000)

static json_t *texts(char *const *list)
{
    json_t *array = json_array();
    for (size_t i = 0; list && list[i]; i++)
        json_array_append_new(array, json_string(list[i]));
    return array;
}

static json_t *find_by(json_t *array, const char *key, const char *value)
{
    size_t i;
    json_t *item;
    json_array_foreach(array, i, item) if (g_strcmp0(json_string_value(json_object_get(item, key)),
                                                     value) == 0) return item;
    return NULL;
}

// --- Cameras
// ------------------------------------------------------------------------------------------------------

// Video takes up a new config a moment after the desk, so a camera that it does not know yet is
// shown all the same.
static json_t *camera_json(const ConfigCamera *camera, json_t *known, bool video_answers)
{
    json_t *shown =
        json_pack("{s:s, s:s, s:s, s:n, s:s, s:o, s:b, s:n, s:n, s:b, s:n}", "id", camera->id,
                  "name", camera->name, "state", "off", "since_at", "reason",
                  video_answers ? "The camera has not been started yet."
                                : "The video process does not answer.",
                  "counters", texts(camera->counters), "record", camera->record, "main", "sub",
                  "recording", 0, "last_recorded_at");
    if (known)
        json_object_update(shown, known);
    json_object_set_new(shown, "masks", texts(camera->masks));
    json_object_set_new(shown, "place", camera->place ? json_string(camera->place) : json_null());
    return shown;
}

json_t *hall_view_cameras(const Config *config, json_t *known)
{
    json_t *cameras = json_array();
    for (guint i = 0; i < config->cameras->len; i++) {
        const ConfigCamera *camera = g_ptr_array_index(config->cameras, i);
        json_array_append_new(cameras,
                              camera_json(camera, find_by(known, "id", camera->id), known != NULL));
    }
    return cameras;
}

// --- Counters
// -----------------------------------------------------------------------------------------------------

static json_t *cameras_of(const Config *config, const char *counter)
{
    json_t *ids = json_array();
    for (guint i = 0; i < config->cameras->len; i++) {
        const ConfigCamera *camera = g_ptr_array_index(config->cameras, i);
        if (g_strv_contains((const char *const *)camera->counters, counter))
            json_array_append_new(ids, json_string(camera->id));
    }
    return ids;
}

static json_t *pads_of(const Config *config, const char *counter)
{
    json_t *ids = json_array();
    for (guint i = 0; i < config->pads->len; i++) {
        const ConfigPad *pad = g_ptr_array_index(config->pads, i);
        if (strcmp(pad->counter, counter) == 0)
            json_array_append_new(ids, json_string(pad->id));
    }
    return ids;
}

static json_t *today_of(Store *store, const char *counter, int64_t day_ms, bool sees_ratings)
{
    int64_t served =
        store_value(store, 0, "SELECT count(*) FROM ticket WHERE counter = ? AND served_at >= ?",
                    "si", counter, day_ms);
    json_t *today = json_pack("{s:I, s:n, s:n}", "served", (json_int_t)served, "ratings", "bad");
    if (!sees_ratings)
        return today;
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT count(*), coalesce(sum(level <= 2), 0) FROM rating "
                    "WHERE counter = ? AND event_at >= ? AND is_counted = 1",
                    "si", counter, day_ms);
    if (store_step(query)) {
        json_object_set_new(today, "ratings", json_integer(store_int(query, 0)));
        json_object_set_new(today, "bad", json_integer(store_int(query, 1)));
    }
    return today;
}

static json_t *duty_json(json_t *duty)
{
    if (!duty)
        return json_null();
    return json_pack("{s:O?, s:O?, s:O?}", "number", json_object_get(duty, "staff_number"), "name",
                     json_object_get(duty, "staff_name"), "since_at",
                     json_object_get(duty, "since"));
}

json_t *hall_view_counters(Store *store, const Config *config, int64_t now_ms, bool sees_ratings)
{
    int64_t day_ms = clock_day_start(now_ms);
    json_t *duties = duty_list(store);
    json_t *counters = json_array();
    for (guint i = 0; i < config->counters->len; i++) {
        const ConfigCounter *counter = g_ptr_array_index(config->counters, i);
        json_array_append_new(
            counters,
            json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "id", counter->id, "name",
                      counter->name, "kind", config_counter_kind_name(counter->kind), "cameras",
                      cameras_of(config, counter->id), "pads", pads_of(config, counter->id), "duty",
                      duty_json(find_by(duties, "counter", counter->id)), "today",
                      today_of(store, counter->id, day_ms, sees_ratings)));
    }
    json_decref(duties);
    return counters;
}

// --- Overview
// -----------------------------------------------------------------------------------------------------

static json_int_t count_true(json_t *array, const char *key, const char *value)
{
    json_int_t n = 0;
    size_t i;
    json_t *item;
    json_array_foreach(array, i, item)
    {
        json_t *found = json_object_get(item, key);
        n += value ? g_strcmp0(json_string_value(found), value) == 0 : json_is_true(found);
    }
    return n;
}

// How the recordings' disks are.
static json_t *disks_json(json_t *system)
{
    static const char *const KEYS[] = { "role",       "in_use",     "state",    "reason",
                                        "used_bytes", "free_bytes", "oldest_at" };
    json_t *disks = json_array(), *disk;
    size_t i;
    json_array_foreach(json_object_get(json_object_get(system, "storage"), "disks"), i, disk)
    {
        json_t *shown = json_object();
        for (size_t k = 0; k < G_N_ELEMENTS(KEYS); k++)
            json_object_set(shown, KEYS[k], json_object_get(disk, KEYS[k]));
        json_array_append_new(disks, shown);
    }
    return disks;
}

json_t *hall_view_overview(Store *store, const Config *config, json_t *cameras, json_t *pads,
                           json_t *system, int64_t now_ms)
{
    int64_t today = clock_day_start(now_ms);
    // A day may have 23 or 25 hours: a step to the middle of the neighbour finds its start.
    int64_t tomorrow = clock_day_start(today + 36 * HOUR_MS);
    int64_t yesterday = clock_day_start(today - 12 * HOUR_MS);
    g_autofree char *day = clock_format(today);
    return json_pack("{s:s%, s:o, s:o, s:o, s:o, s:o, s:{s:I, s:I}, s:{s:I, s:I}, s:o, s:o, s:o}",
                     "day", day, (size_t)10, "rectifications", rectification_counts(store, now_ms),
                     "ratings", rating_figures(store, today, tomorrow), "yesterday",
                     rating_figures(store, yesterday, today), "flags", flag_counts(store), "cases",
                     case_counts(store, now_ms), "cameras", "up",
                     count_true(cameras, "state", "live"), "of", (json_int_t)config->cameras->len,
                     "pads", "up", count_true(pads, "online", NULL), "of",
                     (json_int_t)config->pads->len, "hours", figures_hours(store, today, tomorrow),
                     "outbox", outbox_counts(store, now_ms), "disks", disks_json(system));
}
