// SPDX-License-Identifier: Apache-2.0
// What each event says, as a table that a domain person can read.
#include "hall_fixture.h"
#include "rating/notify.h"

static const struct {
    const char *event, *facts;
    const char *title, *text, *path;
} rows[] = {
    { "rating_bad",
      "{'counter':{'id':'c1','name':'一号窗口'},'level':1,'rating':'r1','due_at':'2026-11-25T17:30:"
      "00+08:00'}",
      "收到差评", "一号窗口收到评价“非常不满意”，请在11月25日17:30前核实。", "/ratings?id=r1" },
    { "rectification_due",
      "{'counter':{'id':'c1','name':'一号窗口'},'state':'verifying','rating':'r1','due_at':'2026-"
      "11-25T17:30:00+08:00'}",
      "差评整改即将到期", "一号窗口的一条差评（待核实）将于11月25日17:30到期。", "/ratings?id=r1" },
    { "rectification_late",
      "{'counter':{'id':'c1','name':'一号窗口'},'state':'telling','rating':'r1','due_at':'2026-11-"
      "25T17:30:00+08:00'}",
      "差评整改已超期", "一号窗口的一条差评（待告知）已于11月25日17:30到期，尚未办理。",
      "/ratings?id=r1" },
    { "rectification_judging", "{'counter':{'id':'c1','name':'一号窗口'},'rating':'r1'}",
      "差评待审批", "一号窗口的一条差评申请不计入，等待第二人审批。", "/ratings?id=r1" },
    { "rectification_closed",
      "{'counter':{'id':'c1','name':'一号窗口'},'state':'void','rating':'r1'}", "差评已办结",
      "一号窗口的一条差评已办结（不计）。", "/ratings?id=r1" },
    { "case_yellow", "{'case':'2026-1&x'}", "办件黄牌", "办件2026-1&x即将超过时限。",
      "/cases?number=2026-1%26x" },
    { "case_red", "{'case':'2026-1'}", "办件红牌", "办件2026-1已超过时限。",
      "/cases?number=2026-1" },
    { "camera_lost", "{'camera':'cam1'}", "摄像机中断", "摄像机一号已中断，没有录像。",
      "/camera?id=cam1" },
    { "case_tracking", "{'case':'2026-1','event':'accepted'}", "办件进展",
      "办件2026-1有新进展：已受理。", "/cases?number=2026-1" },
    { "clue", "{'clue':'hold_quota'}", "新的监察线索", "监察线索：保留录像接近额度。", "/flags" },
    { "clue", "{'clue':'something_new'}", "新的监察线索", "监察线索：something_new。", "/flags" },
    { "test", "{}", "测试消息", "这是一条测试消息，收到即表示通知可用。", "/outbox" },
    { "of_a_newer_program", "{}", "of_a_newer_program", "of_a_newer_program", "/" },
};

static void test_words(void **state)
{
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        OutboxRow row = { .event = (char *)rows[i].event, .facts = json_of(rows[i].facts) };
        g_auto(NotifyWords) words = { 0 };
        notify_words(f->hall.config, &row, &words);
        assert_string_equal(words.title, rows[i].title);
        assert_string_equal(words.text, rows[i].text);
        assert_string_equal(words.path, rows[i].path);
        json_decref(row.facts);
    }
}

// Every event that the config may name has words of its own.
static void test_all_have_words(void **state)
{
    Fixture *f = *state;
    for (const char *const *event = config_event_names; *event; event++) {
        if (strcmp(*event, "all") == 0)
            continue;
        OutboxRow row = { .event = (char *)*event, .facts = json_object() };
        g_auto(NotifyWords) words = { 0 };
        notify_words(f->hall.config, &row, &words);
        assert_string_not_equal(words.title, *event);
        json_decref(row.facts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_words, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_all_have_words, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
