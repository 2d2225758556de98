// SPDX-License-Identifier: Apache-2.0
#include "rating/rollup.h"

#include "rating/rollup_period.h"

#include <string.h>

// Later moments are not stored (case.c), and this keeps sums of hours in range.
#define END_MS INT64_C(4102444800000)

// How many periods of a grain make one of the next: hours, days, 8, 64 and 512 days. So five years
// are read as some two dozen periods, wherever they begin.
static const int64_t factors[ROLLUP_N_GRAINS - 1] = { 24, 8, 8, 8 };

#define COLUMN(name) ", " #name
#define SUM(name)    ", sum(" #name ")"
#define MEASURES     ROLLUP_MEASURES(COLUMN)
#define SUMS         ROLLUP_MEASURES(SUM)

// --- what counts: each thing once, with what it belongs to and what it adds

#define HALL_HOUR(at) "strftime('%H', " at " / 1000, 'unixepoch', 'localtime')"
#define WITHIN(at)    at " >= ?1 AND " at " < ?2"
// One visit: the same case at the same counter on the same day of the hall (一次一评).
#define SAME_DAY(a, b)                                                                             \
    "date(" a " / 1000, 'unixepoch', 'localtime') = date(" b " / 1000, 'unixepoch', 'localtime')"
// Whether a person has rated a visit: then and there, or from home. What is said when called back
// is no press of the citizen's own.
#define RATED_VISIT(number, place, at)                                                             \
    "EXISTS(SELECT 1 FROM rating v WHERE v.case_number = " number " AND v.is_counted = 1"          \
    " AND v.channel <> 'callback' AND v.counter = " place                                          \
    " AND (v.channel <> 'pad' OR " SAME_DAY("v.event_at", at) "))"
#define RATED_CASE(number)                                                                         \
    "EXISTS(SELECT 1 FROM rating WHERE case_number = " number " AND is_counted = 1"                \
    " AND channel <> 'callback')"
#define RATED_TICKET(id) "EXISTS(SELECT 1 FROM rating WHERE ticket = " id " AND is_counted = 1)"
// Whether a visit was invited on the pad.
#define INVITED_VISIT(number, place, at)                                                           \
    "EXISTS(SELECT 1 FROM invitation v WHERE v.case_number = " number " AND v.counter = " place    \
    " AND v.by_code = 0 AND " SAME_DAY("v.created_at", at) ")"

// Whoever left a number is called, all of them; the row stays when the name is erased (person.h).
#define NAMED_BAD                                                                                  \
    "EXISTS(SELECT 1 FROM person p WHERE p.subject = 'rating:' || r.id AND r.level <= 2)"

#define RATINGS                                                                                    \
    "SELECT r.counter, r.counter_name, r.staff_number, r.staff_name, c.item_code, c.item_name,"    \
    " c.unit, r.channel, " HALL_HOUR(                                                              \
        "r.event_at") ","                                                                          \
                      " r.level = 5, r.level = 4, r.level = 3, r.level = 2, r.level = 1,"          \
                      " coalesce(x.told_at IS NOT NULL AND x.is_late = 0, 0), " NAMED_BAD ","      \
                      " " NAMED_BAD " AND EXISTS(SELECT 1 FROM rectification_step s WHERE"         \
                      " s.rating = r.id AND s.action = 'call'"                                     \
                      " AND s.choice NOT IN ('no_answer', 'wrong_number')),"                       \
                      " 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, r.id, r.case_number, r.event_at"             \
                      " FROM rating r LEFT JOIN case_file c ON c.number = r.case_number"           \
                      " LEFT JOIN rectification x ON r.level <= 2 AND x.rating = r.id"             \
                      " WHERE " WITHIN("r.event_at") " AND r.is_counted = 1"

// A service: an invitation at the counter (the first of a visit, or of a ticket without case), or a
// case's code where nothing else is known of the case; a finished ticket that was never invited; a
// finished case that had neither.
// clang-format off
#define EARLIER " AND (j.created_at, j.id) < (i.created_at, i.id)"
#define IS_FIRST                                                                                   \
    " NOT EXISTS(SELECT 1 FROM invitation j WHERE j.case_number = i.case_number"                   \
    "  AND (i.by_code OR (j.counter = i.counter AND " SAME_DAY("j.created_at", "i.created_at") "))"\
    EARLIER ")"                                                                                    \
    " AND NOT (i.case_number IS NULL AND EXISTS(SELECT 1 FROM invitation j"                        \
    "  WHERE j.ticket = i.ticket AND j.case_number IS NULL" EARLIER "))"                           \
    " AND NOT (i.by_code AND EXISTS(SELECT 1 FROM ticket t WHERE t.case_number = i.case_number"    \
    "  AND t.finished_at IS NOT NULL))"
