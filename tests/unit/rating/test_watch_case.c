// SPDX-License-Identifier: Apache-2.0
// The rules of conduct about a case, as a person of the hall would tell them: what happened, and
// what is found, or just not. All days are of November and December 2026 unless a year is given;
// office hours end at 17:30.
#include "hall_fixture.h"

#include "rating/watch_case.h"

// A line of a story: "11-24 09:00 accepted", then what the event carries: days=5 node=审核
// by=007 why=缺材料 unit=公安 ok=008 (the approver), "told 11-26 10:00" for the moment at which the
// box learned of it; again, alone: what the case's story says of an extension.
typedef struct {
    const char *about; // of the row, for whoever reads a failure
    const char *lines[8];
    const char *now, *found; // "slow_idle misconduct_papers:2" (so many), "" for nothing
    const char *next;        // the next moment to look; NULL: not checked
} Row;

static int64_t moment(const char *text)
{
    g_autofree char *full = g_strdup_printf("2026-%.11s", text);
    return at(full);
}

static WatchEvent event_of(const char *line, size_t i)
{
    static char ids[8][4];
    g_snprintf(ids[i], sizeof ids[i], "e%zu", i);
    WatchEvent event = { .id = ids[i], .at_ms = moment(line) };
    event.received_ms = event.at_ms;
    g_auto(GStrv) words = g_strsplit(line + 12, " ", -1);
    if (!case_event_kind_parse(words[0], &event.kind))
        fail_msg("no event: %s", line);
    for (size_t w = 1; words[w]; w++) {
        const char *value = strchr(words[w], '=');
        if (g_str_has_prefix(words[w], "days="))
            event.days = atoi(value + 1);
        else if (g_str_has_prefix(words[w], "node="))
            event.node = g_intern_string(value + 1);
        else if (g_str_has_prefix(words[w], "by="))
            event.person = g_intern_string(value + 1);
        else if (g_str_has_prefix(words[w], "why="))
            event.reason = g_intern_string(value + 1);
        else if (g_str_has_prefix(words[w], "unit="))
            event.unit = g_intern_string(value + 1);
        else if (g_str_has_prefix(words[w], "ok="))
            event.approver = g_intern_string(value + 1);
        else if (strcmp(words[w], "again") == 0)
            event.ignored = CASE_IGNORED_SECOND;
        else if (strcmp(words[w], "alone") == 0)
            event.ignored = CASE_IGNORED_NOBODY;
        else if (strcmp(words[w], "told") == 0)
            event.received_ms = moment(strstr(line, "told ") + 5), w += 2;
    }
    return event;
}

static int compare(gconstpointer a, gconstpointer b)
{
    const WatchEvent *left = a, *right = b;
    return left->at_ms < right->at_ms ? -1 : left->at_ms > right->at_ms;
}

typedef struct {
    WatchCase facts;
    GArray *events, *edits, *ratings, *finishes;
    GPtrArray *nodes;
} Told;

// Promised within 5 working days, taken in at counter c1.
static Told told(const char *const *lines)
{
    Told t = { .facts = { .number = "A-1",
                          .kind = "promised",
                          .unit = "人社",
                          .counter = "c1",
                          .person = "007",
                          .limit_days = 5,
                          .has_ticket = true },
               .nodes = g_ptr_array_new(),
               .events = g_array_new(FALSE, TRUE, sizeof(WatchEvent)),
               .edits = g_array_new(FALSE, TRUE, sizeof(WatchEdit)),
               .ratings = g_array_new(FALSE, TRUE, sizeof(WatchRating)),
               .finishes = g_array_new(FALSE, TRUE, sizeof(WatchFinish)) };
    for (size_t i = 0; i < 8 && lines && lines[i]; i++) {
        WatchEvent event = event_of(lines[i], i);
        g_array_append_val(t.events, event);
    }
    g_array_sort(t.events, compare);
    t.facts.nodes = t.nodes;
    t.facts.events = t.events;
    t.facts.edits = t.edits;
    t.facts.ratings = t.ratings;
    t.facts.finishes = t.finishes;
    return t;
}

static void told_done(Told *t)
{
    g_ptr_array_unref(t->nodes);
    g_array_unref(t->events);
    g_array_unref(t->edits);
    g_array_unref(t->ratings);
    g_array_unref(t->finishes);
}

