// SPDX-License-Identifier: Apache-2.0
// Reading of complaints: the worklist, one with its steps and clip, and what the public may read.
#include "base/clock.h"
#include "rating/attachment.h"
#include "rating/category.h"
#include "rating/clip.h"
#include "rating/complaint.h"
#include "rating/shape.h"
#include "rating/step.h"

#include <string.h>

#define HEAD_COLUMNS                                                                               \
    "x.id, x.number, x.category, x.channel, x.counter AS counter_id, x.counter_name, x.unit,"      \
    " x.item, x.staff_number, x.staff_name, x.text, " ATTACHMENT_KEPT(                             \
        "x.photo") " AS photo, x.happened_at, x.rating, x.taken_by,"                               \
                   " x.created_at, x.state, x.owner, x.round, x.since_at, x.due_at, "              \
                   "x.is_provisional,"                                                             \
                   " x.due_at < ?1 AND x.is_open AS is_overdue, x.is_late, x.answer, "             \
                   "x.closed_at, x.publication,"                                                   \
                   " x.public_text, x.public_answer, x.proposed_by, "                              \
                   "x.published_at, " PERSON_COLUMNS("p")
#define FROM " FROM complaint x LEFT JOIN person p ON p.subject = 'complaint:' || x.id"
// ?2: who asks; ?3: the number under which that person is rated; ?4: sees all.
#define MAY_SEE                                                                                    \
    " WHERE (?3 IS NULL OR x.staff_number IS NULL OR x.staff_number <> ?3)"                        \
    " AND (?4 OR x.taken_by = ?2 OR x.owner = ?2)"
// ?5: a director.
#define WAITS                                                                                      \
    "((x.state = 'assigned' AND x.owner = ?2) OR (?5 AND (x.state IN ('received', 'answered')"     \
    " OR ((x.publication = 'proposed' OR x.state = 'refusing') AND x.proposed_by <> ?2))))"

static const char *text_of(const json_t *row, const char *key)
{
    return json_string_value(json_object_get(row, key));
}

static void shape_complaint(json_t *row)
{
    static const char *const nested[] = { "counter", "staff", "rater" };
    for (size_t i = 0; i < G_N_ELEMENTS(nested); i++)
        shape_nest(row, nested[i]);
    json_object_set_new(row, "category", category_get(text_of(row, "category")));
}

// --- the list

#define ORDER_TIME "CASE WHEN x.is_open THEN coalesce(x.due_at, 0) ELSE x.closed_at END"
// An ended one still waits for whoever has to judge its publication.
#define FILTER                                                                                     \
    FROM MAY_SEE " AND (x.is_open = ?6 OR (?6 AND ?12) OR ?13 IS NOT NULL) AND (?7 IS NULL OR "    \
                 "x.state = ?7)"                                                                   \
                 " AND (?8 IS NULL OR x.category = ?8) AND (?9 IS NULL OR x.counter = ?9)"         \
                 " AND (?10 IS NULL OR x.owner = ?10) AND (?11 = 0 OR x.due_at < ?1)"              \
                 " AND (?12 = 0 OR " WAITS ") AND (?13 IS NULL OR x.publication = ?13)"            \
                 " AND (?14 IS NULL OR x.due_at < ?14)"                                            \
                 " AND (?15 IS NULL OR instr(x.text, ?15) OR instr(x.unit, ?15)"                   \
                 " OR instr(x.item, ?15) OR instr(x.staff_name, ?15)"                              \
                 " OR instr(x.counter_name, ?15) OR x.number = ?15)"
#define OPEN_PAGE                                                                                  \
    " AND (?16 IS NULL OR (" ORDER_TIME ", x.id) > (?17, ?16))"                                    \
    " ORDER BY cursor_ms, x.id LIMIT ?18"
#define ENDED_PAGE                                                                                 \
    " AND (?16 IS NULL OR (" ORDER_TIME ", x.id) < (?17, ?16))"                                    \
    " ORDER BY cursor_ms DESC, x.id DESC LIMIT ?18"

static json_t *counts_json(Store *store, const ComplaintReader *reader, int64_t now_ms)
{
    int64_t tomorrow = clock_day_start(clock_day_start(now_ms) + 36 * INT64_C(3600000));
    const Actor *actor = &reader->actor;
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT sum(x.is_open), sum(x.is_open AND x.due_at < ?1),"
                    " sum(x.is_open AND x.due_at >= ?1 AND x.due_at < ?6), sum(" WAITS
                    ")" FROM MAY_SEE " AND (x.is_open = 1 OR x.publication = 'proposed')",
                    "issiii", now_ms, actor->user, actor->staff, (int64_t)reader->sees_all,
                    (int64_t)actor->is_director, tomorrow);
    if (!store_step(query))
        return json_null();
    return json_pack("{s:I, s:I, s:I, s:I}", "open", (json_int_t)store_int(query, 0), "late",
                     (json_int_t)store_int(query, 1), "due_today", (json_int_t)store_int(query, 2),
                     "waits", (json_int_t)store_int(query, 3));
}

