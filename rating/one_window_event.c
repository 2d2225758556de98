// SPDX-License-Identifier: Apache-2.0
#include "rating/one_window_event.h"

#include "base/clock.h"
#include "base/secret.h"
#include "rating/case_story.h"
#include "rating/person.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID_DIGITS = 20, NUMBER_CHARS = 50, REASON_MAX = 1000, DAYS_MAX = 1000 };

static const char *const call_names[N_ONE_WINDOW_CALLS] = {
    [ONE_WINDOW_BASIC] = "receiveBasicInfo",
    [ONE_WINDOW_PROC] = "receiveProc",
    [ONE_WINDOW_SPECIAL] = "receiveSpecialnode",
    [ONE_WINDOW_DONE] = "receiveDone",
};

// Kinds of nodes: 1 first, 2 middle, 3 last, 4 the only one. What has none may be any.
#define MIDDLE (1u << 2)
#define ANY    ~0u

// What a node's result says about the case; the first row that fits. result: of the event.
// 7 at a middle node goes back to the node before it, elsewhere to the applicant.
static const struct {
    const char *code;
    unsigned of; // kinds of nodes
    CaseEventKind kind;
    const char *result;
} node_results[] = {
    { "0", ANY, CASE_EVENT_NODE, "disagreed" },    // 不同意
    { "1", ANY, CASE_EVENT_NODE, "agreed" },       // 同意
    { "2", ANY, CASE_EVENT_REFUSED, "refused" },   // 不予受理
    { "3", ANY, CASE_EVENT_REFUSED, "refused" },   // 不予许可
    { "4", ANY, CASE_EVENT_ACCEPTED, NULL },       // 受理
    { "5", ANY, CASE_EVENT_PAPERS_ASKED, NULL },   // 补正
    { "6", ANY, CASE_EVENT_PAUSED, NULL },         // 特别程序
    { "7", MIDDLE, CASE_EVENT_NODE, "returned" },  // 退回
    { "7", ANY, CASE_EVENT_RETURNED, "returned" }, // 退回
};

// How a case ended. (?) 1 to 5 by field practice.
static const struct {
    const char *code;
    CaseEventKind kind;
} done_results[] = {
    { "0", CASE_EVENT_FINISHED },  // 出证办结
    { "1", CASE_EVENT_RETURNED },  // 退回办结
    { "2", CASE_EVENT_WITHDRAWN }, // 作废办结
    { "3", CASE_EVENT_WITHDRAWN }, // 撤销办结
    { "4", CASE_EVENT_FINISHED },  // 转报办结
    { "5", CASE_EVENT_RETURNED },  // 补正不来办结
    { "6", CASE_EVENT_FINISHED },  // 办结
    { "7", CASE_EVENT_REFUSED },   // 不予许可办结
};

// Special procedures: 1 extends the limit, 2 is any other; step 0 begins it, 1 ends it.
static const struct {
    const char *kind, *step;
    CaseEventKind event;
    bool is_told; // false: nothing about the case's clock
} special_steps[] = {
    { "1", "0", CASE_EVENT_EXTENDED, true }, // 延长审批
    { "1", "1", CASE_EVENT_EXTENDED, false },
    { "2", "0", CASE_EVENT_PAUSED, true }, // 听证、检验、检疫、专家评审……
    { "2", "1", CASE_EVENT_RESUMED, true },
};