// "slow_idle misconduct_papers:2" in the order of the table of rules.
static char *names_of(const WatchFindings *findings)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < findings->hits->len;) {
        const WatchHit *hit = g_ptr_array_index(findings->hits, i);
        guint n = 1;
        while (i + n < findings->hits->len &&
               ((const WatchHit *)g_ptr_array_index(findings->hits, i + n))->kind == hit->kind)
            n++;
        g_string_append_printf(text, n > 1 ? "%s%s:%u" : "%s%s", i ? " " : "", hit->kind->kind, n);
        i += n;
    }
    return g_string_free(text, FALSE);
}

static void check(Fixture *f, const Told *t, const char *about, const char *now,
                  const char *expected, const char *next)
{
    g_auto(WatchFindings) findings = { 0 };
    watch_findings_init(&findings, moment(now));
    watch_case_judge(&t->facts, f->hall.config, f->hall.calendar, &findings);
    g_autofree char *found = names_of(&findings);
    if (strcmp(found, expected) != 0)
        fail_msg("%s: found \"%s\", expected \"%s\"", about, found, expected);
    if (!next)
        return;
    int64_t wanted = *next ? moment(next) : WATCH_NEVER;
    g_autofree char *is =
        findings.next_ms == WATCH_NEVER ? g_strdup("never") : clock_format(findings.next_ms);
    if (findings.next_ms != wanted)
        fail_msg("%s: looks again %s, expected \"%s\"", about, is, next);
}

static void check_rows(Fixture *f, const Row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        Told t = told(rows[i].lines);
        check(f, &t, rows[i].about, rows[i].now, rows[i].found, rows[i].next);
        told_done(&t);
    }
}

static void test_refused_or_returned(void **state)
{
    static const Row rows[] = {
        { "退件未写理由",
          { "11-24 09:00 received", "11-25 09:00 returned" },
          "11-25 09:00",
          "inaction_no_reason",
          "" },
        { "不予受理未写理由",
          { "11-24 09:00 received", "11-25 09:00 refused" },
          "11-25 09:00",
          "inaction_no_reason",
          "" },
        { "写明了理由",
          { "11-24 09:00 received", "11-25 09:00 returned why=材料不全" },
          "11-25 09:00",
          "",
          "" },
        { "群众自己撤回，无须理由",
          { "11-24 09:00 received", "11-25 09:00 withdrawn" },
          "11-25 09:00",
          "",
          "" },
    };
    check_rows(*state, rows, G_N_ELEMENTS(rows));
}

// rules.idle_days is 10: a step on 11-24 is idle from the end of 12-08 on.
static void test_idle(void **state)
{
    static const Row rows[] = {
        { "最后一个环节后 10 个工作日没有动静",
          { "11-24 09:00 accepted", "11-24 10:00 node node=审核" },
          "12-08 17:30",
          "slow_idle",
          "" },
        { "差一分钟",
          { "11-24 09:00 accepted", "11-24 10:00 node node=审核" },
          "12-08 17:29",
          "",
          "12-08 17:30" },
        { "当天下班前又办了一步",
          { "11-24 09:00 accepted", "11-24 10:00 node node=审核", "12-08 17:00 node node=批准" },
          "12-08 18:00",
          "",
          "12-22 17:30" },
        { "后来虽办了，已经停滞过",
          { "11-24 09:00 accepted", "11-24 10:00 node node=审核", "12-09 09:00 finished" },
          "12-09 09:00",
          "slow_idle",
          "" },
        { "该大厅不报环节，只报受理和办结", { "11-24 09:00 accepted" }, "12-30 09:00", "", "" },
        { "办结以后不算",
          { "11-24 09:00 accepted", "11-24 10:00 node node=审核", "11-26 09:00 finished" },
          "12-30 09:00",
          "",
          "" },
        { "等群众补材料，不算停滞",
          { "11-24 09:00 accepted", "11-24 10:00 node node=审核", "11-24 11:00 papers_asked" },
          "12-30 09:00",
          "",
          "" },
    };
    check_rows(*state, rows, G_N_ELEMENTS(rows));
}

