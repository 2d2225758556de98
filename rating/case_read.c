// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"
#include "rating/case.h"
#include "rating/case_line.h"
#include "rating/case_part.h"
#include "rating/flag.h"
#include "rating/rating.h"
#include "rating/case_search.h"
#include "rating/shape.h"

#include <string.h>

void case_head_shape(json_t *row)
{
    shape_nest(row, "item");
    shape_nest(row, "person");
}

// Of those that are named (?7): they are looked up one by one.
#define CASE_WITHIN " FROM json_each(?7) w CROSS JOIN case_file c ON c.number = w.value"
#define CASE_ALL    " FROM case_file c"
// What a list reads. Each piece is left out where it does not narrow, so that an index that fits
// the rest can be used; the last one names every place, which a statement must have.
#define BY_RUNS                                                                                    \
    " FROM case_fts CROSS JOIN case_file c ON c.n = case_fts.rowid WHERE case_fts MATCH ?11"
#define HAS_TEXT " AND (instr(c.number, ?5) OR instr(c.item_name, ?5) OR instr(c.unit, ?5))"
#define PLACES                                                                                     \
    " AND coalesce(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, 0)"           \
    " IS NOT NULL"
#define IS_DUE " AND c.is_open = 1 AND c.due_at >= ?14 AND c.due_at < ?15"
// A paused one goes by what it was last stopped for.
#define WAITS_PAPERS                                                                               \
    " AND c.is_open = 1 AND (c.state = 'waiting_papers' OR c.papers_due_at IS NOT NULL"            \
    " OR (c.state = 'paused' AND 'papers_asked' = (SELECT kind FROM case_event e"                  \
    "  WHERE e.case_number = c.number AND e.ignored IS NULL"                                       \
    "  AND e.kind IN ('papers_asked', 'paused') ORDER BY e.at DESC LIMIT 1)))"
// The node that has it now.
#define OF_HOLDER(column)                                                                          \
    "(SELECT " column " FROM case_node n WHERE n.case_number = c.number AND n.to_at IS NULL"       \
    " AND c.is_open = 1 ORDER BY n.from_at DESC LIMIT 1) AS holder_" column
#define HOLDER OF_HOLDER("node") ", " OF_HOLDER("unit") ", " OF_HOLDER("person_name")

enum { COUNTED = 10000, COUNTED_TEXT = 1000 }; // of a page; what is more is not counted

static GString *rows_of(const CaseFilter *f, const char *runs, bool is_number, const char *columns)
{
    const struct {
        bool narrows;
        const char *sql;
    } pieces[] = {
        { f->state, " AND c.state = ?1" },
        { f->grade, " AND c.grade = ?2" },
        { f->counter, " AND c.counter = ?3" },
        { f->unit, " AND c.unit = ?4" },
        { f->text && !is_number, HAS_TEXT },
        { is_number, " AND c.number = ?5" },
        { f->open_only, " AND c.is_open = 1" },
        { f->grade && strcmp(f->grade, "none") != 0, " AND c.grade <> 'none'" },
        { f->channel, " AND c.channel = ?12" },
        { f->staff, " AND c.person_number = ?13" },
        { f->due_to_ms, IS_DUE },
        { f->waits_papers, WAITS_PAPERS },
        { true, PLACES },
    };
    GString *sql = g_string_new(columns);
    g_string_append(sql, runs        ? BY_RUNS
                         : f->within ? CASE_WITHIN " WHERE true"
                                     : CASE_ALL " WHERE true");
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++)
        g_string_append(sql, pieces[i].narrows ? pieces[i].sql : "");
    return sql;
}

static StoreQuery *list_query(Store *store, const CaseFilter *f, const char *runs, const char *sql,
                              int64_t limit)
{
    return store_query(store, sql, "sssssissiisssii", f->state, f->grade, f->counter, f->unit,
                       f->text, (int64_t)f->open_only, f->within, f->before_number, f->before_ms,
                       limit, runs, f->channel, f->staff, f->due_from_ms, f->due_to_ms);
}

static int64_t count_of(Store *store, const CaseFilter *f, const char *runs, bool is_number,
                        int64_t most)
{
    g_autoptr(GString) sql = rows_of(f, runs, is_number, "SELECT count(*) FROM (SELECT 1");
    g_string_append(sql, " LIMIT ?10)");
    g_autoptr(StoreQuery) query = list_query(store, f, runs, sql->str, most);
    return store_step(query) ? store_int(query, 0) : 0;
}

static json_t *page_of(Store *store, const CaseFilter *f, const char *runs, bool is_number)
{
    g_autoptr(GString) sql =
        rows_of(f, runs, is_number,
                "SELECT " CASE_HEAD_COLUMNS("c") ", " HOLDER ", c.created_at AS cursor_ms");
    // Found by runs, cases come in the order of their intake.
    if (f->before_number)
        g_string_append(sql,
                        runs ? " AND case_fts.rowid < (SELECT n FROM case_file WHERE number = ?8)"
                             : " AND (c.created_at, c.number) < (?9, ?8)");
    g_string_append(sql, runs ? " ORDER BY case_fts.rowid DESC LIMIT ?10"
                              : " ORDER BY c.created_at DESC, c.number DESC LIMIT ?10");
    g_autoptr(StoreQuery) query = list_query(store, f, runs, sql->str, (int64_t)f->limit + 1);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        case_head_shape(row);
        shape_nest(row, "holder");
    }
    return rows;
}

// A whole number of the usual length is that case; most of its runs are those of a million others.
static bool is_whole_number(Store *store, const char *text)
{
    enum { USUAL_CHARS = 8 };
    return text && g_utf8_strlen(text, -1) >= USUAL_CHARS &&
           store_value(store, 0, "SELECT 1 FROM case_file WHERE number = ?", "s", text) != 0;
}

