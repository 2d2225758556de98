// SPDX-License-Identifier: Apache-2.0
#include "rating/monthly.h"

#include "base/clock.h"
#include "rating/figures.h"
#include "rating/rollup.h"
#include "rating/shape.h"

#include <math.h>
#include <string.h>

enum { DAY_MS = 24 * 3600 * 1000, MINUTE_MS = 60000, GROUPS_N = 6 };

// --- where the things come from

typedef enum { FILED, DONE, PAPERS, OPEN, TICKETS, VISITS, RATINGS, FLAGS, N_SOURCES } Source;

// The place of each in a row.
enum { ID, AT, CASE, UNIT, COUNTER, PERSON, PERSON_NAME, ITEM, ITEM_NAME, AGENT, KIND, N_COLUMNS };

#define OF_CASE(c)                                                                                 \
    c ".unit, " c ".counter, " c ".person_number, " c ".person_name, " c ".item_code, " c          \
      ".item_name, " c ".agent, NULL"
#define OF_CASE_AT(at) "c.number, " at ", c.number, " OF_CASE("c")

// Parameters: ?1 from, ?2 to, ?3 now, ?4 longest wait in ms.
// clang-format off
static const struct {
    MonthlyThing thing;
    const char *columns, *rows;
} sources[N_SOURCES] = {
    [FILED] = { MONTHLY_CASES, OF_CASE_AT("c.created_at"),
      " FROM case_file c WHERE c.created_at >= ?1 AND c.created_at < ?2" },
    [DONE] = { MONTHLY_CASES, OF_CASE_AT("c.finished_at"),
      " FROM case_file c WHERE c.finished_at >= ?1 AND c.finished_at < ?2" },
    [PAPERS] = { MONTHLY_CASES, OF_CASE_AT("p.asked_at"),
      " FROM (SELECT case_number, max(at) AS asked_at FROM case_event WHERE kind = 'papers_asked'"
      "  AND at >= ?1 AND at < ?2 GROUP BY case_number) p JOIN case_file c ON c.number = p.case_number" },
    // The case table is not read for it: open now, finished since, or ended otherwise since.
    [OPEN] = { MONTHLY_CASES, OF_CASE_AT("c.created_at"),
      " FROM case_file c WHERE c.created_at < ?2 AND (c.is_open = 1 OR c.finished_at >= ?2"
      "  OR (c.finished_at IS NULL AND c.number IN (SELECT case_number FROM case_event"
      "   WHERE kind IN ('refused', 'returned', 'withdrawn') AND at >= ?2)))" },
    [TICKETS] = { MONTHLY_TICKETS,
      "t.id, t.issued_at, t.case_number, c.unit, t.counter, d.staff_number, d.staff_name, c.item_code,"
      " c.item_name, c.agent, NULL",
      " FROM ticket t LEFT JOIN case_file c ON c.number = t.case_number"
      " LEFT JOIN duty d ON d.id = (SELECT id FROM duty WHERE counter = t.counter AND from_at <= t.began_at"
      "  AND (to_at IS NULL OR to_at > t.began_at) ORDER BY from_at DESC LIMIT 1)"
      " WHERE t.issued_at >= ?1 AND t.issued_at < ?2" },
    [VISITS] = { MONTHLY_VISITS,
      "v.id, v.at, v.case_number, v.unit, v.counter, v.staff, v.staff_name, v.item, v.item_name, NULL, NULL",
      rollup_services_sql },
    [RATINGS] = { MONTHLY_RATINGS,
      "r.id, r.event_at, r.case_number, c.unit, r.counter, r.staff_number, r.staff_name, c.item_code,"
      " c.item_name, c.agent, NULL",
      " FROM rating r LEFT JOIN case_file c ON c.number = r.case_number"
      " LEFT JOIN rectification x ON r.level <= 2 AND x.rating = r.id"
      " WHERE r.event_at >= ?1 AND r.event_at < ?2 AND r.is_counted = 1" },
    [FLAGS] = { MONTHLY_FLAGS,
      "f.id, f.raised_at, f.case_number, c.unit, coalesce(f.counter, c.counter),"
      " coalesce(f.staff_number, c.person_number), iif(f.staff_number IS NULL OR f.staff_number ="
      " c.person_number, c.person_name, NULL), c.item_code, c.item_name, c.agent, f.kind",
      " FROM flag f LEFT JOIN case_file c ON c.number = f.case_number"
      " WHERE f.raised_at >= ?1 AND f.raised_at < ?2" },
};

