// SPDX-License-Identifier: Apache-2.0
// Messages of a one-window system in order, in any order, again and again, and at odds with each
// other. ' stands for " and N for the case's number.
#include "hall_fixture.h"

#include <errno.h>

#include "rating/case.h"
#include "rating/one_window.h"

#define NOW at("2026-11-24 12:00")

static const struct {
    const char *word;
    OneWindowCall call;
} calls[] = { { "basic", ONE_WINDOW_BASIC },
              { "proc", ONE_WINDOW_PROC },
              { "special", ONE_WINDOW_SPECIAL },
              { "done", ONE_WINDOW_DONE } };

// A message in a line: "proc {...}".
static OneWindowAnswer send_at(Fixture *f, const char *line, const char *number, int64_t now_ms)
{
    g_autoptr(Profile) profile = one_window_profile(f->hall.config);
    g_auto(GStrv) parts = g_strsplit(line, " ", 2), cut = g_strsplit(parts[1], "=N", -1);
    g_autofree char *quoted = g_strdup_printf("'%s'", number), *body = g_strjoinv(quoted, cut);
    OneWindowCall call = ONE_WINDOW_BASIC;
    OneWindowAnswer answer;
    for (size_t i = 0; i < G_N_ELEMENTS(calls); i++)
        if (strcmp(calls[i].word, parts[0]) == 0)
            call = calls[i].call;
    g_strdelimit(body, "'", '"');
    g_autoptr(OneWindowMessage) message =
        one_window_message_new(profile, f->hall.seal, call, body, strlen(body));
    assert_int_equal(
        one_window_take(f->store, &f->hall, profile, message, "key:platform", now_ms, &answer), 0);
    return answer;
}

static OneWindowAnswer send(Fixture *f, const char *line, const char *number)
{
    return send_at(f, line, number, NOW);
}

static void assert_sent(Fixture *f, const char *line, const char *number, const char *state)
{
    OneWindowAnswer answer = send(f, line, number);
    if (strcmp(one_window_state_name(answer.state), state) != 0)
        fail_msg("%s is %s (%s), expected %s", line, one_window_state_name(answer.state),
                 answer.why, state);
}

#define BASIC                                                                                          \
    "basic {'projid':=N,'taskcode':'11370112MB2857','itemname':'食品经营许可','acceptdeptname':" \
    "'市场监管所','approvaltype':'2','promisetimelimit':'15','promisetimeunit':'1','timelimit':"  \
    "20,"                                                                                              \
    "'applicant':'张小三','applicantmobile':'13812345678','applyerpagecode':"                       \
    "'37010219900101123X','applydate':'2026-11-10 08:40:00','datasources':'2','secretfield':"          \
    "'王五'}"
#define ACCEPTED                                                                                        \
    "proc {'projid':=N,'sn':1,'nodename':'受理','nodetype':'1','noderesult':'4',"                     \
    "'nodeprocername':'李敏','procunitname':'市场监管所','nodestarttime':'2026-11-10 09:00:00'," \
    "'nodeendtime':'2026-11-10 09:12:00','acceptdate':'2026-11-10 09:12:00.0'}"
#define PAUSED                                                                                         \
    "special {'projid':=N,'sn':'1','specialtype':'2','specialnodetype':'0','nodename':'现场核查'," \
    "'nodetime':'2026-11-11 10:00:00','procername':'王强','nodeprocadv':'需要现场核查'}"
#define RESUMED                                                                                        \
    "special {'projid':=N,'sn':'1','specialtype':'2','specialnodetype':'1','nodename':'现场核查'," \
    "'nodetime':'2026-11-13 10:00:00','procername':'王强'}"
#define AGREED                                                                                     \
    "proc {'projid':=N,'sn':2,'nodename':'审核','nodetype':'2','noderesult':'1',"                \
    "'procunitname':'市场监管所','nodeendtime':'2026-11-16 15:00:00','nodeadv':'材料齐全'}"
#define DONE                                                                                       \
    "done {'projid':=N,'doneresult':6,'occurtime':'2026-11-17 11:00:00','transactor':'王强'}"

static const char *const life[] = { BASIC, ACCEPTED, PAUSED, RESUMED, AGREED, DONE };
enum { LIFE = G_N_ELEMENTS(life) };

