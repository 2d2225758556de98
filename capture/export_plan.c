// SPDX-License-Identifier: Apache-2.0
#include "capture/export_plan.h"

#include <string.h>

static void taken_free(gpointer data)
{
    ExportTaken *taken = data;
    segment_done(&taken->segment);
    g_free(taken->path);
    g_free(taken);
}

static void gap_free(gpointer data)
{
    ExportGap *gap = data;
    g_free(gap->reason);
    g_free(gap);
}

// Which entries [first, end) of the segment the clip takes. False: none.
static bool choose(const Segment *segment, const ExportClip *clip, guint *ret_first, guint *ret_end)
{
    int64_t wall_us = segment->head.wall_us;
    guint first = 0, end = 0;
    if (segment_end_us(segment) <= clip->from_us)
        return false;
    for (guint i = 0; i < segment->entries->len; i++) {
        const SegmentEntry *entry = &g_array_index(segment->entries, SegmentEntry, i);
        if (wall_us + entry->time_us >= clip->to_us)
            break;
        if (entry->key && wall_us + entry->time_us <= clip->from_us)
            first = i;
        end = i + 1;
    }
    *ret_first = first;
    *ret_end = end;
    return end > first;
}

static ExportTaken *take(const Segment *segment, const char *path, guint first, guint end)
{
    const SegmentEntry *entries = (const SegmentEntry *)(void *)segment->entries->data;
    ExportTaken *taken = g_new0(ExportTaken, 1);
    taken->path = g_strdup(path);
    taken->segment = *segment;
    taken->segment.entries = g_array_new(FALSE, FALSE, sizeof(SegmentEntry));
    taken->first = segment->header_bytes;
    for (guint i = 0; i < first; i++)
        taken->first += entries[i].bytes;
    taken->end = taken->first;
    for (guint i = first; i < end; i++)
        taken->end += entries[i].bytes;
    taken->from_us = segment->head.wall_us + entries[first].time_us;
    taken->to_us = segment->head.wall_us + entries[end - 1].time_us + entries[end - 1].duration_us;
    return taken;
}

GPtrArray *export_plan_clip(Store *store, const ExportClip *clip, const RecorderView *view)
{
    g_autoptr(GPtrArray) plan = g_ptr_array_new_with_free_func(taken_free);
    g_auto(Segment) row;
    segment_init(&row);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT " ARCHIVE_COLUMNS " FROM segment WHERE camera = ?1 AND start_us < ?3"
                    " AND start_us >= min(?2 - ?4, coalesce((SELECT max(start_us) FROM segment"
                    "                                 WHERE camera = ?1 AND start_us <= ?2), ?2))"
                    " AND (state = 'open' OR start_us + duration_us > ?2) ORDER BY id",
                    "siii", clip->camera, clip->from_us, clip->to_us, INDEX_REACH_US);
    while (store_step(query)) {
        ArchiveRow info;
        guint first, end;
        if (archive_read_row(query, &info, &row) < 0)
            continue;
        bool is_written =
            info.is_open && view->is_recording && view->segment.head.id == row.head.id;
        const Segment *segment = is_written ? &view->segment : &row;
        if ((info.is_open && !is_written) || !choose(segment, clip, &first, &end))
            continue;
        ExportTaken *taken = take(segment, info.path, first, end);
        taken->is_open = info.is_open;
        taken->storage = info.storage;
        g_ptr_array_add(plan, taken);
    }
    return store_query_result(query) < 0 ? NULL : g_steal_pointer(&plan);
}

void export_plan_refresh(Store *store, ExportTaken *taken)
{
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT " ARCHIVE_COLUMNS " FROM segment WHERE id = ? AND state = 'done'", "i",
        taken->segment.head.id);
    ArchiveRow info;
    if (!taken->is_open || !store_step(query))
        return;
    taken->is_open = archive_read_row(query, &info, &taken->segment) < 0;
    g_array_set_size(taken->segment.entries, 0);
}

static char *reason_of(Store *store, const char *camera, int64_t from_us, int64_t to_us)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT reason FROM gap WHERE camera = ?1 AND to_us > ?2 AND from_us < ?3"
                    " ORDER BY min(to_us, ?3) - max(from_us, ?2) DESC LIMIT 1",
                    "sii", camera, from_us, to_us);
    return g_strdup(store_step(query) ? store_text(query, 0) : "not_recorded");
}

static void add_gap(Store *store, GPtrArray *gaps, const char *camera, int64_t from_us,
                    int64_t to_us)
{
    if (to_us - from_us < INDEX_JOIN_US)
        return;
    ExportGap *gap = g_new0(ExportGap, 1);
    *gap = (ExportGap){ from_us, to_us, reason_of(store, camera, from_us, to_us) };
    g_ptr_array_add(gaps, gap);
}

GPtrArray *export_plan_gaps(Store *store, const ExportClip *clip, const GPtrArray *taken)
{
    GPtrArray *gaps = g_ptr_array_new_with_free_func(gap_free);
    int64_t known_us = clip->from_us;
    for (guint i = 0; i < taken->len; i++) {
        const ExportTaken *piece = taken->pdata[i];
        if (!piece->is_copied)
            continue;
        add_gap(store, gaps, clip->camera, known_us, piece->from_us);
        known_us = MAX(known_us, piece->to_us);
    }
    add_gap(store, gaps, clip->camera, known_us, clip->to_us);
    return gaps;
}
