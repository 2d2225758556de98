// SPDX-License-Identifier: Apache-2.0
#include "rating/queue_watch.h"

#include "base/clock.h"
#include "rating/calendar.h"
#include "rating/flag.h"
#include "rating/queue.h"
#include "rating/roster.h"
#include "rating/shape.h"

#include <errno.h>
#include <string.h>

enum { MINUTE_MS = 60 * 1000, WAITING_MAX = 1000, STEP = 500 };
#define DAY_MS ((int64_t)24 * 60 * MINUTE_MS)

typedef struct {
    Store *store;
    const Hall *hall;
    int64_t now_ms, next_ms;
    int raised;
} Sweep;

static int raise_flag(Sweep *sweep, FlagInput *input, json_t *take_evidence)
{
    input->evidence = take_evidence;
    input->raised_ms = sweep->now_ms;
    int result = flag_raise(sweep->store, sweep->hall, input, NULL);
    json_decref(take_evidence);
    sweep->raised += result > 0;
    return MIN(result, 0);
}

static void ahead(Sweep *sweep, int64_t at_ms)
{
    if (at_ms > sweep->now_ms)
        sweep->next_ms = MIN(sweep->next_ms, at_ms);
}

// --- a ticket waits too long

typedef struct {
    char *id, *number, *counter, *lane;
    int64_t issued_ms, called_ms;
} Waited;

static void waited_free(void *data)
{
    Waited *waited = data;
    g_free(waited->id);
    g_free(waited->number);
    g_free(waited->counter);
    g_free(waited->lane);
    g_free(waited);
}

// Not told of yet, and not called in time; since yesterday, so that a look costs no more than a
// day.
#define TOO_LONG                                                                                   \
    " FROM ticket t WHERE is_wait_told = 0 AND issued_at IS NOT NULL AND issued_at >= ?1"          \
    " AND issued_at <= ?2 AND (called_at IS NULL OR called_at > issued_at + ?3)"                   \
    " AND (called_at IS NOT NULL OR state = 'issued')"                                             \
    " AND NOT EXISTS(SELECT 1 FROM ticket_step WHERE ticket = t.id AND action = 'call'"            \
    "  AND at <= t.issued_at + ?3)"

static GPtrArray *too_long(Sweep *sweep, int64_t limit_ms)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(waited_free);
    g_autoptr(StoreQuery) query = store_query(
        sweep->store,
        "SELECT id, number, counter, lane, issued_at, called_at" TOO_LONG " ORDER BY issued_at "
        "LIMIT ?4",
        "iiii", clock_day_start(sweep->now_ms) - DAY_MS, sweep->now_ms - limit_ms, limit_ms,
        (int64_t)STEP);
    while (store_step(query)) {
        Waited *waited = g_new0(Waited, 1);
        *waited = (Waited){ g_strdup(store_text(query, 0)),
                            g_strdup(store_text(query, 1)),
                            g_strdup(store_text(query, 2)),
                            g_strdup(store_text(query, 3)),
                            store_int(query, 4),
                            store_int_or_null(query, 5) };
        g_ptr_array_add(rows, waited);
    }
    return rows;
}

static int tell_wait(Sweep *sweep, const Waited *waited, int limit)
{
    g_autofree char *subject = g_strconcat("ticket:", waited->id, NULL);
    FlagInput input = { .kind = "slow_wait", .subject = subject, .counter = waited->counter };
    const ConfigLane *lane = config_lane(sweep->hall->config, waited->lane);
    int err = raise_flag(sweep, &input,
                         json_pack("{s:s, s:s?, s:o, s:o, s:i}", "number", waited->number, "lane",
                                   lane ? lane->name : waited->lane, "issued_at",
                                   shape_time(waited->issued_ms), "called_at",
                                   shape_time(waited->called_ms), "limit_minutes", limit));
    if (err == 0)
        err = store_exec(sweep->store, "UPDATE ticket SET is_wait_told = 1 WHERE id = ?", "s",
                         waited->id);
    return MIN(err, 0);
}

static int look_at_waits(Sweep *sweep)
{
    int limit = sweep->hall->config->rules.wait_minutes, err = 0;
    int64_t limit_ms = (int64_t)limit * MINUTE_MS;
    g_autoptr(GPtrArray) rows = too_long(sweep, limit_ms);
    for (guint i = 0; i < rows->len && err == 0; i++)
        err = tell_wait(sweep, rows->pdata[i], limit);
    int64_t first = store_value(sweep->store, INT64_MAX,
                                "SELECT issued_at FROM ticket WHERE is_wait_told = 0 AND "
                                "issued_at > ? AND state = 'issued' ORDER BY issued_at LIMIT 1",
                                "i", sweep->now_ms - limit_ms);
    ahead(sweep, first == INT64_MAX ? first : first + limit_ms);
    return err;
}

// --- a counter stands empty

int64_t queue_empty_since(const int64_t *issued_ms, size_t n, size_t n_min, int64_t empty_ms)
{
    if (n < n_min || n_min == 0)
        return INT64_MAX;
    return MAX(issued_ms[n_min - 1], empty_ms);
}

