// SPDX-License-Identifier: Apache-2.0
// Reading of call-backs: the list of a day.
#include "base/clock.h"
#include "rating/calendar.h"
#include "rating/callback.h"
#include "rating/shape.h"

#include <string.h>

enum { LIST_MAX = 500, DAY_HOURS_MAX = 30, HOUR_MS = 3600 * 1000 };

#define NEXT_TRY(subject, since)                                                                   \
    "(SELECT t.next_at FROM callback_try t WHERE t.subject = " subject " AND t.at >= " since       \
    " ORDER BY t.at DESC LIMIT 1) AS next_at"

// What the citizen was told last, so that who calls knows.
#define TOLD                                                                                       \
    "(SELECT s.why FROM rectification_step s WHERE s.rating = x.rating AND s.action = 'tell'"      \
    " ORDER BY s.id DESC LIMIT 1) AS told"

static const char ratings_sql[] =
    "SELECT p.subject AS id, 'rating' AS source, x.rating, r.level, r.text, r.case_number,"
    " c.item_code, c.item_name, c.unit, r.counter AS counter_id, r.counter_name, r.event_at,"
    " x.due_at, x.tries, p.name_mask AS name, p.phone_mark IS NOT NULL AS is_callable,"
    " p.phone_mask AS phone, r.staff_number, " NEXT_TRY(
        "p.subject", "x.told_at") ", " TOLD " FROM rectification x JOIN rating r ON r.id = x.rating"
                                  " JOIN person p ON p.subject = 'rating:' || x.rating"
                                  " LEFT JOIN case_file c ON c.number = r.case_number"
                                  " WHERE x.is_open = 1 AND x.state = 'calling' ORDER BY x.due_at, "
                                  "x.rating LIMIT ?";

static const char cases_sql[] =
    "SELECT 'case:' || b.case_number AS id, 'case' AS source, NULL AS rating, NULL AS level,"
    " NULL AS text, b.case_number, c.item_code, c.item_name, c.unit, c.counter AS counter_id,"
    " c.counter AS counter_name, c.finished_at AS event_at, NULL AS due_at,"
    " (SELECT count(*) FROM callback_try t WHERE t.subject = 'case:' || b.case_number) AS tries,"
    " p.name_mask AS name, p.phone_mark IS NOT NULL AS is_callable, p.phone_mask AS phone,"
    " c.person_number AS staff_number, " NEXT_TRY(
        "'case:' || b.case_number",
        "0") ", NULL AS told FROM callback b JOIN case_file c ON c.number = b.case_number"
             " LEFT JOIN person p ON p.subject = 'case:' || b.case_number"
             " WHERE b.is_open = 1 ORDER BY b.day_at, b.case_number LIMIT ?";

// Whoever is rated sees nothing of it, and a member of staff only what surely is not about himself.
static bool may_see(const json_t *row, const Actor *actor)
{
    const char *staff = json_string_value(json_object_get(row, "staff_number"));
    return !actor_is_staff(staff, actor->staff) && (actor->is_director || staff);
}

static void add_rows(Store *store, const Hall *hall, const char *sql, const Actor *actor,
                     json_t *items)
{
    g_autoptr(StoreQuery) query = store_query(store, sql, "i", (int64_t)LIST_MAX);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        if (!may_see(row, actor))
            continue;
        const char *id = json_string_value(json_object_get(row, "counter_id"));
        const ConfigCounter *counter = id ? config_counter(hall->config, id) : NULL;
        if (counter)
            json_object_set_new(row, "counter_name", json_string(counter->name));
        json_object_del(row, "staff_number");
        shape_nest(row, "counter");
        shape_nest(row, "item");
        json_array_append(items, row);
    }
    json_decref(rows);
}

static json_t *done_rows(Store *store, int64_t from_ms, int64_t to_ms, const Actor *actor)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT t.subject AS id, t.at AS try_at, t.user, t.outcome, t.answer, t.level, t.text,"
        " t.next_at, p.name_mask AS name, c.item_name AS item"
        " FROM callback_try t LEFT JOIN person p ON p.subject = t.subject"
        " LEFT JOIN rating r ON r.id = substr(t.subject, 8) AND t.subject GLOB 'rating:*'"
        " LEFT JOIN case_file c ON c.number = coalesce(r.case_number, substr(t.subject, 6))"
        " WHERE t.at >= ?1 AND t.at < ?2 AND (?3 IS NULL OR t.user = ?3)"
        " ORDER BY t.at DESC LIMIT ?4",
        "iisi", from_ms, to_ms, actor->is_director ? NULL : actor->user, (int64_t)LIST_MAX);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row) shape_rename(row, "try_at", "at");
    return rows;
}

json_t *callback_list(Store *store, const Hall *hall, int64_t day_ms, const Actor *actor,
                      int64_t now_ms)
{
    int64_t from_ms = clock_day_start(day_ms);
    int64_t to_ms = clock_day_start(from_ms + (int64_t)DAY_HOURS_MAX * HOUR_MS);
    bool may_call = callback_may_call(store, hall, actor);
    json_t *items = json_array();
    if (may_call && now_ms < to_ms) {
        add_rows(store, hall, ratings_sql, actor, items);
        add_rows(store, hall, cases_sql, actor, items);
    }
    g_autofree char *day = clock_format(from_ms);
    return json_pack("{s:s%, s:b, s:o, s:o, s:{s:s, s:s}}", "day", day, (size_t)10, "may_call",
                     may_call, "items", items, "done", done_rows(store, from_ms, to_ms, actor),
                     "script", "rating", hall->config->callbacks.script, "case",
                     hall->config->callbacks.script_case);
}

char *callback_caller(Store *store, const char *rating)
{
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT user FROM callback_try WHERE id = ? AND level IS NOT NULL", "s", rating);
    return store_step(query) ? g_strdup(store_text(query, 0)) : NULL;
}
