// SPDX-License-Identifier: Apache-2.0
#include "rating/inbox.h"

#include "base/clock.h"
#include "base/secret.h"
#include "rating/case.h"
#include "rating/case_story.h"
#include "rating/csv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ERROR_SIZE = 200, EVENT_ID_CHARS = 32 };

typedef enum {
    COLUMN_NUMBER,
    COLUMN_ITEM_CODE,
    COLUMN_ITEM_NAME,
    COLUMN_UNIT,
    COLUMN_KIND,
    COLUMN_LIMIT_DAYS,
    COLUMN_STATUTORY_DAYS,
    COLUMN_COUNTER,
    COLUMN_APPLICANT,
    COLUMN_PHONE,
    COLUMN_PHONE_TAIL,
    COLUMN_PERSON_NUMBER,
    COLUMN_PERSON_NAME,
    COLUMN_ACCEPTED_AT,
    COLUMN_CHANNEL,
    COLUMN_EVENT,
    COLUMN_EVENT_ID,
    COLUMN_AT,
    COLUMN_NODE,
    COLUMN_REASON,
    COLUMN_DAYS,
    COLUMN_AGENT,
    COLUMN_UNITS,
    COLUMN_RESULT,
    COLUMN_PROCEDURE,
    COLUMN_APPROVER_NUMBER,
    COLUMN_APPROVER_NAME,
    COLUMN_TOLERANT,
    COLUMN_PAPERS_DUE,
    N_COLUMNS,
} Column;

typedef enum {
    FORM_TEXT,
    FORM_INT,
    FORM_TIME,
    FORM_KIND,
    FORM_YES,
    FORM_UNITS, // 公安:5;住建:3 (unit and limit in working days)
} ColumnForm;

// What a column belongs to; a row with a value in a column of the case alone puts the case.
#define OF_CASE  1u
#define OF_EVENT 2u
#define OF_BOTH  (OF_CASE | OF_EVENT)

// key: the field of case.h's bodies. names: header texts, compared without regard to case.
static const struct {
    const char *key;
    unsigned of;
    ColumnForm form;
    const char *names[5];
} columns[N_COLUMNS] = {
    [COLUMN_NUMBER] = { NULL, 0, FORM_TEXT, { "number", "case_number", "办件编号", "办件号" } },
    [COLUMN_ITEM_CODE] = { NULL, OF_CASE, FORM_TEXT, { "item_code", "事项编码" } },
    [COLUMN_ITEM_NAME] = { NULL, OF_CASE, FORM_TEXT, { "item_name", "事项名称", "事项" } },
    [COLUMN_UNIT] = { "unit", OF_BOTH, FORM_TEXT, { "unit", "部门", "办理部门", "单位" } },
    [COLUMN_KIND] = { "kind", OF_CASE, FORM_KIND, { "kind", "办件类型" } },
    [COLUMN_LIMIT_DAYS] = { "limit_days",
                            OF_CASE,
                            FORM_INT,
                            { "limit_days", "承诺时限", "承诺期限" } },
    [COLUMN_STATUTORY_DAYS] = { "statutory_days",
                                OF_CASE,
                                FORM_INT,
                                { "statutory_days", "法定时限", "法定期限" } },
    [COLUMN_COUNTER] = { "counter", OF_BOTH, FORM_TEXT, { "counter", "窗口", "窗口编号" } },
    [COLUMN_APPLICANT] = { "applicant", OF_CASE, FORM_TEXT, { "applicant", "申请人" } },
    [COLUMN_PHONE] = { "phone", OF_CASE, FORM_TEXT, { "phone", "联系电话", "手机号", "电话" } },
    [COLUMN_PHONE_TAIL] = { "phone_tail", OF_CASE, FORM_TEXT, { "phone_tail", "电话尾号" } },
    [COLUMN_PERSON_NUMBER] = { NULL,
                               OF_BOTH,
                               FORM_TEXT,
                               { "person_number", "经办人工号", "工号" } },
    [COLUMN_PERSON_NAME] = { NULL, OF_BOTH, FORM_TEXT, { "person_name", "经办人" } },
    [COLUMN_ACCEPTED_AT] = { "accepted_at", OF_CASE, FORM_TIME, { "accepted_at", "受理时间" } },
    [COLUMN_CHANNEL] = { "channel", OF_CASE, FORM_TEXT, { "channel", "申报渠道" } },
    [COLUMN_EVENT] = { "kind", OF_EVENT, FORM_TEXT, { "event", "事件" } },
    [COLUMN_EVENT_ID] = { "id", OF_EVENT, FORM_TEXT, { "event_id", "事件编号" } },
    [COLUMN_AT] = { "at", OF_EVENT, FORM_TIME, { "at", "事件时间", "时间" } },
    [COLUMN_NODE] = { "node", OF_EVENT, FORM_TEXT, { "node", "环节" } },
    [COLUMN_REASON] = { "reason", OF_EVENT, FORM_TEXT, { "reason", "原因" } },
    [COLUMN_DAYS] = { "days", OF_EVENT, FORM_INT, { "days", "天数" } },
    [COLUMN_AGENT] = { "agent", OF_CASE, FORM_TEXT, { "agent", "代办员", "代办员编号" } },
    [COLUMN_UNITS] = { "units", OF_CASE, FORM_UNITS, { "units", "联办单位", "联办部门" } },
    [COLUMN_RESULT] = { "result", OF_EVENT, FORM_TEXT, { "result", "办理结果" } },
    [COLUMN_PROCEDURE] = { "procedure", OF_EVENT, FORM_TEXT, { "procedure", "特别程序" } },
    [COLUMN_APPROVER_NUMBER] = { NULL,
                                 OF_EVENT,
                                 FORM_TEXT,
                                 { "approver_number", "批准人工号", "审批人工号" } },
    [COLUMN_APPROVER_NAME] = { NULL, OF_EVENT, FORM_TEXT, { "approver_name", "批准人", "审批人" } },
    [COLUMN_TOLERANT] = { "tolerant", OF_EVENT, FORM_YES, { "tolerant", "容缺受理" } },
    [COLUMN_PAPERS_DUE] = { "papers_due",
                            OF_EVENT,
                            FORM_TEXT,
                            { "papers_due", "补齐期限", "容缺期限" } },
};