// --- the table of figures

#define IS_LIMITED "c.kind = 'promised' AND c.due_at IS NOT NULL"
#define IS_EARLY   IS_LIMITED " AND c.days_left > 0 AND c.finished_at <= c.due_at"
#define IS_LATE    "c.finished_at > c.due_at"
#define AT_COUNTER "c.counter IS NOT NULL AND coalesce(c.channel, 'hall') = 'hall'"                 \
                   " AND EXISTS(SELECT 1 FROM ticket WHERE issued_at >= ?1 AND issued_at < ?2)"
#define ASKED      "(SELECT count(*) FROM case_event e WHERE e.case_number = c.number"              \
                   " AND e.kind = 'papers_asked' AND e.at < ?2)"
#define IS_CALLED  "t.issued_at IS NOT NULL AND t.began_at >= t.issued_at"
#define WAIT       "(t.began_at - t.issued_at)"
#define IS_CLUE    "(f.kind GLOB 'inaction_*' OR f.kind GLOB 'slow_*' OR f.kind GLOB 'misconduct_*'" \
                   " OR f.kind GLOB 'video_*' OR f.kind GLOB 'fraud_*' OR f.kind = 'mood')"
// Whether a person has found it true; one that was dismissed or voided later is not.
#define IS_FOUND   "(f.state <> 'dismissed' AND EXISTS(SELECT 1 FROM flag_step s WHERE s.flag = f.id"\
                   " AND s.to_state = 'confirmed'))"
// In the terms of the profile, whatever the clock: of the case, a unit of it or a node.
#define IS_GRADE(grade) "f.kind IN ('case_" grade "', 'unit_" grade "', 'node_" grade "')"