// The case without what tells of its arrival; "-": it is not known.
static char *told(Fixture *f, const char *number)
{
    json_t *row = case_get(f->store, &f->hall, number, NOW);
    json_object_del(row, "number");
    json_object_del(row, "created_at");
    json_object_del(row, "updated_at");
    char *text = row ? json_dumps(row, JSON_COMPACT | JSON_SORT_KEYS) : g_strdup("-");
    json_decref(row);
    return text;
}

static void test_in_order(void **state)
{
    Fixture *f = *state;
    for (int i = 0; i < LIFE; i++)
        assert_sent(f, life[i], "A-1", "taken");
    json_t *row = case_get(f->store, &f->hall, "A-1", NOW);
    assert_look(row, "state", "finished");
    assert_look(row, "item/name", "食品经营许可");
    assert_look(row, "unit", "市场监管所");
    assert_look(row, "limit_days", "15");
    assert_look(row, "statutory_days", "20");
    assert_look(row, "channel", "hall");
    assert_look(row, "applicant", "张*三");
    assert_look(row, "accepted_at", "2026-11-10T09:12:00.000+08:00");
    assert_look(row, "finished_at", "2026-11-17T11:00:00.000+08:00");
    assert_look(row, "events/0/kind", "received");
    assert_look(row, "events/1/person/name", "李敏");
    assert_look(row, "events/2/reason", "需要现场核查");
    assert_look(row, "events/4/node", "审核");
    assert_look(row, "pauses/0/to_at", "2026-11-13T10:00:00.000+08:00");
    assert_look(row, "flags", "[]");
    json_decref(row);
}

// Every order of the six ends in the same case; what has no case yet waits.
static void permute(Fixture *f, int *order, int n, const char *expected, int *n_tried)
{
    if (n > 1) {
        for (int i = 0; i < n; i++) {
            permute(f, order, n - 1, expected, n_tried);
            int j = n % 2 ? 0 : i, kept = order[j];
            order[j] = order[n - 1];
            order[n - 1] = kept;
        }
        return;
    }
    g_autofree char *number = g_strdup_printf("P-%d", (*n_tried)++);
    bool is_known = false;
    for (int i = 0; i < LIFE; i++) {
        is_known |= order[i] == 0;
        assert_sent(f, life[order[i]], number, is_known ? "taken" : "waiting");
    }
    g_autofree char *found = told(f, number);
    assert_string_equal(found, expected);
}

static void test_in_any_order(void **state)
{
    Fixture *f = *state;
    int order[LIFE] = { 0, 1, 2, 3, 4, 5 }, n_tried = 0;
    for (int i = 0; i < LIFE; i++)
        send(f, life[i], "A-1");
    g_autofree char *expected = told(f, "A-1");
    assert_int_equal(store_script(f->store, "BEGIN"), 0);
    permute(f, order, LIFE, expected, &n_tried);
    assert_int_equal(store_script(f->store, "COMMIT"), 0);
    assert_int_equal(n_tried, 720);
    assert_int_equal(count(f, "SELECT count(DISTINCT case_number) FROM one_window_message"), 721);
    assert_int_equal(count(f, "SELECT count(*) FROM one_window_message WHERE state <> 'taken'"), 0);
    assert_int_equal(count(f, "SELECT count(*) FROM flag WHERE kind = 'case_contradiction'"), 0);
}

// The same again: the same answer, one row, nothing doubled; written otherwise too.
static void test_repeated(void **state)
{
    Fixture *f = *state;
    OneWindowAnswer waits = send(f, DONE, "A-1");
    OneWindowAnswer again = send(f, DONE, "A-1");
    assert_int_equal(waits.id, again.id);
    assert_int_equal(again.state, ONE_WINDOW_WAITING);
    assert_string_equal(waits.why, again.why);
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < LIFE; i++)
            assert_sent(f, life[i], "A-1", "taken");
    assert_int_equal(count(f, "SELECT count(*) FROM one_window_message"), LIFE);
    assert_int_equal(count(f, "SELECT times FROM one_window_message WHERE call = 'receiveDone'"),
                     5);
    g_autofree char *before = told(f, "A-1");
    assert_sent(f,
                "done {'occurtime':'2026-11-17T11:00:00', 'transactor': '王强', 'projectNo':=N, "
                "'doneResult':'6'}",
                "A-1", "taken");
    g_autofree char *after = told(f, "A-1");
    assert_string_equal(before, after);
}

