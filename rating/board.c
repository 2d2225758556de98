// SPDX-License-Identifier: Apache-2.0
#include "rating/board.h"

#include "base/clock.h"

#define DAY_MS INT64_C(86400000)

bool board_shows(const Config *config, const char *what)
{
    char *const *shows = config->board.shows;
    return shows && g_strv_contains((const char *const *)shows, what);
}

static char *list_json(char *const *texts)
{
    json_t *list = json_array();
    for (; texts && *texts; texts++)
        json_array_append_new(list, json_string(*texts));
    char *text = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    return text;
}

// The kinds stand here as in the index case_event_by_end, or it is not used. What was picked up was
// finished.
#define ENDED "e.kind IN ('finished', 'refused', 'returned', 'withdrawn')"
static const char results[] =
    "SELECT p.name_mask AS applicant, c.item_name AS item, c.unit, e.kind AS result,"
    " date(e.at / 1000, 'unixepoch', 'localtime') AS \"on\""
    " FROM case_event e JOIN case_file c ON c.number = e.case_number"
    " LEFT JOIN person p ON p.subject = 'case:' || c.number"
    " WHERE " ENDED " AND e.ignored IS NULL AND e.at >= ?1 AND e.at <= ?2"
    " AND e.kind IN (SELECT value FROM json_each(?3))"
    " AND (c.state = e.kind OR c.finished_at = e.at)"
    " AND c.item_code NOT IN (SELECT value FROM json_each(?4))"
    " ORDER BY e.at DESC, c.number LIMIT ?5";

json_t *board_results(Store *store, const Config *config, int64_t now_ms)
{
    int64_t from_ms =
        clock_day_start(clock_day_start(now_ms) - (config->board.days - 1) * DAY_MS + DAY_MS / 2);
    g_autofree char *shows = list_json(config->board.shows);
    g_autofree char *hidden = list_json(config->board.hidden_items);
    g_autoptr(StoreQuery) query = store_query(store, results, "iissi", from_ms, now_ms, shows,
                                              hidden, (int64_t)BOARD_RESULTS_MAX);
    return store_rows_json(query);
}