static const struct {
    const char *fact, *words, *allowed;
} fact_words[] = {
    { "number", "申办流水号", "1 to 50 characters" },
    { "item_code", "事项编码", "text" },
    { "item_name", "事项名称", "text" },
    { "unit", "受理或办理部门", "text" },
    { "kind", "办件类型", "1 即办件, 2 承诺件" },
    { "limit_days", "承诺时限", "0 to 1000 working days 工作日" },
    { "limit_unit", "承诺时限单位", "1 工作日 (working days)" },
    { "statutory_days", "法定时限", "0 to 1000 working days 工作日" },
    { "statutory_unit", "法定时限单位", "1 工作日 (working days)" },
    { "filed_at", "申请时间", "2026-11-24 09:12:03" },
    { "node", "环节名称", "text" },
    { "node_result", "环节处理结果",
      "0 不同意 1 同意 2 不予受理 3 不予许可 4 受理 5 补正 6 特别程序 7 退回" },
    { "node_kind", "环节类型", "1 开始 2 中间 3 结束 4 开始及结束" },
    { "at", "时间", "2026-11-24 09:12:03" },
    { "accepted_at", "受理时间", "2026-11-24 09:12:03" },
    { "special_kind", "特别程序种类", "1 延长审批 2 其他特别程序" },
    { "special_step", "特别程序环节", "0 开始 1 结束" },
    { "days", "批准天数", "0 to 1000 working days 工作日" },
    { "result", "办理结果", "text" },
    { "after_end", "办理顺序（办结后仍有环节）", "text" },
    { "step", "环节信息", "text" },
    { "done_result", "办结结果", "0 to 7" },
};

const char *one_window_call_name(OneWindowCall call)
{
    return call_names[call];
}

bool one_window_call_parse(const char *name, OneWindowCall *ret_call)
{
    for (int i = 0; name && i < N_ONE_WINDOW_CALLS; i++) {
        if (strcmp(name, call_names[i]) == 0) {
            *ret_call = (OneWindowCall)i;
            return true;
        }
    }
    return false;
}

static size_t words_row(const char *fact)
{
    size_t i = 0;
    while (i < G_N_ELEMENTS(fact_words) && strcmp(fact_words[i].fact, fact) != 0)
        i++;
    return i;
}

const char *one_window_words(const char *fact)
{
    size_t i = words_row(fact);
    return i < G_N_ELEMENTS(fact_words) ? fact_words[i].words : fact;
}

// --- reading facts: the first that is wrong is said in the sender's own name for it

typedef struct {
    const Profile *profile;
    const json_t *facts;
    char *error; // ONE_WINDOW_ERROR_SIZE; empty: all well so far
} Reader;

static void cut_to_valid(char *text)
{
    char *end;
    if (!g_utf8_validate(text, -1, (const char **)&end))
        *end = '\0';
}

static void fail(Reader *reader, const char *fact, const char *found)
{
    if (reader->error[0])
        return;
    size_t i = words_row(fact);
    const char *allowed = i < G_N_ELEMENTS(fact_words) ? fact_words[i].allowed : "text";
    const char *name = profile_name(reader->profile, fact);
    if (found)
        snprintf(reader->error, ONE_WINDOW_ERROR_SIZE,
                 "%s（%s）不能是“%.60s”，应为：%s / %s is \"%.60s\"; must be: %s", name,
                 one_window_words(fact), found, allowed, name, found, allowed);
    else
        snprintf(reader->error, ONE_WINDOW_ERROR_SIZE,
                 "缺少 %s（%s），应为：%s / %s is missing; must be: %s", name,
                 one_window_words(fact), allowed, name, allowed);
    cut_to_valid(reader->error);
}

static const char *text_of(const Reader *reader, const char *fact)
{
    return json_string_value(json_object_get(reader->facts, fact));
}

static const char *required(Reader *reader, const char *fact)
{
    const char *text = text_of(reader, fact);
    if (!text)
        fail(reader, fact, NULL);
    return text;
}

// Absent: STORE_NULL. What the profile could not read is still text.
static int64_t number_of(Reader *reader, const char *fact)
{
    const json_t *value = json_object_get(reader->facts, fact);
    if (!value)
        return STORE_NULL;
    json_int_t number = json_integer_value(value);
    if (json_is_integer(value) && number >= 0 && number <= DAYS_MAX)
        return number;
    g_autofree char *found = json_dumps(value, JSON_ENCODE_ANY);
    fail(reader, fact, found);
    return STORE_NULL;
}