// What a node's result makes of a case that was accepted (result, kind of node, event, state).
static void test_results(void **state)
{
    static const struct {
        const char *result, *node_kind, *event, *state;
    } rows[] = {
        { "0", "2", "node", "accepted" },       { "1", "2", "node", "accepted" },
        { "1", "3", "node", "accepted" },       { "2", "4", "refused", "refused" },
        { "3", "3", "refused", "refused" },     { "4", "1", "accepted", "accepted" },
        { "5", "2", "papers_asked", "paused" }, { "6", "2", "paused", "paused" },
        { "7", "2", "node", "accepted" },       { "7", "1", "returned", "returned" },
        { "7", "", "returned", "returned" },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *number = g_strdup_printf("R-%zu", i), *kind = NULL;
        g_autofree char *line = g_strdup_printf(
            "proc {'projid':=N,'sn':2,'nodename':'%s','noderesult':%s,'nodetype':'%s','nodeendtime'"
            ":'2026-11-10 09:12:30'}",
            "审核", rows[i].result, rows[i].node_kind);
        send(f, BASIC, number);
        send(f, ACCEPTED, number);
        assert_sent(f, line, number, "taken");
        json_t *row = case_get(f->store, &f->hall, number, NOW);
        kind = look(row, "events/2/kind");
        g_autofree char *found = look(row, "state");
        if (strcmp(kind, rows[i].event) != 0 || strcmp(found, rows[i].state) != 0)
            fail_msg("result %s of a node of kind %s: %s, %s", rows[i].result, rows[i].node_kind,
                     kind, found);
        json_decref(row);
    }
    static const char *const ends[] = { "finished", "returned", "withdrawn", "withdrawn",
                                        "finished", "returned", "finished",  "refused" };
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *number = g_strdup_printf("D-%zu", i);
        g_autofree char *line = g_strdup_printf(
            "done {'projid':=N,'doneresult':'%zu','occurtime':'2026-11-17 11:00:00'}", i);
        send(f, BASIC, number);
        send(f, line, number);
        json_t *row = case_get(f->store, &f->hall, number, NOW);
        assert_look(row, "state", ends[i]);
        json_decref(row);
    }
}

// What contradicts is kept and becomes one clue with both versions, whichever comes first.
static void test_contradictions(void **state)
{
    static const struct {
        const char *what, *first, *second, *kept, *other;
    } rows[] = {
        { "accepted_at", ACCEPTED,
          "proc {'projid':=N,'sn':9,'nodename':'受理','nodetype':'1','noderesult':'4','acceptdate':"
          "'2026-11-12 09:12:00'}",
          "2026-11-10T09:12:00.000+08:00", "2026-11-12T09:12:00.000+08:00" },
        { "result", DONE,
          "done {'projid':=N,'doneresult':1,'occurtime':'2026-11-17 "
          "11:00:00','exitres':'材料不符'}",
          "finished", "returned" },
        { "result", DONE, "done {'projid':=N,'doneresult':6,'occurtime':'2026-11-18 11:00:00'}",
          "2026-11-17T11:00:00.000+08:00", "2026-11-18T11:00:00.000+08:00" },
        { "result",
          "proc {'projid':=N,'sn':9,'nodename':'决定','nodetype':'3','noderesult':'3','nodeendtime'"
          ":'2026-11-17 10:00:00'}",
          DONE, "refused", "finished" },
        { "after_end", DONE,
          "proc {'projid':=N,'sn':9,'nodename':'审核','nodetype':'2','noderesult':'1','nodeendtime'"
          ":'2026-11-19 10:00:00'}",
          "2026-11-17T11:00:00.000+08:00", "2026-11-19T10:00:00.000+08:00" },
        { "step", AGREED,
          "proc {'projid':=N,'sn':2,'nodename':'审核','nodetype':'2','noderesult':'7',"
          "'procunitname':'市场监管所','nodeendtime':'2026-11-16 16:00:00'}",
          "2026-11-16T15:00:00.000+08:00", "2026-11-16T16:00:00.000+08:00" },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(rows); i++) {
        bool turned = i % 2;
        g_autofree char *number = g_strdup_printf("C-%zu", i);
        const char *first = turned ? rows[i / 2].second : rows[i / 2].first;
        const char *second = turned ? rows[i / 2].first : rows[i / 2].second;
        send(f, BASIC, number);
        assert_sent(f, first, number, "taken");
        g_autofree char *before = told(f, number);
        assert_sent(f, second, number, "contradicted");
        assert_sent(f, second, number, "contradicted");
        json_t *row = case_get(f->store, &f->hall, number, NOW);
        json_t *flags = json_object_get(row, "flags");
        assert_int_equal(json_array_size(flags), 1);
        assert_look(flags, "0/kind", "case_contradiction");
        assert_look(flags, "0/evidence/what", rows[i / 2].what);
        g_autofree char *evidence = json_dumps(json_array_get(flags, 0), JSON_COMPACT);
        assert_non_null(strstr(evidence, rows[i / 2].kept));
        assert_non_null(strstr(evidence, rows[i / 2].other));
        assert_null(strstr(evidence, "王强"));
        // Nothing of the first was overwritten.
        json_t *was = json_loads(before, 0, NULL);
        const char *stays = strcmp(rows[i / 2].what, "accepted_at") == 0 ? "accepted_at" : "state";
        if (strcmp(rows[i / 2].what, "after_end") != 0)
            assert_true(json_equal(json_object_get(was, stays), json_object_get(row, stays)));
        json_decref(was);
        json_decref(row);
    }
}

