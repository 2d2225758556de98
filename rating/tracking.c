// SPDX-License-Identifier: Apache-2.0
#include "rating/tracking.h"

#include "rating/notify.h"

#include <string.h>

enum { SWEEP_STEP = 5000 };

#define DAY_MS (24 * INT64_C(3600000))

// What happened, where a kind has not its own name.
static const struct {
    const char *kind, *event;
} events[] = {
    { "sent", "node" },     { "unit_done", "node" }, { "finished", "ended" },
    { "refused", "ended" }, { "returned", "ended" }, { "withdrawn", "ended" },
};

static const char *event_of(const char *kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(events); i++)
        if (strcmp(events[i].kind, kind) == 0)
            return events[i].event;
    return kind;
}

#define ROW_COLUMNS                                                                                \
    "CAST(seq AS TEXT) AS id, case_number AS \"case\", event, kind, node, unit, result,"           \
    " at AS event_at, noted_at, state, grade, due_at"

static json_t *shaped(json_t *take_row)
{
    json_object_set(take_row, "at", json_object_get(take_row, "event_at"));
    json_object_del(take_row, "event_at");
    return take_row;
}

static int tell(Store *store, const Hall *hall, int64_t seq, const TrackingInput *input)
{
    if (!notify_is_wanted(hall, "case_tracking"))
        return 0;
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT " ROW_COLUMNS " FROM tracking WHERE seq = ?", "i", seq);
    if (!store_step(query))
        return store_query_result(query);
    json_t *row = shaped(store_row_json(query));
    g_autofree char *subject = g_strconcat("case:", input->number, NULL);
    int err =
        notify_facts(store, hall, "case_tracking", json_string_value(json_object_get(row, "id")),
                     subject, row, input->now_ms);
    json_decref(row);
    return err;
}

int tracking_note(Store *store, const Hall *hall, const TrackingInput *input)
{
    int added = store_exec(
        store,
        "INSERT INTO tracking(case_number, event, kind, at, noted_at, node, unit, result, state,"
        " grade, due_at) SELECT number, ?2, ?3, ?4, ?5, ?6, ?7, ?8, state, grade, due_at"
        " FROM case_file WHERE number = ?1",
        "sssiisss", input->number, event_of(input->kind), input->kind, input->at_ms, input->now_ms,
        input->node, input->unit, input->result);
    if (added <= 0)
        return added;
    int64_t seq = store_value(store, 0, "SELECT last_insert_rowid()", "");
    return tell(store, hall, seq, input);
}

// The last number that was given; rows may have gone since.
static int64_t last_number(Store *store)
{
    return store_value(store, 0, "SELECT seq FROM sqlite_sequence WHERE name = 'tracking'", "");
}

// From which number on everything is there: the one before the oldest row.
static int64_t oldest_number(Store *store, int64_t last)
{
    return store_value(store, last + 1, "SELECT seq FROM tracking ORDER BY seq LIMIT 1", "") - 1;
}

static json_t *page_of(Store *store, int64_t after, int limit)
{
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT " ROW_COLUMNS " FROM tracking WHERE seq > ? ORDER BY seq LIMIT ?", "ii",
        after, (int64_t)limit + 1);
    json_t *items = json_array();
    bool more = false;
    while (store_step(query)) {
        more = json_array_size(items) == (size_t)limit;
        if (more)
            break;
        after = g_ascii_strtoll(store_text(query, 0), NULL, 10);
        json_array_append_new(items, shaped(store_row_json(query)));
    }
    g_autofree char *next = g_strdup_printf("%" G_GINT64_FORMAT, after);
    return json_pack("{s:o, s:s, s:b}", "items", items, "next", next, "more", more);
}

json_t *tracking_list(Store *store, int64_t after, int limit, int64_t *ret_oldest)
{
    int64_t last = last_number(store);
    *ret_oldest = oldest_number(store, last);
    bool from_start = after == 0;
    if (after == TRACKING_NEWEST)
        after = last;
    if (from_start)
        after = *ret_oldest;
    if (after > last)
        return NULL;
    json_t *page = page_of(store, after, limit);
    // Looked at after the page: rows that were removed before it was read are noticed.
    *ret_oldest = oldest_number(store, last);
    if (from_start || after >= *ret_oldest)
        return page;
    json_decref(page);
    return NULL;
}

int tracking_sweep(Store *store, const Hall *hall, int64_t now_ms)
{
    // By number: the oldest go first, and none goes while an older one stays.
    return store_exec(store,
                      "DELETE FROM tracking WHERE seq IN (SELECT seq FROM (SELECT seq, noted_at"
                      " FROM tracking ORDER BY seq LIMIT ?2) WHERE noted_at < ?1)",
                      "ii", now_ms - hall->config->tracking.keep_days * DAY_MS,
                      (int64_t)SWEEP_STEP);
}