static int64_t time_of(Reader *reader, const char *fact)
{
    const json_t *value = json_object_get(reader->facts, fact);
    if (json_is_string(value))
        fail(reader, fact, json_string_value(value));
    return json_is_integer(value) ? json_integer_value(value) : STORE_NULL;
}

// A limit in anything but working days cannot be reckoned with.
static void check_unit(Reader *reader, const char *fact)
{
    const char *unit = text_of(reader, fact);
    if (unit && strcmp(unit, "working_day") != 0)
        fail(reader, fact, unit);
}

static void set_text(json_t *body, const char *key, const char *text)
{
    if (text)
        json_object_set_new(body, key, json_string(text));
}

static void set_int(json_t *body, const char *key, int64_t value)
{
    if (value != STORE_NULL)
        json_object_set_new(body, key, json_integer(value));
}

static void set_person(const Reader *reader, json_t *body)
{
    const char *number = text_of(reader, "person_number"), *name = text_of(reader, "person_name");
    if (number || name)
        json_object_set_new(body, "person",
                            json_pack("{s:s*, s:s*}", "number", number, "name", name));
}

// An opinion may be longer than a reason is kept.
static void set_reason(const Reader *reader, json_t *body)
{
    g_autofree char *reason = g_strndup(text_of(reader, "reason"), REASON_MAX);
    if (!reason)
        return;
    cut_to_valid(reason);
    set_text(body, "reason", reason);
}

const char *one_window_number(const Profile *profile, const json_t *facts, char *error)
{
    Reader reader = { profile, facts, error };
    error[0] = '\0';
    const char *number = required(&reader, "number");
    if (number && g_utf8_strlen(number, -1) > NUMBER_CHARS)
        fail(&reader, "number", number);
    return error[0] ? NULL : number;
}

// --- a case

static const char *kind_of(const Reader *reader, int64_t limit_days)
{
    const char *kind = text_of(reader, "kind");
    if (kind)
        return kind;
    return limit_days == STORE_NULL ? "other" : limit_days > 0 ? "promised" : "instant";
}

static const char *channel_of(const Reader *reader)
{
    static const char *const known[] = { "online", "hall", "terminal", "agent", NULL };
    if (g_strcmp0(text_of(reader, "is_agency"), "1") == 0)
        return "agent";
    const char *channel = text_of(reader, "channel");
    return channel && g_strv_contains(known, channel) ? channel : NULL;
}

// A number that is none must not cost the case.
static void set_applicant(const Reader *reader, json_t *body, char **ret_note)
{
    const char *phone = text_of(reader, "phone"), *id_number = text_of(reader, "id_number");
    json_t *holder = json_object();
    Fields phones = fields_of(holder), ids = fields_of(holder);
    person_check_phone(&phones, "phone", phone);
    person_check_id_number(&ids, "id_number", id_number);
    set_text(body, "applicant", text_of(reader, "applicant"));
    set_text(body, "phone", phones.error[0] ? NULL : phone);
    set_text(body, "id_number", ids.error[0] ? NULL : id_number);
    if (phones.error[0] || ids.error[0])
        *ret_note =
            g_strdup_printf("%s 不是有效号码，未保存 / is no number and was left out",
                            profile_name(reader->profile, phones.error[0] ? "phone" : "id_number"));
    json_decref(holder);
}

json_t *one_window_case(const Profile *profile, const json_t *facts, char **ret_note, char *error)
{
    Reader reader = { profile, facts, error };
    error[0] = '\0';
    *ret_note = NULL;
    const char *code = required(&reader, "item_code"), *name = required(&reader, "item_name");
    const char *unit = required(&reader, "unit");
    int64_t limit = number_of(&reader, "limit_days");
    int64_t statutory = number_of(&reader, "statutory_days");
    check_unit(&reader, "limit_unit");
    check_unit(&reader, "statutory_unit");
    const char *kind = kind_of(&reader, limit);
    if (strcmp(kind, "promised") == 0 && limit == STORE_NULL)
        fail(&reader, "limit_days", NULL);
    if (error[0])
        return NULL;
    json_t *body = json_pack("{s:{s:s, s:s}, s:s, s:s}", "item", "code", code, "name", name, "unit",
                             unit, "kind", kind);
    set_int(body, "limit_days", limit);
    set_int(body, "statutory_days", statutory);
    set_text(body, "counter", text_of(&reader, "counter"));
    set_text(body, "channel", channel_of(&reader));
    set_person(&reader, body);
    set_applicant(&reader, body, ret_note);
    return body;
}

