// SPDX-License-Identifier: Apache-2.0
#include "rating/figures.h"

#include "rating/rating.h"
#include "rating/rollup.h"
#include "rating/shape.h"
#include "rating/tag.h"
#include "rating/words.h"

#include <math.h>
#include <string.h>

enum { HOUR_S = 3600, TREND_POINTS = 62 };

// --- the table of figures: what counts is said in rollup.h, and by which rows in rollup.c

#define M(name) (1u << ROLLUP_##name)
#define GOOD    (M(n5) | M(n4) | M(n3))
#define BAD     (M(n2) | M(n1))

const Figure figures_table[] = {
    { "good", "好评率", "good rate", FIGURE_SHARE },
    { "bad", "差评率", "bad rate", FIGURE_SHARE },
    { "active", "主动评价率", "active rating rate", FIGURE_SHARE },
    { "rectified", "差评整改率", "rectification rate", FIGURE_SHARE },
    { "called", "回访率", "call-back rate", FIGURE_SHARE },
    { "on_time", "按时办结率", "on-time rate", FIGURE_SHARE },
    { "online", "网上申报率", "online rate", FIGURE_SHARE },
    { "promised", "承诺提速率", "speed-up promised", FIGURE_SAVING },
    { "sped_up", "实际提速率", "speed-up reached", FIGURE_SAVING },
    { "services", "服务量", "services", FIGURE_VOLUME },
    { "filed", "申报量", "cases filed", FIGURE_VOLUME },
    { "done", "办结量", "cases done", FIGURE_VOLUME },
};
const size_t figures_n = G_N_ELEMENTS(figures_table);

// Sums of measures: numerator and denominator of the figure in the same place.
static const struct {
    unsigned n, of;
} formulas[G_N_ELEMENTS(figures_table)] = {
    { GOOD, GOOD | BAD },
    { BAD, GOOD | BAD },
    { M(rated), M(services) },
    { M(rectified), BAD },
    { M(called), M(to_call) },
    { M(on_time), M(done) },
    { M(online), M(filed) },
    { M(promise_saved), M(promise_of) },
    { M(used_saved), M(used_of) },
    { M(services), 0 },
    { M(filed), 0 },
    { M(done), 0 },
};

// --- groups

static const struct {
    const char *name;
    RollupKind kind;
    enum { BY_KEY, BY_SUB, BY_NONE } by;
    bool only_ratings; // what is no rating belongs to none
} groups[] = {
    { "counter", ROLLUP_PLACE, BY_KEY, false },  { "staff", ROLLUP_STAFF, BY_KEY, false },
    { "item", ROLLUP_ITEM, BY_KEY, false },      { "unit", ROLLUP_ITEM, BY_SUB, false },
    { "channel", ROLLUP_CHANNEL, BY_KEY, true }, { "hour", ROLLUP_PLACE, BY_SUB, false },
    { "hall", ROLLUP_CHANNEL, BY_NONE, false },
};
const char *const figures_groups[] = { "counter", "staff", "item", "unit",
                                       "channel", "hour",  "hall", NULL };

static int find_group(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
        if (strcmp(groups[i].name, name) == 0)
            return (int)i;
    return -1;
}

// What belongs together, summed up.
typedef struct {
    char *key, *name;
    int64_t n[ROLLUP_N_MEASURES];
} Sum;

static void sum_free(gpointer data)
{
    Sum *sum = data;
    g_free(sum->key);
    g_free(sum->name);
    g_free(sum);
}

static int64_t total(const Sum *sum, unsigned measures)
{
    int64_t result = 0;
    for (unsigned i = 0; i < ROLLUP_N_MEASURES; i++)
        if (measures & (1u << i))
            result += sum->n[i];
    return result;
}

static Sum *sum_of(GHashTable *sums, const char *key, const char *name)
{
    Sum *sum = g_hash_table_lookup(sums, key);
    if (!sum) {
        sum = g_new0(Sum, 1);
        sum->key = g_strdup(key);
        g_hash_table_insert(sums, sum->key, sum);
    }
    if (!sum->name)
        sum->name = g_strdup(name);
    return sum;
}

