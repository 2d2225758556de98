// SPDX-License-Identifier: Apache-2.0
#include "rating/case.h"

#include "base/clock.h"
#include "base/fields.h"
#include "rating/case_story.h"
#include "rating/flag.h"
#include "rating/person.h"
#include "rating/rating.h"
#include "rating/search.h"
#include "rating/shape.h"
#include "rating/supervision.h"
#include "rating/tracking.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ERROR_SIZE = 200, NUMBER_CHARS = 50, DAYS_MAX = 1000, PHONE_TAIL = 4 };

#define YEAR_2000 INT64_C(946684800000)
#define YEAR_2100 INT64_C(4102444800000)

// Borrowed from the body. NULL and STORE_NULL: not given.
typedef struct {
    const char *item_code, *item_name, *unit, *kind;
    int64_t limit_days, statutory_days;
    const char *counter, *person_number, *person_name, *channel;
    PersonInput applicant;
    int64_t accepted_ms;
} CaseBody;

typedef struct {
    const char *id;
    CaseEventKind kind;
    int64_t at_ms, days;
    const char *node, *counter, *person_number, *person_name, *unit, *reason;
} EventBody;

static void note(const Hall *hall, const char *number)
{
    if (hall->changed)
        hall->changed(hall->ctx, "case", number);
}

// The sentence goes out once; -EINVAL where there is one.
static int check(const Fields *fields, char *error)
{
    if (!fields->error[0])
        return 0;
    g_strlcpy(error, fields->error, ERROR_SIZE);
    return -EINVAL;
}

static int64_t moment(Fields *fields, const char *key, int64_t fallback)
{
    int64_t ms = fields_time(fields, key, fallback);
    if (ms != fallback && (ms < YEAR_2000 || ms >= YEAR_2100))
        fields_fail(fields, "%s lies outside the years 2000 to 2099", key);
    return ms;
}

// {"number","name"}, or a name alone.
static void read_person(Fields *fields, const char **ret_number, const char **ret_name)
{
    json_t *person = json_object_get(fields->object, "person");
    if (json_is_string(person)) {
        *ret_name = fields_text(fields, "person", 100);
        return;
    }
    if (!fields_object(fields, "person"))
        return;
    Fields inner = fields_of(person);
    *ret_number = fields_text(&inner, "number", 64);
    *ret_name = fields_text(&inner, "name", 100);
    if (inner.error[0])
        fields_fail(fields, "person: %s", inner.error);
}

static void read_item(Fields *fields, CaseBody *body)
{
    json_t *item = fields_object(fields, "item");
    if (!item)
        return;
    Fields inner = fields_of(item);
    body->item_code = fields_text_required(&inner, "code", 64);
    body->item_name = fields_text_required(&inner, "name", 300);
    if (inner.error[0])
        fields_fail(fields, "item: %s", inner.error);
}

static void read_kind(Fields *fields, CaseBody *body)
{
    static const char *const kinds[] = { "instant", "promised", "other", NULL };
    body->kind = fields_text(fields, "kind", 16);
    if (body->kind && !g_strv_contains(kinds, body->kind))
        fields_fail(fields, "kind is \"%s\"; instant, promised or other is allowed", body->kind);
}

static void read_applicant(Fields *fields, PersonInput *applicant)
{
    *applicant = (PersonInput){ .name = fields_text(fields, "applicant", 200),
                                .phone = fields_text(fields, "phone", 60),
                                .phone_tail = fields_text(fields, "phone_tail", 16),
                                .id_number = fields_text(fields, "id_number", 20) };
    const char *tail = applicant->phone_tail;
    person_check_phone(fields, "phone", applicant->phone);
    person_check_id_number(fields, "id_number", applicant->id_number);
    if (tail && (strlen(tail) != PHONE_TAIL || strspn(tail, "0123456789") != PHONE_TAIL))
        fields_fail(fields, "phone_tail is the last %d digits of the number", PHONE_TAIL);
}

static CaseBody read_body(Fields *fields)
{
    CaseBody body = { 0 };
    read_item(fields, &body);
    body.unit = fields_text(fields, "unit", 200);
    read_kind(fields, &body);
    body.limit_days = fields_int(fields, "limit_days", 0, DAYS_MAX, STORE_NULL);
    body.statutory_days = fields_int(fields, "statutory_days", 0, DAYS_MAX, STORE_NULL);
    body.counter = fields_text(fields, "counter", 32);
    read_applicant(fields, &body.applicant);
    read_person(fields, &body.person_number, &body.person_name);
    body.accepted_ms = moment(fields, "accepted_at", STORE_NULL);
    body.channel = fields_text(fields, "channel", 32);
    return body;
}

