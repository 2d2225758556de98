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
} Query;

Query query_of(HttpRequest *request);
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
