// SPDX-License-Identifier: Apache-2.0
// Case search: which cases have a text in their number, service item or unit, by the index of all
// runs of three characters (case_fts; search.h says how such an index works). A case is in it from
// the transaction that made it known.
//
// case_file.n is the place of a case in the order of intake, and stays with it.
#pragma once
#include "base/store.h"

extern const char case_search_schema[]; // a step of hall_schema (hall.h)

// Whether the case's item or unit is about to be called otherwise (NULL: left as it is). Then it is
// taken out before it is written and put in again after.
bool case_search_is_new(Store *store, const char *number, const char *item, const char *unit);
// What a case that has the text has, as FTS5's MATCH takes it; two characters are looked up among
// the runs that there are. NULL: too short, or too many; each case is to be looked at. The caller
// frees.
char *case_search_runs(Store *store, const char *text);
// Inside a writer job; 0 or negative errno.
int case_search_forget(Store *store, const char *number);
int case_search_put(Store *store, const char *number);
