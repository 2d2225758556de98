// SPDX-License-Identifier: Apache-2.0
#include "rating/monthly_review.h"

#include "rating/monthly_text.h"

#include <string.h>

static const char *key_of(const json_t *row)
{
    const char *key = json_string_value(json_object_get(row, "key"));
    return key ? key : "";
}

// Each row gets the one of the same key from before.
static json_t *compared(const MonthlyFacts *facts, const MonthlyFacts *before, const char *group)
{
    json_t *rows = monthly_rows(facts, group), *others = monthly_rows(before, group), *row;
    json_t *by_key = json_object();
    size_t i;
    json_array_foreach(others, i, row) json_object_set(by_key, key_of(row), row);
    json_array_foreach(rows, i, row)
    {
        json_t *then = json_object_get(by_key, key_of(row));
        json_object_set_new(row, "before", then ? json_incref(then) : json_null());
    }
    json_decref(by_key);
    json_decref(others);
    return rows;
}

static json_t *total_of(Store *store, const MonthlySpan *span)
{
    g_autoptr(MonthlyFacts) facts = monthly_read(store, span);
    return monthly_total(facts);
}

// The sentences need the units, whether or not somebody asked for their rows.
static json_t *text_of(const json_t *review, const MonthlyFacts *facts)
{
    json_t *units = monthly_rows(facts, "unit");
    json_t *text = json_pack("{s:o, s:o}", "zh", monthly_text(review, units, false), "en",
                             monthly_text(review, units, true));
    json_decref(units);
    return text;
}

json_t *monthly_review(Store *store, const MonthlySpan *span, const MonthlySpan *before,
                       const MonthlySpan *year, const char *const *groups)
{
    g_autoptr(MonthlyFacts) facts = monthly_read(store, span);
    g_autoptr(MonthlyFacts) then = monthly_read(store, before);
    json_t *rows = json_object();
    for (; *groups; groups++)
        json_object_set_new(rows, *groups, compared(facts, then, *groups));
    json_t *review = json_pack("{s:o, s:o, s:o, s:o, s:o, s:i, s:o}", "total", monthly_total(facts),
                               "before", monthly_total(then), "year", total_of(store, year), "days",
                               monthly_days(facts), "hours", monthly_hours(facts), "wait_minutes",
                               span->wait_minutes, "groups", rows);
    json_object_set_new(review, "text", text_of(review, facts));
    return review;
}
