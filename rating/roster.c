// SPDX-License-Identifier: Apache-2.0
#include "rating/roster.h"

#include "base/fields.h"
#include "rating/calendar.h"
#include "rating/shape.h"
#include "rating/ticket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ERROR_SIZE = 200, NOTE_MAX = 600, WEEK_DAYS = 7 };

#define SPAN_MAX_MS INT64_C(366 * 24 * 60 * 60 * 1000)

typedef struct {
    const char *kind, *counter, *staff_number, *staff_name, *note; // borrowed; NULL: not given
    int64_t from_ms, to_ms, version;
} Entry;

const char *roster_state_name(RosterState state)
{
    static const char *const names[] = { "unknown", "open", "closed", "leave" };
    return names[state];
}

// --- how a counter is to be

// Leave of the person ?1 at the moment ?2; spans are at most a year long, so that the index does.
#define ON_LEAVE(person, moment)                                                                   \
    "EXISTS (SELECT 1 FROM roster l WHERE l.kind = 'leave' AND l.staff_number = " person           \
    " AND l.from_at <= " moment " AND l.to_at > " moment ")"

int roster_is_on_leave(Store *store, const char *staff_number, int64_t at_ms)
{
    return (int)store_value(store, 0, "SELECT " ON_LEAVE("?1", "?2"), "si", staff_number, at_ms);
}

typedef struct {
    bool is_closed, is_open, is_left; // an entry says so now; is_left: by one on leave
} Now;

static int read_now(Store *store, const char *counter, int64_t at_ms, Now *ret_now)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT r.kind = 'closed', " ON_LEAVE(
            "r.staff_number",
            "?2") " FROM roster r"
                  " WHERE r.counter = ?1 AND r.from_at <= ?2 AND r.from_at > ?3 AND r.to_at > ?2",
        "sii", counter, at_ms, at_ms - SPAN_MAX_MS);
    *ret_now = (Now){ 0 };
    while (store_step(query)) {
        bool is_closed = store_int(query, 0), is_left = store_int(query, 1);
        ret_now->is_closed |= is_closed;
        ret_now->is_left |= !is_closed && is_left;
        ret_now->is_open |= !is_closed && !is_left;
    }
    return store_query_result(query);
}

// Whether the counter has an open entry on the moment's day.
static bool is_said(Store *store, const char *counter, int64_t at_ms)
{
    CalendarDay day = calendar_day_of(at_ms);
    return store_value(store, 0,
                       "SELECT 1 FROM roster WHERE counter = ?1 AND kind = 'open' AND from_at < ?3"
                       " AND from_at > ?4 AND to_at > ?2 LIMIT 1",
                       "siii", counter, calendar_day_start(day), calendar_day_start(day + 1),
                       calendar_day_start(day) - SPAN_MAX_MS) != 0;
}

static int duty_is_on_leave(Store *store, const char *counter, int64_t at_ms)
{
    g_autofree char *number = NULL, *name = NULL;
    int err = duty_at(store, counter, at_ms, &number, &name);
    return err < 0 || !number ? err : roster_is_on_leave(store, number, at_ms);
}

int roster_state_at(Store *store, const char *counter, int64_t at_ms, RosterState *ret_state)
{
    Now now;
    *ret_state = ROSTER_UNKNOWN;
    int err = read_now(store, counter, at_ms, &now);
    if (err < 0)
        return err;
    if (now.is_closed) {
        *ret_state = ROSTER_CLOSED;
    } else if (now.is_open) {
        *ret_state = ROSTER_OPEN;
    } else if (now.is_left) {
        *ret_state = ROSTER_LEAVE;
    } else if (is_said(store, counter, at_ms)) {
        *ret_state = ROSTER_CLOSED;
    } else {
        int is_on_leave = duty_is_on_leave(store, counter, at_ms);
        *ret_state = is_on_leave > 0 ? ROSTER_LEAVE : ROSTER_UNKNOWN;
        return MIN(is_on_leave, 0);
    }
    return 0;
}

