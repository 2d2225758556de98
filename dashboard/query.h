// SPDX-License-Identifier: Apache-2.0
// Query: typed, bounded reading of an address's ?name=value. As with Fields, the first thing that
// is wrong is kept as a sentence, and later reads return nothing, so that a handler reads all and
// checks once.
#pragma once
#include "base/http_server.h"
#include "dashboard/cursor.h"

enum { QUERY_LIMIT_DEFAULT = 50, QUERY_LIMIT_MAX = 200 };

typedef struct {
    HttpRequest *request;
    char error[200]; // empty: all well so far
    // Where a file is asked for, which is made when the request is over: copies of what was read.
    GStringChunk *kept;
    GString *asked; // "counter=c1 level=bad", for the audit record
} Query;

Query query_of(HttpRequest *request);
void query_done(Query *query); // where query_format was asked
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Query, query_done)
// ?format=, one of a NULL-terminated list; NULL: none. From then on what is read outlives the
// request, as long as the query is not done.
const char *query_format(Query *query, const char *const *formats);
const char *query_keep(Query *query, const char *text);
// ?language=en; else Chinese.
bool query_is_english(Query *query);
// NULL: absent or empty.
const char *query_text(Query *query, const char *name, size_t max);
// One of a NULL-terminated list.
const char *query_choice(Query *query, const char *name, const char *const *choices);
bool query_bool(Query *query, const char *name);
int64_t query_time(Query *query, const char *name, int64_t fallback);
int query_limit(Query *query);     // ?limit=
Cursor query_cursor(Query *query); // ?cursor=
void query_fail(Query *query, const char *format, ...) G_GNUC_PRINTF(2, 3);
// True: all well. False: the request has been answered with 400.
bool query_check(Query *query);
