// SPDX-License-Identifier: Apache-2.0
// bench_figures FILE RATINGS: a hall.db with so many ratings over five years, a case and an
// invitation to each service (four of five are rated), and how long each page's question takes,
// from the roll-ups and beside them from the rows. Prints one JSON line for each question.
#include "base/clock.h"
#include "rating/figures.h"
#include "rating/hall.h"
#include "rating/rating.h"
#include "rating/review.h"
#include "rating/rollup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { YEARS = 5, COUNTERS = 20, STAFF = 40, ITEMS = 200, ASKED = 60, BATCH = 500000 };

#define HOUR_MS INT64_C(3600000)
#define DAY_MS  (24 * HOUR_MS)

typedef struct {
    Store *store;
    GRand *rand;
    int64_t from_ms, to_ms; // the five years; the last hour is not over
    int64_t services;
} Bench;

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "bench_figures: %s\n", what);
    exit(1);
}

// --- the hall's five years

// A service's moment: by its number, evenly over the hours from 9 to 17 of each day.
#define MOMENT                                                                                     \
    "(?3 + (n * ?4 / ?5) / 8 * 86400000 + (9 + (n * ?4 / ?5) % 8) * 3600000 + n % 3599 * 1000)"
#define EACH                                                                                       \
    "WITH RECURSIVE s(n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM s WHERE n < ?2),"               \
    " m(n, at, h) AS MATERIALIZED (SELECT n, " MOMENT ", n * 2654435761 % 4294967296 FROM s) "
static const char *const fill_sql[] = {
    EACH
    "INSERT INTO case_file(number, item_code, item_name, unit, kind, limit_days,"
    " statutory_days, counter, person_number, person_name, channel, created_at, updated_at,"
    " state, is_open, grade, accepted_at, finished_at, due_at, is_provisional, days_used)"
    " SELECT printf('A-%09d', n), 'I' || (h % 200), '事项' || (h % 200), 'U' || (h % 200 % 12),"
    " 'promised', 5, 20, 'c' || (n % 20), 'S' || (n % 40), '王', iif(h % 3, 'hall', 'online'),"
    " at - 86400000, at, 'finished', 0, 'none', at, at + 60000,"
    " at + iif(h % 50, 86400000, -86400000), 0, 2 FROM m",
    EACH "INSERT INTO invitation(id, counter, case_number, staff_number, staff_name, created_at,"
         " expires_at, state, rating) SELECT printf('i%09d', n), 'c' || (n % 20),"
         " printf('A-%09d', n), 'S' || (n % 40), '王', at, at + 60000, 'rated',"
         " iif(n % 5, printf('r%09d', n), NULL) FROM m",
    EACH "INSERT INTO rating(id, level, tags, tags_version, channel, pad, counter, counter_name,"
         " invitation, case_number, staff_number, staff_name, event_at, received_at, age_ms, marks,"
         " is_counted) SELECT printf('r%09d', n), iif(h % 70, 3 + h % 3, 1 + h % 2),"
         " iif(h % 70, '[]', '[\"213\",\"201\"]'), '1', iif(h % 9, 'pad', 'qr'), 'p' || (n % 20),"
         " 'c' || (n % 20), '窗口', printf('i%09d', n), printf('A-%09d', n), 'S' || (n % 40), '王',"
         " at, at, 0, 0, 1 FROM m WHERE n % 5",
    // The bad ones' lives: verified and told.
    EACH
    "INSERT INTO rectification(rating, state, is_open, outcome, round, tries, created_at,"
    " since_at, is_provisional, told_at, is_late, is_call_late, closed_at)"
    " SELECT printf('r%09d', n), 'closed', 0, 'immediate', 1, 0, at, at, 0, at, 0, 0, at FROM m"
    " WHERE n % 5 AND NOT h % 70",
    EACH
    "INSERT INTO rectification_step(rating, at, user, action, from_state, to_state, is_late)"
    " SELECT printf('r%09d', n), at, 'wang', 'verify', 'verifying', 'telling', h % 10 = 0 FROM m"
    " WHERE n % 5 AND NOT h % 70",
};

// Indexes and triggers are put back once the rows are there.
static GPtrArray *drop_all(Store *store, const char *type)
{
    GPtrArray *made = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT name, sql FROM sqlite_master WHERE type = ? AND sql IS NOT NULL", "s", type);
    while (store_step(query)) {
        g_ptr_array_add(names, g_strdup(store_text(query, 0)));
        g_ptr_array_add(made, g_strdup(store_text(query, 1)));
    }
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *sql = g_strdup_printf("DROP %s %s", type, (char *)names->pdata[i]);
        store_script(store, sql);
    }
    return made;
}