const MonthlyFigure monthly_figures[] = {
    { "filed", "申报量", "filed", "期内申报的办件", "cases filed in the span", FILED, MONTHLY_COUNT, 0, "1", NULL },
    { "online", "网上申报率", "online rate", "网上申报 ÷ 申报量", "filed online, of those filed", FILED, MONTHLY_SHARE, 0,
      "coalesce(c.channel IN ('online', 'pc', 'mobile', 'app'), 0)", NULL },
    { "done", "办结量", "done", "期内办结的办件", "cases finished in the span", DONE, MONTHLY_COUNT, 0, "1", NULL },
    { "on_time", "按时办结率", "on-time rate", "未超期限的 ÷ 办结量", "finished by their limit, of those done", DONE, MONTHLY_SHARE, 1,
      "c.due_at IS NULL OR c.finished_at <= c.due_at", NULL },
    { "early", "提前办结率", "early rate", "提前一个工作日以上办结 ÷ 办结的承诺件", "finished a working day or more before the limit, of promised cases done",
      DONE, MONTHLY_SHARE, 1, IS_EARLY, IS_LIMITED },
    { "days_early", "平均提前天数", "days early", "提前办结的办件平均提前的工作日", "working days left, of cases that were early", DONE,
      MONTHLY_MEAN, 1, "iif(" IS_EARLY ", c.days_left, 0)", IS_EARLY },
    { "overtime", "超期办结", "overtime", "超过期限后办结的办件", "cases finished after their limit", DONE, MONTHLY_COUNT, -1, IS_LATE, NULL },
    { "open", "期末在办", "open at the end", "期末尚未办结的办件", "cases not ended at the end of the span", OPEN, MONTHLY_COUNT, 0, "1", NULL },
    { "open_late", "期末超期未结", "open and overdue", "期末尚未办结且已超期", "open at the end, after their limit", OPEN, MONTHLY_COUNT, -1,
      "c.due_at < min(?2, ?3)", NULL },
    { "warning", "预警", "warnings", "期内发出的预警", "warnings raised", FLAGS, MONTHLY_COUNT, -1, IS_GRADE("warning"), NULL },
    { "yellow", "黄牌", "yellow", "期内发出的黄牌", "yellow cards raised", FLAGS, MONTHLY_COUNT, -1, IS_GRADE("yellow"), NULL },
    { "red", "红牌", "red", "期内发出的红牌", "red cards raised", FLAGS, MONTHLY_COUNT, -1, IS_GRADE("red"), NULL },
    { "papers", "多次补正率", "papers asked again", "补正告知超过一次 ÷ 期内补正告知的办件", "asked for papers more than once, of cases asked in the span", PAPERS,
      MONTHLY_SHARE, -1, ASKED " > 1", NULL },
    { "tickets", "取号量", "tickets", "期内取号", "numbers taken", TICKETS, MONTHLY_COUNT, 0, "1", NULL },
    { "wait", "等候中位数", "median wait", "取号到叫号的分钟数，一半人不超过", "minutes from number to call: half waited no longer", TICKETS,
      MONTHLY_MEDIAN, -1, WAIT, IS_CALLED },
    { "wait_most", "九成等候", "nine in ten wait", "取号到叫号的分钟数，九成人不超过", "minutes from number to call: nine in ten waited no longer", TICKETS,
      MONTHLY_P90, -1, WAIT, IS_CALLED },
    { "wait_over", "等候超时率", "waits over the limit", "等候超过规定分钟 ÷ 已叫号", "waited longer than the rule, of those called", TICKETS,
      MONTHLY_SHARE, -1, IS_CALLED " AND " WAIT " > ?4", IS_CALLED },
    { "missed", "过号率", "missed", "过号 ÷ 取号量", "not there when called, of numbers taken", TICKETS, MONTHLY_SHARE, 0,
      "t.state = 'missed'", NULL },
    { "no_number", "未取号办理率", "without number", "窗口办结而未取号 ÷ 窗口办结", "finished at a counter without a number, of those finished at one", DONE,
      MONTHLY_SHARE, -1, AT_COUNTER " AND NOT EXISTS(SELECT 1 FROM ticket k WHERE k.case_number = c.number)", AT_COUNTER },
    { "rated", "评价量", "ratings", "期内有效评价", "ratings that count", RATINGS, MONTHLY_COUNT, 0, "1", NULL },
    { "good", "好评率", "good rate", "非常满意、满意、基本满意 ÷ 评价量", "levels 5, 4 and 3, of ratings", RATINGS, MONTHLY_SHARE, 1,
      "r.level >= 3", NULL },
    { "bad", "差评率", "bad rate", "不满意、非常不满意 ÷ 评价量", "levels 2 and 1, of ratings", RATINGS, MONTHLY_SHARE, -1, "r.level <= 2", NULL },
    { "active", "主动评价率", "active rate", "群众主动评价的服务 ÷ 服务量", "services that a person rated, of services", VISITS, MONTHLY_SHARE, 1,
      "v.rated", NULL },
    { "rectified", "差评整改率", "rectification rate", "按时整改并告知 ÷ 差评", "put right and told in time, of bad ratings", RATINGS,
      MONTHLY_SHARE, 1, "x.told_at IS NOT NULL AND x.is_late = 0", "r.level <= 2" },
    { "clues", "监察线索", "clues", "期内发现的线索", "clues raised", FLAGS, MONTHLY_COUNT, 0, IS_CLUE, NULL },
    { "found", "线索属实率", "clues confirmed", "经人核实属实 ÷ 线索", "confirmed by a person, of clues", FLAGS, MONTHLY_SHARE, 0,
      IS_CLUE " AND " IS_FOUND, IS_CLUE },
    { "dismissed", "线索排除率", "clues dismissed", "经人排除 ÷ 线索", "dismissed by a person, of clues", FLAGS, MONTHLY_SHARE, 0,
      IS_CLUE " AND f.state = 'dismissed'", IS_CLUE },
    { "undecided", "未核实线索", "clues not decided", "尚未核实的线索", "clues that nobody has decided yet", FLAGS, MONTHLY_COUNT, -1,
      IS_CLUE " AND f.state <> 'dismissed' AND f.is_open = 1 AND NOT " IS_FOUND, NULL },
};
// clang-format on
const size_t monthly_figures_n = G_N_ELEMENTS(monthly_figures);
enum { FIGURES_N = G_N_ELEMENTS(monthly_figures) };

