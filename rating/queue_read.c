// SPDX-License-Identifier: Apache-2.0
// Reading of the queue: lanes, what a clerk and the screen see, one ticket's place.
#include "rating/queue.h"

#include "base/clock.h"
#include "rating/shape.h"

#include <string.h>

enum {
    SERVICE_MIN_MS = 20 * 1000,
    SERVICE_MAX_MS = 2 * 60 * 60 * 1000, // a service that was forgotten tells nothing
    DAYS_BACK = 14,
};
#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

// --- counters

// Open: somebody is on duty there.
static bool is_open(Store *store, const char *counter)
{
    return store_value(store, 0, "SELECT 1 FROM duty WHERE counter = ? AND to_at IS NULL", "s",
                       counter) != 0;
}

static json_t *staff_at(Store *store, const char *counter)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT staff_number AS number, staff_name AS name FROM duty "
                    "WHERE counter = ? AND to_at IS NULL",
                    "s", counter);
    return store_step(query) ? store_row_json(query) : json_null();
}

#define TICKET_COLUMNS                                                                             \
    "id, number, lane, state, priority, only_counter, counter, calls, returns, issued_at, "        \
    "called_at, last_called_at, served_at, missed_at, case_number"

static json_t *current_at(Store *store, const char *counter, int64_t day_ms)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT " TICKET_COLUMNS " FROM ticket WHERE counter = ?1 AND lane IS NOT NULL "
                    "AND state IN ('called', 'served') AND called_at >= ?2 "
                    "ORDER BY called_at DESC LIMIT 1",
                    "si", counter, day_ms);
    return store_step(query) ? store_row_json(query) : json_null();
}

static json_t *counter_json(Store *store, const Hall *hall, const char *id, int64_t day_ms)
{
    const ConfigCounter *counter = config_counter(hall->config, id);
    return json_pack("{s:s, s:s, s:s, s:b, s:o, s:o}", "id", id, "name", counter->name, "kind",
                     config_counter_kind_name(counter->kind), "is_open", is_open(store, id),
                     "staff", staff_at(store, id), "ticket", current_at(store, id, day_ms));
}

// --- the estimate

static size_t read_services(Store *store, const char *lane, int64_t now_ms, int64_t *services)
{
    size_t n = 0;
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT finished_at - called_at FROM ticket WHERE lane = ?1 AND finished_at >= ?2 AND "
        "finished_at - called_at BETWEEN ?3 AND ?4 ORDER BY finished_at DESC LIMIT ?5",
        "siiii", lane, now_ms - DAYS_BACK * DAY_MS, (int64_t)SERVICE_MIN_MS,
        (int64_t)SERVICE_MAX_MS, (int64_t)ESTIMATE_SERVICES_MAX);
    while (n < ESTIMATE_SERVICES_MAX && store_step(query))
        services[n++] = store_int(query, 0);
    return n;
}

static int open_counters(Store *store, const ConfigLane *lane)
{
    int n = 0;
    for (char **counter = lane->counters; *counter; counter++)
        n += is_open(store, *counter);
    return n;
}

// Of the lane's open counters, the share that serves the other lane as well.
static double shared(Store *store, const ConfigLane *lane, const ConfigLane *other, int counters)
{
    int n = 0;
    for (char **counter = lane->counters; *counter; counter++)
        n += config_lane_has(other, *counter) && is_open(store, *counter);
    int of_other = open_counters(store, other);
    return counters > 0 && of_other > 0 ? (double)n / of_other : 0;
}

static int64_t waiting_before(Store *store, const char *lane, int64_t day_ms, int64_t before_ms,
                              bool is_priority)
{
    return store_value(store, 0,
                       "SELECT count(*) FROM ticket WHERE state = 'issued' AND lane = ?1 AND "
                       "place_at >= ?2 AND ((place_at < ?3 AND (?4 = 0 OR priority IS NOT NULL)) "
                       "OR (?4 = 0 AND priority IS NOT NULL))",
                       "siii", lane, day_ms, before_ms, (int64_t)is_priority);
}

static QueueEstimate estimate_before(Store *store, const Hall *hall, const ConfigLane *lane,
                                     int64_t now_ms, int64_t place_ms, bool is_priority)
{
    int64_t services[ESTIMATE_SERVICES_MAX], day_ms = clock_day_start(now_ms);
    size_t n = read_services(store, lane->id, now_ms, services);
    int counters = open_counters(store, lane);
    double ahead = 0;
    for (guint i = 0; i < hall->config->lanes->len; i++) {
        const ConfigLane *other = hall->config->lanes->pdata[i];
        double share = other == lane ? 1 : shared(store, lane, other, counters);
        if (share > 0)
            ahead +=
                share * (double)waiting_before(store, other->id, day_ms, place_ms, is_priority);
    }
    return queue_estimate(services, n, ahead, counters);
}