static const struct {
    const char *chinese, *kind;
} case_kinds[] = { { "即办件", "instant" }, { "承诺件", "promised" }, { "其他", "other" } };

// One file while it is taken.
typedef struct {
    Store *store;
    const Hall *hall;
    int64_t now_ms;
    int place[N_COLUMNS]; // the column's index in the file; -1: not there
    CsvRow header;
    GString *rejects; // NULL until the first bad row
    InboxResult *result;
} Inbox;

void inbox_result_done(InboxResult *result)
{
    g_clear_pointer(&result->error, g_free);
}

static bool is_name_of(const char *header, Column column)
{
    for (const char *const *name = columns[column].names; *name; name++) {
        if (g_ascii_strcasecmp(header, *name) == 0)
            return true;
    }
    return false;
}

static void place_columns(Inbox *inbox)
{
    for (int column = 0; column < N_COLUMNS; column++) {
        inbox->place[column] = -1;
        for (guint i = 0; i < inbox->header.fields->len && inbox->place[column] < 0; i++) {
            char *header = g_strstrip(g_ptr_array_index(inbox->header.fields, i));
            if (is_name_of(header, (Column)column))
                inbox->place[column] = (int)i;
        }
    }
}

// NULL where the file has no such column, or the row leaves it empty.
static const char *value_of(const Inbox *inbox, const CsvRow *row, Column column)
{
    int place = inbox->place[column];
    if (place < 0 || place >= (int)row->fields->len)
        return NULL;
    const char *value = g_strstrip(g_ptr_array_index(row->fields, place));
    return *value ? value : NULL;
}

static const char *english_kind(const char *value)
{
    for (size_t i = 0; i < G_N_ELEMENTS(case_kinds); i++) {
        if (strcmp(value, case_kinds[i].chinese) == 0)
            return case_kinds[i].kind;
    }
    return value;
}

// NULL: neither yes nor no.
static json_t *yes_or_no(const char *value)
{
    static const char *const yes[] = { "是", "1", "true", "yes", NULL }, *const no[] = {
        "否", "0", "false", "no", NULL
    };
    if (g_strv_contains(yes, value))
        return json_true();
    return g_strv_contains(no, value) ? json_false() : NULL;
}

// "公安:5;住建:3"; the first is the lead. NULL: a limit is not a whole number.
static json_t *units_of(const char *value)
{
    g_auto(GStrv) parts = g_strsplit_set(value, ";|", -1);
    json_t *units = json_array();
    for (int i = 0; parts[i]; i++) {
        char *colon = strchr(g_strstrip(parts[i]), ':');
        gint64 days = 0;
        if (!*parts[i])
            continue;
        if (colon && !g_ascii_string_to_signed(colon + 1, 10, 0, G_MAXINT32, &days, NULL)) {
            json_decref(units);
            return NULL;
        }
        if (colon)
            *colon = '\0';
        json_t *unit = json_pack("{s:s, s:b}", "unit", parts[i], "lead", i == 0);
        if (colon)
            json_object_set_new(unit, "limit_days", json_integer(days));
        json_array_append_new(units, unit);
    }
    return units;
}

