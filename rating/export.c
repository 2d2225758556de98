// SPDX-License-Identifier: Apache-2.0
#include "rating/export.h"

#include "base/secret.h"
#include "rating/shape.h"

#include <errno.h>
#include <string.h>

#define ACTIVE "state IN ('queued', 'running')"

static void note(const Hall *hall, const char *id)
{
    if (hall->changed)
        hall->changed(hall->ctx, "export", id);
}

int export_add(Store *store, const Hall *hall, const ExportInput *input, char **ret_id)
{
    if (store_value(store, 0, "SELECT count(*) FROM export WHERE " ACTIVE, "") >= EXPORT_ACTIVE_MAX)
        return -EBUSY;
    g_autofree char *id = secret_uuid();
    g_autofree char *clips = json_dumps(input->clips, JSON_COMPACT);
    int err =
        store_exec(store,
                   "INSERT INTO export(id, who, reason, ref, clips, is_overlaid, state, created_at)"
                   " VALUES(?,?,?,?,?,?,'queued',?)",
                   "sssssii", id, input->who, input->reason, input->ref, clips,
                   (int64_t)input->has_overlay, input->now_ms);
    if (err < 0)
        return err;
    note(hall, id);
    *ret_id = g_steal_pointer(&id);
    return 0;
}

// -ENOENT or -EEXIST for an UPDATE that found nothing to change.
static int judge(Store *store, const Hall *hall, const char *id, int changed)
{
    if (changed < 0)
        return changed;
    if (changed == 0)
        return store_value(store, 0, "SELECT 1 FROM export WHERE id = ?", "s", id) ? -EEXIST
                                                                                   : -ENOENT;
    note(hall, id);
    return 0;
}

int export_end(Store *store, const Hall *hall, const char *id, int64_t now_ms)
{
    int changed = store_exec(
        store,
        "UPDATE export SET state = iif(state = 'done', 'removed', 'cancelled'), is_swept = 0,"
        " finished_at = coalesce(finished_at, ?)"
        " WHERE id = ? AND state IN ('queued', 'running', 'failed', 'done')",
        "is", now_ms, id);
    return judge(store, hall, id, changed);
}

int export_retry(Store *store, const Hall *hall, const char *id, int64_t now_ms)
{
    int changed =
        store_exec(store,
                   "UPDATE export SET state = 'queued', percent = 0, error = NULL, sha256 = NULL,"
                   " bytes = NULL, started_at = NULL, finished_at = NULL, is_swept = 0"
                   " WHERE id = ? AND state IN ('failed', 'cancelled', 'removed')",
                   "s", id);
    return judge(store, hall, id, changed);
}

// --- the outbox

static void errand_free(gpointer data)
{
    ExportErrand *errand = data;
    json_decref(errand->order);
    g_free(errand->id);
    g_free(errand->state);
    g_free(errand);
}

GPtrArray *export_errands(Store *store)
{
    GPtrArray *errands = g_ptr_array_new_with_free_func(errand_free);
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT id, is_swept, state, percent, who, reason, ref, clips, is_overlaid FROM export"
        " WHERE " ACTIVE " OR is_swept = 0 ORDER BY created_at",
        "");
    while (store_step(query)) {
        ExportErrand *errand = g_new0(ExportErrand, 1);
        errand->id = g_strdup(store_text(query, 0));
        errand->must_sweep = !store_int(query, 1);
        errand->state = g_strdup(store_text(query, 2));
        errand->percent = (int)store_int(query, 3);
        errand->is_active =
            strcmp(errand->state, "queued") == 0 || strcmp(errand->state, "running") == 0;
        errand->order = json_pack("{s:s, s:s, s:s?, s:o?, s:b}", "who", store_text(query, 4),
                                  "reason", store_text(query, 5), "ref", store_text(query, 6),
                                  "clips", json_loads(store_text(query, 7), 0, NULL), "overlay",
                                  (int)store_int(query, 8));
        g_ptr_array_add(errands, errand);
    }
    return errands;
}

int export_told(Store *store, const Hall *hall, const ExportNews *news, int64_t now_ms)
{
    bool is_over = strcmp(news->state, "done") == 0 || strcmp(news->state, "failed") == 0;
    bool is_started = strcmp(news->state, "queued") != 0;
    int changed = store_exec(
        store,
        "UPDATE export SET state = ?1, percent = ?2, error = ?3, sha256 = ?4, bytes = ?5,"
        " started_at = coalesce(started_at, ?6), finished_at = ?7"
        " WHERE id = ?8 AND " ACTIVE " AND is_swept = 1 AND (state <> ?1 OR percent <> ?2)",
        "sissnnns", news->state, (int64_t)news->percent, news->error, news->sha256, news->bytes,
        is_started ? now_ms : STORE_NULL, is_over ? now_ms : STORE_NULL, news->id);
    if (changed > 0)
        note(hall, news->id);
    return MIN(changed, 0);
}

int export_swept(Store *store, const Hall *hall, const char *id)
{
    int changed = store_exec(store, "UPDATE export SET is_swept = 1 WHERE id = ?", "s", id);
    return MIN(changed, 0);
}

// --- reading

#define EXPORT_COLUMNS                                                                             \
    "id, who, reason, ref, clips AS clips_json, is_overlaid, state, percent, error, sha256, "      \
    "bytes, "                                                                                      \
    "created_at, started_at, finished_at"
#define EXPORT_FILTER " FROM export WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR ref = ?2)"

static void shape(json_t *row)
{
    size_t i;
    json_t *clip;
    json_array_foreach(json_object_get(row, "clips"), i, clip)
    {
        int64_t from = json_integer_value(json_object_get(clip, "from"));
        int64_t to = json_integer_value(json_object_get(clip, "to"));
        json_object_set_new(clip, "from", shape_time(from));
        json_object_set_new(clip, "to", shape_time(to));
    }
    const char *state = json_string_value(json_object_get(row, "state"));
    const char *id = json_string_value(json_object_get(row, "id"));
    json_object_set_new(row, "url",
                        g_strcmp0(state, "done") == 0 ? json_sprintf("/api/v1/exports/%s/file", id)
                                                      : json_null());
}

json_t *export_list(Store *store, const ExportFilter *filter)
{
    const ExportFilter *f = filter;
    int64_t total = store_value(store, 0, "SELECT count(*)" EXPORT_FILTER, "ss", f->state, f->ref);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT " EXPORT_COLUMNS ", created_at AS cursor_ms" EXPORT_FILTER
                    " AND (?3 IS NULL OR (created_at, id) < (?4, ?3))"
                    " ORDER BY created_at DESC, id DESC LIMIT ?5",
                    "sssii", f->state, f->ref, f->before_id, f->before_ms, (int64_t)f->limit + 1);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row) shape(row);
    return shape_page(rows, "id", f->limit, total);
}

json_t *export_get(Store *store, const char *id)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT " EXPORT_COLUMNS " FROM export WHERE id = ?", "s", id);
    if (!store_step(query))
        return NULL;
    json_t *row = store_row_json(query);
    shape(row);
    return row;
}