static void test_other_head(void **state)
{
    Fixture *f = *state;
    send(f, BASIC, "A-1");
    assert_sent(f,
                "basic {'projid':=N,'taskcode':'11370112MB2857','itemname':'食品经营许可',"
                "'acceptdeptname':'市场监管所','approvaltype':'2','promisetimelimit':5,'windowno':"
                "'c1','applydate':'2026-11-11 08:40:00'}",
                "A-1", "contradicted");
    json_t *row = case_get(f->store, &f->hall, "A-1", NOW);
    assert_look(row, "limit_days", "15");
    assert_look(row, "counter", "c1"); // what was not known before is taken
    assert_look(row, "events/0/at", "2026-11-10T08:40:00.000+08:00");
    assert_int_equal(json_array_size(json_object_get(row, "flags")), 2);
    json_decref(row);
    assert_int_equal(count(f, "SELECT count(*) FROM flag WHERE subject = 'case:A-1:limit_days' AND"
                              " evidence LIKE '%\"kept\":15,\"other\":5%'"),
                     1);
}

static void test_refused(void **state)
{
    static const struct {
        const char *line, *words;
    } rows[] = {
        { "basic {'taskcode':'1'}", "缺少 projid（申办流水号）" },
        { "basic {'projid':=N,'itemname':'x'}", "缺少 taskcode（事项编码）" },
        { "basic {'projid':=N,'taskcode':'1','itemname':'x','acceptdeptname':'y','approvaltype':2}",
          "缺少 promisetimelimit（承诺时限）" },
        { "basic {'projid':=N,'taskcode':'1','itemname':'x','acceptdeptname':'y',"
          "'promisetimelimit':'五'}",
          "promisetimelimit（承诺时限）不能是“\"五\"”" },
        { "basic {'projid':=N,'taskcode':'1','itemname':'x','acceptdeptname':'y',"
          "'promisetimelimit':5,'promisetimeunit':'2'}",
          "promisetimeunit（承诺时限单位）不能是“2”" },
        { "proc {'projid':'K','nodename':'审核','nodeendtime':'2026-11-16 15:00:00'}",
          "缺少 noderesult（环节处理结果）" },
        { "proc {'projid':'K','nodename':'审核','noderesult':8,'nodeendtime':'2026-11-16 "
          "15:00:00'}",
          "noderesult（环节处理结果）不能是“8”" },
        { "proc {'projid':'K','nodename':'审核','noderesult':1}", "缺少 nodeendtime（时间）" },
        { "proc {'projid':'K','nodename':'审核','noderesult':1,'nodeendtime':'昨天'}",
          "nodeendtime（时间）不能是“昨天”" },
        { "proc {'projid':'K','nodename':'审核','noderesult':1,'nodeendtime':'1971-11-16 "
          "15:00:00'}",
          "2000 to 2099" },
        { "special {'projid':'K','specialtype':3,'specialnodetype':0,'nodetime':'2026-11-16 "
          "15:00:00'}",
          "specialtype（特别程序种类）不能是“3”" },
        { "done {'projid':'K','doneresult':9,'occurtime':'2026-11-16 15:00:00'}",
          "doneresult（办结结果）不能是“9”" },
        { "done [1,2]", "报文应为一个 JSON 对象" },
        { "done {'projid':'1','projid':'2'}", "报文应为一个 JSON 对象" },
    };
    Fixture *f = *state;
    send(f, BASIC, "K");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (int round = 0; round < 2; round++) {
            OneWindowAnswer answer = send(f, rows[i].line, "N-1");
            assert_int_equal(answer.state, ONE_WINDOW_REFUSED);
            if (!strstr(answer.why, rows[i].words))
                fail_msg("%s: %s", rows[i].line, answer.why);
        }
    }
    assert_int_equal(count(f, "SELECT count(*) FROM one_window_message WHERE state = 'refused'"),
                     G_N_ELEMENTS(rows));
    assert_int_equal(count(f, "SELECT count(*) FROM case_file"), 1);
    assert_int_equal(count(f, "SELECT count(*) FROM case_event"), 1);
}