QueueEstimate queue_estimate_of(Store *store, const Hall *hall, const ConfigLane *lane,
                                int64_t now_ms, int *ret_waiting)
{
    *ret_waiting = (int)waiting_before(store, lane->id, clock_day_start(now_ms), INT64_MAX, false);
    return estimate_before(store, hall, lane, now_ms, INT64_MAX, false);
}

static json_t *estimate_json(QueueEstimate estimate)
{
    return estimate.is_known
               ? json_pack("{s:i, s:i}", "low", estimate.low_min, "high", estimate.high_min)
               : json_null();
}

// --- lanes

static json_t *lane_counters(Store *store, const Hall *hall, const ConfigLane *lane, int64_t day_ms)
{
    json_t *counters = json_array();
    for (char **counter = lane->counters; *counter; counter++)
        json_array_append_new(counters, counter_json(store, hall, *counter, day_ms));
    return counters;
}

static json_t *lane_today(Store *store, const char *lane, int64_t day_ms)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT count(*) FILTER (WHERE state = 'issued') AS waiting,"
        " count(*) FILTER (WHERE state = 'issued' AND priority IS NOT NULL) AS priority_waiting,"
        " min(issued_at) FILTER (WHERE state = 'issued') AS longest_at, count(*) AS taken,"
        " count(*) FILTER (WHERE state = 'finished') AS served,"
        " count(*) FILTER (WHERE state = 'missed') AS missed"
        " FROM ticket WHERE lane = ?1 AND issued_at >= ?2",
        "si", lane, day_ms);
    return store_step(query) ? store_row_json(query) : json_object();
}

static json_t *lane_json(Store *store, const Hall *hall, const ConfigLane *lane, int64_t now_ms)
{
    int64_t day_ms = clock_day_start(now_ms);
    int waiting = 0;
    json_t *row = json_pack("{s:s, s:s, s:s, s:b}", "id", lane->id, "name", lane->name, "prefix",
                            lane->prefix, "takes_priority", lane->priority);
    json_t *today = lane_today(store, lane->id, day_ms);
    json_object_update(row, today);
    json_decref(today);
    json_object_set_new(row, "counters_open", json_integer(open_counters(store, lane)));
    json_object_set_new(row, "estimate",
                        estimate_json(queue_estimate_of(store, hall, lane, now_ms, &waiting)));
    json_object_set_new(row, "counters", lane_counters(store, hall, lane, day_ms));
    return row;
}

json_t *queue_lanes(Store *store, const Hall *hall, int64_t now_ms)
{
    json_t *lanes = json_array();
    for (guint i = 0; i < hall->config->lanes->len; i++)
        json_array_append_new(lanes, lane_json(store, hall, hall->config->lanes->pdata[i], now_ms));
    return lanes;
}

// --- a counter

static json_t *own_lanes(const Hall *hall, const char *counter)
{
    json_t *lanes = json_array();
    for (guint i = 0; i < hall->config->lanes->len; i++) {
        const ConfigLane *lane = hall->config->lanes->pdata[i];
        if (config_lane_has(lane, counter))
            json_array_append_new(lanes,
                                  json_pack("{s:s, s:s}", "id", lane->id, "name", lane->name));
    }
    return lanes;
}

static bool is_for(const json_t *row, const ConfigLane *lane, const char *counter)
{
    const char *only = json_string_value(json_object_get(row, "only_counter"));
    return only ? strcmp(only, counter) == 0 : lane && config_lane_has(lane, counter);
}

// Rows of today in the state, of what this counter may call.
static json_t *rows_for(Store *store, const Hall *hall, const char *counter, const char *sql,
                        int64_t day_ms)
{
    json_t *rows = json_array();
    g_autoptr(StoreQuery) query = store_query(store, sql, "i", day_ms);
    while (store_step(query)) {
        json_t *row = store_row_json(query);
        const char *lane = json_string_value(json_object_get(row, "lane"));
        if (is_for(row, config_lane(hall->config, lane), counter))
            json_array_append_new(rows, row);
        else
            json_decref(row);
    }
    return rows;
}

