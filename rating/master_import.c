// SPDX-License-Identifier: Apache-2.0
#include "rating/master_import.h"

#include "base/secret.h"
#include "base/sha256.h"
#include "rating/csv.h"
#include "rating/workbook.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ERROR_SIZE = 200, COLUMNS_MAX = 16 };

typedef struct {
    Store *store;
    const MasterImport *import;
    const MasterColumn *columns;
    int place[COLUMNS_MAX]; // of each column in the file; -1: not there
    json_t *known;          // key: record, also retired ones
    json_t *seen;           // key: line
    json_t *written;        // key: merged record
    json_t *added, *changed, *refused;
    int same;
} Plan;

static int fail(char *error, int err, const char *format, ...) G_GNUC_PRINTF(3, 4);
static int fail(char *error, int err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_vsnprintf(error, ERROR_SIZE, format, args);
    va_end(args);
    return err;
}

// --- the file's rows

static void row_clear(void *row)
{
    csv_row_done(row);
}

static int read_csv(const char *bytes, size_t size, GArray **ret_rows, char *error)
{
    gsize text_size = 0;
    g_autofree char *text = csv_decode(bytes, size, &text_size);
    if (!text)
        return fail(error, -EINVAL,
                    "This is neither an xlsx workbook nor CSV text. Save the table as xlsx or CSV "
                    "and choose that file.");
    CsvReader reader = csv_reader(text, text_size);
    CsvRow row;
    *ret_rows = g_array_new(FALSE, FALSE, sizeof(CsvRow));
    g_array_set_clear_func(*ret_rows, row_clear);
    while ((*ret_rows)->len <= WORKBOOK_ROWS_MAX && csv_next(&reader, &row)) {
        row.line = (int)(*ret_rows)->len + 1; // as a spreadsheet numbers it: a cell may have lines
        g_array_append_val(*ret_rows, row);
    }
    return (*ret_rows)->len <= WORKBOOK_ROWS_MAX
               ? 0
               : fail(error, -EINVAL, "The file has more than %d rows: split it into several.",
                      WORKBOOK_ROWS_MAX);
}

static int read_rows(const MasterImport *import, GArray **ret_rows, char *error)
{
    if (import->size > WORKBOOK_BYTES_MAX)
        return fail(error, -EINVAL, "The file is larger than 4 MiB: split it into several.");
    return workbook_is_one(import->bytes, import->size)
               ? workbook_read(import->bytes, import->size, ret_rows, error)
               : read_csv(import->bytes, import->size, ret_rows, error);
}

// --- its columns

static bool is_header_of(const char *header, const MasterColumn *column)
{
    if (!g_ascii_strcasecmp(header, column->zh) || !g_ascii_strcasecmp(header, column->en))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(column->aliases) && column->aliases[i]; i++) {
        if (!g_ascii_strcasecmp(header, column->aliases[i]))
            return true;
    }
    return false;
}

static const MasterColumn *column_of(const Plan *plan, const char *header)
{
    for (const MasterColumn *column = plan->columns; column->key; column++) {
        if (is_header_of(header, column))
            return column;
    }
    return NULL;
}

// Which column stands where; the first of a name counts.
static json_t *place_columns(Plan *plan, const CsvRow *header)
{
    json_t *columns = json_array();
    for (int i = 0; i < COLUMNS_MAX; i++)
        plan->place[i] = -1;
    for (guint i = 0; i < header->fields->len; i++) {
        const char *name = g_strstrip(header->fields->pdata[i]);
        const MasterColumn *column = column_of(plan, name);
        bool is_first = column && plan->place[column - plan->columns] < 0;
        if (is_first)
            plan->place[column - plan->columns] = (int)i;
        if (*name)
            json_array_append_new(columns, json_pack("{s:s, s:s?}", "header", name, "column",
                                                     is_first ? column->key : NULL));
    }
    return columns;
}

static int check_columns(const Plan *plan, char *error)
{
    if (plan->place[0] >= 0)
        return 0;
    return fail(error, -EINVAL,
                "The first row has no column %s (%s). Put the names of the columns into the first "
                "row; the empty form shows them.",
                plan->columns->zh, plan->columns->en);
}

// --- one line

static const char *cell_of(const CsvRow *row, int place)
{
    return place < (int)row->fields->len ? g_strstrip(row->fields->pdata[place]) : "";
}

// The fields that the file has a column for. NULL and a sentence.
static json_t *body_of(const Plan *plan, const CsvRow *row, char *error)
{
    json_t *body = json_object();
    for (int i = 1; plan->columns[i].key; i++) {
        if (plan->place[i] < 0)
            continue;
        json_t *value = master_value(&plan->columns[i], cell_of(row, plan->place[i]), error);
        if (!value) {
            json_decref(body);
            return NULL;
        }
        json_object_set_new(body, plan->columns[i].key, value);
    }
    return body;
}