// "Open at the month's end" of a month long over, and papers asked, by what they are.
const char monthly_schema[] =
    "CREATE INDEX case_event_of_ends ON case_event(at)"
    "  WHERE kind IN ('refused', 'returned', 'withdrawn');"
    "CREATE INDEX case_event_of_papers ON case_event(at) WHERE kind = 'papers_asked';";

const MonthlyFigure *monthly_figure(const char *key)
{
    for (size_t i = 0; i < FIGURES_N; i++)
        if (strcmp(monthly_figures[i].key, key) == 0)
            return &monthly_figures[i];
    return NULL;
}

MonthlyThing monthly_thing(const MonthlyFigure *figure)
{
    return sources[figure->source].thing;
}

// --- facts

typedef struct {
    int64_t at_ms;
    const char *text[N_COLUMNS]; // in the chunk; NULL: none
    int64_t n[FIGURES_N];        // those of its source; `of` in the same place
    bool of[FIGURES_N];
} Fact;

struct MonthlyFacts {
    MonthlySpan span;
    GStringChunk *texts;
    GArray *rows[N_SOURCES]; // Fact
};

static bool is_of(size_t figure, Source source)
{
    return monthly_figures[figure].source == (int)source;
}

// Put together of the tables above: literals of the program, nothing else.
static char *source_sql(Source source)
{
    GString *sql = g_string_new("SELECT ");
    g_string_append(sql, sources[source].columns);
    for (size_t i = 0; i < FIGURES_N; i++) {
        const MonthlyFigure *figure = &monthly_figures[i];
        if (is_of(i, source))
            g_string_append_printf(sql, ", coalesce(%s, 0), coalesce(%s, 0)", figure->n,
                                   figure->of ? figure->of : "1");
    }
    g_string_append(sql, sources[source].rows);
    // Each parameter stands in it, so that the same four are bound to all.
    g_string_append(sql, " AND ?3 IS NOT NULL AND ?4 IS NOT NULL");
    return g_string_free(sql, FALSE);
}

static void read_fact(MonthlyFacts *facts, Source source, StoreQuery *query)
{
    Fact fact = { .at_ms = store_int(query, AT) };
    int column = N_COLUMNS;
    for (int i = 0; i < N_COLUMNS; i++) {
        const char *text = i == AT ? NULL : store_text(query, i);
        fact.text[i] = text && *text ? g_string_chunk_insert_const(facts->texts, text) : NULL;
    }
    for (size_t i = 0; i < FIGURES_N; i++) {
        if (!is_of(i, source))
            continue;
        fact.n[i] = store_int(query, column++);
        fact.of[i] = store_int(query, column++) != 0;
    }
    g_array_append_val(facts->rows[source], fact);
}

MonthlyFacts *monthly_read(Store *store, const MonthlySpan *span)
{
    MonthlyFacts *facts = g_new0(MonthlyFacts, 1);
    facts->span = *span;
    facts->texts = g_string_chunk_new(4096);
    store_script(store, "SAVEPOINT monthly");
    for (Source source = 0; source < N_SOURCES; source++) {
        g_autofree char *sql = source_sql(source);
        g_autoptr(StoreQuery) query =
            store_query(store, sql, "iiii", span->from_ms, span->to_ms, span->now_ms,
                        (int64_t)span->wait_minutes * MINUTE_MS);
        facts->rows[source] = g_array_new(FALSE, FALSE, sizeof(Fact));
        while (store_step(query))
            read_fact(facts, source, query);
    }
    store_script(store, "RELEASE monthly");
    return facts;
}

void monthly_free(MonthlyFacts *facts)
{
    if (!facts)
        return;
    for (Source source = 0; source < N_SOURCES; source++)
        g_array_unref(facts->rows[source]);
    g_string_chunk_free(facts->texts);
    g_free(facts);
}

