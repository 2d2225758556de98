// SPDX-License-Identifier: Apache-2.0
#include "rating/notify.h"

#include "base/clock.h"
#include "base/secret.h"
#include "base/template.h"
#include "rating/fraud.h"
#include "rating/shape.h"

#include <errno.h>
#include <string.h>
#include <time.h>

// The events. Places in the words: ${counter} ${level} ${due} ${case} ${camera} ${state} ${clue}
// ${progress}.
// page: what the link opens, with which fact.
static const struct {
    const char *event, *title, *text, *page, *page_fact;
} events[] = {
    { "rating_bad", "收到差评", "${counter}收到评价“${level}”，请在${due}前核实。",
      "/ratings?id=", "rating" },
    { "rectification_due", "差评整改即将到期", "${counter}的一条差评（${state}）将于${due}到期。",
      "/ratings?id=", "rating" },
    { "rectification_late", "差评整改已超期",
      "${counter}的一条差评（${state}）已于${due}到期，尚未办理。", "/ratings?id=", "rating" },
    { "rectification_judging", "差评待审批", "${counter}的一条差评申请不计入，等待第二人审批。",
      "/ratings?id=", "rating" },
    { "rectification_closed", "差评已办结", "${counter}的一条差评已办结（${state}）。",
      "/ratings?id=", "rating" },
    { "case_warning", "办件时限预警", "办件${case}将于${due}到期，即将亮黄牌。",
      "/cases?number=", "case" },
    { "case_due", "办件即将到期", "办件${case}将于${due}到期。", "/cases?number=", "case" },
    { "case_yellow", "办件黄牌", "办件${case}即将超过时限。", "/cases?number=", "case" },
    { "case_red", "办件红牌", "办件${case}已超过时限。", "/cases?number=", "case" },
    { "camera_lost", "摄像机中断", "摄像机${camera}已中断，没有录像。", "/camera?id=", "camera" },
    { "complaint_assigned", "吐槽找茬事项已交办", "一条意见已交办，请在${due}前答复。",
      "/complaints?id=", "complaint" },
    { "complaint_due", "吐槽找茬事项即将到期", "一条意见将于${due}到期。",
      "/complaints?id=", "complaint" },
    { "complaint_late", "吐槽找茬事项已超期", "一条意见已于${due}到期，尚未办理。",
      "/complaints?id=", "complaint" },
    { "case_tracking", "办件进展", "办件${case}有新进展：${progress}。", "/cases?number=", "case" },
    { "flag_due", "线索处理即将到期", "一条监察线索（${state}）将于${due}到期。",
      "/flags?id=", "flag" },
    { "flag_late", "线索处理已超期", "一条监察线索（${state}）已于${due}到期，尚未办理。",
      "/flags?id=", "flag" },
    { "order_issued", "收到督办单", "已下发一份督办单，请在${due}前反馈。",
      "/orders?id=", "order" },
    { "order_due", "督办单即将到期", "一份督办单（${state}）将于${due}到期，请按时反馈。",
      "/orders?id=", "order" },
    { "order_late", "督办单已超期", "一份督办单（${state}）已于${due}到期，尚未反馈。",
      "/orders?id=", "order" },
    { "report_made", "监察月报已生成", "上月的电子监察月报已生成并保存。", "/monthly", NULL },
    { "clue", "新的监察线索", "监察线索：${clue}。", "/flags", NULL },
    { "test", "测试消息", "这是一条测试消息，收到即表示通知可用。", "/outbox", NULL },
};

// Flags that are events of their own; every other one is a clue.
static const char *const flag_events[] = {
    "rectification_due", "rectification_late", "case_warning",  "case_yellow",
    "case_red",          "camera_lost",        "complaint_due", "complaint_late",
    "flag_due",          "flag_late",          "order_due",     "order_late"
};
// What other flags are called; one that is not here goes by its kind.
static const struct {
    const char *kind, *name;
} clue_names[] = {
    { "calendar_missing", "工作日历缺少年度安排" },
    { "case_papers_late", "容缺材料逾期未补" },
    { "unit_yellow", "联办部门黄牌" },
    { "unit_red", "联办部门红牌（超时）" },
    { "node_yellow", "办理环节黄牌" },
    { "node_red", "办理环节红牌（超时）" },
    { "hold_quota", "保留录像接近额度" },
    { "storage_spare", "录像已改存备用磁盘" },
    { "storage_failed", "录像无法保存，请检查磁盘" },
    { "storage_slow", "磁盘过慢，录像有缺失" },
    { "spare_failed", "备用磁盘异常" },
    { "mood", "窗口短时间内差评集中" },
    { "outbox_given_up", "有外发消息已放弃" },
    { "case_contradiction", "一窗报文前后不一致" },
};