static void check_number(Fields *fields, const char *number)
{
    if (!*number || !g_utf8_validate(number, -1, NULL)) {
        fields_fail(fields, "the case number is empty or not UTF-8");
        return;
    }
    if (g_utf8_strlen(number, -1) > NUMBER_CHARS)
        fields_fail(fields, "the case number has more than %d characters", NUMBER_CHARS);
    for (const char *c = number; *c; c++) {
        if (g_ascii_iscntrl(*c))
            fields_fail(fields, "the case number holds a control character");
    }
}

static void check_complete(Fields *fields, const CaseBody *body)
{
    const struct {
        const char *key;
        bool given;
    } wanted[] = { { "item", body->item_name }, { "unit", body->unit }, { "kind", body->kind } };
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        if (!wanted[i].given)
            fields_fail(fields, "%s is missing", wanted[i].key);
    }
}

static int insert_case(Store *store, const char *number, const CaseBody *b, int64_t now_ms)
{
    return store_exec(
        store,
        "INSERT INTO case_file(number, item_code, item_name, unit, kind, limit_days, "
        "statutory_days, counter, person_number, person_name, channel, "
        "declared_accepted_at, created_at, updated_at, state, is_open, grade, is_provisional) "
        "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,'filed',1,'none',0)",
        "sssssnnssssnii", number, b->item_code, b->item_name, b->unit, b->kind, b->limit_days,
        b->statutory_days, b->counter, b->person_number, b->person_name, b->channel, b->accepted_ms,
        now_ms, now_ms);
}

// Rows changed: 0 where the body says nothing new.
static int update_case(Store *store, const char *number, const CaseBody *b, int64_t now_ms)
{
#define KEEP(column, n) column " = coalesce(?" n ", " column ")"
#define NEW(column, n)  column " IS NOT coalesce(?" n ", " column ")"
#define EACH(F, glue)                                                                              \
    F("item_code", "2")                                                                            \
    glue F("item_name", "3") glue F("unit", "4") glue F("kind", "5") glue F("limit_days", "6")     \
        glue F("statutory_days", "7") glue F("counter", "8") glue F("person_number", "9")          \
            glue F("person_name", "10") glue F("channel", "11")                                    \
                glue F("declared_accepted_at", "12")
    return store_exec(
        store,
        "UPDATE case_file SET " EACH(KEEP, ", ") ", updated_at = ?13 "
                                                 "WHERE number = ?1 AND (" EACH(NEW, " OR ") ")",
        "sssssnnssssni", number, b->item_code, b->item_name, b->unit, b->kind, b->limit_days,
        b->statutory_days, b->counter, b->person_number, b->person_name, b->channel, b->accepted_ms,
        now_ms);
#undef EACH
#undef NEW
#undef KEEP
}

static bool case_exists(Store *store, const char *number)
{
    return store_value(store, 0, "SELECT 1 FROM case_file WHERE number = ?", "s", number) != 0;
}

static int check_limit(Store *store, const char *number, char *error)
{
    if (store_value(store, 0,
                    "SELECT kind = 'promised' AND limit_days IS NULL FROM case_file "
                    "WHERE number = ?",
                    "s", number) == 0)
        return 0;
    g_strlcpy(error, "limit_days is missing: kind promised needs its promised limit", ERROR_SIZE);
    return -EINVAL;
}

// Rows changed, or negative errno.
static int write_row(Store *store, const char *number, bool known, const CaseBody *body,
                     int64_t now_ms)
{
    bool is_renamed = search_is_new_item(store, number, body->item_name);
    int err = is_renamed ? search_forget_case(store, number) : 0;
    if (err < 0)
        return err;
    int changed =
        known ? update_case(store, number, body, now_ms) : insert_case(store, number, body, now_ms);
    if (changed >= 0 && is_renamed)
        err = search_put_case(store, number);
    return err < 0 ? err : changed;
}

static int write_case(Store *store, const Hall *hall, const char *number, Fields *fields,
                      const CaseBody *body, int64_t now_ms, CaseOutcome *ret_outcome, char *error)
{
    bool known = case_exists(store, number);
    if (!known)
        check_complete(fields, body);
    int err = check(fields, error);
    if (err < 0)
        return err;
    int changed = write_row(store, number, known, body, now_ms);
    if (changed < 0)
        return changed;
    g_autofree char *subject = g_strconcat("case:", number, NULL);
    int is_new = person_put(store, hall, subject, &body->applicant, now_ms);
    if (is_new < 0)
        return is_new;
    *ret_outcome = !known ? CASE_CREATED : changed + is_new > 0 ? CASE_UPDATED : CASE_UNCHANGED;
    return check_limit(store, number, error);
}

