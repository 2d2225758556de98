// SPDX-License-Identifier: Apache-2.0
// Figures: the one table of what counts, so that a county can see it. Source: domain rules
// "Figures"; each figure shows numerator and denominator.
#include "rating/rating.h"

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
