// SPDX-License-Identifier: Apache-2.0
// Monthly: what supervision (电子监察) says of a span of days: one table of figures (monthly.c),
// each with its Chinese and English name, what it counts and the SQL that says so. The rows behind
// them are read once, by index; every sum, share, median and rank is counted from those rows, and
// so is the list behind a number: both cannot differ. Source: domain rules "Figures", "Conduct".
#pragma once
#include "base/store.h"

typedef enum {
    MONTHLY_COUNT,  // a number
    MONTHLY_SHARE,  // n of `of` things, with Wilson's interval
    MONTHLY_MEAN,   // a sum of n (days) over `of` things
    MONTHLY_MEDIAN, // of n (minutes) over `of` things
    MONTHLY_P90     // so many minutes or less in nine of ten
} MonthlyForm;

// What the things are: whose list opens.
typedef enum {
    MONTHLY_CASES,
    MONTHLY_TICKETS,
    MONTHLY_VISITS,
    MONTHLY_RATINGS,
    MONTHLY_FLAGS
} MonthlyThing;

typedef struct {
    const char *key, *zh, *en;
    const char *means_zh, *means_en; // what counts
    int source;                      // of monthly.c
    MonthlyForm form;
    int better;         // 1: more is better; -1: less is; 0: neither
    const char *n, *of; // SQL; of NULL: each of the source's rows
} MonthlyFigure;
extern const MonthlyFigure monthly_figures[];
extern const size_t monthly_figures_n;
const MonthlyFigure *monthly_figure(const char *key); // NULL: no such figure
MonthlyThing monthly_thing(const MonthlyFigure *figure);

// "hall", "unit", "counter", "person", "item", "agent" (village agent), "kind" (of flags).
extern const char *const monthly_groups[]; // NULL-terminated

typedef struct {
    int64_t from_ms, to_ms; // from <= moment < to
    int64_t now_ms;         // what is open is overdue by then, or by to
    int wait_minutes;       // a wait over it is too long
} MonthlySpan;

extern const char monthly_schema[]; // a step of hall_schema (hall.h)

typedef struct MonthlyFacts MonthlyFacts;
// All rows of the span, in one snapshot. Any connection.
MonthlyFacts *monthly_read(Store *store, const MonthlySpan *span);
void monthly_free(MonthlyFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MonthlyFacts, monthly_free)

// A ROW of the hall: {"key":null,"name":null, and by the key of each figure: count: number; share:
// {"n","of","low","high"}; mean: {"n","of"}; median and p90: {"n": minutes,"of"}}.
json_t *monthly_total(const MonthlyFacts *facts);
// [ROW], best first: by the lower end of the on-time share (of "kind": by number). key null: what
// belongs to none; of agents those only that are one's. NULL: no such group.
json_t *monthly_rows(const MonthlyFacts *facts, const char *group);
// [{"on":"2026-10-08","filed","done","on_time"}], a row for each day of the span.
json_t *monthly_days(const MonthlyFacts *facts);
// [{"hour","n","median","p90"}]: waits by the hour in which a number was taken, those of the span.
json_t *monthly_hours(const MonthlyFacts *facts);

// The things behind a number. group and key: of whom; group NULL or "hall": all; key "": of none.
// is_base: those that the share is of. [{"id","at","case_number","unit","counter","person",
// "person_name","item","agent","kind","n"}], newest first. New reference; NULL: no such group.
json_t *monthly_things(const MonthlyFacts *facts, const MonthlyFigure *figure, bool is_base,
                       const char *group, const char *key);