int roster_person_at(Store *store, const char *counter, int64_t at_ms, char **ret_number,
                     char **ret_name)
{
    *ret_number = *ret_name = NULL;
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT r.staff_number, r.staff_name FROM roster r WHERE r.counter = ?1 AND r.kind = "
        "'open' AND r.from_at <= ?2 AND r.from_at > ?3 AND r.to_at > ?2"
        " AND r.staff_number IS NOT NULL AND NOT " ON_LEAVE(
            "r.staff_number", "?2") " ORDER BY r.from_at DESC, r.id LIMIT 1",
        "sii", counter, at_ms, at_ms - SPAN_MAX_MS);
    if (store_step(query)) {
        *ret_number = g_strdup(store_text(query, 0));
        *ret_name = g_strdup(store_text(query, 1));
    }
    return store_query_result(query);
}

// --- reading

#define ROSTER_COLUMNS                                                                             \
    "id, kind, counter, staff_number, staff_name, from_at, to_at, note, version, changed_by AS "   \
    "\"by\", changed_at"

static void shape_entry(json_t *row)
{
    shape_nest(row, "staff");
    shape_rename(row, "from_at", "from");
    shape_rename(row, "to_at", "to");
}

json_t *roster_list(Store *store, const RosterFilter *filter)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT " ROSTER_COLUMNS " FROM roster WHERE from_at < ?4 AND from_at > ?5 AND to_at > ?3"
        " AND (?1 IS NULL OR counter = ?1) AND (?2 IS NULL OR staff_number = ?2)"
        " ORDER BY from_at, counter, id LIMIT ?6",
        "ssiiii", filter->counter, filter->staff_number, filter->from_ms, filter->to_ms,
        filter->from_ms - SPAN_MAX_MS, (int64_t)ROSTER_ROWS_MAX);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row) shape_entry(row);
    return rows;
}

static json_t *read_entry(Store *store, const char *id)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT " ROSTER_COLUMNS " FROM roster WHERE id = ?", "s", id);
    json_t *row = store_step(query) ? store_row_json(query) : NULL;
    if (row)
        shape_entry(row);
    return row;
}

// --- writing

static void read_staff(Fields *fields, Entry *entry)
{
    json_t *staff = fields_object(fields, "staff");
    if (!staff)
        return;
    Fields inner = fields_of(staff);
    entry->staff_number = fields_text_required(&inner, "number", 64);
    entry->staff_name = fields_text_required(&inner, "name", 100);
    if (inner.error[0])
        fields_fail(fields, "staff: %s", inner.error);
}

static void check_entry(Fields *fields, const Entry *e)
{
    static const char *const kinds[] = { "open", "closed", "leave", NULL };
    if (!e->kind || fields->error[0])
        return;
    bool is_leave = strcmp(e->kind, "leave") == 0;
    if (!g_strv_contains(kinds, e->kind))
        fields_fail(fields, "kind is \"%.20s\"; open, closed or leave is allowed", e->kind);
    else if (is_leave && !e->staff_number)
        fields_fail(fields, "staff is missing: leave is a person's");
    else if (!is_leave && !e->counter)
        fields_fail(fields, "counter is missing");
    else if (e->to_ms <= e->from_ms)
        fields_fail(fields, "to must be later than from");
    else if (e->to_ms - e->from_ms > SPAN_MAX_MS)
        fields_fail(fields, "from and to are more than a year apart: make several entries of it");
}

static Entry read_body(Fields *fields)
{
    Entry entry = { .kind = fields_text_required(fields, "kind", 16),
                    .counter = fields_text(fields, "counter", 32),
                    .note = fields_text(fields, "note", NOTE_MAX),
                    .from_ms = fields_time_required(fields, "from"),
                    .to_ms = fields_time_required(fields, "to"),
                    .version = fields_int(fields, "version", 0, INT32_MAX, 0) };
    read_staff(fields, &entry);
    check_entry(fields, &entry);
    if (g_strcmp0(entry.kind, "leave") == 0)
        entry.counter = NULL;
    if (g_strcmp0(entry.kind, "closed") == 0)
        entry.staff_number = entry.staff_name = NULL;
    return entry;
}

