// SPDX-License-Identifier: Apache-2.0
#include "capture/retention.h"

static const int64_t DAY_US = INT64_C(86400) * 1000000;

static int64_t missing_bytes(const RetentionLimits *limits)
{
    int64_t over = limits->quota_bytes ? limits->used_bytes - limits->quota_bytes : 0;
    int64_t under = limits->floor_bytes - limits->free_bytes;
    return MAX(MAX(over, under), 0);
}

int64_t retention_choose(RetentionLimits *limits, const RetentionItem *items, size_t n,
                         bool *ret_victims)
{
    for (size_t i = 0; i < n; i++) {
        ret_victims[i] = !items[i].is_held && missing_bytes(limits) > 0;
        if (!ret_victims[i])
            continue;
        limits->used_bytes -= items[i].bytes;
        limits->free_bytes += items[i].bytes;
    }
    return missing_bytes(limits);
}

// --- by age

static int days_of(const RetentionLimits *limits, const char *camera)
{
    int days =
        limits->camera_days ? GPOINTER_TO_INT(g_hash_table_lookup(limits->camera_days, camera)) : 0;
    return days ? days : limits->days;
}

// All that have recordings, in the config or not: one look-up in the index for each.
static GPtrArray *read_cameras(Archive *archive)
{
    GPtrArray *cameras = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(StoreQuery) query =
        store_query(archive_store(archive),
                    "WITH RECURSIVE c(camera) AS (SELECT min(camera) FROM segment UNION ALL"
                    " SELECT (SELECT min(camera) FROM segment WHERE camera > c.camera) FROM c"
                    " WHERE c.camera IS NOT NULL) SELECT camera FROM c WHERE camera IS NOT NULL",
                    "");
    while (store_step(query))
        g_ptr_array_add(cameras, g_strdup(store_text(query, 0)));
    return cameras;
}

// By the clock as it was set later: what a box recorded in 1970 before its clock was right is new.
// Appends unheld ones of the camera that ended before the moment. Returns how many there are now.
static size_t read_old(Archive *archive, const char *camera, int64_t before_us, int64_t *ids,
                       size_t n)
{
    g_autoptr(StoreQuery) query =
        store_query(archive_store(archive),
                    "SELECT id FROM segment WHERE camera = ?1 AND start_us < ?2"
                    " AND start_us + duration_us + " ARCHIVE_CLOCK_US
                    " < ?2 AND state = 'done' AND storage = ?4 AND NOT " ARCHIVE_IS_HELD
                    " ORDER BY start_us LIMIT ?3",
                    "siii", camera, before_us, (int64_t)(ARCHIVE_MAX_DELETE - n),
                    (int64_t)archive_storage(archive));
    while (n < ARCHIVE_MAX_DELETE && store_step(query))
        ids[n++] = store_int(query, 0);
    return n;
}

static size_t find_old(Archive *archive, const RetentionLimits *limits, int64_t *ret_ids)
{
    g_autoptr(GPtrArray) cameras = read_cameras(archive);
    size_t n = 0;
    for (guint i = 0; i < cameras->len; i++) {
        int days = days_of(limits, cameras->pdata[i]);
        if (days)
            n = read_old(archive, cameras->pdata[i], limits->now_us - days * DAY_US, ret_ids, n);
    }
    return n;
}

// --- by the camera's own quota

// What is held comes on top: else a camera of which much is held would keep nothing new.
static int64_t excess_of(Archive *archive, const char *camera, int64_t quota_bytes)
{
    Store *store = archive_store(archive);
    int64_t used = store_value(
        store, 0, "SELECT sum(bytes) FROM segment INDEXED BY segment_camera WHERE camera = ?", "s",
        camera);
    return used > quota_bytes ? used - index_held_bytes(store, camera) - quota_bytes : 0;
}