// The beginning of the office hours in which the moment lies; -1: in none.
static int64_t office_since(const Hall *hall, int64_t now_ms)
{
    CalendarDay day = calendar_day_of(now_ms);
    const ConfigHours *hours = &hall->config->hours;
    int weekday = (day + 3) % 7; // 1970-01-01 was a Thursday
    int64_t begin_ms = calendar_day_start(day), minute = (now_ms - begin_ms) / MINUTE_MS;
    if (!calendar_is_working_day(hall->calendar, day))
        return -1;
    for (int i = 0; i < hours->n_spans[weekday]; i++) {
        const ConfigSpan *span = &hours->spans[weekday][i];
        if (minute >= span->from && minute < span->to)
            return begin_ms + (int64_t)span->from * MINUTE_MS;
    }
    return -1;
}

// Since when nobody is at a counter that should be served; -1: somebody is, or nobody has to be.
static int64_t counter_empty_since(Sweep *sweep, const char *counter, int64_t office_ms)
{
    RosterState state = ROSTER_UNKNOWN;
    if (roster_state_at(sweep->store, counter, sweep->now_ms, &state) < 0 ||
        state == ROSTER_CLOSED || state == ROSTER_LEAVE)
        return -1;
    if (store_value(sweep->store, 0, "SELECT 1 FROM duty WHERE counter = ? AND to_at IS NULL", "s",
                    counter))
        return -1;
    int64_t left_ms = store_value(sweep->store, -1,
                                  "SELECT max(to_at) FROM duty WHERE counter = ?1 AND to_at >= ?2 "
                                  "HAVING max(to_at) IS NOT NULL",
                                  "si", counter, clock_day_start(sweep->now_ms));
    if (state == ROSTER_UNKNOWN && left_ms < 0)
        return -1;
    return MAX(left_ms, office_ms);
}

static size_t read_waiting(Sweep *sweep, const char *lane, const char *counter, int64_t *issued_ms)
{
    size_t n = 0;
    g_autoptr(StoreQuery) query = store_query(
        sweep->store,
        "SELECT issued_at FROM ticket WHERE state = 'issued' AND lane = ?1 AND place_at >= ?2 AND "
        "(only_counter IS NULL OR only_counter = ?3) ORDER BY issued_at LIMIT ?4",
        "sisi", lane, clock_day_start(sweep->now_ms), counter, (int64_t)WAITING_MAX);
    while (store_step(query))
        issued_ms[n++] = store_int(query, 0);
    return n;
}

static int look_at_counter(Sweep *sweep, const ConfigLane *lane, const char *counter,
                           int64_t office_ms)
{
    const Config *config = sweep->hall->config;
    int64_t issued_ms[WAITING_MAX];
    int64_t empty_ms = counter_empty_since(sweep, counter, office_ms);
    if (empty_ms < 0)
        return 0;
    size_t n = read_waiting(sweep, lane->id, counter, issued_ms);
    int64_t since_ms =
        queue_empty_since(issued_ms, n, (size_t)config->rules.empty_counter_waiting, empty_ms);
    if (since_ms == INT64_MAX)
        return 0;
    int64_t due_ms = since_ms + (int64_t)config->rules.empty_counter_minutes * MINUTE_MS;
    ahead(sweep, due_ms);
    if (due_ms > sweep->now_ms)
        return 0;
    g_autofree char *subject =
        g_strdup_printf("counter:%s:%" G_GINT64_FORMAT, counter, empty_ms / 1000);
    FlagInput input = { .kind = "inaction_queue", .subject = subject, .counter = counter };
    return raise_flag(sweep, &input,
                      json_pack("{s:s, s:I, s:o, s:o, s:i}", "lane", lane->name, "waiting",
                                (json_int_t)n, "empty_since_at", shape_time(empty_ms), "since_at",
                                shape_time(since_ms), "limit_minutes",
                                config->rules.empty_counter_minutes));
}

static int look_at_counters(Sweep *sweep)
{
    int64_t office_ms = office_since(sweep->hall, sweep->now_ms);
    GPtrArray *lanes = sweep->hall->config->lanes;
    int err = 0;
    for (guint i = 0; office_ms >= 0 && i < lanes->len; i++) {
        const ConfigLane *lane = lanes->pdata[i];
        for (char **counter = lane->counters; *counter && err == 0; counter++)
            err = look_at_counter(sweep, lane, *counter, office_ms);
    }
    return err;
}

// --- a counter could be opened

// Those of the lane at which nobody is: tidal ones first, since they are there for it.
static json_t *spare_counters(Sweep *sweep, const ConfigLane *lane)
{
    json_t *names = json_array();
    for (char **id = lane->counters; *id; id++) {
        const ConfigCounter *counter = config_counter(sweep->hall->config, *id);
        if (store_value(sweep->store, 0, "SELECT 1 FROM duty WHERE counter = ? AND to_at IS NULL",
                        "s", *id))
            continue;
        if (counter->kind == COUNTER_TIDAL)
            json_array_insert_new(names, 0, json_string(counter->name));
        else
            json_array_append_new(names, json_string(counter->name));
    }
    return names;
}