// rules.node_days is 5: sent on 11-24, to be acted on by the end of 12-01.
static void test_node_does_nothing(void **state)
{
    static const Row rows[] = {
        { "转办后五个工作日没有办理",
          { "11-24 09:00 accepted", "11-24 10:00 sent node=审核" },
          "12-01 17:30",
          "inaction_node",
          "" },
        { "差一分钟",
          { "11-24 09:00 accepted", "11-24 10:00 sent node=审核" },
          "12-01 17:29",
          "",
          "12-01 17:30" },
        { "按时办了",
          { "11-24 09:00 accepted", "11-24 10:00 sent node=审核", "12-01 17:00 node node=审核",
            "12-01 17:10 finished" },
          "12-30 09:00",
          "",
          NULL },
        { "迟了才办",
          { "11-24 09:00 accepted", "11-24 10:00 sent node=审核", "12-02 09:00 node node=审核",
            "12-02 09:10 finished" },
          "12-30 09:00",
          "inaction_node",
          NULL },
        { "办的是另一个环节",
          { "11-24 09:00 accepted", "11-24 10:00 sent node=审核", "11-25 09:00 node node=收件" },
          "12-02 09:00",
          "inaction_node",
          NULL },
        { "有自己时限的环节另发红黄牌",
          { "11-24 09:00 accepted", "11-24 10:00 sent node=审核 days=3" },
          "12-30 09:00",
          "",
          "" },
        { "其间在等群众补材料",
          { "11-24 09:00 accepted", "11-24 10:00 sent node=审核", "11-25 09:00 papers_asked" },
          "12-30 09:00",
          "",
          "" },
        { "补齐以后重新起算",
          { "11-24 09:00 accepted", "11-24 10:00 sent node=审核", "11-25 09:00 papers_asked",
            "12-07 09:00 papers_handed" },
          "12-14 17:29",
          "",
          "12-14 17:30" },
        { "联办单位按时完成",
          { "11-24 09:00 accepted", "11-24 10:00 sent unit=公安",
            "11-26 09:00 unit_done unit=公安" },
          "12-04 09:00",
          "",
          NULL },
    };
    check_rows(*state, rows, G_N_ELEMENTS(rows));
}

// The item's nodes in the catalogue: 受理, 审核, 批准, 办结.
static void test_node_skipped(void **state)
{
    static const struct {
        const char *about, *lines[8], *skipped;
    } rows[] = {
        { "一步不漏",
          { "11-24 09:00 accepted", "11-25 09:00 node node=审核", "11-26 09:00 node node=批准",
            "11-27 09:00 finished" },
          NULL },
        { "没有审核就批准",
          { "11-24 09:00 accepted", "11-26 09:00 node node=批准", "11-27 09:00 finished" },
          "审核" },
        { "审核以后没有批准就办结",
          { "11-24 09:00 accepted", "11-25 09:00 node node=审核", "11-27 09:00 finished" },
          "批准" },
        { "转给了环节，没有办就办结",
          { "11-24 09:00 accepted", "11-25 09:00 sent node=勘察", "11-27 09:00 finished" },
          "勘察" },
        { "目录里没有的环节不论先后",
          { "11-24 09:00 accepted", "11-25 08:00 node node=复印", "11-25 09:00 node node=审核",
            "11-26 09:00 node node=批准", "11-27 09:00 finished" },
          NULL },
        { "该大厅从不报这些环节", { "11-24 09:00 accepted", "11-27 09:00 finished" }, NULL },
        { "不予受理就没有后面的环节",
          { "11-24 09:00 received", "11-25 09:00 refused why=不属本部门" },
          NULL },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Told t = told(rows[i].lines);
        const char *nodes[] = { "受理", "审核", "批准", "办结" };
        for (size_t n = 0; n < G_N_ELEMENTS(nodes); n++)
            g_ptr_array_add(t.nodes, (gpointer)nodes[n]);
        g_auto(WatchFindings) findings = { 0 };
        watch_findings_init(&findings, moment("11-27 10:00"));
        watch_case_judge(&t.facts, f->hall.config, f->hall.calendar, &findings);
        g_autofree char *names = names_of(&findings);
        if (strcmp(names, rows[i].skipped ? "misconduct_node_skipped" : "") != 0)
            fail_msg("%s: \"%s\"", rows[i].about, names);
        if (rows[i].skipped) {
            const WatchHit *hit = g_ptr_array_index(findings.hits, 0);
            assert_string_equal(json_string_value(json_object_get(hit->evidence, "skipped")),
                                rows[i].skipped);
        }
        told_done(&t);
    }
}