#define INVITED                                                                                    \
    "SELECT i.counter, NULL, i.staff_number, i.staff_name, c.item_code, c.item_name, c.unit, '', " \
    HALL_HOUR("i.created_at") ", 0, 0, 0, 0, 0, 0, 0, 0, 1,"                                       \
    " EXISTS(SELECT 1 FROM rating WHERE id = i.rating AND is_counted = 1)"                         \
    " OR CASE WHEN i.case_number IS NULL THEN " RATED_TICKET("i.ticket")                           \
    " ELSE " RATED_VISIT("i.case_number", "i.counter", "i.created_at") " END,"                     \
    " 0, 0, 0, 0, 0, 0, 0, 0, i.id, i.case_number, i.created_at"                                   \
    " FROM invitation i LEFT JOIN case_file c ON c.number = i.case_number"                         \
    " WHERE " WITHIN("i.created_at") " AND" IS_FIRST

#define TICKETS                                                                                    \
    "SELECT t.counter, NULL, d.staff_number, d.staff_name, c.item_code, c.item_name, c.unit, '', " \
    HALL_HOUR("t.finished_at") ", 0, 0, 0, 0, 0, 0, 0, 0, 1, "                                     \
    RATED_TICKET("t.id") " OR " RATED_VISIT("t.case_number", "t.counter", "t.finished_at") ","     \
    " 0, 0, 0, 0, 0, 0, 0, 0, t.id, t.case_number, t.finished_at"                                  \
    " FROM ticket t LEFT JOIN case_file c ON c.number = t.case_number"                             \
    " LEFT JOIN duty d ON d.id = (SELECT id FROM duty WHERE counter = t.counter"                   \
    "  AND from_at <= t.finished_at AND (to_at IS NULL OR to_at > t.finished_at)"                  \
    "  ORDER BY from_at DESC LIMIT 1)"                                                             \
    " WHERE " WITHIN("t.finished_at")                                                              \
    " AND NOT EXISTS(SELECT 1 FROM invitation WHERE ticket = t.id)"                                \
    " AND NOT " INVITED_VISIT("t.case_number", "t.counter", "t.finished_at")
// clang-format on

#define CASE_COLUMNS                                                                               \
    "SELECT c.counter, NULL, c.person_number, c.person_name, c.item_code, c.item_name, c.unit, "   \
    "'', "

#define FILED                                                                                      \
    CASE_COLUMNS HALL_HOUR("c.created_at") ", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,"                    \
                                           " coalesce(c.channel IN ('online', 'pc', 'mobile', "    \
                                           "'app'), 0), 0, 0, 0, 0, 0, 0, NULL, NULL, NULL"        \
                                           " FROM case_file c WHERE " WITHIN("c.created_at")

// A case that nobody has known as a visit is a service of its own.
#define IS_VISIT                                                                                   \
    "(NOT EXISTS(SELECT 1 FROM invitation WHERE case_number = c.number)"                           \
    " AND NOT EXISTS(SELECT 1 FROM ticket WHERE case_number = c.number))"
#define DONE                                                                                       \
    CASE_COLUMNS HALL_HOUR(                                                                        \
        "c.finished_at") ", 0, 0, 0, 0, 0, 0, 0, 0,"                                               \
                         " " IS_VISIT ", " IS_VISIT " AND " RATED_CASE(                            \
                             "c.number") ", 0, 0, 1,"                                              \
                                         " c.due_at IS NULL OR c.finished_at <= c.due_at,"         \
                                         " iif(c.statutory_days > 0 AND c.limit_days IS NOT "      \
                                         "NULL, c.statutory_days, 0),"                             \
                                         " iif(c.statutory_days > 0 AND c.limit_days IS NOT "      \
                                         "NULL, c.statutory_days - c.limit_days, 0),"              \
                                         " iif(c.statutory_days > 0 AND c.days_used IS NOT NULL, " \
                                         "c.statutory_days, 0),"                                   \
                                         " iif(c.statutory_days > 0 AND c.days_used IS NOT NULL, " \
                                         "c.statutory_days - c.days_used, 0), c.number, c.number," \
                                         " c.finished_at"                                          \
                                         " FROM case_file c WHERE " WITHIN("c.finished_at")