static int suggest(Sweep *sweep, const ConfigLane *lane, QueueEstimate estimate, int waiting,
                   int64_t since_ms)
{
    g_autofree char *subject =
        g_strdup_printf("lane:%s:%" G_GINT64_FORMAT, lane->id, since_ms / 1000);
    json_t *counters = spare_counters(sweep, lane);
    if (json_array_size(counters) == 0) {
        json_decref(counters);
        return 0;
    }
    FlagInput input = { .kind = "queue_tidal", .subject = subject };
    return raise_flag(sweep, &input,
                      json_pack("{s:s, s:i, s:i, s:i, s:i, s:o, s:o}", "lane", lane->name,
                                "waiting", waiting, "low", estimate.low_min, "high",
                                estimate.high_min, "limit_minutes",
                                sweep->hall->config->rules.wait_minutes, "since_at",
                                shape_time(since_ms), "counters", counters));
}

static int look_at_lane(Sweep *sweep, const ConfigLane *lane)
{
    int waiting = 0;
    QueueEstimate estimate =
        queue_estimate_of(sweep->store, sweep->hall, lane, sweep->now_ms, &waiting);
    const Config *config = sweep->hall->config;
    bool is_over =
        estimate.is_known && estimate.low_min + estimate.high_min > 2 * config->rules.wait_minutes;
    if (!is_over)
        return MIN(
            store_exec(sweep->store, "DELETE FROM queue_pressure WHERE lane = ?", "s", lane->id),
            0);
    int err = store_exec(sweep->store,
                         "INSERT INTO queue_pressure(lane, since_at) VALUES(?,?) ON CONFLICT DO "
                         "NOTHING",
                         "si", lane->id, sweep->now_ms);
    if (err < 0)
        return err;
    int64_t since_ms =
        store_value(sweep->store, sweep->now_ms,
                    "SELECT since_at FROM queue_pressure WHERE lane = ?", "s", lane->id);
    int64_t due_ms = since_ms + (int64_t)config->rules.tidal_minutes * MINUTE_MS;
    ahead(sweep, due_ms);
    return due_ms > sweep->now_ms ? 0 : suggest(sweep, lane, estimate, waiting, since_ms);
}

static int look_at_lanes(Sweep *sweep)
{
    GPtrArray *lanes = sweep->hall->config->lanes;
    int err = 0;
    for (guint i = 0; i < lanes->len && err == 0; i++)
        err = look_at_lane(sweep, lanes->pdata[i]);
    return err;
}

int queue_watch_sweep(Store *store, const Hall *hall, int64_t now_ms, int64_t *ret_next)
{
    Sweep sweep = { store, hall, now_ms, INT64_MAX, 0 };
    int err = look_at_waits(&sweep);
    if (err == 0)
        err = look_at_counters(&sweep);
    if (err == 0)
        err = look_at_lanes(&sweep);
    *ret_next = sweep.next_ms;
    return err < 0 ? err : sweep.raised;
}

// --- week after week

enum { PATTERN_TICKETS_MIN = 10, PATTERN_DAYS_MIN = 2, PATTERN_PERCENT = 30 };

json_t *queue_pattern(Store *store, const Hall *hall, int64_t from_ms, int64_t to_ms)
{
    int64_t limit_ms = (int64_t)hall->config->rules.wait_minutes * MINUTE_MS;
    g_autoptr(StoreQuery) query = store_query(
        store,
        "WITH waited AS (SELECT lane, issued_at, called_at - issued_at AS wait,"
        "  datetime(issued_at / 1000, 'unixepoch', 'localtime') AS at FROM ticket"
        "  WHERE issued_at >= ?1 AND issued_at < ?2 AND called_at >= issued_at AND lane IS NOT "
        "NULL)"
        " SELECT lane, (CAST(strftime('%w', at) AS INTEGER) + 6) % 7 + 1 AS weekday,"
        " CAST(strftime('%H', at) AS INTEGER) AS hour, count(*) AS n,"
        " count(*) FILTER (WHERE wait > ?3) AS over,"
        " CAST(round(avg(wait) / 60000.0) AS INTEGER) AS mean_minutes,"
        " count(DISTINCT date(at)) AS days FROM waited GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        "iii", from_ms, to_ms, limit_ms);
    json_t *rows = json_array();
    while (store_step(query)) {
        json_t *row = store_row_json(query);
        int64_t n = store_int(query, 3), over = store_int(query, 4), days = store_int(query, 6);
        const ConfigLane *lane = config_lane(hall->config, store_text(query, 0));
        json_object_set_new(row, "name", json_string(lane ? lane->name : store_text(query, 0)));
        json_object_set_new(row, "is_suggested",
                            json_boolean(n >= PATTERN_TICKETS_MIN && days >= PATTERN_DAYS_MIN &&
                                         over * 100 >= n * PATTERN_PERCENT));
        json_array_append_new(rows, row);
    }
    return rows;
}
