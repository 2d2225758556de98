// SPDX-License-Identifier: Apache-2.0
// Reading of ratings: lists and one whole rating, joined by name to invitation, ticket, case and
// hold.
#include "rating/card.h"
#include "rating/callback.h"
#include "rating/case.h"
#include "rating/clip.h"
#include "rating/complaint.h"
#include "rating/rating.h"
#include "rating/rectification.h"
#include "rating/search.h"
#include "rating/shape.h"
#include "rating/tag.h"

#include <string.h>

static const struct {
    RatingMark mark;
    const char *name;
} marks[] = {
    { MARK_NO_INVITATION, "no_invitation" },
    { MARK_UNKNOWN_INVITATION, "unknown_invitation" },
    { MARK_EXPIRED, "expired" },
    { MARK_REPEATED, "repeated" },
    { MARK_OTHER_PAD, "other_pad" },
    { MARK_UNKNOWN_CASE, "unknown_case" },
    { MARK_INFERRED, "inferred" },
    { MARK_CLOCK_SKEW, "clock_skew" },
    { MARK_NO_CAMERA, "no_camera" },
    { MARK_UNKNOWN_TAG, "unknown_tag" },
    { MARK_VOID, "void" },
    { MARK_FOLLOW_UP, "follow_up" },
};

// 0 for a name that is none: no rating has it.
static int64_t mark_bit(const char *name)
{
    for (size_t i = 0; name && i < G_N_ELEMENTS(marks); i++) {
        if (strcmp(marks[i].name, name) == 0)
            return marks[i].mark;
    }
    return 0;
}

static json_t *marks_json(json_int_t bits)
{
    json_t *names = json_array();
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (bits & marks[i].mark)
            json_array_append_new(names, json_string(marks[i].name));
    }
    return names;
}

#define RATING_COLUMNS                                                                             \
    "r.id, r.level, r.tags AS tags_json, r.tags_version, r.text, r.channel, r.pad, "               \
    "r.counter AS counter_id, r.counter_name, r.staff_number, r.staff_name, r.event_at, "          \
    "r.received_at, r.marks, r.is_counted, i.id AS invitation_id, i.state AS invitation_state, "   \
    "i.created_at AS invitation_created_at, i.expires_at AS invitation_expires_at, "               \
    "r.case_number, c.item_name AS case_item, t.id AS ticket_id, t.number AS ticket_number, "      \
    "t.state AS ticket_state, t.called_at AS ticket_called_at, t.served_at AS ticket_served_at, "  \
    "t.finished_at AS ticket_finished_at, " CLIP_COLUMNS("r") ", " PERSON_COLUMNS(                 \
        "p") ", f.id AS follow_up_id, f.level AS follow_up_level, f.text AS follow_up_text,"       \
             " f.event_at AS follow_up_event_at, o.id AS follows_id, o.level AS follows_level,"    \
             " o.event_at AS follows_event_at, r.event_at AS cursor_ms"
#define RATING_JOINS                                                                               \
    " FROM rating r LEFT JOIN invitation i ON i.id = r.invitation"                                 \
    " LEFT JOIN case_file c ON c.number = r.case_number LEFT JOIN ticket t ON t.id = "             \
    "r.ticket" CLIP_JOIN(                                                                          \
        "rating",                                                                                  \
        "r") " LEFT JOIN person p ON p.subject = 'rating:' || r.id"                                \
             " LEFT JOIN rating f ON f.follows = r.id LEFT JOIN rating o ON o.id = r.follows"

static json_int_t int_of(json_t *row, const char *key)
{
    return json_integer_value(json_object_get(row, key));
}

static void shape_rating(json_t *row)
{
    static const char *const nested[] = { "counter", "staff",     "invitation", "ticket",
                                          "rater",   "follow_up", "follows" };
    for (size_t i = 0; i < G_N_ELEMENTS(nested); i++)
        shape_nest(row, nested[i]);
    const char *version = json_string_value(json_object_get(row, "tags_version"));
    json_object_set_new(row, "tags", tag_describe(json_object_get(row, "tags"), version));
    json_object_set_new(row, "marks", marks_json(int_of(row, "marks")));
    json_object_del(row, "tags_version");
    clip_shape(row, int_of(row, "cursor_ms"));
}

static json_t *shaped_rows(StoreQuery *query)
{
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row) shape_rating(row);
    return rows;
}