static void test_long_pause(void **state)
{
    static const Row rows[] = {
        { "批准挂起 3 天，第 3 个工作日下班还没恢复",
          { "11-24 09:00 accepted", "11-25 09:00 paused days=3" },
          "11-30 17:30",
          "slow_pause",
          "" },
        { "第 3 个工作日还没下班",
          { "11-24 09:00 accepted", "11-25 09:00 paused days=3" },
          "11-30 17:29",
          "",
          "11-30 17:30" },
        { "按时恢复",
          { "11-24 09:00 accepted", "11-25 09:00 paused days=3", "11-30 17:00 resumed" },
          "12-01 17:30",
          "",
          "" },
        { "迟了一天恢复",
          { "11-24 09:00 accepted", "11-25 09:00 paused days=3", "12-01 09:00 resumed" },
          "12-01 09:00",
          "slow_pause",
          "" },
        { "没有写批准天数，按 20 个工作日",
          { "11-24 09:00 accepted", "11-25 09:00 paused" },
          "12-23 17:29",
          "",
          "12-23 17:30" },
        { "没有写批准天数，满 20 个工作日",
          { "11-24 09:00 accepted", "11-25 09:00 paused" },
          "12-23 17:30",
          "slow_pause",
          "" },
    };
    check_rows(*state, rows, G_N_ELEMENTS(rows));
}

static void test_papers_asked_again(void **state)
{
    static const Row rows[] = {
        { "一次告知",
          { "11-24 09:00 received", "11-24 10:00 papers_asked" },
          "11-30 09:00",
          "",
          NULL },
        { "补正两次",
          { "11-24 09:00 received", "11-24 10:00 papers_asked", "11-26 10:00 papers_asked" },
          "11-30 09:00",
          "misconduct_papers",
          NULL },
        { "补正三次是两条线索",
          { "11-24 09:00 received", "11-24 10:00 papers_asked", "11-26 10:00 papers_asked",
            "11-27 10:00 papers_asked" },
          "11-30 09:00",
          "misconduct_papers:2",
          NULL },
        { "同一时刻报了两遍",
          { "11-24 09:00 received", "11-24 10:00 papers_asked", "11-24 10:00 papers_asked" },
          "11-30 09:00",
          "",
          NULL },
    };
    check_rows(*state, rows, G_N_ELEMENTS(rows));
}

static void test_backdated(void **state)
{
    static const Row rows[] = {
        { "当天录入", { "11-24 09:00 accepted told 11-24 17:00" }, "11-27 09:00", "", NULL },
        { "次日录入，允许", { "11-24 09:00 accepted told 11-25 23:00" }, "11-27 09:00", "", NULL },
        { "隔两个工作日才录入",
          { "11-24 09:00 accepted told 11-26 00:00" },
          "11-27 09:00",
          "misconduct_backdated",
          NULL },
        { "周五受理、周一录入，只隔一个工作日",
          { "11-27 09:00 accepted told 11-30 09:00" },
          "11-30 09:00",
          "",
          NULL },
    };
    check_rows(*state, rows, G_N_ELEMENTS(rows));
    // What came before the box looked is not held against anybody.
    static const char *const lines[] = { "11-24 09:00 accepted told 11-30 09:00", NULL };
    Told t = told(lines);
    t.facts.since_ms = moment("11-24 09:01");
    check(*state, &t, "设备启用以前的办件", "11-30 09:00", "", NULL);
    told_done(&t);
}

static void test_finished_at_once(void **state)
{
    static const Row rows[] = {
        { "受理同一分钟内办结的承诺件",
          { "11-24 09:00 accepted", "11-24 09:00 finished" },
          "11-24 10:00",
          "misconduct_quick",
          NULL },
        { "满一分钟", { "11-24 09:00 accepted", "11-24 09:01 finished" }, "11-24 10:00", "", NULL },
    };
    check_rows(*state, rows, G_N_ELEMENTS(rows));
    static const char *const lines[] = { "11-24 09:00 accepted", "11-24 09:00 finished", NULL };
    Told t = told(lines);
    t.facts.kind = "instant";
    check(*state, &t, "即办件本来就是当场办结", "11-24 10:00", "", NULL);
    told_done(&t);
}

