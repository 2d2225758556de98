// SPDX-License-Identifier: Apache-2.0
// bench_search FILE RATINGS: a hall.db with so many ratings, and how long ?q= takes by the index
// (rating/search.h), and beside it by looking at each rating; then what a rating that comes costs,
// with and without roll-ups, and with its words put into the index at once or later. Prints one
// JSON line for each question and one for the rest. bench_search FILE RATINGS fill: only makes the
// file, all folded, as a box has it that was off duty (bench/ratings.py).
#include "base/clock.h"
#include "base/config.h"
#include "rating/calendar.h"
#include "rating/hall.h"
#include "rating/rating.h"
#include "rating/rollup.h"
#include "rating/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ASKED = 3, PUT_N = 20000, BATCH = 50, FOLDED = 500 /* appliance/folding.c */ };

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "bench_search: %s\n", what);
    exit(1);
}

// One of seven has said something: three of forty phrases and a number.
static const char fill_sql[] =
    "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ?1),"
    " p(i, t) AS (SELECT row_number() OVER () - 1, value FROM json_each(?2)),"
    " m(n, h) AS (SELECT n, n * 2654435761 % 4294967296 FROM s)"
    "INSERT INTO rating(id, level, tags, tags_version, text, channel, counter, counter_name,"
    " case_number, staff_number, staff_name, event_at, received_at, age_ms, marks, is_counted)"
    " SELECT printf('%08x-0000-4000-8000-%012x', h, n), 1 + h % 5,"
    " iif(h % 70, '[]', '[\"207\",\"201\"]'), '1',"
    " iif(h % 7, NULL, (SELECT t FROM p WHERE i = h % 40) || '，' || (SELECT t FROM p WHERE i ="
    "  h / 64 % 40) || '，' || (SELECT t FROM p WHERE i = h / 4096 % 40) || n),"
    " 'pad', 'c' || (n % 20), (n % 20) || '号综合窗口', printf('LS-2026-%08d', n),"
    " printf('S%03d', n % 40), '欧阳小' || (n % 40), n * 60000, n * 60000, 0, 0, 1 FROM m";

static const char *const phrases[] = {
    "等了很久没有人叫号", "工作人员态度很好", "材料要跑好几趟", "窗口没有人",
    "办得很快",           "一次就办好了",     "说话听不清楚",   "系统总是出故障",
    "排队的人太多",       "解释得很耐心",     "复印要到外面去", "电话一直打不通",
    "指示牌看不懂",       "老人办事不方便",   "中午没有人值班", "让我回去等通知",
    "比以前方便多了",     "停车的地方太少",   "还要再来一次",   "没有告诉我要带什么",
};

static void fill(Store *store, int64_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < 40; i++)
        json_array_append_new(list, json_string(phrases[i % G_N_ELEMENTS(phrases)]));
    char *text = json_dumps(list, JSON_COMPACT);
    if (store_exec(store, fill_sql, "is", n, text) < 0)
        give_up(store_error(store));
    free(text);
    json_decref(list);
}

// --- how long

static int compare(const void *a, const void *b)
{
    double one = *(const double *)a, two = *(const double *)b;
    return (one > two) - (one < two);
}

static double middle(double *ms)
{
    qsort(ms, ASKED, sizeof *ms, compare);
    return ms[ASKED / 2];
}

// Of this thread: the machine may be busy with other things.
static int64_t cpu_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t ask(Store *store, const char *text)
{
    RatingFilter filter = { .from_ms = STORE_NULL, .to_ms = STORE_NULL, .text = text, .limit = 50 };
    json_t *page = rating_list(store, &filter);
    int64_t total = json_integer_value(json_object_get(page, "total"));
    json_decref(page);
    return total;
}

// As it was asked without an index.
#define LOOKED_AT                                                                                  \
    " FROM rating r WHERE (instr(r.text, ?1) OR instr(r.case_number, ?1)"                          \
    " OR instr(r.staff_name, ?1) OR instr(r.counter_name, ?1))"
static int64_t look(Store *store, const char *text)
{
    int64_t total = store_value(store, 0, "SELECT count(*)" LOOKED_AT, "s", text);
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT r.*" LOOKED_AT " ORDER BY r.event_at DESC, r.id DESC LIMIT 51", "s", text);
    while (store_step(query))
        continue;
    return total;
}

static double time_of(Store *store, const char *text, int64_t (*how)(Store *, const char *),
                      int64_t *ret_total)
{
    double ms[ASKED];
    for (int i = 0; i < ASKED; i++) {
        int64_t began = cpu_us();
        *ret_total = how(store, text);
        ms[i] = (double)(cpu_us() - began) / 1000;
    }
    return middle(ms);
}

static void measure(Store *store, int64_t n)
{
    g_autofree char *number = g_strdup_printf("%08d", (int)(n / 3));
    const struct {
        const char *name, *text;
    } questions[] = { { "a case's number", number },    { "words nobody said", "从来没有说过的话" },
                      { "a staff member", "欧阳小39" }, { "a usual phrase", "中午没有人值班" },
                      { "a counter", "19号综合窗口" },  { "two characters", "值班" } };
    for (size_t i = 0; i < G_N_ELEMENTS(questions); i++) {
        int64_t found, seen;
        double now = time_of(store, questions[i].text, ask, &found);
        double before = time_of(store, questions[i].text, look, &seen);
        printf("{\"question\":\"%s\",\"found\":%" G_GINT64_FORMAT
               ",\"index\":%.2f,\"rows\":%.2f}\n",
               questions[i].name, found, now, before);
        fflush(stdout);
    }
}