static void refuse(Plan *plan, const CsvRow *row, const char *error)
{
    json_array_append_new(plan->refused,
                          json_pack("{s:i, s:s}", "line", row->line, "error", error));
}

static json_t *differences(const Plan *plan, const json_t *record, const json_t *merged)
{
    json_t *fields = json_array();
    for (const MasterColumn *column = plan->columns + 1; column->key; column++) {
        const json_t *from = json_object_get(record, column->key);
        const json_t *to = json_object_get(merged, column->key);
        if (json_equal(from, to))
            continue;
        g_autofree char *was = master_cell(column, from), *is = master_cell(column, to);
        json_array_append_new(
            fields, json_pack("{s:s, s:s, s:s}", "field", column->key, "from", was, "to", is));
    }
    return fields;
}

static json_t *head(const CsvRow *row, const char *key, const json_t *record)
{
    return json_pack("{s:i, s:s, s:O?}", "line", row->line, "key", key, "name",
                     json_object_get(record, "name"));
}

static void note_record(Plan *plan, const CsvRow *row, const char *key, json_t *merged)
{
    const json_t *record = json_object_get(plan->known, key);
    bool is_there = record && json_is_null(json_object_get(record, "retired_at"));
    json_t *fields = is_there ? differences(plan, record, merged) : NULL;
    if (is_there && json_array_size(fields) == 0) {
        plan->same++;
        json_decref(fields);
        return;
    }
    json_t *line = head(row, key, merged);
    if (is_there)
        json_object_set_new(line, "fields", fields);
    json_array_append_new(is_there ? plan->changed : plan->added, line);
    json_object_set(plan->written, key, merged);
}

// NULL: the line can be taken. Otherwise why not.
static const char *check_line(Plan *plan, const CsvRow *row, const char *key, char *error)
{
    const json_t *before = json_object_get(plan->seen, key);
    if (row->error)
        return row->error;
    if (!*key)
        fail(error, 0, "%s is empty: fill it in, or take the line away", plan->columns->zh);
    else if (before)
        fail(error, 0, "%s %.60s stands in line %d already: keep one of the two", plan->columns->zh,
             key, (int)json_integer_value(before));
    return *error ? error : NULL;
}

static void take_line(Plan *plan, const CsvRow *row)
{
    char error[ERROR_SIZE] = "";
    const char *key = cell_of(row, plan->place[0]);
    const char *wrong = check_line(plan, row, key, error);
    if (wrong) {
        refuse(plan, row, wrong);
        return;
    }
    json_object_set_new(plan->seen, key, json_integer(row->line));
    json_t *body = body_of(plan, row, error);
    json_t *merged =
        body ? master_merge(plan->import->kind, key, json_object_get(plan->known, key), body, error)
             : NULL;
    if (merged)
        note_record(plan, row, key, merged);
    else
        refuse(plan, row, error);
    json_decref(merged);
    json_decref(body);
}

// --- the plan

static json_t *gone_of(const Plan *plan)
{
    json_t *gone = json_array(), *record;
    const char *key;
    json_object_foreach(plan->known, key, record)
    {
        if (json_object_get(plan->seen, key) ||
            !json_is_null(json_object_get(record, "retired_at")))
            continue;
        json_array_append_new(
            gone, json_pack("{s:s, s:O?}", "key", key, "name", json_object_get(record, "name")));
    }
    return gone;
}

static json_t *known_of(Store *store, const MasterImport *import, const char *key_name)
{
    MasterFilter filter = { .with_retired = true, .now_ms = import->now_ms };
    json_t *records = master_list(store, import->kind, &filter), *known = json_object(), *record;
    size_t i;
    json_array_foreach(records, i, record)
        json_object_set(known, json_string_value(json_object_get(record, key_name)), record);
    json_decref(records);
    return known;
}

// Of the file and of what it would do.
static char *token_of(const MasterImport *import, const json_t *report)
{
    uint8_t sum[SHA256_BYTES];
    char hex[SHA256_HEX];
    g_autoptr(Sha256) sha256 = sha256_new();
    g_autofree char *text = json_dumps(report, JSON_COMPACT | JSON_SORT_KEYS);
    sha256_update(sha256, import->bytes, import->size);
    sha256_update(sha256, text, strlen(text));
    sha256_read(sha256, sum);
    return g_strdup(sha256_hex(sum, hex));
}