static int fail(char *error, int err, const char *format, ...) G_GNUC_PRINTF(3, 4);
static int fail(char *error, int err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_vsnprintf(error, ERROR_SIZE, format, args);
    va_end(args);
    return err;
}

// A person sits at one counter at a time.
static int check_elsewhere(Store *store, const char *id, const Entry *e, char *error)
{
    if (strcmp(e->kind, "open") != 0 || !e->staff_number)
        return 0;
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT counter FROM roster WHERE kind = 'open' AND staff_number = ?2 AND id <> ?1"
        " AND counter <> ?3 AND from_at < ?5 AND from_at > ?6 AND to_at > ?4 LIMIT 1",
        "sssiii", id, e->staff_number, e->counter, e->from_ms, e->to_ms, e->from_ms - SPAN_MAX_MS);
    if (!store_step(query))
        return store_query_result(query);
    return fail(error, -EEXIST,
                "%.60s is to sit at counter %.32s then: change that entry first, or its times",
                e->staff_name, store_text(query, 0));
}

#define SAME_ENTRY                                                                                 \
    "kind IS ?2 AND counter IS ?3 AND staff_number IS ?4 AND staff_name IS ?5 AND from_at = ?6 "   \
    "AND to_at = ?7 AND note IS ?8"

// 1: it stands already as it is given; 0: it may be written; -EEXIST, -ENOENT with a sentence.
static int compare(Store *store, const char *id, const Entry *e, char *error)
{
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT version, changed_by, " SAME_ENTRY " FROM roster WHERE id = ?1", "sssssiis",
        id, e->kind, e->counter, e->staff_number, e->staff_name, e->from_ms, e->to_ms, e->note);
    if (!store_step(query)) {
        int err = store_query_result(query);
        if (err < 0 || e->version == 0)
            return err;
        return fail(error, -ENOENT,
                    "The entry was removed by somebody else meanwhile. Look at the roster again; "
                    "to have it back, make a new one.");
    }
    if (store_int(query, 2))
        return 1;
    if (store_int(query, 0) == e->version)
        return 0;
    return fail(error, -EEXIST,
                "The entry was changed by %.40s meanwhile. Look at the roster again, then repeat "
                "your change.",
                store_text(query, 1));
}

static int write_entry(Store *store, const char *id, const Entry *e, const char *who,
                       int64_t now_ms)
{
    return store_exec(
        store,
        "INSERT INTO roster(id, kind, counter, staff_number, staff_name, from_at, to_at, note, "
        "version, changed_by, changed_at) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,1,?9,?10)"
        " ON CONFLICT(id) DO UPDATE SET kind = ?2, counter = ?3, staff_number = ?4,"
        " staff_name = ?5, from_at = ?6, to_at = ?7, note = ?8, version = version + 1,"
        " changed_by = ?9, changed_at = ?10",
        "sssssiissi", id, e->kind, e->counter, e->staff_number, e->staff_name, e->from_ms, e->to_ms,
        e->note, who, now_ms);
}

static void note_change(const Hall *hall, const char *id)
{
    if (hall->changed)
        hall->changed(hall->ctx, "roster", id);
}

int roster_put(Store *store, const Hall *hall, const char *id, json_t *body, const char *who,
               int64_t now_ms, json_t **ret_row, char *error)
{
    Fields fields = fields_of(body);
    Entry entry = read_body(&fields);
    if (fields.error[0])
        return fail(error, -EINVAL, "%s", fields.error);
    if (entry.counter && !config_counter(hall->config, entry.counter))
        return fail(error, -ENOENT, "no counter %.32s is configured: see GET /api/v1/counters",
                    entry.counter);
    int same = compare(store, id, &entry, error);
    int err = same == 0 ? check_elsewhere(store, id, &entry, error) : MIN(same, 0);
    if (err == 0 && same == 0)
        err = write_entry(store, id, &entry, who, now_ms);
    if (err < 0)
        return err;
    if (same == 0)
        note_change(hall, id);
    *ret_row = read_entry(store, id);
    return 0;
}