// A telephone that is none does not cost the case.
static void test_dirty_telephone(void **state)
{
    Fixture *f = *state;
    OneWindowAnswer answer =
        send(f,
             "basic {'projid':=N,'taskcode':'1','itemname':'x','acceptdeptname':'y','applicant':"
             "'张三','applicantmobile':'无'}",
             "A-1");
    assert_int_equal(answer.state, ONE_WINDOW_TAKEN);
    assert_non_null(strstr(answer.why, "applicantmobile"));
}

// Another place's names and codes are rows of a table; its parent's go on working.
static void test_other_profile(void **state)
{
    Fixture *f = *state;
    g_free(f->hall.config->one_window.profile);
    f->hall.config->one_window.profile = g_strdup("pinyin");
    assert_sent(
        f,
        "basic {'SBLSH':=N,'SXBM':'11370112MB2857','SXMC':'食品经营许可','SLBMMC':"
        "'市场监管所','BJLX':'2','CNBJSX':'5.0','CNBJSXDW':'工作日','SQRMC':'张小三','LXRSJ':"
        "'13812345678','SBSJ':'2026/11/10 8:40'}",
        "A-1", "taken");
    assert_sent(f,
                "proc {'SBLSH':=N,'HJMC':'受理','BLJG':'4','SLSJ':'2026-11-10T09:12:00','HJJSSJ':"
                "'2026-11-10T09:20:00'}",
                "A-1", "taken");
    assert_sent(f, "done {'projid':=N,'BJJGDM':'0','BJSJ':'2026-11-12 09:00:00.123'}", "A-1",
                "taken");
    json_t *row = case_get(f->store, &f->hall, "A-1", NOW);
    assert_look(row, "limit_days", "5");
    assert_look(row, "accepted_at", "2026-11-10T09:12:00.000+08:00");
    assert_look(row, "state", "finished");
    json_decref(row);
    OneWindowAnswer answer = send(f, "proc {'SBLSH':=N,'HJMC':'审核'}", "A-1");
    assert_non_null(strstr(answer.why, "缺少 BLJG（环节处理结果）"));
}

// A node that has the case still, and then has acted: since when, and until when.
static void test_node_in_hand(void **state)
{
    Fixture *f = *state;
    send(f, BASIC, "A-1");
    send(f, ACCEPTED, "A-1");
    assert_sent(f,
                "proc {'projid':=N,'sn':2,'nodename':'审核','nodetype':'2','procunitname':"
                "'市场监管所','nodestarttime':'2026-11-12 09:00:00'}",
                "A-1", "taken");
    json_t *row = case_get(f->store, &f->hall, "A-1", NOW);
    assert_look(row, "events/2/kind", "sent");
    assert_int_equal(json_array_size(json_object_get(row, "events")), 3);
    json_decref(row);
    assert_sent(f,
                "proc {'projid':=N,'sn':2,'nodename':'审核','nodetype':'2','noderesult':'1',"
                "'procunitname':'市场监管所','nodestarttime':'2026-11-12 09:00:00','nodeendtime':"
                "'2026-11-16 15:00:00'}",
                "A-1", "taken");
    row = case_get(f->store, &f->hall, "A-1", NOW);
    assert_int_equal(json_array_size(json_object_get(row, "events")), 4);
    assert_look(row, "events/3/kind", "node");
    assert_look(row, "events/3/result", "agreed");
    assert_look(row, "flags", "[]");
    json_decref(row);
}

// An extension counts with days and an approver; its end says nothing more.
static void test_extension(void **state)
{
    Fixture *f = *state;
    send(f, BASIC, "A-1");
    send(f, ACCEPTED, "A-1");
    assert_sent(f,
                "special {'projid':=N,'specialtype':1,'specialnodetype':0,'nodetime':'2026-11-20 "
                "10:00:00','specialdays':10,'approver':'赵局','nodeprocadv':'情况复杂'}",
                "A-1", "taken");
    assert_sent(f,
                "special {'projid':=N,'specialtype':1,'specialnodetype':1,'nodetime':'2026-11-21 "
                "10:00:00'}",
                "A-1", "taken");
    json_t *row = case_get(f->store, &f->hall, "A-1", NOW);
    assert_look(row, "limit_days", "25");
    assert_int_equal(json_array_size(json_object_get(row, "events")), 3);
    json_decref(row);
}