// --- what a rating costs that comes

static Hall make_hall(void)
{
    static const char text[] =
        "hall: {id: h1, name: 测试}\ncounters: [{id: c1, name: 综合窗口一}]\n"
        "pads: [{id: p1, counter: c1}]\n";
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    Config *config;
    Calendar *calendar;
    if (config_parse("bench", text, strlen(text), errors, &config) < 0 ||
        calendar_load(NULL, NULL, &calendar) < 0)
        give_up("the config");
    return (Hall){ .config = config, .calendar = calendar };
}

static int64_t serial;

static void press(Store *store, const Hall *hall)
{
    int64_t i = ++serial;
    g_autofree char *id = g_strdup_printf("%08x-0000-4000-9000-%012x",
                                          (unsigned)(i * 2654435761 % 4294967296), (unsigned)i);
    g_autofree char *text =
        g_strdup_printf("%s，%s%d", phrases[i % 20], phrases[i / 20 % 20], (int)i);
    const char *const tags[] = { "507" };
    RatingOutcome outcome;
    RatingInput input = { .id = id,
                          .pad = "p1",
                          .counter = "c1",
                          .channel = "pad",
                          .level = 5 - (int)(i % 5), // as bench_presses does: a bad one costs more
                          .tags = tags,
                          .n_tags = i % 10 == 0,
                          .text = i % 7 ? NULL : text,
                          .event_ms = INT64_C(1800000000000) + i * 1000,
                          .received_ms = INT64_C(1800000000000) + i * 1000,
                          .pad_clock_ms = STORE_NULL };
    if (rating_store(store, hall, &input, &outcome) < 0)
        give_up(store_error(store));
}

// PUT_N of them, in commits of fifty as the writer makes them when it has much to do.
static double store_us(Store *store, const Hall *hall, bool is_indexed_at_once)
{
    int64_t began = cpu_us();
    for (int n = 0; n < PUT_N; n += BATCH) {
        store_script(store, "BEGIN IMMEDIATE");
        for (int i = 0; i < BATCH; i++)
            press(store, hall);
        if (is_indexed_at_once && search_fold(store, BATCH) != BATCH)
            give_up("the index");
        store_script(store, "COMMIT");
    }
    return (double)(cpu_us() - began) / PUT_N;
}

// All that are not indexed yet.
static double fold_us(Store *store, int64_t n)
{
    int64_t began = cpu_us();
    for (int folded = FOLDED; folded == FOLDED;) {
        store_script(store, "BEGIN IMMEDIATE");
        folded = search_fold(store, FOLDED);
        store_script(store, "COMMIT");
    }
    return (double)(cpu_us() - began) / (double)n;
}

static void fold_figures(Store *store)
{
    int folded;
    rollup_follow_zone(store, "Asia/Shanghai"); // else a box would count all of it anew
    do {
        store_script(store, "BEGIN IMMEDIATE");
        folded = rollup_fold(store, clock_wall_ms(), FOLDED);
        store_script(store, "COMMIT");
    } while (folded > 0);
}

static void measure_coming(Store *store, int64_t n, double without_mb, double built_us)
{
    Hall hall = make_hall();
    store_us(store, &hall, false); // what was not read yet
    fold_us(store, PUT_N);
    double later = store_us(store, &hall, false), folded = fold_us(store, PUT_N);
    double at_once = store_us(store, &hall, true);
    store_script(store, "DROP TRIGGER figures_rating_new;"); // the file is done with after this
    double bare = store_us(store, &hall, false);
    printf("{\"ratings\":%" G_GINT64_FORMAT ",\"built_us\":%.1f,\"without_mb\":%.0f,"
           "\"with_mb\":%.0f,\"later_us\":%.1f,\"fold_us\":%.1f,\"at_once_us\":%.1f,"
           "\"bare_us\":%.1f}\n",
           n, built_us, without_mb,
           (double)store_value(store, 0, "PRAGMA page_count", "") * 4096 / 1e6, later, folded,
           at_once, bare);
    calendar_free((Calendar *)hall.calendar);
    config_unref((Config *)hall.config);
}

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 4)
        give_up("FILE RATINGS [fill]");
    int64_t n = strtoll(argv[2], NULL, 10);
    Store *store = NULL;
    size_t before = 0;
    while (before < hall_schema_steps && hall_schema[before] != search_schema)
        before++;
    if (store_open(argv[1], STORE_WRITE, &store) < 0 ||
        store_migrate(store, hall_schema, before) < 0)
        give_up("cannot make the file");
    if (n > 0)
        fill(store, n);
    double without = (double)store_value(store, 0, "PRAGMA page_count", "") * 4096 / 1e6;
    if (store_migrate(store, hall_schema, hall_schema_steps) < 0)
        give_up(store_error(store));
    double built = fold_us(store, MAX(n, 1));
    if (argc == 4) {
        fold_figures(store);
    } else {
        if (n > 0)
            measure(store, n);
        measure_coming(store, n, without, built);
    }
    store_free(store);
    return 0;
}