// --- events

// The same step of the case is known again by what names it, whatever else is said of it.
static char *step_id(const char *call, const char *name)
{
    g_autofree char *digest = secret_digest(name);
    return g_strdup_printf("%s-%.*s", call, ID_DIGITS, digest);
}

static json_t *event_of(const char *take_id, CaseEventKind kind, int64_t at_ms)
{
    g_autofree const char *id = take_id;
    return json_pack("{s:s, s:s, s:I}", "id", id, "kind", case_event_kind_name(kind), "at",
                     (json_int_t)at_ms);
}

static void tell_basic(Reader *reader, json_t *events)
{
    int64_t filed_ms = time_of(reader, "filed_at");
    if (filed_ms != STORE_NULL && !reader->error[0])
        json_array_append_new(events, event_of(g_strdup("basic"), CASE_EVENT_RECEIVED, filed_ms));
}

static size_t node_row(const char *code, const char *node_kind)
{
    unsigned kind = node_kind ? 1u << (atoi(node_kind) & 7) : ANY & ~MIDDLE;
    for (size_t i = 0; i < G_N_ELEMENTS(node_results); i++) {
        if (strcmp(node_results[i].code, code) == 0 && (node_results[i].of & kind))
            return i;
    }
    return G_N_ELEMENTS(node_results);
}

static char *node_id(const Reader *reader, const char *what, int64_t at_ms)
{
    const char *sn = text_of(reader, "sn"), *node = text_of(reader, "node");
    const char *unit = text_of(reader, "unit");
    g_autofree char *at = g_strdup_printf("%" G_GINT64_FORMAT, at_ms);
    g_autofree char *name = g_strjoin("\n", node ? node : "", unit ? unit : "", sn ? sn : at, NULL);
    return step_id(what, name);
}

// A node after the first that says when it began was handed the case then.
static void tell_sent(Reader *reader, json_t *events)
{
    const char *node_kind = text_of(reader, "node_kind");
    int64_t started_ms = time_of(reader, "started_at");
    if (reader->error[0] || started_ms == STORE_NULL || !node_kind || !strchr("23", node_kind[0]))
        return;
    json_t *event = event_of(node_id(reader, "sent", started_ms), CASE_EVENT_SENT, started_ms);
    set_text(event, "node", text_of(reader, "node"));
    set_text(event, "unit", text_of(reader, "unit"));
    set_int(event, "days", number_of(reader, "days"));
    json_array_append_new(events, event);
}

// When the node acted: its end, else its beginning; of an acceptance what is said of that.
static int64_t node_time(Reader *reader, CaseEventKind kind)
{
    int64_t accepted_ms = time_of(reader, "accepted_at"), at_ms = time_of(reader, "at");
    int64_t started_ms = time_of(reader, "started_at");
    if (kind == CASE_EVENT_ACCEPTED && accepted_ms != STORE_NULL)
        return accepted_ms;
    return at_ms != STORE_NULL ? at_ms : started_ms;
}

