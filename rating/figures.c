// SPDX-License-Identifier: Apache-2.0
// Figures: the one table of what counts, so that a county can see it. Source: domain rules
// "Figures"; each figure shows numerator and denominator.
#include "rating/figures.h"

#include "rating/rating.h"

#include <math.h>
#include <string.h>

#define COUNTED " FROM rating WHERE event_at >= ?1 AND event_at < ?2 AND is_counted = 1"

// A service: an invitation (several for one case or ticket are one service); a finished ticket that
// was never invited; a finished case that had neither. One that is known by case is counted by its
// case.
#define SERVICES                                                                                   \
    "SELECT (SELECT count(DISTINCT coalesce(case_number, ticket, id)) FROM invitation"             \
    "        WHERE created_at >= ?1 AND created_at < ?2)"                                          \
    " + (SELECT count(*) FROM ticket t WHERE finished_at >= ?1 AND finished_at < ?2"               \
    "    AND NOT EXISTS (SELECT 1 FROM invitation WHERE ticket = t.id)"                            \
    "    AND NOT EXISTS (SELECT 1 FROM invitation WHERE case_number = t.case_number))"             \
    " + (SELECT count(*) FROM case_file c WHERE finished_at >= ?1 AND finished_at < ?2"            \
    "    AND NOT EXISTS (SELECT 1 FROM invitation WHERE case_number = c.number)"                   \
    "    AND NOT EXISTS (SELECT 1 FROM ticket WHERE case_number = c.number))"

// A press without any known service shows activity for none.
#define SERVICES_RATED                                                                             \
    "SELECT count(DISTINCT coalesce(i.case_number, i.ticket, i.id, r.case_number, r.ticket))"      \
    " FROM rating r LEFT JOIN invitation i ON i.id = r.invitation"                                 \
    " WHERE r.event_at >= ?1 AND r.event_at < ?2 AND r.is_counted = 1"

// Verified, put right and told within the deadlines; what is still in hand is not yet.
#define RECTIFIED_IN_TIME                                                                          \
    "SELECT count(*)" COUNTED                                                                      \
    " AND level <= 2 AND EXISTS (SELECT 1 FROM rectification x WHERE x.rating = rating.id"         \
    " AND x.told_at IS NOT NULL AND x.is_late = 0)"

static const struct {
    const char *key, *chinese, *numerator, *denominator;
} figures[] = {
    { "good", "好评率", "SELECT count(*)" COUNTED " AND level >= 3", "SELECT count(*)" COUNTED },
    { "bad", "差评率", "SELECT count(*)" COUNTED " AND level <= 2", "SELECT count(*)" COUNTED },
    { "active", "主动评价率", SERVICES_RATED, SERVICES },
    { "rectified", "差评整改率", RECTIFIED_IN_TIME, "SELECT count(*)" COUNTED " AND level <= 2" },
};

static json_t *levels_json(Store *store, int64_t from_ms, int64_t to_ms)
{
    json_t *levels = json_pack("{s:i, s:i, s:i, s:i, s:i}", "5", 0, "4", 0, "3", 0, "2", 0, "1", 0);
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT level, count(*)" COUNTED " GROUP BY level", "ii", from_ms, to_ms);
    while (store_step(query))
        json_object_set_new(levels, store_text(query, 0), json_integer(store_int(query, 1)));
    return levels;
}

json_t *rating_figures(Store *store, int64_t from_ms, int64_t to_ms)
{
    json_t *result = json_pack("{s:o}", "levels", levels_json(store, from_ms, to_ms));
    for (size_t i = 0; i < G_N_ELEMENTS(figures); i++) {
        int64_t n = store_value(store, 0, figures[i].numerator, "ii", from_ms, to_ms);
        int64_t of = store_value(store, 0, figures[i].denominator, "ii", from_ms, to_ms);
        json_object_set_new(result, figures[i].key,
                            json_pack("{s:I, s:I, s:s}", "n", (json_int_t)n, "of", (json_int_t)of,
                                      "name", figures[i].chinese));
    }
    return result;
}

// --- by group

// Columns: key, name, numbers of the levels 5 to 1.
#define GROUPED(key, name)                                                                         \
    "SELECT " key ", " name ", sum(r.level = 5), sum(r.level = 4), sum(r.level = 3),"              \
    " sum(r.level = 2), sum(r.level = 1)"                                                          \
    " FROM rating r LEFT JOIN case_file c ON c.number = r.case_number"                             \
    " WHERE r.event_at >= ?1 AND r.event_at < ?2 AND r.is_counted = 1 GROUP BY 1"

// What a rating belongs to, and how that is called. An hour is told by the process's zone, which is
// the hall's.
static const struct {
    const char *group, *sql;
} groups[] = {
    { "counter", GROUPED("r.counter", "max(r.counter_name)") },
    { "staff", GROUPED("r.staff_number", "max(r.staff_name)") },
    { "item", GROUPED("c.item_code", "max(c.item_name)") },
    { "unit", GROUPED("c.unit", "c.unit") },
    { "channel", GROUPED("r.channel", "r.channel") },
    { "hour", GROUPED("strftime('%H', r.event_at / 1000, 'unixepoch', 'localtime')", "NULL") },
};

const char *const figures_groups[] = {
    "counter", "staff", "item", "unit", "channel", "hour", NULL
};

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

static json_t *group_json(StoreQuery *query)
{
    int64_t counts[5], n = 0;
    json_t *levels = json_object();
    for (int i = 0; i < 5; i++) {
        char name[2] = { (char)('5' - i), 0 };
        n += counts[i] = store_int(query, 2 + i);
        json_object_set_new(levels, name, json_integer(counts[i]));
    }
    return json_pack("{s:s?, s:s?, s:o, s:I, s:o, s:o}", "key", store_text(query, 0), "name",
                     store_text(query, 1), "levels", levels, "n", (json_int_t)n, "good",
                     share_json(counts[0] + counts[1] + counts[2], n), "bad",
                     share_json(counts[3] + counts[4], n));
}

static double low_of(const json_t *row)
{
    return json_real_value(json_object_get(json_object_get(row, "good"), "low"));
}

static int compare(const void *a, const void *b)
{
    const json_t *one = *(json_t *const *)a, *two = *(json_t *const *)b;
    double low = low_of(one), other = low_of(two);
    if (low != other)
        return low > other ? -1 : 1;
    json_int_t n = json_integer_value(json_object_get(one, "n"));
    json_int_t of_two = json_integer_value(json_object_get(two, "n"));
    return n > of_two ? -1 : n < of_two;
}

static json_t *sorted(GPtrArray *rows)
{
    json_t *items = json_array();
    g_ptr_array_sort(rows, compare);
    for (guint i = 0; i < rows->len; i++)
        json_array_append_new(items, rows->pdata[i]);
    return json_pack("{s:o}", "items", items);
}

json_t *figures_by(Store *store, const char *group, int64_t from_ms, int64_t to_ms)
{
    size_t i = 0;
    while (i < G_N_ELEMENTS(groups) && strcmp(groups[i].group, group) != 0)
        i++;
    if (i == G_N_ELEMENTS(groups))
        return NULL;
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    g_autoptr(StoreQuery) query = store_query(store, groups[i].sql, "ii", from_ms, to_ms);
    while (store_step(query))
        g_ptr_array_add(rows, group_json(query));
    return sorted(rows);
}