// Levels 10 and 20 stand for good (5, 4, 3) and bad (2, 1).
#define RATING_FILTER                                                                              \
    " WHERE r.event_at >= ?1 AND r.event_at < ?2"                                                  \
    " AND (?3 = 0 OR r.level = ?3 OR (?3 = 10 AND r.level >= 3) OR (?3 = 20 AND r.level <= 2))"    \
    " AND (?4 IS NULL OR r.counter = ?4) AND (?5 IS NULL OR r.staff_number = ?5)"                  \
    " AND (?6 IS NULL OR r.pad = ?6) AND (?7 IS NULL OR r.case_number = ?7)"                       \
    " AND (?8 IS NULL OR r.marks & ?9)"
#define RATING_WITHIN(ids)                                                                         \
    " AND (" ids " IS NULL OR r.id IN (SELECT value FROM json_each(" ids ")))"
#define RATING_COUNT(search)                                                                       \
    "SELECT count(*) FROM rating r" RATING_FILTER search RATING_WITHIN("?13")
#define RATING_PAGE(search)                                                                        \
    "SELECT " RATING_COLUMNS RATING_JOINS RATING_FILTER search RATING_WITHIN(                      \
        "?16") " AND (?13 IS NULL OR (r.event_at, r.id) < (?14, ?13))"                             \
               " ORDER BY r.event_at DESC, r.id DESC LIMIT ?15"

static const struct {
    const char *count, *page;
} lists[SEARCH_N_KINDS] = {
    [SEARCH_NONE] = { RATING_COUNT(SEARCH_SQL_NONE), RATING_PAGE(SEARCH_SQL_NONE) },
    [SEARCH_LOOK] = { RATING_COUNT(SEARCH_SQL_LOOK), RATING_PAGE(SEARCH_SQL_LOOK) },
    [SEARCH_INDEX] = { RATING_COUNT(SEARCH_SQL_INDEX), RATING_PAGE(SEARCH_SQL_INDEX) },
};

json_t *rating_list(Store *store, const RatingFilter *filter)
{
    const RatingFilter *f = filter;
    int64_t from = f->from_ms == STORE_NULL ? 0 : f->from_ms;
    int64_t to = f->to_ms == STORE_NULL ? INT64_MAX : f->to_ms;
    int64_t bit = mark_bit(f->mark);
    g_auto(Search) search = search_of(store, f->text);
    int64_t total = store_value(store, 0, lists[search.kind].count, "iiisssssissss", from, to,
                                (int64_t)f->level, f->counter, f->staff, f->pad, f->case_number,
                                f->mark, bit, search.pattern, search.tags, search.runs, f->within);
    g_autoptr(StoreQuery) query = store_query(
        store, lists[search.kind].page, "iiisssssissssiis", from, to, (int64_t)f->level, f->counter,
        f->staff, f->pad, f->case_number, f->mark, bit, search.pattern, search.tags, search.runs,
        f->before_id, f->before_ms, (int64_t)f->limit + 1, f->within);
    return shape_page(shaped_rows(query), "id", f->limit, total);
}

json_t *rating_of_case(Store *store, const char *number)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT " RATING_COLUMNS RATING_JOINS
                    " WHERE r.case_number = ? ORDER BY r.event_at DESC, r.id DESC",
                    "s", number);
    json_t *rows = shaped_rows(query), *row;
    size_t i;
    json_array_foreach(rows, i, row) json_object_del(row, "cursor_ms");
    return rows;
}

static json_t *case_head(Store *store, const char *number)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT " CASE_HEAD_COLUMNS("c") " FROM case_file c WHERE c.number = ?",
                    "s", number);
    if (!store_step(query))
        return json_null();
    json_t *row = store_row_json(query);
    case_head_shape(row);
    return row;
}

json_t *rating_get(Store *store, const char *id, int64_t now_ms)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT " RATING_COLUMNS RATING_JOINS " WHERE r.id = ?", "s", id);
    if (!store_step(query))
        return NULL;
    json_t *row = store_row_json(query);
    shape_rating(row);
    const char *number = json_string_value(json_object_get(row, "case_number"));
    json_object_set_new(row, "case", case_head(store, number));
    g_autofree char *caller = callback_caller(store, id);
    json_object_set_new(row, "caller", caller ? json_string(caller) : json_null());
    json_object_set_new(row, "rectification", rectification_of(store, id, now_ms));
    json_object_set_new(row, "card", card_of_rating(store, id));
    json_object_set_new(row, "complaints", complaint_of_rating(store, id));
    json_object_del(row, "case_item");
    json_object_del(row, "cursor_ms");
    return row;
}