// NULL: the value has not the column's form; error says so.
static json_t *form_value(Column column, const char *value, char *error)
{
    gint64 number;
    int64_t ms;
    switch (columns[column].form) {
    case FORM_TEXT:
        return json_string(value);
    case FORM_KIND:
        return json_string(english_kind(value));
    case FORM_YES:
    case FORM_UNITS: {
        bool is_yes = columns[column].form == FORM_YES;
        json_t *formed = is_yes ? yes_or_no(value) : units_of(value);
        if (!formed)
            snprintf(error, ERROR_SIZE, "%s \"%.40s\" is not %s", columns[column].names[0], value,
                     is_yes ? "是 or 否" : "like 公安:5;住建:3");
        return formed;
    }
    case FORM_INT:
        if (g_ascii_string_to_signed(value, 10, 0, G_MAXINT32, &number, NULL))
            return json_integer(number);
        snprintf(error, ERROR_SIZE, "%s \"%.40s\" is not a whole number", columns[column].names[0],
                 value);
        return NULL;
    case FORM_TIME:
        if (clock_parse(value, &ms) || clock_parse_local(value, &ms))
            return json_integer(ms);
        snprintf(error, ERROR_SIZE, "%s \"%.40s\" is not a time like 2026-11-24 09:12",
                 columns[column].names[0], value);
        return NULL;
    }
    return NULL;
}

// {"A":..., "B":...} of two columns that form one field; nothing where both are empty.
static void add_pair(const Inbox *inbox, const CsvRow *row, json_t *body, const char *key,
                     const char *key_a, Column a, const char *key_b, Column b)
{
    const char *value_a = value_of(inbox, row, a), *value_b = value_of(inbox, row, b);
    if (value_a || value_b)
        json_object_set_new(body, key, json_pack("{s:s*, s:s*}", key_a, value_a, key_b, value_b));
}

// The body's fields from the row's columns of the given kind. -EINVAL with a sentence.
static int build_body(const Inbox *inbox, const CsvRow *row, unsigned of, json_t *body, char *error)
{
    for (int column = 0; column < N_COLUMNS; column++) {
        const char *value = value_of(inbox, row, (Column)column);
        if (!value || !columns[column].key || !(columns[column].of & of))
            continue;
        json_t *formed = form_value((Column)column, value, error);
        if (!formed)
            return -EINVAL;
        json_object_set_new(body, columns[column].key, formed);
    }
    if (of & OF_CASE)
        add_pair(inbox, row, body, "item", "code", COLUMN_ITEM_CODE, "name", COLUMN_ITEM_NAME);
    add_pair(inbox, row, body, "person", "number", COLUMN_PERSON_NUMBER, "name",
             COLUMN_PERSON_NAME);
    if (of & OF_EVENT)
        add_pair(inbox, row, body, "approver", "number", COLUMN_APPROVER_NUMBER, "name",
                 COLUMN_APPROVER_NAME);
    return 0;
}

static bool row_has(const Inbox *inbox, const CsvRow *row, unsigned of)
{
    for (int column = 0; column < N_COLUMNS; column++) {
        if (columns[column].of == of && value_of(inbox, row, (Column)column))
            return true;
    }
    return false;
}

// An event without an id of its own is known again by what it says.
static void add_event_id(const char *number, json_t *body)
{
    if (json_object_get(body, "id"))
        return;
    g_autofree char *content = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
    g_autofree char *text = g_strdup_printf("%s %s", number, content);
    g_autofree char *digest = secret_digest(text);
    digest[EVENT_ID_CHARS] = '\0';
    json_object_set_new(body, "id", json_string(digest));
}

static int put_case(const Inbox *inbox, const CsvRow *row, const char *number, char *error)
{
    json_t *body = json_object();
    CaseOutcome outcome;
    int err = build_body(inbox, row, OF_CASE, body, error);
    if (err == 0)
        err = case_put(inbox->store, inbox->hall, number, body, inbox->now_ms, &outcome, error);
    json_decref(body);
    return err;
}

static int add_event(const Inbox *inbox, const CsvRow *row, const char *number, char *error)
{
    json_t *body = json_object();
    CaseOutcome outcome;
    int err = build_body(inbox, row, OF_EVENT, body, error);
    if (err == 0) {
        add_event_id(number, body);
        err =
            case_add_event(inbox->store, inbox->hall, number, body, inbox->now_ms, &outcome, error);
    }
    json_decref(body);
    return err;
}