// Accepted on 11-24 with 5 days: due on 12-01.
static void test_extensions(void **state)
{
    static const Row rows[] = {
        { "到期前一天延期",
          { "11-24 09:00 accepted", "11-30 09:00 extended days=5" },
          "11-30 10:00",
          "",
          NULL },
        { "到期当天延期",
          { "11-24 09:00 accepted", "12-01 09:00 extended days=5" },
          "12-01 10:00",
          "misconduct_extended_late",
          NULL },
        { "超期以后才延期",
          { "11-24 09:00 accepted", "12-03 09:00 extended days=5" },
          "12-03 10:00",
          "misconduct_extended_late",
          NULL },
        { "挂起把期限推后了，不是最后一天",
          { "11-24 09:00 accepted", "11-25 09:00 paused days=3", "11-30 09:00 resumed",
            "12-01 09:00 extended days=5" },
          "12-01 10:00",
          "",
          NULL },
        { "再次延期",
          { "11-24 09:00 accepted", "11-26 09:00 extended days=5 ok=008",
            "11-27 09:00 extended days=5 ok=008 again" },
          "11-27 10:00",
          "misconduct_extended_again",
          NULL },
        { "没有批准人",
          { "11-24 09:00 accepted", "11-26 09:00 extended days=5 alone" },
          "11-27 10:00",
          "misconduct_extended_alone",
          NULL },
        { "批准过的延期已把到期日推后",
          { "11-24 09:00 accepted", "11-26 09:00 extended days=5 ok=008",
            "12-01 09:00 extended days=5 ok=008 again" },
          "12-01 10:00",
          "misconduct_extended_again",
          NULL },
        { "联办单位延的是自己的期限",
          { "11-24 09:00 accepted", "12-01 09:00 extended days=5 ok=008 unit=公安" },
          "12-01 10:00",
          "",
          NULL },
    };
    check_rows(*state, rows, G_N_ELEMENTS(rows));
}

// Extended on the due day, 12-01; then the limit is put at 15 days: the extension was late all the
// same. Put so before, it was not.
static void test_an_edit_covers_nothing_up(void **state)
{
    static const struct {
        const char *edited, *found;
    } rows[] = {
        { "12-01 10:00", "misconduct_extended_late misconduct_limit" },
        { "11-27 10:00", "misconduct_limit" },
    };
    static const char *const lines[] = { "11-24 09:00 accepted",
                                         "12-01 09:00 extended days=5 ok=008", NULL };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Told t = told(lines);
        WatchEdit edit = { 1, moment(rows[i].edited), "limit_days", 5, 15, NULL };
        g_array_append_val(t.edits, edit);
        t.facts.limit_days = 15;
        check(*state, &t, rows[i].edited, "12-01 11:00", rows[i].found, NULL);
        told_done(&t);
    }
}

static void test_limit_edited(void **state)
{
    static const struct {
        const char *about, *accepted, *edited, *what;
        int64_t from, to;
        const char *found;
    } rows[] = {
        { "受理后把承诺时限由 5 改为 10", "11-24 09:00 accepted", "11-25 09:00", "limit_days", 5,
          10, "misconduct_limit" },
        { "改短也是改动", "11-24 09:00 accepted", "11-25 09:00", "limit_days", 5, 3,
          "misconduct_limit" },
        { "受理以前更正", "11-26 09:00 accepted", "11-25 09:00", "limit_days", 5, 10, "" },
        { "更正在先，受理的消息在后", "11-24 09:00 accepted told 11-25 10:00", "11-25 09:00",
          "limit_days", 5, 10, "" },
        { "受理时间改到另一天", "11-24 09:00 accepted", "11-26 09:00", "accepted_at",
          INT64_C(1795482000000), INT64_C(1795654800000), "misconduct_limit" },
        { "受理时间在当天内更正，期限不变", "11-24 09:00 accepted", "11-26 09:00", "accepted_at",
          INT64_C(1795482000000), INT64_C(1795485600000), "" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *const lines[] = { rows[i].accepted, NULL };
        Told t = told(lines);
        WatchEdit edit = {
            1, moment(rows[i].edited), rows[i].what, rows[i].from, rows[i].to, NULL
        };
        g_array_append_val(t.edits, edit);
        check(*state, &t, rows[i].about, "11-26 10:00", rows[i].found, NULL);
        told_done(&t);
    }
}

// Finishes of person 007 as seconds after 11-24 10:00:00; the case's own is the first.
static void test_batch(void **state)
{
    static const struct {
        const char *about;
        int seconds[10]; // ends with -1
        const char *now, *found, *next;
    } rows[] = {
        { "一分钟内五件", { 0, 10, 20, 30, 40, -1 }, "11-24 10:02", "misconduct_batch", "" },
        { "四件", { 0, 10, 20, 30, -1 }, "11-24 10:02", "", "" },
        { "五件，但每分钟只有两件", { 0, 40, 80, 120, 160, -1 }, "11-24 10:10", "", "" },
        { "还没停手，等这一批结束再说", { 0, 10, 20, 30, 40, -1 }, "11-24 10:01", "", NULL },
        { "别的时候的一批不算在这件上", { 0, 300, 310, 320, 330, 340, -1 }, "11-24 10:10", "", "" },
    };
    static const char *const lines[] = { "11-24 09:00 accepted", "11-24 10:00 finished by=007",
                                         NULL };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Told t = told(lines);
        for (size_t n = 0; rows[i].seconds[n] >= 0; n++) {
            WatchFinish finish = { "A", moment("11-24 10:00") + rows[i].seconds[n] * 1000 };
            g_array_append_val(t.finishes, finish);
        }
        check(*state, &t, rows[i].about, rows[i].now, rows[i].found, rows[i].next);
        t.facts.is_batch_known = true;
        check(*state, &t, "已经提示过的一批", rows[i].now, "", NULL);
        told_done(&t);
    }
}