int roster_remove(Store *store, const Hall *hall, const char *id, int64_t version, char *error)
{
    int removed =
        store_exec(store, "DELETE FROM roster WHERE id = ? AND version = ?", "si", id, version);
    if (removed < 0)
        return removed;
    if (removed > 0) {
        note_change(hall, id);
        return 0;
    }
    if (store_value(store, 0, "SELECT 1 FROM roster WHERE id = ?", "s", id) == 0)
        return fail(error, -ENOENT, "There is no such entry; it may have been removed already.");
    return fail(error, -EEXIST,
                "The entry was changed meanwhile. Look at the roster again, then repeat your "
                "change.");
}

// --- a week like another

// One entry that lies that many days later, with the same times of day. 1: made; 0: there is no
// place for it.
static int copy_entry(Store *store, const Hall *hall, const Entry *from, int days, const char *who,
                      int64_t now_ms)
{
    CalendarDay day = calendar_day_of(from->from_ms);
    int64_t move = calendar_day_start(day + days) - calendar_day_start(day);
    Entry entry = *from;
    entry.from_ms += move;
    entry.to_ms += move;
    char ignored[ERROR_SIZE];
    g_autofree char *id = g_uuid_string_random();
    if (!calendar_is_working_day(hall->calendar, day + days))
        return 0;
    if (entry.staff_number && roster_is_on_leave(store, entry.staff_number, entry.from_ms) > 0)
        return 0;
    int err = check_elsewhere(store, id, &entry, ignored);
    if (err == -EEXIST)
        return 0;
    if (err == 0)
        err = write_entry(store, id, &entry, who, now_ms);
    return err < 0 ? err : 1;
}

static StoreQuery *query_week(Store *store, CalendarDay from_day, CalendarDay to_day)
{
    int64_t move_ms = calendar_day_start(to_day) - calendar_day_start(from_day);
    return store_query(
        store,
        "SELECT counter, staff_number, staff_name, from_at, to_at, note FROM roster r"
        " WHERE kind = 'open' AND from_at >= ?1 AND from_at < ?2 AND NOT EXISTS (SELECT 1 FROM "
        "roster o WHERE o.counter = r.counter AND o.kind = 'open'"
        " AND date((o.from_at + ?4) / 1000, 'unixepoch') ="
        " date((r.from_at + ?3 + ?4) / 1000, 'unixepoch')) ORDER BY from_at, counter, id",
        "iiii", calendar_day_start(from_day), calendar_day_start(from_day + WEEK_DAYS), move_ms,
        // From UTC to the hall's days.
        (int64_t)from_day * 24 * 60 * 60 * 1000 - calendar_day_start(from_day));
}

// Read whole before anything is written: what is made must not be read again.
static GArray *read_week(Store *store, GStringChunk *texts, CalendarDay from, CalendarDay to)
{
    g_autoptr(StoreQuery) query = query_week(store, from, to);
    GArray *entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    while (store_step(query)) {
        const char *given[4];
        static const int columns[] = { 0, 1, 2, 5 };
        for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
            const char *text = store_text(query, columns[i]);
            given[i] = text ? g_string_chunk_insert(texts, text) : NULL;
        }
        Entry entry = { .kind = "open",
                        .counter = given[0],
                        .staff_number = given[1],
                        .staff_name = given[2],
                        .note = given[3],
                        .from_ms = store_int(query, 3),
                        .to_ms = store_int(query, 4) };
        g_array_append_val(entries, entry);
    }
    return entries;
}

int roster_copy_week(Store *store, const Hall *hall, int32_t from_day, int32_t to_day,
                     const char *who, int64_t now_ms, char *error)
{
    if (ABS(to_day - from_day) < WEEK_DAYS || ABS(to_day - from_day) > 366)
        return fail(error, -EINVAL,
                    "from and to are the first days of two weeks, at least a week and at most a "
                    "year apart");
    g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
    g_autoptr(GArray) entries = read_week(store, texts, from_day, to_day);
    int made = 0;
    for (guint i = 0; i < entries->len; i++) {
        const Entry *entry = &g_array_index(entries, Entry, i);
        int err = copy_entry(store, hall, entry, to_day - from_day, who, now_ms);
        if (err < 0)
            return err;
        made += err;
    }
    if (made > 0)
        note_change(hall, "week");
    return made;
}