static const struct {
    const char *state, *name;
} state_names[] = {
    { "verifying", "待核实" }, { "fixing", "整改中" },     { "telling", "待告知" },
    { "calling", "待回访" },   { "judging", "待审批" },    { "closed", "已办结" },
    { "void", "不计" },        { "raised", "待签收" },     { "acknowledged", "待说明" },
    { "explained", "待核定" }, { "confirmed", "待办结" },  { "issued", "待签收" },
    { "received", "待反馈" },  { "returned", "退回重办" },
};

// What happened to a case (tracking.h); one that is not here goes by its name.
static const struct {
    const char *event, *name;
} progress_names[] = {
    { "filed", "已登记" },
    { "changed", "基本信息有变" },
    { "received", "已收件" },
    { "precheck", "已预审" },
    { "papers_asked", "一次性告知补正" },
    { "papers_handed", "已补齐材料" },
    { "accepted", "已受理" },
    { "node", "环节已办理" },
    { "paused", "已挂起" },
    { "resumed", "已恢复" },
    { "extended", "已延期" },
    { "ended", "已办结" },
    { "picked_up", "已出件" },
    { "grade", "预警等级变化" },
};

static const char *const level_names[] = { "",         "非常不满意", "不满意",
                                           "基本满意", "满意",       "非常满意" };

// --- writing

// Each step of each case is for systems that ask for it by name, not for a mailbox that wants all.
static bool wants(const ConfigReceiver *receiver, const char *event)
{
    const char *const *list = (const char *const *)receiver->events;
    return g_strv_contains(list, event) ||
           (g_strv_contains(list, "all") && strcmp(event, "case_tracking") != 0);
}

bool notify_is_wanted(const Hall *hall, const char *event)
{
    for (guint i = 0; i < hall->config->notify->len; i++)
        if (wants(hall->config->notify->pdata[i], event))
            return true;
    return false;
}

static void set(json_t *facts, const char *key, const char *value)
{
    if (value)
        json_object_set_new(facts, key, json_string(value));
}

// What a subject "NAME:ID" names becomes a fact, for the link.
static const char *const subjects[] = { "complaint", "flag", "order" };

static json_t *facts_of(const Hall *hall, const NotifyInput *input)
{
    json_t *facts = json_object();
    const ConfigCounter *counter =
        input->counter ? config_counter(hall->config, input->counter) : NULL;
    if (input->counter)
        json_object_set_new(facts, "counter",
                            json_pack("{s:s, s:s}", "id", input->counter, "name",
                                      counter ? counter->name : input->counter));
    set(facts, "rating", input->rating);
    for (size_t i = 0; i < G_N_ELEMENTS(subjects); i++)
        if (g_str_has_prefix(input->subject, subjects[i]) &&
            input->subject[strlen(subjects[i])] == ':')
            set(facts, subjects[i], input->subject + strlen(subjects[i]) + 1);
    set(facts, "case", input->case_number);
    set(facts, "camera", input->camera);
    set(facts, "state", input->state);
    set(facts, "clue", input->clue);
    if (input->level)
        json_object_set_new(facts, "level", json_integer(input->level));
    if (input->due_ms != STORE_NULL)
        json_object_set_new(facts, "due_at", shape_time(input->due_ms));
    return facts;
}

int notify_facts(Store *store, const Hall *hall, const char *event, const char *id,
                 const char *subject, json_t *facts, int64_t now_ms)
{
    g_autofree char *message = g_strconcat(event, ".", id, NULL);
    int err = 0;
    for (guint i = 0; err == 0 && i < hall->config->notify->len; i++) {
        const ConfigReceiver *receiver = hall->config->notify->pdata[i];
        OutboxInput row = { .receiver = receiver->id,
                            .id = message,
                            .subject = subject,
                            .event = event,
                            .facts = facts,
                            .now_ms = now_ms };
        if (wants(receiver, event))
            err = MIN(outbox_add(store, hall, &row), 0);
    }
    return err;
}

int notify(Store *store, const Hall *hall, const NotifyInput *input)
{
    if (!notify_is_wanted(hall, input->event))
        return 0;
    json_t *facts = facts_of(hall, input);
    int err =
        notify_facts(store, hall, input->event, input->id, input->subject, facts, input->now_ms);
    json_decref(facts);
    return err;
}

const char *notify_event_of_flag(const char *kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(flag_events); i++)
        if (strcmp(flag_events[i], kind) == 0)
            return kind;
    return "clue";
}

int notify_test(Store *store, const Hall *hall, const char *receiver, int64_t now_ms,
                int64_t *ret_seq)
{
    if (!config_receiver(hall->config, receiver))
        return -ENOENT;
    g_autofree char *unique = secret_uuid();
    g_autofree char *id = g_strconcat("test.", unique, NULL);
    OutboxInput row = { .receiver = receiver,
                        .id = id,
                        .subject = id, // waits for nothing
                        .event = "test",
                        .now_ms = now_ms };
    int added = outbox_add(store, hall, &row);
    *ret_seq = store_value(store, -1, "SELECT seq FROM outbox WHERE receiver = ? AND id = ?", "ss",
                           receiver, id);
    return MIN(added, 0);
}