// The camera's oldest unheld ones go, wherever they lie: those that are elsewhere are for the other
// folder's archive. Appends to ids; returns how many there are now.
static size_t read_excess(Archive *archive, const char *camera, int64_t missing, int64_t *ids,
                          size_t n)
{
    g_autoptr(StoreQuery) query =
        store_query(archive_store(archive),
                    "SELECT id, bytes, storage FROM segment INDEXED BY segment_camera"
                    " WHERE camera = ? AND state = 'done' AND NOT " ARCHIVE_IS_HELD " ORDER BY id",
                    "s", camera);
    while (missing > 0 && n < ARCHIVE_MAX_DELETE && store_step(query)) {
        missing -= store_int(query, 1);
        if (store_int(query, 2) == archive_storage(archive))
            ids[n++] = store_int(query, 0);
    }
    return n;
}

static size_t find_excess(Archive *archive, const RetentionLimits *limits, int64_t *ret_ids)
{
    GHashTableIter iter;
    gpointer camera, quota;
    size_t n = 0;
    if (!limits->camera_quotas)
        return 0;
    g_hash_table_iter_init(&iter, limits->camera_quotas);
    while (n < ARCHIVE_MAX_DELETE && g_hash_table_iter_next(&iter, &camera, &quota)) {
        int64_t excess = excess_of(archive, camera, *(const int64_t *)quota);
        if (excess > 0)
            n = read_excess(archive, camera, excess, ret_ids, n);
    }
    return n;
}

// --- for room

// A page of done segments after the given id, in the order of recording. Fewer than max: there are
// no more.
static size_t read_page(Archive *archive, int64_t *id, RetentionItem *ret_items, size_t max)
{
    g_autoptr(StoreQuery) query = store_query(
        archive_store(archive),
        "SELECT id, bytes, " ARCHIVE_IS_HELD " FROM segment WHERE storage = ? AND id > ?"
        " AND state = 'done' ORDER BY id LIMIT ?",
        "iii", (int64_t)archive_storage(archive), *id, (int64_t)max);
    size_t n = 0;
    for (; n < max && store_step(query); n++) {
        *id = store_int(query, 0);
        ret_items[n] = (RetentionItem){ .id = *id,
                                        .bytes = store_int(query, 1),
                                        .is_held = store_int(query, 2) };
    }
    return n;
}

static size_t keep_victims(const RetentionItem *items, size_t n, const bool *victims,
                           int64_t *ret_ids)
{
    size_t n_ids = 0;
    for (size_t i = 0; i < n; i++) {
        if (victims[i])
            ret_ids[n_ids++] = items[i].id;
    }
    return n_ids;
}

// As many of the oldest as one deletion takes. 1: there may be more.
static int make_room(Archive *archive, RetentionLimits *limits, int64_t *ret_missing)
{
    RetentionItem items[ARCHIVE_MAX_DELETE];
    bool victims[ARCHIVE_MAX_DELETE];
    int64_t ids[ARCHIVE_MAX_DELETE];
    int64_t id = 0;
    for (*ret_missing = missing_bytes(limits); *ret_missing > 0;) {
        size_t n = read_page(archive, &id, items, ARCHIVE_MAX_DELETE);
        *ret_missing = retention_choose(limits, items, n, victims);
        size_t n_ids = keep_victims(items, n, victims, ids);
        bool is_last = n < ARCHIVE_MAX_DELETE || *ret_missing == 0;
        if (n_ids) {
            int r = archive_delete(archive, ids, n_ids);
            return r < 0 ? r : !is_last;
        }
        if (is_last)
            return 0;
    }
    return 0;
}

int retention_run(Archive *archive, RetentionLimits *limits, int64_t *ret_missing)
{
    int64_t ids[ARCHIVE_MAX_DELETE];
    *ret_missing = 0;
    size_t n = find_old(archive, limits, ids);
    if (n == 0)
        n = find_excess(archive, limits, ids);
    if (n == 0)
        return make_room(archive, limits, ret_missing);
    int r = archive_delete(archive, ids, n);
    return r < 0 ? r : 1;
}
