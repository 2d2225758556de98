// SPDX-License-Identifier: Apache-2.0
// Monthly query: which month an address asks for, and which of its numbers a list is to open
// (?figure=on_time&period=2026-10&by=unit&of=NAME&part=base). The list's total is the number.
#pragma once
#include "dashboard/period.h"
#include "dashboard/query.h"
#include "rating/monthly.h"

// ?period=2026-10; this month where nothing is said.
Period query_month(Query *query);
MonthlySpan monthly_span_of(const Period *period, HttpRequest *request);

typedef struct {
    const MonthlyFigure *figure; // NULL: no number is asked for
    const char *by, *of;         // the query's
    bool is_base;
    Period period;
} MonthlyBehind;
// The query fails where no figure is called so.
MonthlyBehind query_behind(Query *query);
// The same for a list of such things: fails for others.
MonthlyBehind query_behind_of(Query *query, MonthlyThing thing);
// Once the connection is had (call_store): the ids as JSON, as the lists' filters have them; NULL:
// no number is asked for. The caller frees.
char *behind_ids(const MonthlyBehind *behind, HttpRequest *request);
// The rows themselves (monthly_things).
json_t *behind_things(const MonthlyBehind *behind, HttpRequest *request);