#define FACTS_OF(rows)                                                                             \
    "WITH fact(counter, counter_name, staff, staff_name, item, item_name, unit, channel, "         \
    "hour" MEASURES ", id, case_number, at) AS MATERIALIZED (" rows ") "
#define SERVICES INVITED " UNION ALL " TICKETS " UNION ALL " DONE
#define FACTS    FACTS_OF(RATINGS " UNION ALL " FILED " UNION ALL " SERVICES)

const char rollup_services_sql[] = " FROM (" FACTS_OF(
    SERVICES) "SELECT id, at, case_number, unit, counter, staff, staff_name,"
              " item, item_name, services, rated FROM fact) v WHERE v.services = 1";

#define FROM_FACTS(key, sub, name)                                                                 \
    "coalesce(" key ", '') AS whose, coalesce(" sub ", '') AS part, max(" name ")" SUMS            \
    " FROM fact GROUP BY whose, part"
#define BY_PLACE   FROM_FACTS("counter", "hour", "counter_name")
#define BY_STAFF   FROM_FACTS("staff", "NULL", "staff_name")
#define BY_ITEM    FROM_FACTS("item", "unit", "item_name")
#define BY_CHANNEL FROM_FACTS("channel", "NULL", "NULL")
#define BY_TAG                                                                                     \
    "t.value AS whose, r.tags_version AS part, NULL, 0, 0, 0, sum(r.level = 2), sum(r.level = 1)," \
    " 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM rating r, json_each(r.tags) t"                    \
    " WHERE " WITHIN("r.event_at") " AND r.is_counted = 1 AND r.level <= 2 GROUP BY whose, part"

// Columns: key, sub, name, the measures. ?1, ?2: the range.
static const char *const count_sql[ROLLUP_N_KINDS] = {
    [ROLLUP_PLACE] = FACTS "SELECT " BY_PLACE, [ROLLUP_STAFF] = FACTS "SELECT " BY_STAFF,
    [ROLLUP_ITEM] = FACTS "SELECT " BY_ITEM,   [ROLLUP_CHANNEL] = FACTS "SELECT " BY_CHANNEL,
    [ROLLUP_TAG] = "SELECT " BY_TAG,
};

static const char cells_sql[] =
    "SELECT key, sub, name" MEASURES " FROM figure_cell WHERE kind = ?1 AND grain = ?2"
    " AND period >= ?3 AND period < ?4 AND (?5 IS NULL OR key = ?5)";

// --- reading

static void row_free(gpointer data)
{
    RollupRow *row = data;
    g_free(row->key);
    g_free(row->sub);
    g_free(row->name);
    g_free(row);
}

static guint row_hash(gconstpointer data)
{
    const RollupRow *row = data;
    return g_str_hash(row->key) * 31 + g_str_hash(row->sub);
}

static gboolean row_equal(gconstpointer a, gconstpointer b)
{
    const RollupRow *one = a, *two = b;
    return strcmp(one->key, two->key) == 0 && strcmp(one->sub, two->sub) == 0;
}

typedef struct {
    Store *store;
    RollupKind kind;
    const char *only;
    GHashTable *rows; // RollupRow
} Reading;

static RollupRow *row_of(Reading *r, StoreQuery *query)
{
    RollupRow wanted = { .key = (char *)store_text(query, 0), .sub = (char *)store_text(query, 1) };
    RollupRow *row = g_hash_table_lookup(r->rows, &wanted);
    if (!row) {
        row = g_new0(RollupRow, 1);
        row->key = g_strdup(wanted.key);
        row->sub = g_strdup(wanted.sub);
        g_hash_table_add(r->rows, row);
    }
    if (!row->name)
        row->name = g_strdup(store_text(query, 2));
    return row;
}

static void add(Reading *r, StoreQuery *query, int sign)
{
    while (store_step(query)) {
        if (r->only && g_strcmp0(store_text(query, 0), r->only) != 0)
            continue;
        RollupRow *row = row_of(r, query);
        for (int i = 0; i < ROLLUP_N_MEASURES; i++)
            row->n[i] += sign * store_int(query, 3 + i);
    }
}

static void add_counted(Reading *r, int64_t from_ms, int64_t to_ms)
{
    if (from_ms >= to_ms)
        return;
    g_autoptr(StoreQuery) query = store_query(r->store, count_sql[r->kind], "ii", from_ms, to_ms);
    add(r, query, 1);
}

