// SPDX-License-Identifier: Apache-2.0
// Search: which ratings have a text in their words, reasons, case number, service item, counter or
// staff. From three characters on by an index of all runs of three (FTS5, trigram, which takes
// Chinese as it takes English); shorter ones, and what more than SEARCH_MANY have, by looking at
// each. What is asked for is data: nothing in it is an operator. A rating's words do not change,
// but for its case's item: whoever writes those keeps the index, in the same transaction.
#pragma once
#include "base/store.h"

extern const char search_schema[]; // a step of hall_schema (hall.h)

// Inside a writer job; 0 or negative errno. A rating has just been inserted.
int search_put(Store *store, const char *rating);
// Whether the case's service item is about to be called otherwise. Then its ratings are forgotten
// before it is written and put in again after.
bool search_is_new_item(Store *store, const char *case_number, const char *item);
int search_forget_case(Store *store, const char *case_number);
int search_put_case(Store *store, const char *case_number);

typedef enum { SEARCH_NONE, SEARCH_SHORT, SEARCH_INDEX, SEARCH_N_KINDS } SearchKind;

typedef struct {
    SearchKind kind;
    char *text; // to bind as ?10
    char *tags; // to bind as ?11
} Search;

// Beyond so many hits a join to each costs more than a look at all.
enum { SEARCH_MANY = 10000 };

// text NULL: none. The owner frees with search_done.
Search search_of(Store *store, const char *text);
void search_done(Search *search);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, search_done)

// The condition of each kind on rating r, with ?10 and ?11.
#define SEARCH_SQL_NONE " AND ?10 IS NULL AND ?11 IS NULL"
#define SEARCH_SQL_INDEX                                                                           \
    " AND ?11 IS NOT NULL AND r.id IN (SELECT s.rating FROM rating_fts f"                          \
    " JOIN rating_number s ON s.n = f.rowid WHERE rating_fts MATCH ?10)"
#define SEARCH_HAS(column) column " LIKE ?10 ESCAPE '\\'"
#define SEARCH_SQL_SHORT                                                                                                                                               \
    " AND (" SEARCH_HAS("r.text") " OR " SEARCH_HAS("r.case_number") " OR " SEARCH_HAS(                                                                                \
        "r.counter_name") " OR " SEARCH_HAS("r.staff_name") " OR " SEARCH_HAS("r.staff_number") " OR EXISTS (SELECT 1 FROM case_file q WHERE q.number = r.case_number" \
                                                                                                "            AND " SEARCH_HAS(                                         \
                                                                                                    "q.item_name") ")"                                                 \
                                                                                                                   " OR EXISTS (SELECT 1 FROM json_each(?11) t WHERE instr(r.tags, t.value)))"
