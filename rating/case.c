// SPDX-License-Identifier: Apache-2.0
#include "rating/case.h"

#include "base/clock.h"
#include "base/fields.h"
#include "rating/calendar.h"
#include "rating/case_part.h"
#include "rating/case_search.h"
#include "rating/case_story.h"
#include "rating/flag.h"
#include "rating/master.h"
#include "rating/one_window.h"
#include "rating/person.h"
#include "rating/rating.h"
#include "rating/search.h"
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
    const char *counter, *person_number, *person_name, *channel, *agent;
    PersonInput applicant;
    int64_t accepted_ms;
    json_t *units;
} CaseBody;

typedef struct {
    const char *id;
    CaseEventKind kind;
    int64_t at_ms, days;
    const char *node, *counter, *person_number, *person_name, *unit, *reason, *result, *procedure;
    const char *approver_number, *approver_name, *papers_due;
    bool is_tolerant;
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
static void read_person(Fields *fields, const char *key, const char **ret_number,
                        const char **ret_name)
{
    json_t *person = json_object_get(fields->object, key);
    if (json_is_string(person)) {
        *ret_name = fields_text(fields, key, 100);
        return;
    }
    if (!fields_object(fields, key))
        return;
    Fields inner = fields_of(person);
    *ret_number = fields_text(&inner, "number", 64);
    *ret_name = fields_text(&inner, "name", 100);
    if (inner.error[0])
        fields_fail(fields, "%s: %s", key, inner.error);
}

static void read_item(Fields *fields, CaseBody *body)
{
    json_t *item = fields_object(fields, "item");
    if (!item)
        return;
    Fields inner = fields_of(item);
    body->item_code = fields_text_required(&inner, "code", 64);
    body->item_name = fields_text(&inner, "name", 300);
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

typedef struct {
    const char *name, *words[4]; // as the API names it, and what others write
} Choice;

static const Choice channels[] = {
    { "hall", { "窗口", "大厅", "现场" } },
    { "online", { "网上", "网办", "网上申报" } },
    { "agent", { "帮办代办", "代办", "帮办" } },
    { "terminal", { "自助终端", "自助机", "自助" } },
    { "pc", { "电脑" } },
    { "mobile", { "手机", "移动端" } },
    { NULL, { NULL } },
};
static const Choice procedures[] = {
    { "hearing", { "听证" } },    { "test", { "检验检测", "检验", "检测" } },
    { "quarantine", { "检疫" } }, { "review", { "专家评审", "评审", "鉴定" } },
    { "other", { "其他" } },      { NULL, { NULL } },
};

// The name of the choice that the text says; NULL where the field is absent.
static const char *read_choice(Fields *fields, const char *key, const Choice *choices)
{
    const char *text = fields_text(fields, key, 32);
    g_autoptr(GString) allowed = g_string_new(NULL);
    for (size_t i = 0; text && choices[i].name; i++) {
        if (strcmp(text, choices[i].name) == 0 || g_strv_contains(choices[i].words, text))
            return choices[i].name;
        g_string_append_printf(allowed, "%s%s", i > 0 ? ", " : "", choices[i].name);
    }
    if (text)
        fields_fail(fields, "%s is \"%.40s\"; one of %s is allowed", key, text, allowed->str);
    return NULL;
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
    read_person(fields, "person", &body.person_number, &body.person_name);
    body.accepted_ms = moment(fields, "accepted_at", STORE_NULL);
    body.channel = read_choice(fields, "channel", channels);
    body.agent = fields_text(fields, "agent", 64);
    json_t *units = json_object_get(fields->object, "units");
    body.units = json_is_null(units) ? NULL : units;
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
        "statutory_days, counter, person_number, person_name, channel, agent, "
        "declared_accepted_at, created_at, updated_at, state, is_open, grade, is_provisional, n) "
        "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,'filed',1,'none',0,"
        "(SELECT coalesce(max(n), 0) + 1 FROM case_file))",
        "sssssnnsssssnii", number, b->item_code, b->item_name, b->unit, b->kind, b->limit_days,
        b->statutory_days, b->counter, b->person_number, b->person_name, b->channel, b->agent,
        b->accepted_ms, now_ms, now_ms);
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
                glue F("declared_accepted_at", "12") glue F("agent", "14")
    return store_exec(
        store,
        "UPDATE case_file SET " EACH(KEEP, ", ") ", updated_at = ?13 "
                                                 "WHERE number = ?1 AND (" EACH(NEW, " OR ") ")",
        "sssssnnssssnis", number, b->item_code, b->item_name, b->unit, b->kind, b->limit_days,
        b->statutory_days, b->counter, b->person_number, b->person_name, b->channel, b->accepted_ms,
        now_ms, b->agent);
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
    bool is_new = !known || case_search_is_new(store, number, body->item_name, body->unit);
    int err = is_renamed ? search_forget_case(store, number) : 0;
    if (err == 0 && known && is_new)
        err = case_search_forget(store, number);
    if (err < 0)
        return err;
    int changed =
        known ? update_case(store, number, body, now_ms) : insert_case(store, number, body, now_ms);
    if (changed >= 0 && is_renamed)
        err = search_put_case(store, number);
    if (changed >= 0 && err == 0 && is_new)
        err = case_search_put(store, number);
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
    int units = body->units ? case_unit_put(store, hall, number, body->units, now_ms, error) : 0;
    if (units < 0)
        return units;
    changed += is_new + units;
    *ret_outcome = !known ? CASE_CREATED : changed > 0 ? CASE_UPDATED : CASE_UNCHANGED;
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

static void take_text(const char **text, const json_t *item, const char *key)
{
    if (!*text)
        *text = json_string_value(json_object_get(item, key));
}

static void take_days(int64_t *days, const json_t *item, const char *key)
{
    const json_t *known = json_object_get(item, key);
    if (*days == STORE_NULL && json_is_integer(known))
        *days = json_integer_value(known);
}

// What a new case, or its item's name, does not say, the catalogue does (master.h). The body
// borrows from the record that is given back; NULL: it is not in the catalogue.
static json_t *take_from_catalogue(Store *store, const char *number, Fields *fields, CaseBody *body)
{
    bool is_new = !case_exists(store, number);
    if (!body->item_code || (body->item_name && !is_new))
        return NULL;
    json_t *item = master_get(store, MASTER_ITEMS, body->item_code);
    if (!item && !body->item_name)
        fields_fail(fields,
                    "item: name is missing, and the catalogue has no item %.64s: give its name, or "
                    "add it to the master data",
                    body->item_code);
    take_text(&body->item_name, item, "name");
    if (!is_new)
        return item;
    take_text(&body->unit, item, "unit");
    take_text(&body->kind, item, "kind");
    take_days(&body->limit_days, item, "limit_days");
    take_days(&body->statutory_days, item, "statutory_days");
    return item;
}

int case_put(Store *store, const Hall *hall, const char *number, json_t *body, int64_t now_ms,
             CaseOutcome *ret_outcome, char *error)
{
    Fields fields = fields_of(body);
    check_number(&fields, number);
    CaseBody given = read_body(&fields);
    json_t *item = take_from_catalogue(store, number, &fields, &given);
    int err = write_case(store, hall, number, &fields, &given, now_ms, ret_outcome, error);
    json_decref(item);
    if (err < 0 || *ret_outcome == CASE_UNCHANGED)
        return err;
    if (*ret_outcome == CASE_CREATED)
        err = rating_case_known(store, hall, number);
    if (err == 0)
        err = supervision_judge(store, hall, number, now_ms);
    if (err >= 0)
        err = track_head(store, hall, number, *ret_outcome, now_ms);
    if (err >= 0 && *ret_outcome == CASE_CREATED)
        err = one_window_case_known(store, hall, number, now_ms);
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
    read_person(fields, "person", &event.person_number, &event.person_name);
    read_person(fields, "approver", &event.approver_number, &event.approver_name);
    event.unit = fields_text(fields, "unit", 200);
    event.reason = fields_text(fields, "reason", 1000);
    event.result = fields_text(fields, "result", 32);
    event.procedure = read_choice(fields, "procedure", procedures);
    event.is_tolerant = fields_bool(fields, "tolerant", false);
    event.papers_due = fields_text(fields, "papers_due", 10);
    CalendarDay day;
    if (event.papers_due && !calendar_day_parse(event.papers_due, &day))
        fields_fail(fields, "papers_due is a date like 2026-12-01");
    return event;
}

// 1: known with this content; 0: not known; -EEXIST: known with other content.
static int compare_known(Store *store, const char *number, const EventBody *e)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT kind = ?3 AND at = ?4 AND days IS ?5 AND node IS ?6 AND person_number IS ?7 "
        "AND person_name IS ?8 AND unit IS ?9 AND reason IS ?10 "
        "AND (?11 IS NULL OR counter IS ?11) AND result IS ?12 AND procedure IS ?13 "
        "AND approver_number IS ?14 AND approver_name IS ?15 AND is_tolerant = ?16 "
        "AND papers_due IS ?17 FROM case_event WHERE case_number = ?1 AND id = ?2",
        "sssinssssssssssis", number, e->id, case_event_kind_name(e->kind), e->at_ms, e->days,
        e->node, e->person_number, e->person_name, e->unit, e->reason, e->counter, e->result,
        e->procedure, e->approver_number, e->approver_name, (int64_t)e->is_tolerant, e->papers_due);
    if (!store_step(query))
        return store_query_result(query);
    return store_int(query, 0) ? 1 : -EEXIST;
}

static int insert_event(Store *store, const char *number, const EventBody *e, int64_t now_ms)
{
    return store_exec(
        store,
        "INSERT INTO case_event(case_number, id, kind, at, received_at, node, counter, "
        "person_number, person_name, unit, reason, days, result, procedure, approver_number, "
        "approver_name, is_tolerant, papers_due) VALUES(?1, ?2, ?3, ?4, ?5, ?6, "
        "coalesce(?7, (SELECT counter FROM case_file WHERE number = ?1)), ?8, ?9, ?10, ?11, ?12, "
        "?13, ?14, ?15, ?16, ?17, ?18)",
        "sssiissssssnssssis", number, e->id, case_event_kind_name(e->kind), e->at_ms, now_ms,
        e->node, e->counter, e->person_number, e->person_name, e->unit, e->reason, e->days,
        e->result, e->procedure, e->approver_number, e->approver_name, (int64_t)e->is_tolerant,
        e->papers_due);
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
                           .result = event->result,
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
