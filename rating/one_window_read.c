// SPDX-License-Identifier: Apache-2.0
#include "base/seal.h"
#include "rating/one_window.h"
#include "rating/shape.h"

#include <errno.h>

#define ROW_COLUMNS                                                                                \
    "CAST(id AS TEXT) AS id, call, case_number AS \"case\", sender, received_at, last_at, times,"  \
    " state, why"
#define LIST_FILTER                                                                                \
    " FROM one_window_message WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR call = ?2)"      \
    " AND (?3 IS NULL OR case_number = ?3)"

json_t *one_window_list(Store *store, const OneWindowFilter *filter)
{
    int64_t total = store_value(store, 0, "SELECT count(*)" LIST_FILTER, "sss", filter->state,
                                filter->call, filter->text);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT " ROW_COLUMNS ", shown AS fields_json, id AS cursor_ms" LIST_FILTER
                    " AND (?4 IS NULL OR id < ?4) ORDER BY one_window_message.id DESC LIMIT ?5",
                    "sssni", filter->state, filter->call, filter->text, filter->before_id,
                    (int64_t)filter->limit + 1);
    return shape_page(store_rows_json(query), "id", filter->limit, total);
}

json_t *one_window_get(Store *store, int64_t id)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT " ROW_COLUMNS ", shown AS fields_json FROM one_window_message"
                    " WHERE one_window_message.id = ?",
                    "i", id);
    return store_step(query) ? store_row_json(query) : NULL;
}

static json_t *counts(Store *store)
{
    json_t *found = json_pack("{s:i, s:i, s:i, s:i}", "taken", 0, "waiting", 0, "contradicted", 0,
                              "refused", 0);
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT state, count(*) FROM one_window_message GROUP BY state", "");
    while (store_step(query))
        json_object_set_new(found, store_text(query, 0), json_integer(store_int(query, 1)));
    return found;
}

json_t *one_window_standing(Store *store, const Config *config)
{
    g_autoptr(StoreQuery) senders =
        store_query(store,
                    "SELECT sender, max(last_at) AS last_at, count(*) AS messages"
                    " FROM one_window_message GROUP BY sender ORDER BY sender",
                    "");
    int64_t oldest_ms = store_value(store, STORE_NULL,
                                    "SELECT received_at FROM one_window_message"
                                    " WHERE state = 'waiting' ORDER BY id LIMIT 1",
                                    "");
    return json_pack("{s:s, s:o, s:o, s:o}", "profile", config->one_window.profile, "counts",
                     counts(store), "senders", store_rows_json(senders), "oldest_waiting_at",
                     shape_time(oldest_ms));
}

int one_window_raw(Store *store, const Hall *hall, int64_t id, char **ret_text)
{
    *ret_text = NULL;
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT mark, sealed FROM one_window_message WHERE id = ?", "i", id);
    if (!store_step(query))
        return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
    if (store_is_null(query, 1))
        return -ENODATA;
    size_t size = 0;
    const void *sealed = store_blob(query, 1, &size);
    g_autofree char *place = g_strconcat("one-window ", store_text(query, 0), NULL);
    *ret_text = hall->seal ? seal_open(hall->seal, place, sealed, size) : NULL;
    return *ret_text ? 0 : -EBADMSG;
}