static int track_head(Store *store, const Hall *hall, const char *number, CaseOutcome outcome,
                      int64_t now_ms)
{
    TrackingInput step = { .number = number,
                           .kind = outcome == CASE_CREATED ? "filed" : "changed",
                           .at_ms = now_ms,
                           .now_ms = now_ms };
    return tracking_note(store, hall, &step);
}

int case_put(Store *store, const Hall *hall, const char *number, json_t *body, int64_t now_ms,
             CaseOutcome *ret_outcome, char *error)
{
    Fields fields = fields_of(body);
    check_number(&fields, number);
    CaseBody given = read_body(&fields);
    int err = write_case(store, hall, number, &fields, &given, now_ms, ret_outcome, error);
    if (err < 0 || *ret_outcome == CASE_UNCHANGED)
        return err;
    if (*ret_outcome == CASE_CREATED)
        err = rating_case_known(store, hall, number);
    if (err == 0)
        err = supervision_judge(store, hall, number, now_ms);
    if (err >= 0)
        err = track_head(store, hall, number, *ret_outcome, now_ms);
    if (err < 0)
        return err;
    note(hall, number);
    return 0;
}

static EventBody read_event(Fields *fields)
{
    EventBody event = { .id = fields_text_required(fields, "id", 64) };
    const char *kind = fields_text_required(fields, "kind", 32);
    if (kind && !case_event_kind_parse(kind, &event.kind))
        fields_fail(fields, "kind \"%.40s\" is not an event of a case", kind);
    if (!json_object_get(fields->object, "at"))
        fields_fail(fields, "at is missing");
    event.at_ms = moment(fields, "at", STORE_NULL);
    event.days = fields_int(fields, "days", 0, DAYS_MAX, STORE_NULL);
    event.node = fields_text(fields, "node", 200);
    event.counter = fields_text(fields, "counter", 32);
    read_person(fields, &event.person_number, &event.person_name);
    event.unit = fields_text(fields, "unit", 200);
    event.reason = fields_text(fields, "reason", 1000);
    return event;
}

// 1: known with this content; 0: not known; -EEXIST: known with other content.
static int compare_known(Store *store, const char *number, const EventBody *e)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT kind = ?3 AND at = ?4 AND days IS ?5 AND node IS ?6 AND person_number IS ?7 "
        "AND person_name IS ?8 AND unit IS ?9 AND reason IS ?10 "
        "AND (?11 IS NULL OR counter IS ?11) "
        "FROM case_event WHERE case_number = ?1 AND id = ?2",
        "sssinssssss", number, e->id, case_event_kind_name(e->kind), e->at_ms, e->days, e->node,
        e->person_number, e->person_name, e->unit, e->reason, e->counter);
    if (!store_step(query))
        return store_query_result(query);
    return store_int(query, 0) ? 1 : -EEXIST;
}

static int insert_event(Store *store, const char *number, const EventBody *e, int64_t now_ms)
{
    return store_exec(
        store,
        "INSERT INTO case_event(case_number, id, kind, at, received_at, node, counter, "
        "person_number, person_name, unit, reason, days) VALUES(?1, ?2, ?3, ?4, ?5, ?6, "
        "coalesce(?7, (SELECT counter FROM case_file WHERE number = ?1)), ?8, ?9, ?10, ?11, ?12)",
        "sssiissssssn", number, e->id, case_event_kind_name(e->kind), e->at_ms, now_ms, e->node,
        e->counter, e->person_number, e->person_name, e->unit, e->reason, e->days);
}

static int explain(int err, const EventBody *event, const char *number, char *error)
{
    if (err == -ENOENT)
        snprintf(error, ERROR_SIZE, "no case %.100s is known: PUT it first", number);
    if (err == -EEXIST)
        snprintf(error, ERROR_SIZE, "event %.64s is known with other content", event->id);
    return err;
}

static int track_event(Store *store, const Hall *hall, const char *number, const EventBody *event,
                       int64_t now_ms)
{
    TrackingInput step = { .number = number,
                           .kind = case_event_kind_name(event->kind),
                           .at_ms = event->at_ms,
                           .node = event->node,
                           .unit = event->unit,
                           .now_ms = now_ms };
    return tracking_note(store, hall, &step);
}

