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
    int64_t oldest_us = limits->days ? limits->now_us - limits->days * DAY_US : INT64_MIN;
    for (size_t i = 0; i < n; i++) {
        bool is_wanted = items[i].end_us < oldest_us || missing_bytes(limits) > 0;
        ret_victims[i] = is_wanted && !items[i].is_held;
        if (!ret_victims[i])
            continue;
        limits->used_bytes -= items[i].bytes;
        limits->free_bytes += items[i].bytes;
    }
    return missing_bytes(limits);
}

// A page of done segments from after the given place in time on. Fewer than max: there are no more.
static size_t read_page(Archive *archive, int64_t *start_us, int64_t *id, RetentionItem *ret_items,
                        size_t max)
{
    g_autoptr(StoreQuery) query =
        store_query(archive_store(archive),
                    "SELECT id, start_us, start_us + duration_us, bytes, EXISTS (SELECT 1 FROM hold"
                    "  WHERE hold.camera = s.camera AND hold.from_us < s.start_us + s.duration_us"
                    "  AND hold.to_us > s.start_us)"
                    " FROM segment AS s WHERE (start_us, id) > (?, ?) AND state = 'done'"
                    " ORDER BY start_us, id LIMIT ?",
                    "iii", *start_us, *id, (int64_t)max);
    size_t n = 0;
    for (; n < max && store_step(query); n++) {
        *id = store_int(query, 0);
        *start_us = store_int(query, 1);
        ret_items[n] = (RetentionItem){ .id = *id,
                                        .end_us = store_int(query, 2),
                                        .bytes = store_int(query, 3),
                                        .is_held = store_int(query, 4) };
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

// Nothing from here on is old enough to go by its age.
static bool is_in_days(const RetentionLimits *limits, const RetentionItem *item)
{
    return !limits->days || item->end_us >= limits->now_us - limits->days * DAY_US;
}

int retention_run(Archive *archive, RetentionLimits *limits, int64_t *ret_missing)
{
    RetentionItem items[ARCHIVE_MAX_DELETE];
    bool victims[ARCHIVE_MAX_DELETE];
    int64_t ids[ARCHIVE_MAX_DELETE];
    int64_t start_us = INT64_MIN, id = 0;
    for (;;) {
        size_t n = read_page(archive, &start_us, &id, items, ARCHIVE_MAX_DELETE);
        *ret_missing = retention_choose(limits, items, n, victims);
        size_t n_ids = keep_victims(items, n, victims, ids);
        bool is_last =
            n < ARCHIVE_MAX_DELETE || (*ret_missing == 0 && is_in_days(limits, &items[n - 1]));
        if (n_ids) {
            int r = archive_delete(archive, ids, n_ids);
            return r < 0 ? r : !is_last;
        }
        if (is_last)
            return 0;
    }
}