// By key. only: one key; NULL: all.
static GHashTable *gather(Store *store, int group, const char *only, int64_t from_ms, int64_t to_ms)
{
    bool by_key = groups[group].by == BY_KEY;
    GHashTable *sums = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, sum_free);
    g_autoptr(GPtrArray) rows =
        rollup_rows(store, groups[group].kind, by_key ? only : NULL, from_ms, to_ms);
    for (guint i = 0; i < rows->len; i++) {
        const RollupRow *row = g_ptr_array_index(rows, i);
        const char *key = by_key ? row->key : groups[group].by == BY_SUB ? row->sub : "";
        if (groups[group].by == BY_SUB && only && strcmp(key, only) != 0)
            continue;
        Sum *sum = sum_of(sums, key, by_key ? row->name : NULL);
        for (int m = 0; m < ROLLUP_N_MEASURES; m++)
            sum->n[m] += row->n[m];
    }
    return sums;
}

static Sum *gather_one(Store *store, int group, const char *key, int64_t from_ms, int64_t to_ms)
{
    g_autoptr(GHashTable) sums =
        gather(store, group, groups[group].by == BY_NONE ? NULL : key, from_ms, to_ms);
    const char *wanted = groups[group].by == BY_NONE ? "" : key;
    Sum *found = g_hash_table_lookup(sums, wanted);
    if (found)
        g_hash_table_steal(sums, wanted);
    else
        (found = g_new0(Sum, 1))->key = g_strdup(wanted);
    return found;
}

// --- as JSON

void figures_interval(int64_t n, int64_t of, double *ret_low, double *ret_high)
{
    static const double z = 1.959964; // 97.5 % of the normal distribution
    *ret_low = 0;
    *ret_high = 1;
    if (of <= 0)
        return;
    double share = (double)n / (double)of, count = (double)of;
    double middle = share + z * z / (2 * count);
    double half = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count));
    *ret_low = MAX(0, (middle - half) / (1 + z * z / count));
    *ret_high = MIN(1, (middle + half) / (1 + z * z / count));
}

static json_t *share_json(int64_t n, int64_t of)
{
    double low, high;
    figures_interval(n, of, &low, &high);
    return json_pack("{s:I, s:I, s:f, s:f}", "n", (json_int_t)n, "of", (json_int_t)of, "low",
                     round(low * 10000) / 10000, "high", round(high * 10000) / 10000);
}

static json_t *figure_json(const Sum *sum, size_t i)
{
    int64_t n = total(sum, formulas[i].n), of = total(sum, formulas[i].of);
    switch (figures_table[i].form) {
    case FIGURE_SHARE:
        return share_json(n, of);
    case FIGURE_SAVING:
        return json_pack("{s:I, s:I}", "n", (json_int_t)n, "of", (json_int_t)of);
    case FIGURE_VOLUME:
        break;
    }
    return json_integer(n);
}

static json_t *levels_json(const Sum *sum)
{
    static const char *const names[] = { "5", "4", "3", "2", "1" };
    json_t *levels = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        json_object_set_new(levels, names[i], json_integer(sum->n[ROLLUP_n5 + i]));
    return levels;
}

static void set_figures(json_t *row, const Sum *sum)
{
    json_object_set_new(row, "levels", levels_json(sum));
    json_object_set_new(row, "n", json_integer(total(sum, GOOD | BAD)));
    for (size_t i = 0; i < figures_n; i++)
        json_object_set_new(row, figures_table[i].key, figure_json(sum, i));
}

static json_t *row_json(const Sum *sum)
{
    json_t *row = json_pack("{s:s?, s:s?}", "key", *sum->key ? sum->key : NULL, "name", sum->name);
    set_figures(row, sum);
    return row;
}

static int compare(const void *a, const void *b)
{
    const Sum *one = *(Sum *const *)a, *two = *(Sum *const *)b;
    int64_t n = total(one, GOOD | BAD), of_two = total(two, GOOD | BAD);
    double low, other, high;
    figures_interval(total(one, GOOD), n, &low, &high);
    figures_interval(total(two, GOOD), of_two, &other, &high);
    if (low != other)
        return low > other ? -1 : 1;
    return n != of_two ? (n > of_two ? -1 : 1) : strcmp(one->key, two->key);
}

