// SPDX-License-Identifier: Apache-2.0
// Figures: for those who lead the hall, for the person who is rated, and for everybody.
#include "dashboard/api.h"
#include "dashboard/api_sheet.h"
#include "dashboard/sheet.h"

#include "base/clock.h"
#include "dashboard/call.h"
#include "dashboard/query.h"
#include "rating/figures.h"
#include "rating/shape.h"

#include <string.h>

typedef struct {
    int64_t from_ms, to_ms;
} Range;

static Range query_range(Query *query)
{
    Range range = { .from_ms = query_time(query, "from", STORE_NULL),
                    .to_ms = query_time(query, "to", call_of(query->request)->now_ms) };
    if (range.from_ms == STORE_NULL || range.to_ms <= range.from_ms)
        query_fail(query, "from: give the time from which on to count, before to");
    return range;
}

void api_figures(HttpRequest *request, void *ctx)
{
    g_auto(Query) query = query_of(request);
    const char *format = query_format(&query, sheet_formats);
    const char *by = query_choice(&query, "by", figures_groups);
    Range range = query_range(&query);
    bool is_compared = query_bool(&query, "compare");
    if (!by)
        query_fail(&query, "by: counter, staff, item, unit, channel, hour or hall");
    else if (call_is_observer(call_of(request)) && g_str_equal(by, "staff"))
        query_fail(&query, "by: observers get no figures of persons");
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (store && format)
        api_sheet_figures(request, &query, format, by, range.from_ms, range.to_ms);
    else if (store)
        http_reply_json(
            request, 200,
            (is_compared ? figures_compared : figures_by)(store, by, range.from_ms, range.to_ms));
}

// What the director's page of a range shows beside the ranking.
void api_figures_summary(HttpRequest *request, void *ctx)
{
    Query query = query_of(request);
    Range r = query_range(&query);
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (!store)
        return;
    http_reply_json(request, 200,
                    json_pack("{s:o, s:o, s:o, s:o, s:o}", "total",
                              figures_of(store, "hall", NULL, r.from_ms, r.to_ms), "before",
                              figures_before(store, "hall", NULL, r.from_ms, r.to_ms), "trend",
                              figures_trend(store, "hall", NULL, r.from_ms, r.to_ms), "tags",
                              figures_tags(store, r.from_ms, r.to_ms), "hours",
                              figures_hours(store, r.from_ms, r.to_ms)));
}

// Whoever is rated sees what is said of the own work, and never by whom.
void api_figures_mine(HttpRequest *request, void *ctx)
{
    Query query = query_of(request);
    Range r = query_range(&query);
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (!store)
        return;
    const Call *call = call_of(request);
    g_autofree char *staff = call->session.digest ? account_staff(store, call->who) : NULL;
    if (!staff) {
        http_reply_json(
            request, 200,
            json_pack("{s:n, s:n, s:n, s:n, s:[]}", "staff", "total", "before", "trend", "texts"));
        return;
    }
    http_reply_json(request, 200,
                    json_pack("{s:s, s:o, s:o, s:o, s:o}", "staff", staff, "total",
                              figures_of(store, "staff", staff, r.from_ms, r.to_ms), "before",
                              figures_before(store, "staff", staff, r.from_ms, r.to_ms), "trend",
                              figures_trend(store, "staff", staff, r.from_ms, r.to_ms), "texts",
                              figures_texts(store, call->hall, staff, r.from_ms, r.to_ms)));
}

// --- for everybody, where the hall has switched its public page on

static int64_t month_start(int64_t now_ms, int months_back)
{
    int64_t day = clock_day_start(figures_months_before(now_ms, months_back));
    g_autofree char *text = clock_format(day);
    int day_of_month = atoi(text + strlen("2026-11-"));
    return clock_day_start(day - (int64_t)(day_of_month - 1) * 24 * 3600 * 1000 + 12 * 3600 * 1000);
}

static json_t *public_part(Store *store, int64_t from_ms, int64_t to_ms)
{
    static const char *const keys[] = { "key", "name" };
    json_t *part = figures_of(store, "hall", NULL, from_ms, to_ms);
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        json_object_del(part, keys[i]);
    return part;
}

static json_t *public_months(Store *store, int64_t now_ms)
{
    enum { MONTHS = 12 };
    json_t *months = json_array();
    for (int i = MONTHS - 1; i >= 0; i--) {
        int64_t from = month_start(now_ms, i);
        int64_t to = i > 0 ? month_start(now_ms, i - 1) : now_ms;
        json_t *all = figures_of(store, "hall", NULL, from, to);
        json_array_append_new(months, json_pack("{s:o, s:O, s:O}", "from_at", shape_time(from), "n",
                                                json_object_get(all, "n"), "good",
                                                json_object_get(all, "good")));
        json_decref(all);
    }
    return months;
}

void api_public_figures(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    const Config *config = call->hall->config;
    if (!config->door.has_public_page) {
        http_reply_error(request, 404, "not_found",
                         "This hall has not switched its public page on (door.public_page).");
        return;
    }
    Store *store = call_store(request);
    if (!store)
        return;
    int64_t now = call->now_ms, month = month_start(now, 0), last = month_start(now, 1);
    http_reply_json(request, 200,
                    json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "hall", config->hall.name, "at",
                              shape_time(now), "month_from_at", shape_time(month), "month",
                              public_part(store, month, now), "last_month",
                              public_part(store, last, month), "months",
                              public_months(store, now)));
}