static void put_back(Store *store, const GPtrArray *made)
{
    for (guint i = 0; i < made->len; i++)
        if (store_script(store, made->pdata[i]) < 0)
            give_up(made->pdata[i]);
}

static void fill(Bench *b)
{
    int64_t days = (b->to_ms - b->from_ms) / DAY_MS;
    store_script(b->store, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
                           "PRAGMA foreign_keys=OFF; PRAGMA cache_size=-500000");
    g_autoptr(GPtrArray) triggers = drop_all(b->store, "trigger");
    g_autoptr(GPtrArray) indexes = drop_all(b->store, "index");
    for (int64_t n = 0; n < b->services; n += BATCH) {
        int64_t last = MIN(n + BATCH, b->services) - 1;
        for (size_t i = 0; i < G_N_ELEMENTS(fill_sql); i++)
            if (store_exec(b->store, fill_sql[i], "iiiii", n, last, b->from_ms, days * 8,
                           b->services) < 0)
                give_up("cannot fill the file");
    }
    put_back(b->store, indexes);
    put_back(b->store, triggers);
    store_script(b->store, "INSERT INTO figure_stale SELECT DISTINCT created_at / 3600000"
                           " FROM invitation WHERE true ON CONFLICT DO NOTHING;"
                           "INSERT INTO figure_stale SELECT DISTINCT created_at / 3600000"
                           " FROM case_file WHERE true ON CONFLICT DO NOTHING;"
                           "INSERT INTO figure_stale SELECT DISTINCT finished_at / 3600000"
                           " FROM case_file WHERE true ON CONFLICT DO NOTHING");
}

// --- what pages ask, of a range

static void today(Bench *b, int64_t from, int64_t to)
{
    json_decref(rating_figures(b->store, from, to));
    json_decref(rating_figures(b->store, from - DAY_MS, from));
    json_decref(figures_hours(b->store, from, to));
}

static void by_counter(Bench *b, int64_t from, int64_t to)
{
    json_decref(figures_compared(b->store, "counter", from, to));
}

static void by_staff(Bench *b, int64_t from, int64_t to)
{
    json_decref(figures_compared(b->store, "staff", from, to));
}

static void by_item(Bench *b, int64_t from, int64_t to)
{
    json_decref(figures_compared(b->store, "item", from, to));
}

static void trend(Bench *b, int64_t from, int64_t to)
{
    json_decref(figures_trend(b->store, "hall", NULL, from, to));
}

static void own_page(Bench *b, int64_t from, int64_t to)
{
    json_decref(figures_of(b->store, "staff", "S7", from, to));
    json_decref(figures_trend(b->store, "staff", "S7", from, to));
}

static void reasons(Bench *b, int64_t from, int64_t to)
{
    json_decref(figures_tags(b->store, from, to));
    json_decref(figures_hours(b->store, from, to));
}

// All that the report says, but for drawing it.
static void report(Bench *b, int64_t from, int64_t to)
{
    ReviewSpan span = { from, to }, before = { from - (to - from), from };
    ReviewSpan year = { figures_months_before(from, 12), figures_months_before(to, 12) };
    json_decref(review_of(b->store, span, before, year, b->to_ms));
}

// The ranking by counters from the rows: all its figures, and the levels alone.
static void rows_all(Bench *b, int64_t from, int64_t to)
{
    g_ptr_array_unref(rollup_count(b->store, ROLLUP_PLACE, from, to));
}

static void rows_levels(Bench *b, int64_t from, int64_t to)
{
    g_autoptr(StoreQuery) query = store_query(
        b->store,
        "SELECT counter, sum(level = 5), sum(level = 4), sum(level = 3), sum(level = 2),"
        " sum(level = 1) FROM rating WHERE event_at >= ? AND event_at < ? AND is_counted = 1"
        " GROUP BY counter",
        "ii", from, to);
    while (store_step(query))
        ;
}