static GPtrArray *ranked(GHashTable *sums, int group)
{
    GPtrArray *rows = g_ptr_array_new();
    GHashTableIter iter;
    gpointer sum;
    g_hash_table_iter_init(&iter, sums);
    while (g_hash_table_iter_next(&iter, NULL, &sum))
        if (!groups[group].only_ratings || total(sum, GOOD | BAD) > 0)
            g_ptr_array_add(rows, sum);
    g_ptr_array_sort(rows, compare);
    return rows;
}

json_t *figures_by(Store *store, const char *group, int64_t from_ms, int64_t to_ms)
{
    int index = find_group(group);
    if (index < 0)
        return NULL;
    json_t *items = json_array();
    g_autoptr(GHashTable) sums = gather(store, index, NULL, from_ms, to_ms);
    g_autoptr(GPtrArray) rows = ranked(sums, index);
    for (guint i = 0; i < rows->len; i++)
        json_array_append_new(items, row_json(rows->pdata[i]));
    return json_pack("{s:o}", "items", items);
}

json_t *figures_of(Store *store, const char *group, const char *key, int64_t from_ms, int64_t to_ms)
{
    int index = find_group(group);
    if (index < 0)
        return NULL;
    Sum *sum = gather_one(store, index, key, from_ms, to_ms);
    json_t *row = row_json(sum);
    sum_free(sum);
    return row;
}

// The day's tiles: shares without intervals.
json_t *rating_figures(Store *store, int64_t from_ms, int64_t to_ms)
{
    Sum *sum = gather_one(store, find_group("hall"), NULL, from_ms, to_ms);
    json_t *result = json_pack("{s:o}", "levels", levels_json(sum));
    for (size_t i = 0; i < figures_n; i++)
        if (figures_table[i].form == FIGURE_SHARE)
            json_object_set_new(result, figures_table[i].key,
                                json_pack("{s:I, s:I, s:s}", "n",
                                          (json_int_t)total(sum, formulas[i].n), "of",
                                          (json_int_t)total(sum, formulas[i].of), "name",
                                          figures_table[i].chinese));
    sum_free(sum);
    return result;
}

// --- compared with before

int64_t figures_months_before(int64_t ms, int months)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(ms / 1000);
    g_autoptr(GDateTime) local = g_date_time_to_local(utc);
    g_autoptr(GDateTime) before = g_date_time_add_months(local, -months);
    return g_date_time_to_unix(before) * 1000 + ms % 1000;
}

static const struct {
    const char *name;
    int months;
} befores[] = { { "month", 1 }, { "year", 12 } };

static json_t *good_json(const Sum *sum)
{
    int64_t n = total(sum, GOOD), of = total(sum, GOOD | BAD);
    return json_pack("{s:I, s:{s:I, s:I}}", "n", (json_int_t)of, "good", "n", (json_int_t)n, "of",
                     (json_int_t)of);
}

static void set_before(json_t *items, const char *name, GHashTable *sums)
{
    size_t i;
    json_t *item;
    json_array_foreach(items, i, item)
    {
        const char *key = json_string_value(json_object_get(item, "key"));
        const Sum *sum = g_hash_table_lookup(sums, key ? key : "");
        if (!json_object_get(item, "before"))
            json_object_set_new(item, "before", json_object());
        json_object_set_new(json_object_get(item, "before"), name,
                            sum ? good_json(sum) : json_null());
    }
}

json_t *figures_before(Store *store, const char *group, const char *key, int64_t from_ms,
                       int64_t to_ms)
{
    json_t *before = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(befores); i++) {
        int64_t from = figures_months_before(from_ms, befores[i].months);
        int64_t to = figures_months_before(to_ms, befores[i].months);
        json_object_set_new(before, befores[i].name,
                            json_pack("{s:o, s:o, s:o}", "from_at", shape_time(from), "to_at",
                                      shape_time(to), "total",
                                      figures_of(store, group, key, from, to)));
    }
    return before;
}

