// SPDX-License-Identifier: Apache-2.0
// Store: one SQLite connection, used by one thread at a time. WAL, synchronous=FULL, foreign keys
// on.
//
// "Stored" means on disk. Errors are 0 or negative errno (SQLite's codes are translated here). SQL
// text is always a literal of the program: values are bound, never pasted in.
//
// Binding formats: s text (NULL binds NULL), i int64_t, d double, b blob (const void *, size_t), n
// int64_t that binds NULL when it is INT64_MIN (STORE_NULL).
#pragma once
#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Store Store;
typedef struct StoreQuery StoreQuery;

#define STORE_NULL INT64_MIN

typedef enum { STORE_READ, STORE_WRITE } StoreMode;

// One step of the schema's history: steps[i] lifts user_version from i to i + 1.
typedef const char *StoreStep;

int store_open(const char *path, StoreMode mode, Store **ret_store);
void store_free(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_free)

// Applies missing steps, each in a transaction. -EPROTO: the file is newer than this program.
int store_migrate(Store *store, const StoreStep *steps, size_t n_steps);

// The text of the last error, for a log line or an answer. Borrowed, until the next call.
const char *store_error(Store *store);

// A bound query, ready to step. Never NULL: an error shows itself at the first step (and is
// logged). Statements are cached by their SQL.
StoreQuery *store_query(Store *store, const char *sql, const char *format, ...);
void store_query_free(StoreQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreQuery, store_query_free)

// True: a row is there. False: no more rows, or an error (store_query_result tells: 0 or negative
// errno).
bool store_step(StoreQuery *query);
int store_query_result(StoreQuery *query);

// Columns of the current row, from 0. Text is borrowed until the next step; NULL for SQL NULL.
const char *store_text(StoreQuery *query, int column);
int64_t store_int(StoreQuery *query, int column);
int64_t store_int_or_null(StoreQuery *query, int column); // STORE_NULL for SQL NULL
double store_double(StoreQuery *query, int column);
const void *store_blob(StoreQuery *query, int column, size_t *ret_size);
bool store_is_null(StoreQuery *query, int column);

// Runs one statement without rows. Rows changed (0 or more), or negative errno; a constraint is
// -EEXIST.
int store_exec(Store *store, const char *sql, const char *format, ...);

// Several statements without values (schema, BEGIN, COMMIT).
int store_script(Store *store, const char *sql);

// The first column of the first row; fallback where there is no row.
int64_t store_value(Store *store, int64_t fallback, const char *sql, const char *format, ...);

// Rows as JSON, with the column's name deciding the form: NAME_at is milliseconds and becomes RFC
// 3339 text, NAME_json is parsed and named NAME, is_NAME becomes a boolean and keeps its name;
// others as they are.
json_t *store_row_json(StoreQuery *query);
json_t *store_rows_json(StoreQuery *query); // the rest of the rows; new reference
