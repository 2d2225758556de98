// SPDX-License-Identifier: Apache-2.0
#include "dashboard/monthly_query.h"

#include "dashboard/call.h"

#include <string.h>

Period query_month(Query *query)
{
    int64_t now_ms = call_of(query->request)->now_ms;
    const char *name = query_text(query, "period", strlen("2026-Q4"));
    Period period = period_of_month(now_ms);
    if (name && (!period_parse(name, now_ms, &period) || period.form != PERIOD_MONTH))
        query_fail(query, "period: a month like 2026-10, not one to come");
    return period;
}

MonthlySpan monthly_span_of(const Period *period, HttpRequest *request)
{
    const Call *call = call_of(request);
    return (MonthlySpan){ .from_ms = period->from_ms,
                          .to_ms = period->to_ms,
                          .now_ms = call->now_ms,
                          .wait_minutes = call->hall->config->rules.wait_minutes };
}

MonthlyBehind query_behind(Query *query)
{
    static const char *const parts[] = { "base", NULL };
    const char *key = query_text(query, "figure", 32);
    MonthlyBehind behind = { .figure = key ? monthly_figure(key) : NULL };
    if (!key)
        return behind;
    behind.period = query_month(query);
    behind.by = query_choice(query, "by", monthly_groups);
    behind.of = query_text(query, "of", 300);
    behind.is_base = query_choice(query, "part", parts) != NULL;
    if (!behind.figure)
        query_fail(query, "figure: none of the monthly report's is called '%.32s'", key);
    return behind;
}

MonthlyBehind query_behind_of(Query *query, MonthlyThing thing)
{
    MonthlyBehind behind = query_behind(query);
    if (behind.figure && monthly_thing(behind.figure) != thing)
        query_fail(query, "figure: what is behind %s is in another list", behind.figure->key);
    return behind;
}

json_t *behind_things(const MonthlyBehind *behind, HttpRequest *request)
{
    MonthlySpan span = monthly_span_of(&behind->period, request);
    g_autoptr(MonthlyFacts) facts = monthly_read(call_of(request)->store, &span);
    return monthly_things(facts, behind->figure, behind->is_base, behind->by, behind->of);
}

char *behind_ids(const MonthlyBehind *behind, HttpRequest *request)
{
    if (!behind->figure)
        return NULL;
    json_t *things = behind_things(behind, request), *ids = json_array(), *row;
    size_t i;
    json_array_foreach(things, i, row) json_array_append(ids, json_object_get(row, "id"));
    char *text = json_dumps(ids, JSON_COMPACT);
    json_decref(things);
    json_decref(ids);
    return text;
}
