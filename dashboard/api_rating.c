// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"

#include "dashboard/call.h"
#include "dashboard/query.h"
#include "rating/figures.h"
#include "rating/rating.h"

#include <string.h>

static const struct {
    const char *name;
    int level; // as RatingFilter has it
} levels[] = { { "1", 1 }, { "2", 2 },     { "3", 3 },   { "4", 4 },
               { "5", 5 }, { "good", 10 }, { "bad", 20 } };

static int query_level(Query *query)
{
    const char *value = query_text(query, "level", 8);
    if (!value)
        return 0;
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        if (strcmp(levels[i].name, value) == 0)
            return levels[i].level;
    query_fail(query, "level: '%s' is not one of 1, 2, 3, 4, 5, good, bad", value);
    return 0;
}

void api_ratings(HttpRequest *request, void *ctx)
{
    Query query = query_of(request);
    Cursor cursor = query_cursor(&query);
    RatingFilter filter = { .from_ms = query_time(&query, "from", STORE_NULL),
                            .to_ms = query_time(&query, "to", STORE_NULL),
                            .level = query_level(&query),
                            .counter = query_text(&query, "counter", 64),
                            .staff = query_text(&query, "staff", 64),
                            .pad = query_text(&query, "pad", 64),
                            .case_number = query_text(&query, "case", CASE_NUMBER_MAX),
                            .mark = query_text(&query, "mark", 64),
                            .text = query_text(&query, "q", 200),
                            .before_ms = cursor.before_ms,
                            .before_id = cursor.before_id,
                            .limit = query_limit(&query) };
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (store)
        http_reply_json(request, 200, rating_list(store, &filter));
}

void api_rating(HttpRequest *request, void *ctx)
{
    Store *store = call_store(request);
    if (store)
        call_reply_found(request,
                         rating_get(store, http_param(request, "id"), call_of(request)->now_ms),
                         "rating with this id");
}

void api_figures(HttpRequest *request, void *ctx)
{
    Query query = query_of(request);
    const char *by = query_choice(&query, "by", figures_groups);
    int64_t from_ms = query_time(&query, "from", STORE_NULL);
    int64_t to_ms = query_time(&query, "to", call_of(request)->now_ms);
    if (from_ms == STORE_NULL || to_ms <= from_ms)
        query_fail(&query, "from: give the time from which on to count, before to");
    if (!by)
        query_fail(&query, "by: counter, staff, item, unit, channel or hour");
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (store)
        http_reply_json(request, 200, figures_by(store, by, from_ms, to_ms));
}
