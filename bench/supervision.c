// SPDX-License-Identifier: Apache-2.0
// bench_supervision FILE CASES OPEN: a hall.db with so many cases, of which so many are open, each
// with its events; then what supervision, the list's pages and intake cost in it. Prints one JSON
// line for each; times are CPU of this thread (the machine may be busy with other things), beside
// them the wall clock where the disk takes part.
#include "base/clock.h"
#include "base/config.h"
#include "rating/calendar.h"
#include "rating/case.h"
#include "rating/hall.h"
#include "rating/supervision.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { ASKED = 60, BATCH = 50, NEW_CASES = 2000, FEW = 100 };

#define NOW    INT64_C(1795485600000) // Tuesday 2026-11-24 10:00 in the hall
#define DAY_MS INT64_C(86400000)

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "bench_supervision: %s\n", what);
    exit(1);
}

// Ended cases first, two events each; the newest are open: accepted over the last days, with three
// events. Limits of 5 to 24 days, so that some grade of theirs rises each day.
static const char cases_sql[] =
    "WITH RECURSIVE s(n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM s WHERE n < ?2)"
    "INSERT INTO case_file(number, item_code, item_name, unit, kind, limit_days, counter,"
    " person_number, person_name, channel, created_at, updated_at, state, is_open, grade,"
    " accepted_at, finished_at, due_at, is_provisional, effective_days, days_used, days_left,"
    " next_change_at, n)"
    " SELECT printf('LS-2026-%09d', n), 'I' || (n % 300), '事项' || (n % 300) || '的登记',"
    "  '部门' || (n % 23), 'promised', 5 + n % 20, 'c' || (n % 30), 'S' || (n % 60), '李敏',"
    "  iif(n % 3, 'hall', 'online'), ?3 + n * ?4, ?3 + n * ?4, iif(?5, 'filed', 'finished'), ?5,"
    "  'none', ?3 + n * ?4, iif(?5, NULL, ?3 + n * ?4 + 86400000), ?3 + n * ?4 + 864000000, 0,"
    "  5 + n % 20, 1, 4, NULL, n FROM s";
static const char events_sql[] =
    "INSERT INTO case_event(case_number, id, kind, at, received_at, node, counter)"
    " SELECT c.number, e.value, e.value, c.created_at + 60000 * e.key, c.created_at, '窗口', "
    "c.counter"
    " FROM case_file c, json_each(?3) e WHERE c.n BETWEEN ?1 AND ?2";

static int64_t clock_us(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

typedef struct {
    int64_t cpu, wall;
} Since;

static Since since(void)
{
    return (Since){ clock_us(CLOCK_THREAD_CPUTIME_ID), clock_us(CLOCK_MONOTONIC) };
}

static double cpu_ms(const Since *s)
{
    return (double)(clock_us(CLOCK_THREAD_CPUTIME_ID) - s->cpu) / 1000;
}

static double wall_ms(const Since *s)
{
    return (double)(clock_us(CLOCK_MONOTONIC) - s->wall) / 1000;
}

static void must(int err, Store *store)
{
    if (err < 0)
        give_up(store_error(store));
}

// What stands beside the cases is not what is measured: triggers are off while the file is made.
static GPtrArray *drop_triggers(Store *store)
{
    GPtrArray *made = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) drop = g_string_new(NULL);
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'", "");
    while (store_step(query)) {
        g_string_append_printf(drop, "DROP TRIGGER %s;", store_text(query, 0));
        g_ptr_array_add(made, g_strdup(store_text(query, 1)));
    }
    g_clear_pointer(&query, store_query_free);
    must(store_script(store, drop->str), store);
    return made;
}