json_t *complaint_list(Store *store, const ComplaintFilter *filter, const ComplaintReader *reader,
                       int64_t now_ms)
{
    const ComplaintFilter *f = filter;
    const Actor *actor = &reader->actor;
    int64_t all = reader->sees_all, director = actor->is_director, is_open = f->is_open;
    int64_t late = f->late_only, waits = f->waits_for_me;
    int64_t total =
        store_value(store, 0, "SELECT count(*)" FILTER, "issiiissssiisns", now_ms, actor->user,
                    actor->staff, all, director, is_open, f->state, f->category, f->counter,
                    f->owner, late, waits, f->publication, f->due_before_ms, f->q);
    g_autoptr(StoreQuery) query = store_query(
        store,
        f->is_open ? "SELECT " HEAD_COLUMNS ", " ORDER_TIME " AS cursor_ms" FILTER OPEN_PAGE
                   : "SELECT " HEAD_COLUMNS ", " ORDER_TIME " AS cursor_ms" FILTER ENDED_PAGE,
        "issiiissssiisnssii", now_ms, actor->user, actor->staff, all, director, is_open, f->state,
        f->category, f->counter, f->owner, late, waits, f->publication, f->due_before_ms, f->q,
        f->after_id, f->after_ms, (int64_t)f->limit + 1);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row) shape_complaint(row);
    json_t *page = shape_page(rows, "id", f->limit, total);
    json_object_set_new(page, "counts", counts_json(store, reader, now_ms));
    return page;
}

// --- one

json_t *complaint_get(Store *store, const char *id, const ComplaintReader *reader, int64_t now_ms)
{
    const Actor *actor = &reader->actor;
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT " HEAD_COLUMNS ", x.happened_at AS moment, " CLIP_COLUMNS("x") FROM CLIP_JOIN(
            "complaint", "x") " AND h.from_at = x.clip_from AND h.to_at = x.clip_to" MAY_SEE
                              " AND x.id = ?5",
        "issis", now_ms, actor->user, actor->staff, (int64_t)reader->sees_all, id);
    if (!store_step(query))
        return NULL;
    json_t *row = store_row_json(query);
    shape_complaint(row);
    clip_shape(row, json_integer_value(json_object_get(row, "moment")));
    json_object_del(row, "moment");
    json_object_set_new(row, "steps", step_list(store, STEP_COMPLAINT, id));
    json_object_set_new(row, "actions",
                        complaint_actions(text_of(row, "state"), text_of(row, "publication"),
                                          text_of(row, "owner"), text_of(row, "proposed_by"),
                                          actor));
    return row;
}

bool complaint_shows(Store *store, const char *id, const ComplaintReader *reader)
{
    const Actor *actor = &reader->actor;
    return store_value(store, 0, "SELECT 1 FROM complaint x" MAY_SEE " AND x.id = ?1", "sssi", id,
                       actor->user, actor->staff, (int64_t)reader->sees_all) != 0;
}

json_t *complaint_of_rating(Store *store, const char *rating)
{
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT id, number, state FROM complaint WHERE rating = ? ORDER BY number", "s",
        rating);
    return store_rows_json(query);
}

// --- for everybody

json_t *complaint_published(Store *store, int64_t before_ms, const char *before_number, int limit)
{
#define PUBLIC " FROM complaint WHERE publication = 'published' AND published_at IS NOT NULL"
    int64_t total = store_value(store, 0, "SELECT count(*)" PUBLIC, "");
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT CAST(number AS TEXT) AS number, category,"
        " date(created_at / 1000, 'unixepoch', 'localtime') AS received_on, public_text AS text,"
        " public_answer AS answer, published_at, published_at AS cursor_ms" PUBLIC
        " AND (?1 IS NULL OR (published_at, number) < (?2, CAST(?1 AS INTEGER)))"
        " ORDER BY published_at DESC, complaint.number DESC LIMIT ?3",
        "sii", before_number, before_ms, (int64_t)limit + 1);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row)
        json_object_set_new(row, "category", category_get(text_of(row, "category")));
    return shape_page(rows, "number", limit, total);
#undef PUBLIC
}