json_t *figures_compared(Store *store, const char *group, int64_t from_ms, int64_t to_ms)
{
    json_t *answer = figures_by(store, group, from_ms, to_ms);
    if (!answer)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(befores); i++) {
        int64_t from = figures_months_before(from_ms, befores[i].months);
        int64_t to = figures_months_before(to_ms, befores[i].months);
        g_autoptr(GHashTable) sums = gather(store, find_group(group), NULL, from, to);
        set_before(json_object_get(answer, "items"), befores[i].name, sums);
    }
    json_object_set_new(answer, "before", figures_before(store, "hall", NULL, from_ms, to_ms));
    json_object_set_new(answer, "total", figures_of(store, "hall", NULL, from_ms, to_ms));
    return answer;
}

// --- over time

typedef enum { STEP_HOUR, STEP_DAY, STEP_WEEK, STEP_MONTH } Step;

static const struct {
    const char *name;
    int64_t seconds; // about
} steps[] = { [STEP_HOUR] = { "hour", HOUR_S },
              [STEP_DAY] = { "day", 24 * HOUR_S },
              [STEP_WEEK] = { "week", 7 * 24 * HOUR_S },
              [STEP_MONTH] = { "month", 30 * 24 * HOUR_S } };

static Step choose_step(int64_t from_ms, int64_t to_ms)
{
    Step step = STEP_HOUR;
    while (step < STEP_MONTH && (to_ms - from_ms) / 1000 / steps[step].seconds > TREND_POINTS)
        step++;
    return step;
}

// The beginning of the step that holds the moment: weeks begin on Monday.
static GDateTime *step_start(Step step, int64_t ms)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(ms / 1000);
    g_autoptr(GDateTime) local = g_date_time_to_local(utc);
    int year, month, day;
    g_date_time_get_ymd(local, &year, &month, &day);
    if (step == STEP_HOUR)
        return g_date_time_new_local(year, month, day, g_date_time_get_hour(local), 0, 0);
    g_autoptr(GDateTime) start =
        g_date_time_new_local(year, month, step == STEP_MONTH ? 1 : day, 0, 0, 0);
    int back = step == STEP_WEEK ? g_date_time_get_day_of_week(local) - 1 : 0;
    return g_date_time_add_days(start, -back);
}

static GDateTime *step_next(Step step, GDateTime *start)
{
    switch (step) {
    case STEP_HOUR:
        return g_date_time_add_hours(start, 1);
    case STEP_DAY:
        return g_date_time_add_days(start, 1);
    case STEP_WEEK:
        return g_date_time_add_weeks(start, 1);
    case STEP_MONTH:
        break;
    }
    return g_date_time_add_months(start, 1);
}

static json_t *point_json(Store *store, int group, const char *key, int64_t from_ms, int64_t to_ms)
{
    Sum *sum = gather_one(store, group, key, from_ms, to_ms);
    json_t *point = json_pack("{s:o}", "from_at", shape_time(from_ms));
    set_figures(point, sum);
    sum_free(sum);
    return point;
}

json_t *figures_trend(Store *store, const char *group, const char *key, int64_t from_ms,
                      int64_t to_ms)
{
    int index = find_group(group);
    if (index < 0)
        return NULL;
    Step step = choose_step(from_ms, to_ms);
    json_t *points = json_array();
    for (int64_t at = from_ms; at < to_ms && json_array_size(points) <= TREND_POINTS * 2;) {
        g_autoptr(GDateTime) start = step_start(step, at);
        g_autoptr(GDateTime) end = step_next(step, start);
        int64_t next = MIN(to_ms, g_date_time_to_unix(end) * 1000);
        json_array_append_new(points, point_json(store, index, key, at, next));
        at = next;
    }
    return json_pack("{s:s, s:o}", "step", steps[step].name, "points", points);
}

// --- reasons and hours

