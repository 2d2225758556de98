// SPDX-License-Identifier: Apache-2.0
#include "base/store.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <string.h>

enum { BUSY_TIMEOUT_MS = 5000 };

struct Store {
    sqlite3 *db;
    GHashTable *idle; // SQL text (borrowed from the statement) -> StoreQuery that is not in use
};

struct StoreQuery {
    Store *store;
    sqlite3_stmt *statement; // NULL: could not be prepared
    int result;              // 0, 1 while there is a row, or negative errno
};

static int errno_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return 0;
    case SQLITE_CONSTRAINT:
        return -EEXIST;
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return -EBUSY;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return -EACCES;
    case SQLITE_CANTOPEN:
        return -ENOENT;
    case SQLITE_NOMEM:
        return -ENOMEM;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return -EUCLEAN;
    default:
        return -EIO;
    }
}

static void finalize(gpointer query)
{
    StoreQuery *q = query;
    sqlite3_finalize(q->statement);
    g_free(q);
}

int store_open(const char *path, StoreMode mode, Store **ret_store)
{
    static const char pragmas[] =
        "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY;";
    int flags =
        mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    g_autoptr(Store) store = g_new0(Store, 1);
    store->idle = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, finalize);
    int code = sqlite3_open_v2(path, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK)
        return errno_of(code);
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
    int err = store_script(store, pragmas);
    if (err == 0 && mode == STORE_WRITE)
        err = store_script(
            store,
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=2000;"
            "PRAGMA secure_delete=ON;"); // what is erased (rating/person.h) is overwritten
    if (err < 0)
        return err;
    *ret_store = g_steal_pointer(&store);
    return 0;
}

void store_free(Store *store)
{
    if (!store)
        return;
    g_hash_table_unref(store->idle);
    sqlite3_close_v2(store->db);
    g_free(store);
}

const char *store_error(Store *store)
{
    return sqlite3_errmsg(store->db);
}

int store_script(Store *store, const char *sql)
{
    int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        log_err("store: %s", store_error(store));
    return errno_of(code);
}

static int apply_step(Store *store, const char *step, int64_t version)
{
    g_autofree char *sql = g_strdup_printf(
        "BEGIN IMMEDIATE; %s; PRAGMA user_version=%" G_GINT64_FORMAT "; COMMIT;", step, version);
    int err = store_script(store, sql);
    if (err < 0 && !sqlite3_get_autocommit(store->db))
        store_script(store, "ROLLBACK");
    return err;
}

int store_migrate(Store *store, const StoreStep *steps, size_t n_steps)
{
    int64_t version = store_value(store, 0, "PRAGMA user_version", "");
    if (version > (int64_t)n_steps)
        return -EPROTO;
    for (size_t i = (size_t)version; i < n_steps; i++) {
        int err = apply_step(store, steps[i], (int64_t)i + 1);
        if (err < 0)
            return err;
    }
    return 0;
}

// A statement that is in use (a query inside the loop of the same query) is not handed out twice:
// it has left the table.
static StoreQuery *take_statement(Store *store, const char *sql)
{
    char *key;
    StoreQuery *query;
    if (g_hash_table_steal_extended(store->idle, sql, (gpointer *)&key, (gpointer *)&query))
        return query;
    query = g_new0(StoreQuery, 1);
    query->store = store;
    int code =
        sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &query->statement, NULL);
    query->result = errno_of(code);
    if (code != SQLITE_OK)
        log_err("store: %s in: %s", store_error(store), sql);
    return query;
}