// --- words

// What the places of a text look up.
typedef struct {
    const json_t *facts;
    const Config *config;
    char *due;
} Words;

static const char *text_at(const json_t *facts, const char *key)
{
    return json_string_value(json_object_get(facts, key));
}

static const char *look_state(const Words *words)
{
    const char *state = text_at(words->facts, "state");
    for (size_t i = 0; state && i < G_N_ELEMENTS(state_names); i++)
        if (strcmp(state_names[i].state, state) == 0)
            return state_names[i].name;
    return state;
}

static const char *look_level(const Words *words)
{
    json_int_t level = json_integer_value(json_object_get(words->facts, "level"));
    return level >= 1 && level < (json_int_t)G_N_ELEMENTS(level_names) ? level_names[level] : NULL;
}

static const char *look_clue(const Words *words)
{
    const char *kind = text_at(words->facts, "clue");
    for (size_t i = 0; kind && i < G_N_ELEMENTS(clue_names); i++)
        if (strcmp(clue_names[i].kind, kind) == 0)
            return clue_names[i].name;
    const FraudKind *fraud = kind ? fraud_kind(kind) : NULL;
    return fraud ? fraud->chinese : kind;
}

static const char *look_counter(const Words *words)
{
    return text_at(json_object_get(words->facts, "counter"), "name");
}

static const char *look_camera(const Words *words)
{
    const char *id = text_at(words->facts, "camera");
    const ConfigCamera *camera = id ? config_camera(words->config, id) : NULL;
    return camera ? camera->name : id;
}

static const char *look_case(const Words *words)
{
    return text_at(words->facts, "case");
}

static const char *look_progress(const Words *words)
{
    const char *event = text_at(words->facts, "event");
    for (size_t i = 0; event && i < G_N_ELEMENTS(progress_names); i++)
        if (strcmp(progress_names[i].event, event) == 0)
            return progress_names[i].name;
    return event;
}

static const char *look_due(const Words *words)
{
    return words->due;
}

static const char *look(void *ctx, const char *name)
{
    static const struct {
        const char *name;
        const char *(*look)(const Words *words);
    } places[] = {
        { "counter", look_counter }, { "level", look_level },       { "state", look_state },
        { "camera", look_camera },   { "case", look_case },         { "due", look_due },
        { "clue", look_clue },       { "progress", look_progress },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
        if (strcmp(places[i].name, name) == 0)
            return places[i].look(ctx);
    return NULL;
}

// "11月25日17:30"
static char *day_text(const json_t *facts)
{
    const char *due = text_at(facts, "due_at");
    int64_t ms;
    struct tm tm;
    if (!due || !clock_parse(due, &ms))
        return NULL;
    time_t seconds = (time_t)(ms / 1000);
    localtime_r(&seconds, &tm);
    return g_strdup_printf("%d月%d日%02d:%02d", tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min);
}

static size_t event_row(const char *event)
{
    for (size_t i = 0; i < G_N_ELEMENTS(events); i++)
        if (strcmp(events[i].event, event) == 0)
            return i;
    return G_N_ELEMENTS(events);
}

void notify_words(const Config *config, const OutboxRow *row, NotifyWords *ret_words)
{
    size_t i = event_row(row->event);
    *ret_words = (NotifyWords){ 0 };
    if (i == G_N_ELEMENTS(events)) { // of a newer program
        ret_words->title = g_strdup(row->event);
        ret_words->text = g_strdup(row->event);
        ret_words->path = g_strdup("/");
        return;
    }
    g_autofree char *due = day_text(row->facts);
    Words words = { row->facts, config, due };
    ret_words->title = g_strdup(events[i].title);
    ret_words->text = template_fill(events[i].text, TEMPLATE_PLAIN, look, &words);
    const char *id = events[i].page_fact ? text_at(row->facts, events[i].page_fact) : NULL;
    g_autofree char *escaped = g_uri_escape_string(id ? id : "", NULL, FALSE);
    ret_words->path = g_strconcat(events[i].page, escaped, NULL);
}

void notify_words_done(NotifyWords *words)
{
    g_clear_pointer(&words->title, g_free);
    g_clear_pointer(&words->text, g_free);
    g_clear_pointer(&words->path, g_free);
}

char *notify_json(const Config *config, const OutboxRow *row)
{
    g_auto(NotifyWords) words = { 0 };
    notify_words(config, row, &words);
    const char *door = config->door.public_url;
    g_autofree char *url = door ? g_strconcat(door, words.path, NULL) : NULL;
    json_t *message = json_pack("{s:s, s:s, s:o, s:{s:s, s:s}, s:s, s:s, s:s?, s:O}", "id", row->id,
                                "event", row->event, "at", shape_time(row->created_ms), "hall",
                                "id", config->hall.id, "name", config->hall.name, "title",
                                words.title, "text", words.text, "url", url, "data", row->facts);
    char *text = json_dumps(message, JSON_COMPACT);
    json_decref(message);
    return text;
}