int case_add_event(Store *store, const Hall *hall, const char *number, json_t *body, int64_t now_ms,
                   CaseOutcome *ret_outcome, char *error)
{
    Fields fields = fields_of(body);
    EventBody event = read_event(&fields);
    int err = check(&fields, error);
    if (err < 0)
        return err;
    if (!case_exists(store, number))
        return explain(-ENOENT, &event, number, error);
    int known = compare_known(store, number, &event);
    if (known < 0)
        return explain(known, &event, number, error);
    *ret_outcome = known ? EVENT_KNOWN : EVENT_ADDED;
    if (known)
        return 0;
    err = insert_event(store, number, &event, now_ms);
    if (err >= 0)
        err = supervision_judge(store, hall, number, now_ms);
    if (err >= 0)
        err = track_event(store, hall, number, &event, now_ms);
    if (err < 0)
        return err;
    note(hall, number);
    return 0;
}

void case_head_shape(json_t *row)
{
    shape_nest(row, "item");
    shape_nest(row, "person");
}

#define CASE_FILTER                                                                                \
    " FROM case_file c WHERE (?1 IS NULL OR c.state = ?1) AND (?2 IS NULL OR c.grade = ?2)"        \
    " AND (?3 IS NULL OR c.counter = ?3) AND (?4 IS NULL OR c.unit = ?4)"                          \
    " AND (?5 IS NULL OR instr(c.number, ?5) OR instr(c.item_name, ?5) OR instr(c.unit, ?5))"      \
    " AND (?6 = 0 OR c.is_open = 1)"

json_t *case_list(Store *store, const Hall *hall, const CaseFilter *filter, int64_t now_ms)
{
    const CaseFilter *f = filter;
    int64_t open = f->open_only;
    int64_t total = store_value(store, 0, "SELECT count(*)" CASE_FILTER, "sssssi", f->state,
                                f->grade, f->counter, f->unit, f->text, open);
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT " CASE_HEAD_COLUMNS("c") ", c.created_at AS cursor_ms" CASE_FILTER
                                         " AND (?7 IS NULL OR (c.created_at, c.number) < (?8, ?7))"
                                         " ORDER BY c.created_at DESC, c.number DESC LIMIT ?9",
        "sssssisii", f->state, f->grade, f->counter, f->unit, f->text, open, f->before_number,
        f->before_ms, (int64_t)f->limit + 1);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row) case_head_shape(row);
    return shape_page(rows, "number", f->limit, total);
}

static json_t *events_of(Store *store, const char *number)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id, kind, at AS event_at, node, person_number, person_name, unit, "
                    "reason, days FROM case_event WHERE case_number = ? ORDER BY at, id",
                    "s", number);
    json_t *events = store_rows_json(query), *event;
    size_t i;
    json_array_foreach(events, i, event)
    {
        shape_rename(event, "event_at", "at");
        shape_nest(event, "person");
    }
    return events;
}

static json_t *pauses_of(Store *store, const char *number)
{
    g_auto(CaseStory) story = { 0 };
    json_t *pauses = json_array();
    int64_t declared =
        store_value(store, STORE_NULL,
                    "SELECT declared_accepted_at FROM case_file WHERE number = ?", "s", number);
    if (case_story_load(store, number, declared, &story) < 0)
        return pauses;
    for (guint i = 0; i < story.pauses->len; i++) {
        const CasePause *pause = &g_array_index(story.pauses, CasePause, i);
        json_array_append_new(
            pauses, json_pack("{s:o, s:o, s:i, s:b}", "from_at", shape_time(pause->from_ms),
                              "to_at", shape_time(pause->to_ms), "approved_days",
                              pause->approved_days, "is_open", pause->to_ms == CASE_NEVER));
    }
    return pauses;
}

json_t *case_get(Store *store, const Hall *hall, const char *number, int64_t now_ms)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT " CASE_HEAD_COLUMNS(
                        "c") ", c.statutory_days, c.channel, (SELECT substr(phone_mask, -4) FROM"
                             " person WHERE subject = 'case:' || c.number) AS phone_tail, "
                             "c.created_at, c.updated_at FROM case_file c WHERE number = ?",
                    "s", number);
    if (!store_step(query))
        return NULL;
    json_t *row = store_row_json(query);
    case_head_shape(row);
    json_object_set_new(row, "events", events_of(store, number));
    json_object_set_new(row, "pauses", pauses_of(store, number));
    json_object_set_new(row, "ratings", rating_of_case(store, number));
    json_object_set_new(row, "flags", flag_of_case(store, number));
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