// Accepted 11-24 09:00, finished 11-27 16:00.
static void test_rated_before_the_end(void **state)
{
    static const struct {
        const char *about, *rated;
        bool is_of_case, has_ticket;
        const char *found;
    } rows[] = {
        { "受理时在窗口按键，是对这次服务的评价", "11-24 09:10", false, false, "" },
        { "没有来窗口办事的时候，窗口有人替这件按了键", "11-25 15:00", false, false,
          "misconduct_early_rating" },
        { "那天取了号，是来过的", "11-25 15:00", false, true, "" },
        { "办结前网上或扫办件码评价整件", "11-26 10:00", true, false, "misconduct_early_rating" },
        { "办结时评价", "11-27 16:00", true, false, "" },
        { "办结后几天扫码评价", "11-30 10:00", true, false, "" },
    };
    static const char *const lines[] = { "11-24 09:00 accepted", "11-27 16:00 finished", NULL };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Told t = told(lines);
        WatchRating rating = { "r", "c1", "007", moment(rows[i].rated), rows[i].is_of_case };
        g_array_append_val(t.ratings, rating);
        t.facts.has_ticket = rows[i].has_ticket;
        check(*state, &t, rows[i].about, "11-30 12:00", rows[i].found, NULL);
        told_done(&t);
    }
}

// Accepted at 09:00; judged at the end of the day.
static void test_accepted_without_a_ticket(void **state)
{
    static const struct {
        const char *about, *channel, *counter;
        bool has_ticket;
        int tickets;
        const char *now, *found, *next;
    } rows[] = {
        { "窗口按号办事，这件没有号", "hall", "c1", false, 20, "11-24 17:30",
          "misconduct_no_ticket", "" },
        { "还没下班，号可能晚些报来", "hall", "c1", false, 20, "11-24 17:29", "", "11-24 17:30" },
        { "有号", "hall", "c1", true, 20, "11-24 17:30", "", "" },
        { "这个窗口不叫号", "hall", "c1", false, 4, "11-24 17:30", "", "" },
        { "网上申报", "online", "c1", false, 20, "11-24 17:30", "", "" },
        { "没有说渠道，按窗口算", NULL, "c1", false, 20, "11-24 17:30", "misconduct_no_ticket",
          "" },
        { "不在窗口受理", "hall", NULL, false, 20, "11-24 17:30", "", "" },
    };
    static const char *const lines[] = { "11-24 09:00 accepted", NULL };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Told t = told(lines);
        t.facts.channel = rows[i].channel;
        t.facts.counter = rows[i].counter;
        t.facts.has_ticket = rows[i].has_ticket;
        t.facts.tickets_that_day = rows[i].tickets;
        check(*state, &t, rows[i].about, rows[i].now, rows[i].found, rows[i].next);
        told_done(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_refused_or_returned, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_idle, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_node_does_nothing, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_node_skipped, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_long_pause, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_papers_asked_again, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_backdated, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_finished_at_once, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_extensions, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_an_edit_covers_nothing_up, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_limit_edited, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_batch, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_rated_before_the_end, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_accepted_without_a_ticket, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