static const Fact *fact_at(const MonthlyFacts *facts, Source source, guint i)
{
    return &g_array_index(facts->rows[source], Fact, i);
}

// --- groups

static const struct {
    const char *name;
    int key, called;   // columns; -1: none
    bool without_none; // what belongs to none is not told
} groups[] = {
    { "hall", -1, -1, false },          { "unit", UNIT, UNIT, false },
    { "counter", COUNTER, -1, false },  { "person", PERSON, PERSON_NAME, false },
    { "item", ITEM, ITEM_NAME, false }, { "agent", AGENT, -1, true },
    { "kind", KIND, -1, true },
};
const char *const monthly_groups[] = { "hall", "unit",  "counter", "person",
                                       "item", "agent", "kind",    NULL };

static int find_group(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
        if (!name || strcmp(groups[i].name, name) == 0)
            return (int)i;
    return -1;
}

static const char *key_of(const Fact *fact, int group)
{
    const char *key = groups[group].key < 0 ? NULL : fact->text[groups[group].key];
    return key ? key : "";
}

// What belongs together.
typedef struct {
    const char *key, *name;
    int64_t n[FIGURES_N], of[FIGURES_N];
    GArray *values[FIGURES_N]; // of those that want an order: ms
} Sum;

static void sum_free(gpointer data)
{
    Sum *sum = data;
    for (size_t i = 0; i < FIGURES_N; i++)
        g_clear_pointer(&sum->values[i], g_array_unref);
    g_free(sum);
}

static bool wants_order(size_t figure)
{
    MonthlyForm form = monthly_figures[figure].form;
    return form == MONTHLY_MEDIAN || form == MONTHLY_P90;
}

static void add_fact(Sum *sum, const Fact *fact, Source source, int group)
{
    if (!sum->name && groups[group].called >= 0)
        sum->name = fact->text[groups[group].called];
    for (size_t i = 0; i < FIGURES_N; i++) {
        if (!is_of(i, source) || !fact->of[i])
            continue;
        sum->of[i]++;
        sum->n[i] += fact->n[i];
        if (!wants_order(i))
            continue;
        if (!sum->values[i])
            sum->values[i] = g_array_new(FALSE, FALSE, sizeof(int64_t));
        g_array_append_val(sum->values[i], fact->n[i]);
    }
}

static GHashTable *gather(const MonthlyFacts *facts, int group)
{
    GHashTable *sums = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, sum_free);
    for (Source source = 0; source < N_SOURCES; source++) {
        for (guint i = 0; i < facts->rows[source]->len; i++) {
            const Fact *fact = fact_at(facts, source, i);
            const char *key = key_of(fact, group);
            if (groups[group].without_none && !*key)
                continue;
            Sum *sum = g_hash_table_lookup(sums, key);
            if (!sum) {
                sum = g_new0(Sum, 1);
                sum->key = key;
                g_hash_table_insert(sums, (gpointer)key, sum);
            }
            add_fact(sum, fact, source, group);
        }
    }
    return sums;
}

// --- as JSON

static int by_value(gconstpointer a, gconstpointer b)
{
    int64_t one = *(const int64_t *)a, two = *(const int64_t *)b;
    return one < two ? -1 : one > two;
}

// In minutes, of a sorted copy: the least value that so many in a hundred do not exceed.
static int64_t percentile(GArray *values, int percent)
{
    if (!values || values->len == 0)
        return 0;
    g_array_sort(values, by_value);
    guint place = (values->len * (guint)percent + 99) / 100;
    return (g_array_index(values, int64_t, MAX(place, 1) - 1) + MINUTE_MS / 2) / MINUTE_MS;
}

static json_t *pair(int64_t n, int64_t of)
{
    return json_pack("{s:I, s:I}", "n", (json_int_t)n, "of", (json_int_t)of);
}

static json_t *share(int64_t n, int64_t of)
{
    double low, high;
    json_t *cell = pair(n, of);
    figures_interval(n, of, &low, &high);
    json_object_set_new(cell, "low", json_real(round(low * 10000) / 10000));
    json_object_set_new(cell, "high", json_real(round(high * 10000) / 10000));
    return cell;
}

