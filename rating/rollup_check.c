// SPDX-License-Identifier: Apache-2.0
// A table in temp goes before one of the same name in the file. So the very statements that make
// the cells (rollup.c) make them here beside the kept ones, which stay untouched.
#include "rating/rollup_check.h"

#include "rating/rollup_period.h"

#define MEASURE(name) #name,
static const char *const measures[ROLLUP_N_MEASURES] = { ROLLUP_MEASURES(MEASURE) };

static const char beside[] =
    "CREATE TEMP TABLE figure_cell AS SELECT * FROM main.figure_cell LIMIT 0;"
    "CREATE TEMP TABLE figure_stale AS SELECT * FROM main.figure_stale LIMIT 0;";
static const char no_beside[] = "DROP TABLE temp.figure_cell; DROP TABLE temp.figure_stale;";

// clang-format off
#define KEPT_CELLS                                                                                 \
    "SELECT * FROM main.figure_cell WHERE " ROLLUP_EVERY_KIND " AND grain = ?1 AND period = ?2"
#define COUNTED_CELLS "SELECT * FROM temp.figure_cell WHERE grain = ?1 AND period = ?2"
// Asked first: it sorts, where the other compares each with each.
static const char is_same_sql[] =
    "SELECT NOT EXISTS (" KEPT_CELLS " EXCEPT " COUNTED_CELLS ") AND NOT EXISTS (" COUNTED_CELLS
    " EXCEPT " KEPT_CELLS ")";
#define KEPT(name)    ", k." #name
#define COUNTED(name) ", c." #name
static const char different_sql[] =
    "SELECT coalesce(k.kind, c.kind), coalesce(k.key, c.key), coalesce(k.sub, c.sub)"
    ROLLUP_MEASURES(KEPT) ROLLUP_MEASURES(COUNTED)
    " FROM (" KEPT_CELLS ") k FULL JOIN (" COUNTED_CELLS ") c"
    " ON k.kind = c.kind AND k.key = c.key AND k.sub = c.sub"
    " WHERE (k.name" ROLLUP_MEASURES(KEPT) ") IS NOT (c.name" ROLLUP_MEASURES(COUNTED) ")"
    " ORDER BY 1, 2, 3";
// clang-format on

typedef struct {
    Store *store;
    void (*found)(void *ctx, const RollupDifference *difference);
    void *ctx;
    int n;
} Check;

static void tell(Check *check, StoreQuery *query, int grain, int64_t period)
{
    enum { FIRST = 3 };
    int64_t hours = rollup_hours(grain), first = period * hours - ROLLUP_ZONE_HOURS;
    RollupDifference difference = { .kind = (RollupKind)store_int(query, 0),
                                    .from_ms = first * ROLLUP_HOUR_MS,
                                    .to_ms = (first + hours) * ROLLUP_HOUR_MS,
                                    .key = store_text(query, 1),
                                    .sub = store_text(query, 2) };
    for (int i = 0; i < ROLLUP_N_MEASURES && !difference.measure; i++) {
        difference.kept = store_int(query, FIRST + i);
        difference.counted = store_int(query, FIRST + ROLLUP_N_MEASURES + i);
        if (difference.kept != difference.counted)
            difference.measure = measures[i];
    }
    check->n++;
    check->found(check->ctx, &difference);
}

// The period's cells are made anew in temp.
static int make_beside(Store *store, int grain, int64_t period)
{
    int err = store_exec(store, "DELETE FROM temp.figure_cell", "");
    if (err < 0 || grain == 0)
        return err < 0 ? err : rollup_fold_hour(store, period);
    int64_t factor = rollup_hours(grain) / rollup_hours(grain - 1);
    err = store_exec(store,
                     "INSERT INTO temp.figure_cell SELECT * FROM main.figure_cell"
                     " WHERE " ROLLUP_EVERY_KIND " AND grain = ? AND period >= ? AND period < ?",
                     "iii", (int64_t)grain - 1, period * factor, (period + 1) * factor);
    return err < 0 ? err : rollup_fold_up(store, grain, period);
}

static int check_period(Check *check, int grain, int64_t period)
{
    int err = make_beside(check->store, grain, period);
    if (err < 0 || store_value(check->store, 0, is_same_sql, "ii", (int64_t)grain, period))
        return MIN(err, 0);
    g_autoptr(StoreQuery) query =
        store_query(check->store, different_sql, "ii", (int64_t)grain, period);
    while (store_step(query))
        tell(check, query, grain, period);
    return store_query_result(query);
}