static void tell_node(Reader *reader, json_t *events)
{
    const char *node = required(reader, "node"), *node_kind = text_of(reader, "node_kind");
    if (node_kind && (strlen(node_kind) != 1 || !strchr("1234", node_kind[0])))
        fail(reader, "node_kind", node_kind);
    tell_sent(reader, events);
    // In hand still.
    if (json_array_size(events) > 0 && !text_of(reader, "node_result"))
        return;
    const char *code = required(reader, "node_result");
    size_t row = code ? node_row(code, node_kind) : 0;
    if (row == G_N_ELEMENTS(node_results)) {
        fail(reader, "node_result", code);
        return;
    }
    int64_t at_ms = node_time(reader, node_results[row].kind);
    if (at_ms == STORE_NULL)
        fail(reader, "at", NULL);
    if (reader->error[0])
        return;
    json_t *event = event_of(node_id(reader, "proc", at_ms), node_results[row].kind, at_ms);
    set_text(event, "node", node);
    set_text(event, "unit", text_of(reader, "unit"));
    set_text(event, "result", node_results[row].result);
    set_person(reader, event);
    set_reason(reader, event);
    json_array_append_new(events, event);
}

static const char *procedure_of(const Reader *reader)
{
    const char *procedure = text_of(reader, "procedure");
    return procedure ? procedure : "other";
}

static json_t *special_event(Reader *reader, CaseEventKind kind, int64_t at_ms)
{
    const char *sn = text_of(reader, "sn");
    g_autofree char *at = g_strdup_printf("%" G_GINT64_FORMAT, at_ms);
    g_autofree char *name = g_strjoin("\n", text_of(reader, "special_kind"),
                                      text_of(reader, "special_step"), sn ? sn : at, NULL);
    json_t *event = event_of(step_id("special", name), kind, at_ms);
    const char *approver = text_of(reader, "approver");
    set_text(event, "node", text_of(reader, "node"));
    set_int(event, "days", kind == CASE_EVENT_RESUMED ? STORE_NULL : number_of(reader, "days"));
    if (approver)
        json_object_set_new(event, "approver", json_pack("{s:s}", "name", approver));
    if (kind == CASE_EVENT_PAUSED)
        set_text(event, "procedure", procedure_of(reader));
    set_person(reader, event);
    set_reason(reader, event);
    return event;
}

static void tell_special(Reader *reader, json_t *events)
{
    const char *kind = required(reader, "special_kind"), *step = required(reader, "special_step");
    int64_t at_ms = time_of(reader, "at");
    if (at_ms == STORE_NULL)
        fail(reader, "at", NULL);
    for (size_t i = 0; !reader->error[0] && i < G_N_ELEMENTS(special_steps); i++) {
        if (strcmp(special_steps[i].kind, kind) != 0 || strcmp(special_steps[i].step, step) != 0)
            continue;
        if (special_steps[i].is_told)
            json_array_append_new(events, special_event(reader, special_steps[i].event, at_ms));
        return;
    }
    if (!reader->error[0])
        fail(reader, strchr("12", kind[0]) && !kind[1] ? "special_step" : "special_kind",
             strchr("12", kind[0]) && !kind[1] ? step : kind);
}

static void tell_done(Reader *reader, json_t *events)
{
    const char *code = required(reader, "done_result");
    int64_t at_ms = time_of(reader, "at");
    if (at_ms == STORE_NULL)
        fail(reader, "at", NULL);
    for (size_t i = 0; !reader->error[0] && i < G_N_ELEMENTS(done_results); i++) {
        if (strcmp(done_results[i].code, code) != 0)
            continue;
        json_t *event = event_of(g_strdup("done"), done_results[i].kind, at_ms);
        set_person(reader, event);
        set_reason(reader, event);
        json_array_append_new(events, event);
        return;
    }
    if (code)
        fail(reader, "done_result", code);
}

json_t *one_window_events(OneWindowCall call, const Profile *profile, const json_t *facts,
                          char *error)
{
    static void (*const tell[N_ONE_WINDOW_CALLS])(Reader *, json_t *) = {
        [ONE_WINDOW_BASIC] = tell_basic,
        [ONE_WINDOW_PROC] = tell_node,
        [ONE_WINDOW_SPECIAL] = tell_special,
        [ONE_WINDOW_DONE] = tell_done,
    };
    Reader reader = { profile, facts, error };
    json_t *events = json_array();
    error[0] = '\0';
    tell[call](&reader, events);
    if (!error[0])
        return events;
    json_decref(events);
    return NULL;
}