json_t *queue_at_counter(Store *store, const Hall *hall, const char *counter, int64_t now_ms)
{
    int64_t day_ms = clock_day_start(now_ms);
    if (!config_counter(hall->config, counter))
        return NULL;
    json_t *waiting = rows_for(store, hall, counter,
                               "SELECT " TICKET_COLUMNS " FROM ticket WHERE state = 'issued' AND "
                               "lane IS NOT NULL AND place_at >= ? "
                               "ORDER BY priority IS NULL, place_at, rowid LIMIT 500",
                               day_ms);
    json_t *missed = rows_for(store, hall, counter,
                              "SELECT " TICKET_COLUMNS " FROM ticket WHERE state = 'missed' AND "
                              "lane IS NOT NULL AND called_at >= ? ORDER BY missed_at DESC "
                              "LIMIT 30",
                              day_ms);
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "counter",
                     counter_json(store, hall, counter, day_ms), "current",
                     current_at(store, counter, day_ms), "waiting", waiting, "missed", missed,
                     "lanes", own_lanes(hall, counter));
}

// --- the screen

static json_t *screen_lanes(Store *store, const Hall *hall, int64_t now_ms)
{
    json_t *lanes = json_array();
    for (guint i = 0; i < hall->config->lanes->len; i++) {
        const ConfigLane *lane = hall->config->lanes->pdata[i];
        int waiting = 0;
        QueueEstimate estimate = queue_estimate_of(store, hall, lane, now_ms, &waiting);
        json_array_append_new(lanes, json_pack("{s:s, s:s, s:i, s:i, s:o}", "id", lane->id, "name",
                                               lane->name, "waiting", waiting, "counters_open",
                                               open_counters(store, lane), "estimate",
                                               estimate_json(estimate)));
    }
    return lanes;
}

json_t *queue_screen(Store *store, const Hall *hall, int64_t now_ms)
{
    json_t *calls = json_array();
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT number, priority IS NOT NULL AS is_priority, counter, state, "
                    "last_called_at AS called_at, calls FROM ticket WHERE called_at >= ? AND "
                    "lane IS NOT NULL AND state IN ('called', 'served') "
                    "ORDER BY last_called_at DESC LIMIT 40",
                    "i", clock_day_start(now_ms));
    while (store_step(query)) {
        json_t *row = store_row_json(query);
        const ConfigCounter *counter = config_counter(hall->config, store_text(query, 2));
        json_object_set_new(row, "counter",
                            json_pack("{s:s?, s:s?}", "id", store_text(query, 2), "name",
                                      counter ? counter->name : store_text(query, 2)));
        json_array_append_new(calls, row);
    }
    return json_pack("{s:o, s:o, s:s?}", "calls", calls, "lanes", screen_lanes(store, hall, now_ms),
                     "notice", hall->config->calling.notice);
}

// --- one ticket

static json_t *place_of(Store *store, const Hall *hall, json_t *row, StoreQuery *query,
                        int64_t now_ms)
{
    const ConfigLane *lane = config_lane(hall->config, store_text(query, 2));
    const ConfigCounter *counter = config_counter(hall->config, store_text(query, 5));
    int64_t place_ms = store_int(query, 6), day_ms = clock_day_start(now_ms);
    bool is_priority = !store_is_null(query, 4);
    bool is_waiting = strcmp(store_text(query, 3), "issued") == 0 && place_ms >= day_ms;
    json_object_set_new(row, "lane",
                        json_pack("{s:s?, s:s?}", "id", store_text(query, 2), "name",
                                  lane ? lane->name : store_text(query, 2)));
    json_object_set_new(row, "counter",
                        counter ? json_pack("{s:s, s:s}", "id", counter->id, "name", counter->name)
                                : json_null());
    json_object_del(row, "place_at");
    json_object_set_new(row, "is_over", json_boolean(place_ms < day_ms));
    json_object_set_new(row, "before",
                        is_waiting && lane ? json_integer(waiting_before(store, lane->id, day_ms,
                                                                         place_ms, is_priority))
                                           : json_null());
    json_object_set_new(row, "estimate",
                        is_waiting && lane ? estimate_json(estimate_before(
                                                 store, hall, lane, now_ms, place_ms, is_priority))
                                           : json_null());
    return row;
}

json_t *queue_ticket(Store *store, const Hall *hall, const char *id, int64_t now_ms)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id, number, lane, state, priority, coalesce(only_counter, counter) AS "
                    "counter, place_at, issued_at, called_at, calls FROM ticket "
                    "WHERE id = ? AND lane IS NOT NULL",
                    "s", id);
    if (!store_step(query))
        return NULL;
    return place_of(store, hall, store_row_json(query), query, now_ms);
}

json_t *queue_steps(Store *store, const char *id)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT at AS done_at, user, action, from_state, to_state, counter, lane, why "
                    "FROM ticket_step WHERE ticket = ? ORDER BY id",
                    "s", id);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        shape_rename(row, "done_at", "at");
        shape_rename(row, "from_state", "from");
        shape_rename(row, "to_state", "to");
    }
    return rows;
}