static void fill(Store *store, int64_t n, int64_t n_open)
{
    g_autoptr(GPtrArray) triggers = drop_triggers(store);
    // A third of a million a year; the open ones are of the last fortnight.
    int64_t step_ms = MAX(INT64_C(365) * DAY_MS * 3 / MAX(n, 1), 1), closed = n - n_open;
    int64_t open_ms = 14 * DAY_MS / MAX(n_open, 1);
    must(store_script(store, "BEGIN"), store);
    if (closed > 0)
        must(store_exec(store, cases_sql, "iiiii", (int64_t)1, closed,
                        NOW - 15 * DAY_MS - closed * step_ms, step_ms, (int64_t)0),
             store);
    must(store_exec(store, cases_sql, "iiiii", closed + 1, n, NOW - 14 * DAY_MS - closed * open_ms,
                    open_ms, (int64_t)1),
         store);
    // Of the ended ones a million have their events: more would only make the file larger.
    must(store_exec(store, events_sql, "iis", MAX(closed - 1000000, 0) + 1, closed,
                    "[\"accepted\",\"finished\"]"),
         store);
    must(
        store_exec(store, events_sql, "iis", closed + 1, n, "[\"received\",\"accepted\",\"node\"]"),
        store);
    must(store_exec(store,
                    "INSERT INTO case_fts(rowid, words) SELECT n, number || char(10) || item_name"
                    " || char(10) || unit || char(10) FROM case_file",
                    ""),
         store);
    must(store_script(store, "COMMIT"), store);
    for (guint i = 0; i < triggers->len; i++)
        must(store_script(store, triggers->pdata[i]), store);
}

static Hall make_hall(void)
{
    static const char text[] = "hall:\n  id: h1\n  name: 青石镇为民服务中心\n"
                               "counters:\n  - {id: c1, name: 一号窗口, kind: general}\n";
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    Hall hall = { 0 };
    if (config_parse("bench.yaml", text, strlen(text), errors, &hall.config) < 0)
        give_up(errors->pdata[0]);
    calendar_load(NULL, NULL, &hall.calendar);
    return hall;
}

// --- supervision

static int sweep(Store *store, const Hall *hall, int64_t now_ms)
{
    must(store_script(store, "BEGIN IMMEDIATE"), store);
    int raised = supervision_sweep(store, hall, now_ms);
    must(raised, store);
    must(store_script(store, "COMMIT"), store);
    return raised;
}

static void measure_sweep(Store *store, const Hall *hall, const char *what, int64_t due,
                          int64_t now_ms)
{
    must(store_exec(store,
                    "UPDATE case_file SET next_change_at = 0 WHERE number IN"
                    " (SELECT number FROM case_file WHERE is_open = 1 ORDER BY created_at LIMIT ?)",
                    "i", due),
         store);
    Since s = since();
    int raised = sweep(store, hall, now_ms);
    printf("{\"pass\":\"%s\",\"due\":%" G_GINT64_FORMAT ",\"raised\":%d,\"cpu_ms\":%.2f,"
           "\"wall_ms\":%.2f}\n",
           what, due, raised, cpu_ms(&s), wall_ms(&s));
    fflush(stdout);
}

// --- pages

static int compare(const void *a, const void *b)
{
    double one = *(const double *)a, two = *(const double *)b;
    return (one > two) - (one < two);
}

static void measure_page(Store *store, const Hall *hall, const char *what, CaseFilter filter)
{
    double ms[ASKED];
    json_int_t total = 0;
    filter.limit = 50;
    for (int i = 0; i < ASKED; i++) {
        Since s = since();
        json_t *page = case_list(store, hall, &filter, NOW);
        ms[i] = cpu_ms(&s);
        total = json_integer_value(json_object_get(page, "total"));
        json_decref(page);
    }
    qsort(ms, ASKED, sizeof *ms, compare);
    printf("{\"page\":\"%s\",\"total\":%" JSON_INTEGER_FORMAT
           ",\"median_ms\":%.2f,\"p95_ms\":%.2f}\n",
           what, total, ms[ASKED / 2], ms[ASKED * 95 / 100]);
    fflush(stdout);
}

static void measure_pages(Store *store, const Hall *hall, int64_t n)
{
    g_autofree char *number = g_strdup_printf("LS-2026-%09d", (int)(n / 3));
    const struct {
        const char *what;
        CaseFilter filter;
    } pages[] = {
        { "newest", { 0 } },
        { "from the middle", { .before_number = number, .before_ms = NOW - 400 * DAY_MS } },
        { "open", { .open_only = true } },
        { "open and red", { .open_only = true, .grade = "red" } },
        { "finished", { .state = "finished" } },
        { "a state that none has", { .state = "returned" } },
        { "of a counter", { .counter = "c7" } },
        { "of a unit", { .unit = "部门7" } },
        { "of a unit, red", { .unit = "部门7", .grade = "red" } },
        { "a number", { .text = number } },
        { "the end of a number", { .text = number + 10 } },
        { "words of one item", { .text = "事项77的" } },
        { "words of all items", { .text = "的登记" } },
        { "words of none", { .text = "从来没有" } },
        { "two characters of all", { .text = "登记" } },
        { "two characters of none", { .text = "没有" } },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++)
        measure_page(store, hall, pages[i].what, pages[i].filter);
}

