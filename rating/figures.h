// SPDX-License-Identifier: Apache-2.0
// Figures: the one table of what is told of a hall (figures.c), each share with its numerator, its
// denominator and the interval in which the true share lies (Wilson's, 95 %), so that three ratings
// do not beat three hundred: what ranks is the interval's lower end. Source: domain rules
// "Figures". They are read from roll-ups (rollup.h), and are right at once.
#pragma once
#include "rating/hall.h"

typedef enum { FIGURE_SHARE, FIGURE_SAVING, FIGURE_VOLUME } FigureForm;

// A row of the table. share: n of `of` things; saving: days of days; volume: a number alone.
typedef struct {
    const char *key, *chinese, *english;
    FigureForm form;
} Figure;
extern const Figure figures_table[];
extern const size_t figures_n;

// One of "counter", "staff", "item", "unit", "channel", "hour" (of the hall's day, "09"), "hall".
extern const char *const figures_groups[]; // NULL-terminated

// {"items":[ROW]}, best first: by the lower end of the good share, then by number. ROW:
// {"key","name","levels":{"5":n,...},"n", share: {"n","of","low","high"}, saving: {"n","of"},
// volume: n}, each by the key of its figure. key null: what belongs to none. from_ms <= moment <
// to_ms; ratings that do not count are left out. NULL: no such group.
json_t *figures_by(Store *store, const char *group, int64_t from_ms, int64_t to_ms);
// The same with "total" (a ROW of the hall), and "before": {"month","year"}: {"from_at","to_at",
// "total"}, the same days a month and a year earlier; each item has "before": {"month","year"}
// with {"n","good"}, null where there was nothing.
json_t *figures_compared(Store *store, const char *group, int64_t from_ms, int64_t to_ms);
// A ROW of one of a group; all zero where nothing is known of it. NULL: no such group.
json_t *figures_of(Store *store, const char *group, const char *key, int64_t from_ms,
                   int64_t to_ms);
// {"step":"hour|day|week|month","points":[{"from_at", ROW without key and name}]}: of one of a
// group, or of all (group "hall"), in steps that make at most some sixty points.
json_t *figures_trend(Store *store, const char *group, const char *key, int64_t from_ms,
                      int64_t to_ms);
// [{"code","text","n","worst"}]: what bad ratings gave as reasons, the most frequent first; worst:
// those of level 1.
json_t *figures_tags(Store *store, int64_t from_ms, int64_t to_ms);
// [{"counter","hour","n","bad"}] by counter and hour of the day.
json_t *figures_hours(Store *store, int64_t from_ms, int64_t to_ms);

// [{"month":"2026-11","level","tags":[{"code","text"}],"text"}]: what was written about a person,
// newest first, for that person: no day, no counter, no case, and without the names and longer
// numbers that tell who wrote (words.h).
json_t *figures_texts(Store *store, const Hall *hall, const char *staff, int64_t from_ms,
                      int64_t to_ms);
// "before" of figures_compared() alone.
json_t *figures_before(Store *store, const char *group, const char *key, int64_t from_ms,
                       int64_t to_ms);

// Wilson's interval for n of `of` at 95 %; 0 and 1 where of is 0. Pure. (E. B. Wilson, Journal of
// the American Statistical Association 22, 1927.)
void figures_interval(int64_t n, int64_t of, double *ret_low, double *ret_high);
// The same moment of the hall's day so many months earlier (the 31st: the month's last). Pure.
int64_t figures_months_before(int64_t ms, int months);