static bool is_stale(Store *store, int64_t period)
{
    return store_value(store, 0, "SELECT 1 FROM main.figure_stale WHERE hour = ?", "i",
                       period - ROLLUP_ZONE_HOURS);
}

// Each period in a snapshot of its own: a box that runs is not held up for long.
static int check_periods(Check *check, int grain, const GArray *periods)
{
    int err = 0;
    for (guint i = 0; i < periods->len && err == 0; i++) {
        int64_t period = g_array_index(periods, int64_t, i);
        store_script(check->store, "SAVEPOINT period");
        if (grain > 0 || !is_stale(check->store, period))
            err = check_period(check, grain, period);
        store_script(check->store, "RELEASE period");
    }
    return err;
}

// clang-format off
// Those in which there is anything, kept or to be counted.
#define HOURS_OF(at, table)                                                                        \
    "SELECT " at " / 3600000 + ?3 FROM " table " WHERE " at " >= ?1 AND " at " < ?2"
static const char hours_sql[] =
    HOURS_OF("event_at", "rating") " UNION " HOURS_OF("created_at", "invitation")
    " UNION " HOURS_OF("finished_at", "ticket") " UNION " HOURS_OF("created_at", "case_file")
    " UNION " HOURS_OF("finished_at", "case_file")
    " UNION SELECT period FROM main.figure_cell WHERE " ROLLUP_EVERY_KIND " AND grain = 0"
    " AND period >= ?1 / 3600000 + ?3 AND period < ?2 / 3600000 + ?3 ORDER BY 1";
static const char periods_sql[] =
    "SELECT period / ?2 FROM main.figure_cell WHERE " ROLLUP_EVERY_KIND " AND grain = ?1 - 1"
    " UNION SELECT period FROM main.figure_cell WHERE " ROLLUP_EVERY_KIND " AND grain = ?1"
    " ORDER BY 1";
// clang-format on

static int check_all_of(Check *check, int grain, StoreQuery *take_query)
{
    g_autoptr(StoreQuery) query = take_query;
    g_autoptr(GArray) periods = g_array_new(FALSE, FALSE, sizeof(int64_t));
    while (store_step(query)) {
        int64_t period = store_int(query, 0);
        g_array_append_val(periods, period);
    }
    int err = store_query_result(query);
    g_clear_pointer(&query, store_query_free);
    return err < 0 ? err : check_periods(check, grain, periods);
}

int rollup_check(Store *store, int64_t counted_from_ms, int64_t now_ms,
                 void (*found)(void *ctx, const RollupDifference *difference), void *ctx)
{
    Check check = { store, found, ctx, 0 };
    int64_t from_ms = MAX(0, counted_from_ms / ROLLUP_HOUR_MS * ROLLUP_HOUR_MS);
    int64_t end_ms = now_ms / ROLLUP_HOUR_MS * ROLLUP_HOUR_MS;
    int err = store_script(store, beside);
    if (err < 0)
        return err;
    err = check_all_of(
        &check, 0,
        store_query(store, hours_sql, "iii", from_ms, end_ms, (int64_t)ROLLUP_ZONE_HOURS));
    for (int grain = 1; grain < ROLLUP_N_GRAINS && err == 0; grain++)
        err = check_all_of(&check, grain,
                           store_query(store, periods_sql, "ii", (int64_t)grain,
                                       rollup_hours(grain) / rollup_hours(grain - 1)));
    store_script(store, no_beside);
    return err < 0 ? err : check.n;
}

int rollup_distrust(Store *store, int64_t from_ms)
{
    return MIN(0,
               store_exec(store, "INSERT INTO figure_stale(hour) VALUES(?) ON CONFLICT DO NOTHING",
                          "i", from_ms / ROLLUP_HOUR_MS));
}

char *rollup_difference_words(const RollupDifference *difference)
{
    static const struct {
        const char *key, *sub;
    } words[ROLLUP_N_KINDS] = { [ROLLUP_PLACE] = { "counter", " at hour " },
                                [ROLLUP_STAFF] = { "staff", "" },
                                [ROLLUP_ITEM] = { "service item", " of " },
                                [ROLLUP_CHANNEL] = { "channel", "" },
                                [ROLLUP_TAG] = { "reason", " of table " } };
    const char *key = *difference->key ? difference->key : "-";
    return g_strconcat(words[difference->kind].key, " ", key,
                       *difference->sub ? words[difference->kind].sub : "", difference->sub, NULL);
}