// --- intake

static void put_case(Store *store, const Hall *hall, const char *number)
{
    CaseOutcome outcome;
    char error[200];
    json_t *body = json_pack("{s:{s:s, s:s}, s:s, s:s, s:i, s:s}", "item", "code", "11", "name",
                             "食品小作坊登记", "unit", "市场监管所", "kind", "promised",
                             "limit_days", 5, "counter", "c1");
    if (case_put(store, hall, number, body, NOW, &outcome, error) < 0)
        give_up(error);
    json_decref(body);
}

static void add_event(Store *store, const Hall *hall, const char *number, const char *kind,
                      int64_t at_ms)
{
    CaseOutcome outcome;
    char error[200];
    json_t *body = json_pack("{s:s, s:s, s:I, s:s}", "id", kind, "kind", kind, "at",
                             (json_int_t)at_ms, "node", "审查");
    if (case_add_event(store, hall, number, body, NOW, &outcome, error) < 0)
        give_up(error);
    json_decref(body);
}

// As the desk's writer takes them: in commits of fifty, on the disk before the next.
static void measure_intake(Store *store, const Hall *hall)
{
    static const char *const kinds[] = { "received", "accepted", "sent", "node", "finished" };
    double cpu = 0, wall = 0;
    for (int first = 0; first < NEW_CASES; first += BATCH) {
        must(store_script(store, "BEGIN IMMEDIATE"), store);
        for (int i = first; i < first + BATCH; i++) {
            g_autofree char *number = g_strdup_printf("NEW-%06d", i);
            put_case(store, hall, number);
        }
        must(store_script(store, "COMMIT"), store);
        for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
            Since s = since();
            must(store_script(store, "BEGIN IMMEDIATE"), store);
            for (int i = first; i < first + BATCH; i++) {
                g_autofree char *number = g_strdup_printf("NEW-%06d", i);
                add_event(store, hall, number, kinds[k], NOW - (5 - (int64_t)k) * 60000);
            }
            must(store_script(store, "COMMIT"), store);
            cpu += cpu_ms(&s);
            wall += wall_ms(&s);
        }
    }
    int n = NEW_CASES * (int)G_N_ELEMENTS(kinds);
    printf("{\"intake\":%d,\"cpu_us\":%.1f,\"wall_us\":%.1f,\"a_second_by_cpu\":%.0f,"
           "\"a_second_by_wall\":%.0f}\n",
           n, cpu * 1000 / n, wall * 1000 / n, n / cpu * 1000, n / wall * 1000);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        give_up("FILE CASES OPEN is wanted");
    int64_t n = atoll(argv[2]), n_open = atoll(argv[3]);
    Hall hall = make_hall();
    Store *store;
    must(store_open(argv[1], STORE_WRITE, &store), NULL);
    must(store_migrate(store, hall_schema, hall_schema_steps), store);
    Since s = since();
    fill(store, n, n_open);
    printf("{\"cases\":%" G_GINT64_FORMAT ",\"open\":%" G_GINT64_FORMAT ",\"made_s\":%.1f}\n", n,
           n_open, wall_ms(&s) / 1000);
    fflush(stdout);
    // As they stood the day before.
    must(store_exec(store, "UPDATE case_file SET next_change_at = 0 WHERE is_open = 1", ""), store);
    sweep(store, &hall, NOW - DAY_MS);
    measure_sweep(store, &hall, "each open case, a day later", n_open, NOW);
    measure_sweep(store, &hall, "a hundred cases", FEW, NOW);
    measure_sweep(store, &hall, "nothing is due", 0, NOW);
    measure_pages(store, &hall, n);
    measure_intake(store, &hall);
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    printf("{\"rss_mb\":%.0f}\n", (double)use.ru_maxrss / 1024);
    store_free(store);
    return 0;
}
