// SPDX-License-Identifier: Apache-2.0
#include "rating/flag_evidence.h"

#include "base/clock.h"
#include "rating/clip.h"
#include "rating/flag_kind.h"
#include "rating/hold.h"
#include "rating/shape.h"

#include <string.h>

#define DAY_MS          (24 * INT64_C(3600000))
#define CLIP_MAX_MS     (30 * INT64_C(60000))
#define RATINGS_AT_MOST "20"

// --- held

static int hold(Store *store, const Hall *hall, const FlagInput *input, const char *id,
                const char *camera, int64_t from_ms, int64_t to_ms)
{
    g_autofree char *ref = g_strconcat("flag:", id, NULL);
    HoldInput wanted = { .camera = camera,
                         .from_ms = from_ms,
                         .to_ms = MIN(to_ms, from_ms + CLIP_MAX_MS),
                         .reason = input->kind,
                         .ref = ref,
                         .who = HOLD_SYSTEM,
                         .until_ms = input->raised_ms + hall->config->rules.flag_hold_days * DAY_MS,
                         .now_ms = input->raised_ms };
    return to_ms > from_ms ? hold_want(store, hall, &wanted, NULL) : 0;
}

static bool time_of(const json_t *evidence, const char *key, int64_t *ret_ms)
{
    const char *text = json_string_value(json_object_get(evidence, key));
    return text && clock_parse(text, ret_ms);
}

// Around the moment that the evidence names; without one there is nothing to look at.
static int hold_moment(Store *store, const Hall *hall, const FlagInput *input, const char *id)
{
    const ConfigCamera *camera = input->camera ? config_camera(hall->config, input->camera)
                                 : input->counter
                                     ? config_camera_of_counter(hall->config, input->counter)
                                     : NULL;
    int64_t from_ms, to_ms;
    if (!camera || (!time_of(input->evidence, "from_at", &from_ms) &&
                    !time_of(input->evidence, "at", &from_ms)))
        return 0;
    if (!time_of(input->evidence, "to_at", &to_ms))
        to_ms = from_ms;
    return hold(store, hall, input, id, camera->id,
                from_ms - hall->config->rules.clip_before_seconds * INT64_C(1000),
                to_ms + hall->config->rules.clip_after_seconds * INT64_C(1000));
}

typedef struct {
    char *camera;
    int64_t from_ms, to_ms;
} Stretch;

static void stretch_clear(gpointer data)
{
    g_free(((Stretch *)data)->camera);
}

static int hold_ratings(Store *store, const Hall *hall, const FlagInput *input, const char *id)
{
    g_autofree char *evidence = json_dumps(input->evidence, JSON_COMPACT);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Stretch));
    g_array_set_clear_func(found, stretch_clear);
    {
        g_autoptr(StoreQuery) query =
            store_query(store,
                        "SELECT r.camera, r.clip_from, r.clip_to FROM json_each(?, '$.ratings') e"
                        " JOIN rating r ON r.id = e.value WHERE r.camera IS NOT NULL"
                        " LIMIT " RATINGS_AT_MOST,
                        "s", evidence ? evidence : "{}");
        while (store_step(query)) {
            Stretch one = { g_strdup(store_text(query, 0)), store_int(query, 1),
                            store_int(query, 2) };
            g_array_append_val(found, one);
        }
    }
    int err = 0;
    for (guint i = 0; err == 0 && i < found->len; i++) {
        const Stretch *one = &g_array_index(found, Stretch, i);
        err = hold(store, hall, input, id, one->camera, one->from_ms, one->to_ms);
    }
    return err;
}

int flag_evidence_hold(Store *store, const Hall *hall, const FlagInput *input, const char *id)
{
    if (hall->config->rules.flag_hold_days == 0)
        return 0;
    switch (flag_kind(input->kind)->hold) {
    case FLAG_HOLD_NONE:
        return 0;
    case FLAG_HOLD_MOMENT:
        return hold_moment(store, hall, input, id);
    case FLAG_HOLD_RATINGS:
        return hold_ratings(store, hall, input, id);
    }
    return 0;
}

// --- read

static const char *text_at(const json_t *flag, const char *key)
{
    return json_string_value(json_object_get(flag, key));
}

static json_t *ratings_of(Store *store, const json_t *flag, const char *evidence)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id, level, counter, event_at, case_number FROM rating"
                    " WHERE id = ?1 OR case_number = ?2"
                    " OR id IN (SELECT value FROM json_each(?3, '$.ratings'))"
                    " ORDER BY event_at, id LIMIT " RATINGS_AT_MOST,
                    "sss", text_at(flag, "rating"), text_at(flag, "case_number"), evidence);
    return store_rows_json(query);
}

// Those of the case, and those that the evidence names.
static json_t *tickets_of(Store *store, const json_t *flag, const char *evidence)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id, number, counter, state, issued_at, called_at, served_at,"
                    " finished_at FROM ticket WHERE case_number = ?1"
                    " OR id = json_extract(?2, '$.ticket')"
                    " OR id IN (SELECT value FROM json_each(?2, '$.tickets'))"
                    " ORDER BY coalesce(issued_at, called_at), id LIMIT 20",
                    "ss", text_at(flag, "case_number"), evidence);
    return store_rows_json(query);
}

static json_t *clips_of(Store *store, const char *id)
{
    g_autofree char *ref = g_strconcat("flag:", id, NULL);
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT " CLIP_COLUMNS(
            "c") ", c.clip_from AS moment FROM (SELECT id, camera, from_at"
                 " AS clip_from, to_at AS clip_to FROM hold WHERE ref = ?1 AND placed_by = "
                 "'" HOLD_SYSTEM
                 "') c LEFT JOIN hold h ON h.id = c.id AND h.state IN ('wanted', 'held')"
                 " ORDER BY c.clip_from LIMIT " RATINGS_AT_MOST,
        "s", ref);
    json_t *clips = json_array(), *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        clip_shape(row, json_integer_value(json_object_get(row, "moment")));
        json_array_append(clips, json_object_get(row, "clip"));
    }
    json_decref(rows);
    return clips;
}

json_t *flag_evidence_of(Store *store, const json_t *flag)
{
    json_t *kept = json_object_get(flag, "evidence");
    g_autofree char *evidence = json_is_object(kept) ? json_dumps(kept, JSON_COMPACT) : NULL;
    const char *text = evidence ? evidence : "{}";
    return json_pack("{s:o, s:o, s:o}", "ratings", ratings_of(store, flag, text), "tickets",
                     tickets_of(store, flag, text), "clips", clips_of(store, text_at(flag, "id")));
}