static int more_tags(const void *a, const void *b)
{
    const RollupRow *one = *(RollupRow *const *)a, *two = *(RollupRow *const *)b;
    int64_t n = one->n[ROLLUP_n2] + one->n[ROLLUP_n1];
    int64_t of_two = two->n[ROLLUP_n2] + two->n[ROLLUP_n1];
    return n != of_two ? (n > of_two ? -1 : 1) : strcmp(one->key, two->key);
}

static json_t *tag_json(const RollupRow *row)
{
    json_t *codes = json_pack("[s]", row->key);
    json_t *described = tag_describe(codes, row->sub);
    json_t *tag = json_incref(json_array_get(described, 0));
    json_decref(codes);
    json_decref(described);
    int64_t worst = row->n[ROLLUP_n1];
    json_object_set_new(tag, "n", json_integer(row->n[ROLLUP_n2] + worst));
    json_object_set_new(tag, "worst", json_integer(worst));
    return tag;
}

json_t *figures_tags(Store *store, int64_t from_ms, int64_t to_ms)
{
    g_autoptr(GPtrArray) rows = rollup_rows(store, ROLLUP_TAG, NULL, from_ms, to_ms);
    json_t *tags = json_array();
    g_ptr_array_sort(rows, more_tags);
    for (guint i = 0; i < rows->len; i++)
        json_array_append_new(tags, tag_json(g_ptr_array_index(rows, i)));
    return tags;
}

static int by_place(const void *a, const void *b)
{
    const RollupRow *one = *(RollupRow *const *)a, *two = *(RollupRow *const *)b;
    int order = strcmp(one->key, two->key);
    return order ? order : strcmp(one->sub, two->sub);
}

json_t *figures_hours(Store *store, int64_t from_ms, int64_t to_ms)
{
    g_autoptr(GPtrArray) rows = rollup_rows(store, ROLLUP_PLACE, NULL, from_ms, to_ms);
    json_t *hours = json_array();
    g_ptr_array_sort(rows, by_place);
    for (guint i = 0; i < rows->len; i++) {
        const RollupRow *row = g_ptr_array_index(rows, i);
        int64_t bad = row->n[ROLLUP_n2] + row->n[ROLLUP_n1];
        int64_t n = row->n[ROLLUP_n5] + row->n[ROLLUP_n4] + row->n[ROLLUP_n3] + bad;
        if (n > 0)
            json_array_append_new(hours, json_pack("{s:s, s:i, s:I, s:I}", "counter", row->key,
                                                   "hour", atoi(row->sub), "n", (json_int_t)n,
                                                   "bad", (json_int_t)bad));
    }
    return hours;
}

// --- words

enum { TEXTS_MAX = 100 };

static const char *text_of(const json_t *row, const char *key)
{
    return json_string_value(json_object_get(row, key));
}

json_t *figures_texts(Store *store, const Hall *hall, const char *staff, int64_t from_ms,
                      int64_t to_ms)
{
    json_t *texts = json_array();
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT strftime('%Y-%m', event_at / 1000, 'unixepoch', 'localtime') AS month, level,"
        " tags AS tags_json, tags_version, text, id, case_number FROM rating"
        " WHERE staff_number = ?1 AND event_at >= ?2 AND event_at < ?3 AND is_counted = 1"
        " AND (text <> '' OR tags <> '[]') ORDER BY event_at DESC LIMIT ?4",
        "siii", staff, from_ms, to_ms, (int64_t)TEXTS_MAX);
    while (store_step(query)) {
        static const char *const inner[] = { "tags_version", "id", "case_number" };
        json_t *row = store_row_json(query);
        g_autofree char *text = words_unsigned(store, hall, text_of(row, "id"),
                                               text_of(row, "case_number"), text_of(row, "text"));
        json_object_set_new(
            row, "tags", tag_describe(json_object_get(row, "tags"), text_of(row, "tags_version")));
        json_object_set_new(row, "text", json_string(text ? text : ""));
        for (size_t i = 0; i < G_N_ELEMENTS(inner); i++)
            json_object_del(row, inner[i]);
        json_array_append_new(texts, row);
    }
    return texts;
}