static json_t *cell_json(const Sum *sum, size_t i)
{
    switch (monthly_figures[i].form) {
    case MONTHLY_COUNT:
        break;
    case MONTHLY_SHARE:
        return share(sum->n[i], sum->of[i]);
    case MONTHLY_MEAN:
        return pair(sum->n[i], sum->of[i]);
    case MONTHLY_MEDIAN:
        return pair(percentile(sum->values[i], 50), sum->of[i]);
    case MONTHLY_P90:
        return pair(percentile(sum->values[i], 90), sum->of[i]);
    }
    return json_integer(sum->n[i]);
}

static json_t *row_json(const Sum *sum)
{
    json_t *row = json_pack("{s:s?, s:s?}", "key", *sum->key ? sum->key : NULL, "name", sum->name);
    for (size_t i = 0; i < FIGURES_N; i++)
        json_object_set_new(row, monthly_figures[i].key, cell_json(sum, i));
    return row;
}

json_t *monthly_total(const MonthlyFacts *facts)
{
    g_autoptr(GHashTable) sums = gather(facts, 0);
    static const Sum nothing = { .key = "" };
    const Sum *sum = g_hash_table_lookup(sums, "");
    return row_json(sum ? sum : &nothing);
}

static size_t place_of(const char *key)
{
    return (size_t)(monthly_figure(key) - monthly_figures);
}

static int compare(const void *a, const void *b)
{
    const Sum *one = *(Sum *const *)a, *two = *(Sum *const *)b;
    size_t on_time = place_of("on_time"), clues = place_of("clues");
    double low, other, high;
    if (!*one->key != !*two->key)
        return *one->key ? -1 : 1; // what belongs to none is nobody's rank
    figures_interval(one->n[on_time], one->of[on_time], &low, &high);
    figures_interval(two->n[on_time], two->of[on_time], &other, &high);
    if (low != other)
        return low > other ? -1 : 1;
    int64_t n = one->of[on_time] + one->n[clues], of_two = two->of[on_time] + two->n[clues];
    return n != of_two ? (n > of_two ? -1 : 1) : strcmp(one->key, two->key);
}

json_t *monthly_rows(const MonthlyFacts *facts, const char *group)
{
    int index = find_group(group);
    if (index < 0)
        return NULL;
    json_t *rows = json_array();
    g_autoptr(GHashTable) sums = gather(facts, index);
    g_autoptr(GPtrArray) ranked = g_ptr_array_new();
    GHashTableIter iter;
    gpointer sum;
    g_hash_table_iter_init(&iter, sums);
    while (g_hash_table_iter_next(&iter, NULL, &sum))
        g_ptr_array_add(ranked, sum);
    g_ptr_array_sort(ranked, compare);
    for (guint i = 0; i < ranked->len; i++)
        json_array_append_new(rows, row_json(ranked->pdata[i]));
    return rows;
}

// --- by day and hour

static guint day_index(const MonthlyFacts *facts, int64_t at_ms)
{
    return (guint)((clock_day_start(at_ms) - facts->span.from_ms + DAY_MS / 2) / DAY_MS);
}

json_t *monthly_days(const MonthlyFacts *facts)
{
    guint n = day_index(facts, facts->span.to_ms - 1) + 1;
    g_autofree int64_t *filed = g_new0(int64_t, n), *done = g_new0(int64_t, n),
                       *on_time = g_new0(int64_t, n);
    size_t in_time = place_of("on_time");
    for (guint i = 0; i < facts->rows[FILED]->len; i++)
        filed[MIN(day_index(facts, fact_at(facts, FILED, i)->at_ms), n - 1)]++;
    for (guint i = 0; i < facts->rows[DONE]->len; i++) {
        const Fact *fact = fact_at(facts, DONE, i);
        guint day = MIN(day_index(facts, fact->at_ms), n - 1);
        done[day]++;
        on_time[day] += fact->n[in_time];
    }
    json_t *days = json_array();
    for (guint i = 0; i < n; i++) {
        g_autofree char *on = clock_format(facts->span.from_ms + (int64_t)i * DAY_MS + DAY_MS / 2);
        json_array_append_new(days,
                              json_pack("{s:s%, s:I, s:I, s:I}", "on", on, strlen("2026-10-08"),
                                        "filed", (json_int_t)filed[i], "done", (json_int_t)done[i],
                                        "on_time", (json_int_t)on_time[i]));
    }
    return days;
}

