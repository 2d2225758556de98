// SPDX-License-Identifier: Apache-2.0
// Search: which ratings have a text in their words, reasons, case number, service item, counter or
// staff. What is asked for is data: nothing in it is an operator.
//
// From three characters on an index of all runs of three (FTS5, trigram, which takes Chinese as it
// takes English) says which ratings may have it: those that have all of its runs. Each is looked at
// then. Shorter texts, and what more than SEARCH_MANY may have, are looked for in every rating.
//
// A rating that comes costs nothing here: it has a number (rating.n) that only grows, and up to
// which ratings are indexed is kept in meta; later ones are looked at. search_fold() indexes them,
// many at once, when there is time for it, so that an answer is right at every moment. A rating's
// words do not change, but for its case's item: whoever writes that keeps the index, in the same
// transaction.
#pragma once
#include "base/store.h"

extern const char search_schema[]; // a step of hall_schema (hall.h)

// Inside a writer job; 0 or negative errno.
// Indexes up to max ratings more, the oldest first. How many; fewer than max: none is left.
int search_fold(Store *store, int max);
// Whether the case's service item is about to be called otherwise. Then its ratings are forgotten
// before it is written and put in again after.
bool search_is_new_item(Store *store, const char *case_number, const char *item);
int search_forget_case(Store *store, const char *case_number);
int search_put_case(Store *store, const char *case_number);

typedef enum { SEARCH_NONE, SEARCH_LOOK, SEARCH_INDEX, SEARCH_N_KINDS } SearchKind;

typedef struct {
    SearchKind kind;
    char *pattern; // to bind as ?10
    char *tags;    // to bind as ?11
    char *runs;    // to bind as ?12
} Search;

// Beyond so many hits a join to each costs more than a look at all.
enum { SEARCH_MANY = 10000 };

// text NULL: none. The owner frees with search_done.
Search search_of(Store *store, const char *text);
void search_done(Search *search);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, search_done)

// The runs of a text as FTS5's MATCH takes them: all of them. NULL: shorter than one. The caller
// frees.
char *search_runs(const char *text);

// The condition of each kind on rating r, with ?10, ?11 and ?12.
#define SEARCH_SQL_NONE " AND coalesce(?10, ?11, ?12) IS NULL"
#define SEARCH_SQL_LOOK " AND ?12 IS NULL" SEARCH_SQL_HAS
#define SEARCH_SQL_INDEX                                                                           \
    " AND r.n IN (SELECT rowid FROM rating_fts WHERE rating_fts MATCH ?12"                         \
    " UNION ALL SELECT n FROM rating WHERE n > " SEARCH_SQL_INDEXED ")" SEARCH_SQL_HAS
// The number of the newest rating that is indexed.
#define SEARCH_SQL_INDEXED                                                                         \
    "coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'search_n'), 0)"
// clang-format off
#define SEARCH_SQL_HAS                                                                             \
    " AND (" SEARCH_LIKE("r.text") " OR " SEARCH_LIKE("r.case_number")                             \
    " OR " SEARCH_LIKE("r.counter_name") " OR " SEARCH_LIKE("r.staff_name")                        \
    " OR " SEARCH_LIKE("r.staff_number") " OR EXISTS (SELECT 1 FROM case_file q"                   \
    "  WHERE q.number = r.case_number AND " SEARCH_LIKE("q.item_name") ")"                         \
    " OR EXISTS (SELECT 1 FROM json_each(?11) t WHERE instr(r.tags, t.value)))"
#define SEARCH_LIKE(column) column " LIKE ?10 ESCAPE '\\'"
// clang-format on