static int make_report(Plan *plan, GArray *rows, json_t **ret_report, char *error)
{
    if (!rows || rows->len == 0)
        return fail(error, -EINVAL, "The file is empty: its first row names the columns.");
    json_t *columns = place_columns(plan, &g_array_index(rows, CsvRow, 0));
    int err = check_columns(plan, error);
    if (err < 0) {
        json_decref(columns);
        return err;
    }
    for (guint i = 1; i < rows->len; i++)
        take_line(plan, &g_array_index(rows, CsvRow, i));
    json_t *report = json_pack(
        "{s:s, s:i, s:i, s:o, s:O, s:O, s:o, s:O}", "kind", master_kind_name(plan->import->kind),
        "rows", (int)rows->len - 1, "same", plan->same, "columns", columns, "added", plan->added,
        "changed", plan->changed, "gone", gone_of(plan), "refused", plan->refused);
    g_autofree char *token = token_of(plan->import, report);
    json_object_set_new(report, "token", json_string(token));
    json_object_set_new(report, "applied", json_false());
    *ret_report = report;
    return 0;
}

// --- and what it says done

static int retire_gone(const Plan *plan, const Hall *hall, const json_t *report, char *error)
{
    const MasterImport *import = plan->import;
    size_t i;
    json_t *gone;
    json_array_foreach(json_object_get(report, "gone"), i, gone)
    {
        const char *key = json_string_value(json_object_get(gone, "key"));
        int64_t version =
            json_integer_value(json_object_get(json_object_get(plan->known, key), "version"));
        int err = master_retire(plan->store, hall, import->kind, key, version, import->who,
                                import->now_ms, error);
        if (err < 0)
            return err;
    }
    return 0;
}

static int apply(const Plan *plan, const Hall *hall, json_t *report, char *error)
{
    const MasterImport *import = plan->import;
    const char *token = json_string_value(json_object_get(report, "token"));
    if (strcmp(token, import->token) != 0)
        return fail(error, -EEXIST,
                    "The records or the file have changed since you looked. Look at the report "
                    "again, then apply it.");
    const char *key;
    json_t *merged;
    json_object_foreach(plan->written, key, merged)
    {
        int err =
            master_write(plan->store, hall, import->kind, key, merged, import->who, import->now_ms);
        if (err < 0)
            return err;
    }
    int err = import->retire_gone ? retire_gone(plan, hall, report, error) : 0;
    if (err == 0)
        json_object_set_new(report, "applied", json_true());
    return err;
}

static void plan_done(Plan *plan)
{
    json_decref(plan->known);
    json_decref(plan->seen);
    json_decref(plan->written);
    json_decref(plan->added);
    json_decref(plan->changed);
    json_decref(plan->refused);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Plan, plan_done)

int master_import(Store *store, const Hall *hall, const MasterImport *import, json_t **ret_report,
                  char *error)
{
    const MasterColumn *columns = master_columns(import->kind);
    g_autoptr(GArray) rows = NULL;
    *ret_report = NULL;
    int err = read_rows(import, &rows, error);
    if (err < 0)
        return err;
    g_auto(Plan) plan = { .store = store,
                          .import = import,
                          .columns = columns,
                          .known = known_of(store, import, columns->key),
                          .seen = json_object(),
                          .written = json_object(),
                          .added = json_array(),
                          .changed = json_array(),
                          .refused = json_array() };
    json_t *report = NULL;
    err = make_report(&plan, rows, &report, error);
    if (err == 0 && import->token)
        err = apply(&plan, hall, report, error);
    if (err == 0)
        *ret_report = json_incref(report);
    json_decref(report);
    return err;
}

// --- out

// A picture is no cell.
static bool is_cell(const MasterColumn *column)
{
    return column->form != MASTER_PICTURE;
}

static void append_record(GString *text, const MasterColumn *columns, const json_t *record)
{
    for (const MasterColumn *column = columns; column->key; column++) {
        if (!is_cell(column))
            continue;
        g_autofree char *cell = master_cell(column, json_object_get(record, column->key));
        if (column != columns)
            g_string_append_c(text, ',');
        csv_append(text, cell);
    }
    g_string_append(text, "\r\n");
}

char *master_csv(Store *store, MasterKind kind, bool is_english)
{
    const MasterColumn *columns = master_columns(kind);
    GString *text = g_string_new("\xef\xbb\xbf");
    for (const MasterColumn *column = columns; column->key; column++) {
        if (is_cell(column))
            g_string_append_printf(text, "%s%s", column == columns ? "" : ",",
                                   is_english ? column->en : column->zh);
    }
    g_string_append(text, "\r\n");
    MasterFilter filter = { 0 };
    json_t *records = master_list(store, kind, &filter), *record;
    size_t i;
    json_array_foreach(records, i, record) append_record(text, columns, record);
    json_decref(records);
    return g_string_free(text, FALSE);
}