static const struct {
    const char *name;
    void (*ask)(Bench *, int64_t from, int64_t to);
    int days, times;
    bool is_last; // of the range that ends now
} questions[] = {
    { "today's overview", today, 1, ASKED, true },
    { "ranking of counters, compared, a day", by_counter, 1, ASKED, false },
    { "ranking of counters, compared, a month", by_counter, 30, ASKED, false },
    { "ranking of counters, compared, a year", by_counter, 365, ASKED, false },
    { "ranking of counters, compared, five years", by_counter, 5 * 365, ASKED, true },
    { "ranking of staff, compared, five years", by_staff, 5 * 365, ASKED, true },
    { "ranking of 200 items, compared, a month", by_item, 30, ASKED, false },
    { "ranking of 200 items, compared, five years", by_item, 5 * 365, ASKED, true },
    { "trend, a month", trend, 30, ASKED, false },
    { "trend, a year", trend, 365, ASKED, false },
    { "trend, five years", trend, 5 * 365, ASKED, true },
    { "reasons and hours, five years", reasons, 5 * 365, ASKED, true },
    { "a person's own page, a year", own_page, 365, ASKED, false },
    { "report, a month", report, 30, ASKED, false },
    { "report, a year", report, 365, ASKED, false },
    { "rows: counters, all figures, a day", rows_all, 1, 10, false },
    { "rows: counters, all figures, a month", rows_all, 30, 3, false },
    { "rows: counters, all figures, a year", rows_all, 365, 1, false },
    { "rows: counters, levels alone, a day", rows_levels, 1, 10, false },
    { "rows: counters, levels alone, a month", rows_levels, 30, 3, false },
    { "rows: counters, levels alone, a year", rows_levels, 365, 1, false },
    { "rows: counters, levels alone, five years", rows_levels, 5 * 365, 1, true },
};

// CPU time of this thread: other work on the machine is not in it.
static gint64 cpu_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (gint64)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int compare(const void *a, const void *b)
{
    gint64 one = *(const gint64 *)a, two = *(const gint64 *)b;
    return (one > two) - (one < two);
}

static void measure(Bench *b, size_t index)
{
    gint64 took[ASKED], cpu[ASKED];
    int n = questions[index].times;
    for (int i = 0; i < n; i++) {
        int64_t length = questions[index].days * DAY_MS;
        int64_t days = (b->to_ms - b->from_ms - length) / DAY_MS;
        int64_t back = questions[index].is_last || days <= 0
                           ? 0
                           : g_rand_int_range(b->rand, 0, (int)days) * DAY_MS;
        gint64 begin = g_get_monotonic_time(), cpu_begin = cpu_us();
        questions[index].ask(b, b->to_ms - back - length, b->to_ms - back);
        took[i] = g_get_monotonic_time() - begin;
        cpu[i] = cpu_us() - cpu_begin;
    }
    qsort(took, (size_t)n, sizeof *took, compare);
    qsort(cpu, (size_t)n, sizeof *cpu, compare);
    int middle = n / 2, high = MIN(n - 1, n * 95 / 100);
    printf("{\"question\":\"%s\",\"p50\":%.3f,\"p95\":%.3f,\"cpu50\":%.3f,\"cpu95\":%.3f}\n",
           questions[index].name, (double)took[middle] / 1000, (double)took[high] / 1000,
           (double)cpu[middle] / 1000, (double)cpu[high] / 1000);
    fflush(stdout);
}

static double seconds_since(gint64 begin)
{
    return (double)(g_get_monotonic_time() - begin) / 1e6;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        give_up("FILE RATINGS");
    Bench b = { .services = atoll(argv[2]) * 5 / 4, .rand = g_rand_new_with_seed(7) };
    b.to_ms = clock_day_start(clock_wall_ms());
    b.from_ms = b.to_ms - INT64_C(365) * YEARS * DAY_MS;
    if (store_open(argv[1], STORE_WRITE, &b.store) < 0 ||
        store_migrate(b.store, hall_schema, hall_schema_steps) < 0)
        give_up("cannot make the file");
    gint64 begin = g_get_monotonic_time();
    fill(&b);
    double filled = seconds_since(begin);
    begin = g_get_monotonic_time();
    // Two hours of the last day are left to be counted when they are asked for.
    store_script(b.store, "BEGIN");
    while (rollup_fold(b.store, b.to_ms - 8 * HOUR_MS, 200) > 0)
        ;
    store_script(b.store, "COMMIT");
    double folded = seconds_since(begin);
    printf("{\"ratings\":%" G_GINT64_FORMAT ",\"filled\":%.0f,\"folded\":%.0f,\"cells\":%" //
           G_GINT64_FORMAT ",\"stale\":%" G_GINT64_FORMAT "}\n",
           store_value(b.store, 0, "SELECT count(*) FROM rating", ""), filled, folded,
           store_value(b.store, 0, "SELECT count(*) FROM figure_cell", ""),
           store_value(b.store, 0, "SELECT count(*) FROM figure_stale", ""));
    store_script(b.store, "PRAGMA cache_size=-2000");
    for (size_t i = 0; i < G_N_ELEMENTS(questions); i++)
        measure(&b, i);
    store_free(b.store);
    g_rand_free(b.rand);
    return 0;
}