static void add_cells(Reading *r, int grain, int64_t from, int64_t to, int sign)
{
    if (from >= to)
        return;
    g_autoptr(StoreQuery) query = store_query(r->store, cells_sql, "iiiis", (int64_t)r->kind,
                                              (int64_t)grain, from, to, r->only);
    add(r, query, sign);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

// Periods of a grain: those that make whole ones of the next are read as such.
static void add_periods(Reading *r, int grain, int64_t from, int64_t to)
{
    int64_t factor = grain < ROLLUP_N_GRAINS - 1 ? factors[grain] : INT64_MAX;
    int64_t first = factor == INT64_MAX ? to : floor_div(from + factor - 1, factor);
    int64_t end = floor_div(to, factor);
    if (first >= end) {
        add_cells(r, grain, from, to, 1);
        return;
    }
    add_cells(r, grain, from, first * factor, 1);
    add_periods(r, grain + 1, first, end);
    add_cells(r, grain, end * factor, to, 1);
}

// All grains hold of a stale hour what its own cells hold: that goes, and the rows are counted.
static void correct(Reading *r, int64_t from, int64_t to)
{
    add_cells(r, 0, from + ROLLUP_ZONE_HOURS, to + ROLLUP_ZONE_HOURS, -1);
    add_counted(r, from * ROLLUP_HOUR_MS, to * ROLLUP_HOUR_MS);
}

static void correct_stale(Reading *r, int64_t from, int64_t to)
{
    g_autoptr(StoreQuery) query = store_query(
        r->store, "SELECT hour FROM figure_stale WHERE hour >= ? AND hour < ? ORDER BY hour", "ii",
        from, to);
    int64_t first = 0, end = 0; // a run of hours that follow one another
    while (store_step(query)) {
        int64_t hour = store_int(query, 0);
        if (hour != end) {
            if (end > first)
                correct(r, first, end);
            first = hour;
        }
        end = hour + 1;
    }
    if (end > first)
        correct(r, first, end);
}

static void read_range(Reading *r, int64_t from_ms, int64_t to_ms)
{
    int64_t first = floor_div(from_ms + ROLLUP_HOUR_MS - 1, ROLLUP_HOUR_MS),
            end = floor_div(to_ms, ROLLUP_HOUR_MS);
    if (first >= end) {
        add_counted(r, from_ms, to_ms);
        return;
    }
    add_counted(r, from_ms, first * ROLLUP_HOUR_MS);
    add_periods(r, 0, first + ROLLUP_ZONE_HOURS, end + ROLLUP_ZONE_HOURS);
    correct_stale(r, first, end);
    add_counted(r, end * ROLLUP_HOUR_MS, to_ms);
}

static bool is_zero(const RollupRow *row)
{
    for (int i = 0; i < ROLLUP_N_MEASURES; i++)
        if (row->n[i] != 0)
            return false;
    return true;
}

static GPtrArray *take_rows(GHashTable *rows)
{
    GPtrArray *result = g_ptr_array_new_with_free_func(row_free);
    GHashTableIter iter;
    gpointer row;
    g_hash_table_iter_init(&iter, rows);
    while (g_hash_table_iter_next(&iter, &row, NULL)) {
        if (is_zero(row))
            row_free(row);
        else
            g_ptr_array_add(result, row);
        g_hash_table_iter_steal(&iter);
    }
    return result;
}

GPtrArray *rollup_rows(Store *store, RollupKind kind, const char *only, int64_t from_ms,
                       int64_t to_ms)
{
    g_autoptr(GHashTable) rows = g_hash_table_new_full(row_hash, row_equal, row_free, NULL);
    Reading reading = { store, kind, only, rows };
    // A snapshot, also inside of a writer's transaction.
    store_script(store, "SAVEPOINT rollup");
    read_range(&reading, CLAMP(from_ms, 0, END_MS), CLAMP(to_ms, 0, END_MS));
    store_script(store, "RELEASE rollup");
    return take_rows(rows);
}

GPtrArray *rollup_count(Store *store, RollupKind kind, int64_t from_ms, int64_t to_ms)
{
    g_autoptr(GHashTable) rows = g_hash_table_new_full(row_hash, row_equal, row_free, NULL);
    Reading reading = { store, kind, NULL, rows };
    add_counted(&reading, from_ms, to_ms);
    return take_rows(rows);
}

// --- folding

#define INTO_CELLS "INSERT INTO figure_cell(kind, grain, period, key, sub, name" MEASURES ") "

static int forget(Store *store, int64_t grain, int64_t period)
{
    return store_exec(
        store, "DELETE FROM figure_cell WHERE " ROLLUP_EVERY_KIND " AND grain = ? AND period = ?",
        "ii", grain, period);
}

int rollup_fold_hour(Store *store, int64_t period)
{
    int64_t hour = period - ROLLUP_ZONE_HOURS;
    int err = forget(store, 0, period);
    if (err >= 0)
        err = store_exec(store,
                         FACTS INTO_CELLS "SELECT 0, 0, ?3, " BY_PLACE
                                          " UNION ALL SELECT 1, 0, ?3, " BY_STAFF
                                          " UNION ALL SELECT 2, 0, ?3, " BY_ITEM
                                          " UNION ALL SELECT 3, 0, ?3, " BY_CHANNEL,
                         "iii", hour * ROLLUP_HOUR_MS, (hour + 1) * ROLLUP_HOUR_MS, period);
    if (err >= 0)
        err = store_exec(store, INTO_CELLS "SELECT 4, 0, ?3, " BY_TAG, "iii", hour * ROLLUP_HOUR_MS,
                         (hour + 1) * ROLLUP_HOUR_MS, period);
    if (err >= 0)
        err = store_exec(store, "DELETE FROM figure_stale WHERE hour = ?", "i", hour);
    return MIN(err, 0);
}

int rollup_fold_up(Store *store, int grain, int64_t period)
{
    int64_t factor = factors[grain - 1];
    int err = forget(store, grain, period);
    if (err < 0)
        return err;
    err = store_exec(store,
                     INTO_CELLS "SELECT kind, ?1, ?2, key, sub, max(name)" SUMS
                                " FROM figure_cell WHERE " ROLLUP_EVERY_KIND " AND grain = ?1 - 1"
                                " AND period >= ?3 AND period < ?4 GROUP BY kind, key, sub",
                     "iiii", (int64_t)grain, period, period * factor, (period + 1) * factor);
    return MIN(err, 0);
}

// hours: in order. They become the periods of the next grain that they lie in, and so on.
static int fold_hours(Store *store, GArray *hours)
{
    int err = 0;
    for (guint i = 0; i < hours->len && err == 0; i++) {
        g_array_index(hours, int64_t, i) += ROLLUP_ZONE_HOURS;
        err = rollup_fold_hour(store, g_array_index(hours, int64_t, i));
    }
    for (int grain = 1; grain < ROLLUP_N_GRAINS; grain++) {
        guint n = 0;
        for (guint i = 0; i < hours->len && err == 0; i++) {
            int64_t period = floor_div(g_array_index(hours, int64_t, i), factors[grain - 1]);
            if (n > 0 && g_array_index(hours, int64_t, n - 1) == period)
                continue;
            err = rollup_fold_up(store, grain, period);
            g_array_index(hours, int64_t, n++) = period;
        }
        g_array_set_size(hours, n);
    }
    return err;
}

int64_t rollup_hours(int grain)
{
    int64_t hours = 1;
    for (int i = 0; i < grain; i++)
        hours *= factors[i];
    return hours;
}

int rollup_fold(Store *store, int64_t now_ms, int max_hours)
{
    g_autoptr(GArray) hours = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT hour FROM figure_stale WHERE hour < ? ORDER BY hour LIMIT ?",
                    "ii", now_ms / ROLLUP_HOUR_MS, (int64_t)max_hours);
    while (store_step(query)) {
        int64_t hour = store_int(query, 0);
        g_array_append_val(hours, hour);
    }
    int n = (int)hours->len, err = store_query_result(query);
    if (err == 0)
        err = fold_hours(store, hours);
    return err < 0 ? err : n;
}

int rollup_follow_zone(Store *store, const char *zone)
{
    int changed = store_exec(store,
                             "INSERT INTO meta(key, value) VALUES('figure_zone', ?1)"
                             " ON CONFLICT(key) DO UPDATE SET value = ?1 WHERE value <> ?1",
                             "s", zone);
    if (changed <= 0)
        return changed;
    return MIN(0, store_exec(store,
                             "INSERT INTO figure_stale(hour) SELECT DISTINCT period - ?1 FROM"
                             " figure_cell WHERE " ROLLUP_EVERY_KIND " AND grain = 0"
                             " ON CONFLICT DO NOTHING",
                             "i", (int64_t)ROLLUP_ZONE_HOURS));
}