json_t *monthly_hours(const MonthlyFacts *facts)
{
    enum { HOURS = 24 };
    GArray *waits[HOURS];
    size_t wait = place_of("wait");
    json_t *hours = json_array();
    for (int i = 0; i < HOURS; i++)
        waits[i] = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < facts->rows[TICKETS]->len; i++) {
        const Fact *fact = fact_at(facts, TICKETS, i);
        int hour = (int)((fact->at_ms - clock_day_start(fact->at_ms)) / (DAY_MS / HOURS));
        if (fact->of[wait])
            g_array_append_val(waits[MIN(hour, HOURS - 1)], fact->n[wait]);
    }
    for (int i = 0; i < HOURS; i++) {
        if (waits[i]->len > 0)
            json_array_append_new(hours, json_pack("{s:i, s:i, s:I, s:I}", "hour", i, "n",
                                                   (int)waits[i]->len, "median",
                                                   (json_int_t)percentile(waits[i], 50), "p90",
                                                   (json_int_t)percentile(waits[i], 90)));
        g_array_unref(waits[i]);
    }
    return hours;
}

// --- what is behind a number

static int newest_first(const void *a, const void *b)
{
    const Fact *one = *(Fact *const *)a, *two = *(Fact *const *)b;
    if (one->at_ms != two->at_ms)
        return one->at_ms > two->at_ms ? -1 : 1;
    return strcmp(one->text[ID], two->text[ID]);
}

static json_t *thing_json(const Fact *fact, int64_t n)
{
    static const struct {
        const char *name;
        int column;
    } texts[] = { { "id", ID },           { "case_number", CASE }, { "unit", UNIT },
                  { "counter", COUNTER }, { "person", PERSON },    { "person_name", PERSON_NAME },
                  { "item", ITEM_NAME },  { "agent", AGENT },      { "kind", KIND } };
    json_t *thing = json_pack("{s:o, s:I}", "at", shape_time(fact->at_ms), "n", (json_int_t)n);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        const char *text = fact->text[texts[i].column];
        json_object_set_new(thing, texts[i].name, text ? json_string(text) : json_null());
    }
    return thing;
}

// A sum and an order are of all that they are of; a count and a share of those that count.
static bool is_behind(const Fact *fact, size_t figure, bool is_base)
{
    MonthlyForm form = monthly_figures[figure].form;
    bool is_counted = form == MONTHLY_COUNT || form == MONTHLY_SHARE;
    return fact->of[figure] && (is_base || !is_counted || fact->n[figure] != 0);
}

json_t *monthly_things(const MonthlyFacts *facts, const MonthlyFigure *figure, bool is_base,
                       const char *group, const char *key)
{
    int index = find_group(group);
    if (index < 0)
        return NULL;
    size_t place = (size_t)(figure - monthly_figures);
    bool is_minutes = wants_order(place);
    json_t *things = json_array();
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    for (guint i = 0; i < facts->rows[figure->source]->len; i++) {
        const Fact *fact = fact_at(facts, (Source)figure->source, i);
        bool is_whose = groups[index].key < 0 || strcmp(key_of(fact, index), key ? key : "") == 0;
        if (is_whose && is_behind(fact, place, is_base))
            g_ptr_array_add(found, (gpointer)fact);
    }
    g_ptr_array_sort(found, newest_first);
    for (guint i = 0; i < found->len; i++) {
        const Fact *fact = found->pdata[i];
        int64_t n = fact->n[place];
        json_array_append_new(things,
                              thing_json(fact, is_minutes ? (n + MINUTE_MS / 2) / MINUTE_MS : n));
    }
    return things;
}