json_t *case_list(Store *store, const Hall *hall, const CaseFilter *filter, int64_t now_ms)
{
    bool is_number = is_whole_number(store, filter->text);
    g_autofree char *runs = filter->text && !filter->within && !is_number
                                ? case_search_runs(store, filter->text)
                                : NULL;
    bool all = filter->count_all || filter->within;
    int64_t most = all ? INT64_MAX - 1 : filter->text ? COUNTED_TEXT : COUNTED;
    int64_t total = count_of(store, filter, runs, is_number, most + 1);
    json_t *page = shape_page(page_of(store, filter, runs, is_number), "number", filter->limit,
                              MIN(total, most));
    json_object_set_new(page, "total_is_more", json_boolean(total > most));
    return page;
}

static json_t *events_of(Store *store, const char *number)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT id, kind, at AS event_at, node, person_number, person_name, unit, "
        "reason, days, result, procedure, approver_number, approver_name, "
        "is_tolerant, papers_due, ignored FROM case_event WHERE case_number = ? ORDER BY at, id",
        "s", number);
    json_t *events = store_rows_json(query), *event;
    size_t i;
    json_array_foreach(events, i, event)
    {
        shape_rename(event, "event_at", "at");
        shape_nest(event, "person");
        shape_nest(event, "approver");
    }
    return events;
}

char *case_event_ignored(Store *store, const char *number, const char *id)
{
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT ignored FROM case_event WHERE case_number = ? AND id = ?", "ss", number, id);
    return store_step(query) ? g_strdup(store_text(query, 0)) : NULL;
}

static void add_pauses(json_t *list, const GArray *pauses, const char *unit)
{
    for (guint i = 0; pauses && i < pauses->len; i++) {
        const CasePause *pause = &g_array_index(pauses, CasePause, i);
        json_array_append_new(list, json_pack("{s:o, s:o, s:i, s:b, s:s?}", "from_at",
                                              shape_time(pause->from_ms), "to_at",
                                              shape_time(pause->to_ms), "approved_days",
                                              pause->approved_days, "is_open",
                                              pause->to_ms == CASE_NEVER, "unit", unit));
    }
}

static json_t *pauses_of(const CaseStory *story)
{
    json_t *pauses = json_array();
    add_pauses(pauses, story->pauses, NULL);
    for (guint i = 0; i < story->parts->len; i++) {
        const CasePart *part = &g_array_index(story->parts, CasePart, i);
        add_pauses(pauses, part->pauses, part->unit);
    }
    return pauses;
}

static json_t *tickets_of(Store *store, const char *number)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id, number, counter, state, issued_at, called_at, served_at, "
                    "finished_at FROM ticket WHERE case_number = ? ORDER BY began_at, id LIMIT 100",
                    "s", number);
    return store_rows_json(query);
}

static int64_t accepted_of(Store *store, const char *number)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT accepted_at FROM case_file WHERE number = ?", "s", number);
    return store_step(query) ? store_int_or_null(query, 0) : STORE_NULL;
}

// What is told anew from the events.
static void add_story(Store *store, const Hall *hall, const char *number, int64_t now_ms,
                      json_t *row)
{
    g_auto(CaseStory) story = { 0 };
    bool told = case_story_load(store, number, &story) == 0;
    int64_t accepted_ms = accepted_of(store, number);
    json_object_set_new(row, "pauses", told ? pauses_of(&story) : json_array());
    json_object_set_new(
        row, "line", told ? case_line(&story, hall->calendar, accepted_ms, now_ms) : json_null());
}

// The due day as people say it.
static void add_due_day(json_t *row)
{
    const char *due = json_string_value(json_object_get(row, "due_at"));
    json_object_set_new(row, "due", due ? json_stringn(due, strlen("2026-12-01")) : json_null());
}

json_t *case_get(Store *store, const Hall *hall, const char *number, int64_t now_ms)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT " CASE_HEAD_COLUMNS(
                        "c") ", c.statutory_days, c.channel, (SELECT substr(phone_mask, -4) FROM"
                             " person WHERE subject = 'case:' || c.number) AS phone_tail, "
                             "c.created_at, c.updated_at, c.agent, c.papers_due_at FROM case_file "
                             "c WHERE number = ?",
                    "s", number);
    if (!store_step(query))
        return NULL;
    json_t *row = store_row_json(query);
    case_head_shape(row);
    json_object_set_new(row, "events", events_of(store, number));
    add_due_day(row);
    add_story(store, hall, number, now_ms, row);
    json_object_set_new(row, "tickets", tickets_of(store, number));
    json_object_set_new(row, "units", case_unit_rows(store, number));
    json_object_set_new(row, "nodes", case_node_rows(store, number));
    json_object_set_new(row, "ratings", rating_of_case(store, number));
    json_object_set_new(row, "flags", flag_of_case(store, number, now_ms));
    return row;
}

json_t *case_counts(Store *store, int64_t now_ms)
{
    enum { DAY_MS = 24 * 60 * 60 * 1000 };
    int64_t today = clock_day_start(now_ms);
    int64_t open = store_value(store, 0, "SELECT count(*) FROM case_file WHERE is_open = 1", "");
    int64_t due = store_value(store, 0,
                              "SELECT count(*) FROM case_file WHERE is_open = 1 "
                              "AND due_at >= ? AND due_at < ?",
                              "ii", today, today + DAY_MS);
    return json_pack("{s:I, s:I}", "open", (json_int_t)open, "due_today", (json_int_t)due);
}