// What waited is told by whoever makes the case known.
static void test_case_by_another_way(void **state)
{
    Fixture *f = *state;
    assert_sent(f, DONE, "A-1", "waiting");
    assert_sent(f, ACCEPTED, "A-1", "waiting");
    json_t *body = json_of("{'item':{'code':'1','name':'x'},'unit':'y','kind':'other'}");
    CaseOutcome outcome;
    char error[200];
    assert_int_equal(case_put(f->store, &f->hall, "A-1", body, NOW, &outcome, error), 0);
    json_decref(body);
    json_t *row = case_get(f->store, &f->hall, "A-1", NOW);
    assert_look(row, "state", "finished");
    assert_int_equal(json_array_size(json_object_get(row, "events")), 2);
    json_decref(row);
    assert_sent(f, DONE, "A-1", "taken");
}

// No person in the clear anywhere in the file, and the whole message for who may read it.
static void test_persons(void **state)
{
    static const char *const secrets[] = { "张小三", "13812345678", "37010219900101123X", "王五" };
    Fixture *f = *state;
    OneWindowAnswer answer = send(f, BASIC, "A-1");
    json_t *row = one_window_get(f->store, answer.id);
    assert_look(row, "fields/applicant", "张*三");
    assert_look(row, "fields/applicantmobile", "138****5678");
    assert_look(row, "fields/applyerpagecode", "***");
    assert_look(row, "fields/secretfield", "***");
    assert_look(row, "fields/itemname", "食品经营许可");
    json_decref(row);
    g_autofree char *raw = NULL;
    assert_int_equal(one_window_raw(f->store, &f->hall, answer.id, &raw), 0);
    g_autofree char *path = g_build_filename(f->dir, "hall.db", NULL), *bytes = NULL;
    gsize size;
    assert_int_equal(store_value(f->store, 1, "PRAGMA wal_checkpoint(TRUNCATE)", ""), 0);
    assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++) {
        assert_non_null(strstr(raw, secrets[i]));
        assert_null(memmem(bytes, size, secrets[i], strlen(secrets[i])));
    }
    assert_non_null(memmem(bytes, size, "市场监管所", strlen("市场监管所")));
}

static void test_sweep(void **state)
{
    const int64_t day = INT64_C(86400000);
    Fixture *f = *state;
    send(f, BASIC, "A-1");
    send(f, DONE, "A-2");
    f->hall.config->rules.person_days = 10;
    assert_int_equal(one_window_sweep(f->store, &f->hall, NOW + 9 * day), 0);
    assert_int_equal(one_window_sweep(f->store, &f->hall, NOW + 11 * day), 2);
    g_autofree char *raw = NULL;
    assert_int_equal(one_window_raw(f->store, &f->hall, 1, &raw), -ENODATA);
    // Its persons are gone before its case came: it has to be sent again.
    send_at(f, BASIC, "A-2", NOW + 12 * day);
    assert_int_equal(count(f, "SELECT count(*) FROM one_window_message WHERE state = 'refused'"),
                     1);
    assert_sent(f, DONE, "A-2", "taken");
    assert_int_equal(one_window_sweep(f->store, &f->hall, NOW + 91 * day), 3);
    for (int i = 0; i < 1010; i++) {
        g_autofree char *number = g_strdup_printf("W-%d", i);
        send_at(f, DONE, number, NOW + 91 * day);
    }
    f->hall.config->one_window.max_messages = 1000;
    f->hall.config->rules.person_days = 180;
    assert_int_equal(one_window_sweep(f->store, &f->hall, NOW + 91 * day), 11);
    assert_int_equal(count(f, "SELECT count(*) FROM one_window_message"), 1000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_in_order),  TEST(test_in_any_order),    TEST(test_repeated),
        TEST(test_results),   TEST(test_contradictions),  TEST(test_other_head),
        TEST(test_refused),   TEST(test_other_profile),   TEST(test_node_in_hand),
        TEST(test_extension), TEST(test_dirty_telephone), TEST(test_case_by_another_way),
        TEST(test_persons),   TEST(test_sweep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