static void bind_all(StoreQuery *query, const char *format, va_list args)
{
    sqlite3_stmt *s = query->statement;
    for (int i = 1; format && *format; format++, i++) {
        switch (*format) {
        case 's':
            sqlite3_bind_text(s, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
            break;
        case 'i':
            sqlite3_bind_int64(s, i, va_arg(args, int64_t));
            break;
        case 'n': {
            int64_t value = va_arg(args, int64_t);
            if (value == STORE_NULL)
                sqlite3_bind_null(s, i);
            else
                sqlite3_bind_int64(s, i, value);
            break;
        }
        case 'd':
            sqlite3_bind_double(s, i, va_arg(args, double));
            break;
        case 'b': {
            const void *bytes = va_arg(args, const void *);
            sqlite3_bind_blob64(s, i, bytes, va_arg(args, size_t), SQLITE_TRANSIENT);
            break;
        }
        default:
            g_error("store: binding '%c' is not known", *format);
        }
    }
}

static StoreQuery *query_va(Store *store, const char *sql, const char *format, va_list args)
{
    StoreQuery *query = take_statement(store, sql);
    if (query->statement)
        bind_all(query, format, args);
    return query;
}

StoreQuery *store_query(Store *store, const char *sql, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    StoreQuery *query = query_va(store, sql, format, args);
    va_end(args);
    return query;
}

void store_query_free(StoreQuery *query)
{
    if (!query)
        return;
    const char *sql = query->statement ? sqlite3_sql(query->statement) : NULL;
    if (!sql || g_hash_table_contains(query->store->idle, sql)) {
        finalize(query);
        return;
    }
    sqlite3_reset(query->statement);
    sqlite3_clear_bindings(query->statement);
    query->result = 0;
    g_hash_table_insert(query->store->idle, (gpointer)sql, query);
}

bool store_step(StoreQuery *query)
{
    if (!query->statement || query->result < 0)
        return false;
    int code = sqlite3_step(query->statement);
    if (code == SQLITE_ROW)
        return true;
    query->result = errno_of(code);
    if (query->result < 0 && query->result != -EEXIST)
        log_err("store: %s in: %s", store_error(query->store), sqlite3_sql(query->statement));
    return false;
}

int store_query_result(StoreQuery *query)
{
    return query->result;
}

const char *store_text(StoreQuery *query, int column)
{
    return (const char *)sqlite3_column_text(query->statement, column);
}

int64_t store_int(StoreQuery *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

int64_t store_int_or_null(StoreQuery *query, int column)
{
    return store_is_null(query, column) ? STORE_NULL : store_int(query, column);
}

double store_double(StoreQuery *query, int column)
{
    return sqlite3_column_double(query->statement, column);
}

const void *store_blob(StoreQuery *query, int column, size_t *ret_size)
{
    const void *bytes = sqlite3_column_blob(query->statement, column);
    *ret_size = (size_t)sqlite3_column_bytes(query->statement, column);
    return bytes;
}

bool store_is_null(StoreQuery *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

int store_exec(Store *store, const char *sql, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autoptr(StoreQuery) query = query_va(store, sql, format, args);
    va_end(args);
    while (store_step(query))
        ;
    return query->result < 0 ? query->result : sqlite3_changes(store->db);
}

int64_t store_value(Store *store, int64_t fallback, const char *sql, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autoptr(StoreQuery) query = query_va(store, sql, format, args);
    va_end(args);
    return store_step(query) && !store_is_null(query, 0) ? store_int(query, 0) : fallback;
}

static json_t *plain_json(sqlite3_stmt *s, int column)
{
    switch (sqlite3_column_type(s, column)) {
    case SQLITE_INTEGER:
        return json_integer(sqlite3_column_int64(s, column));
    case SQLITE_FLOAT:
        return json_real(sqlite3_column_double(s, column));
    case SQLITE_TEXT:
        return json_string((const char *)sqlite3_column_text(s, column));
    default:
        return json_null();
    }
}

static json_t *time_json(sqlite3_stmt *s, int column)
{
    g_autofree char *text = clock_format(sqlite3_column_int64(s, column));
    return json_string(text);
}

static void add_column(json_t *row, sqlite3_stmt *s, int column)
{
    const char *name = sqlite3_column_name(s, column);
    bool null = sqlite3_column_type(s, column) == SQLITE_NULL;
    if (null && !g_str_has_suffix(name, "_json")) {
        json_object_set_new(row, name, json_null());
    } else if (g_str_has_suffix(name, "_at")) {
        json_object_set_new(row, name, time_json(s, column));
    } else if (g_str_has_prefix(name, "is_")) {
        json_object_set_new(row, name, json_boolean(sqlite3_column_int64(s, column)));
    } else if (g_str_has_suffix(name, "_json")) {
        g_autofree char *key = g_strndup(name, strlen(name) - strlen("_json"));
        json_t *value =
            null ? NULL
                 : json_loads((const char *)sqlite3_column_text(s, column), JSON_DECODE_ANY, NULL);
        json_object_set_new(row, key, value ? value : json_null());
    } else {
        json_object_set_new(row, name, plain_json(s, column));
    }
}

json_t *store_row_json(StoreQuery *query)
{
    json_t *row = json_object();
    int n = sqlite3_column_count(query->statement);
    for (int i = 0; i < n; i++)
        add_column(row, query->statement, i);
    return row;
}

json_t *store_rows_json(StoreQuery *query)
{
    json_t *rows = json_array();
    while (store_step(query))
        json_array_append_new(rows, store_row_json(query));
    return rows;
}