static int take_values(const Inbox *inbox, const CsvRow *row, char *error)
{
    const char *number = value_of(inbox, row, COLUMN_NUMBER);
    bool has_case = row_has(inbox, row, OF_CASE), has_event = row_has(inbox, row, OF_EVENT);
    const char *missing = NULL;
    if (row->error)
        missing = row->error;
    else if (row->fields->len > inbox->header.fields->len)
        missing = "more columns than the header";
    else if (!number)
        missing = "the case number is missing";
    else if (!has_case && !has_event)
        missing = "the row holds neither a case nor an event";
    if (missing) {
        g_strlcpy(error, missing, ERROR_SIZE);
        return -EINVAL;
    }
    int err = has_case ? put_case(inbox, row, number, error) : 0;
    return err == 0 && has_event ? add_event(inbox, row, number, error) : err;
}

static void append_row(GString *text, const GPtrArray *fields, guint n_columns, const char *last)
{
    for (guint i = 0; i < n_columns; i++) {
        csv_append(text, i < fields->len ? g_ptr_array_index(fields, i) : "");
        g_string_append_c(text, ',');
    }
    csv_append(text, last);
    g_string_append(text, "\r\n");
}

static void reject(Inbox *inbox, const CsvRow *row, const char *error)
{
    guint n = inbox->header.fields->len;
    inbox->result->bad++;
    if (!inbox->rejects) {
        inbox->rejects = g_string_new("\xef\xbb\xbf");
        append_row(inbox->rejects, inbox->header.fields, n, "错误");
    }
    g_autofree char *reason = g_strdup_printf("line %d: %s", row->line, error);
    append_row(inbox->rejects, row->fields, n, reason);
}

// Errors of the row are the row's; those of the store end the file.
static bool is_row_error(int err)
{
    return err == -EINVAL || err == -ENOENT || err == -EEXIST;
}

static int take_row(Inbox *inbox, const CsvRow *row)
{
    char error[ERROR_SIZE] = "";
    int err = store_script(inbox->store, "SAVEPOINT inbox_row");
    if (err < 0)
        return err;
    int taken = take_values(inbox, row, error);
    if (taken < 0 && !is_row_error(taken))
        return taken;
    if (taken < 0)
        err = store_script(inbox->store, "ROLLBACK TO inbox_row");
    if (err == 0)
        err = store_script(inbox->store, "RELEASE inbox_row");
    if (taken < 0)
        reject(inbox, row, error[0] ? error : g_strerror(-taken));
    else
        inbox->result->taken++;
    return err;
}

static int take_rows(Inbox *inbox, CsvReader *reader)
{
    int err = 0;
    while (err == 0) {
        g_auto(CsvRow) row = { 0 };
        if (!csv_next(reader, &row))
            break;
        err = take_row(inbox, &row);
    }
    return err;
}

static int take_text(Inbox *inbox, const char *name, const char *text, size_t size)
{
    CsvReader reader = csv_reader(text, size);
    if (!csv_next(&reader, &inbox->header) || inbox->header.error) {
        inbox->result->error = g_strdup_printf("%s: no header row", name);
        return 0;
    }
    place_columns(inbox);
    if (inbox->place[COLUMN_NUMBER] < 0) {
        inbox->result->error =
            g_strdup_printf("%s: the header has no column 办件编号 (number)", name);
        return 0;
    }
    return take_rows(inbox, &reader);
}

int inbox_take(Store *store, const Hall *hall, const char *name, const char *bytes, size_t size,
               int64_t now_ms, InboxResult *ret_result, char **ret_rejects)
{
    Inbox inbox = { .store = store, .hall = hall, .now_ms = now_ms, .result = ret_result };
    *ret_result = (InboxResult){ 0 };
    *ret_rejects = NULL;
    gsize text_size = 0;
    g_autofree char *text = size <= INBOX_SIZE_MAX ? csv_decode(bytes, size, &text_size) : NULL;
    if (size > INBOX_SIZE_MAX)
        ret_result->error = g_strdup_printf("%s: larger than 16 MiB", name);
    else if (!text)
        ret_result->error = g_strdup_printf("%s: neither UTF-8 nor GB18030 text", name);
    if (ret_result->error)
        return 0;
    int err = take_text(&inbox, name, text, text_size);
    csv_row_done(&inbox.header);
    if (inbox.rejects)
        *ret_rejects = g_string_free(inbox.rejects, FALSE);
    return err;
}
