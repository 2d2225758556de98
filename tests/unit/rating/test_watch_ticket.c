// SPDX-License-Identifier: Apache-2.0
// Numbers that were served without a case, served from 10:00 on Tuesday 2026-11-24. The hall may
// hand its cases over by night: judged at the end of 11-25.
#include "hall_fixture.h"

#include "rating/ticket.h"
#include "rating/watch.h"
#include "rating/watch_ticket.h"

static void test_served_without_a_case(void **state)
{
    static const struct {
        const char *about;
        int minutes; // of the service; -1: not over
        bool has_case, gives_advice;
        int usual, usual_of;
        const char *now;
        int found;
        const char *next; // NULL: never
    } rows[] = {
        { "办了六分钟，没有办件", 6, false, false, 19, 20, "2026-11-25 17:30", 1, NULL },
        { "办件可能当晚才报来", 6, false, false, 19, 20, "2026-11-25 17:29", 0,
          "2026-11-25 17:30" },
        { "有办件", 6, true, false, 19, 20, "2026-11-25 17:30", 0, NULL },
        { "问一句就走", 4, false, false, 19, 20, "2026-11-25 17:30", 0, NULL },
        { "咨询窗口", 30, false, true, 19, 20, "2026-11-25 17:30", 0, NULL },
        { "这个窗口的号本来就不报办件", 6, false, false, 10, 20, "2026-11-25 17:30", 0, NULL },
        { "刚启用，还没有可比的", 6, false, false, 5, 5, "2026-11-25 17:30", 0, NULL },
        { "还在办", -1, false, false, 19, 20, "2026-11-25 17:30", 0, NULL },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t began_ms = at("2026-11-24 10:00");
        WatchTicket ticket = { .number = "A001",
                               .counter = "c1",
                               .has_case = rows[i].has_case,
                               .gives_advice = rows[i].gives_advice,
                               .began_ms = began_ms,
                               .ended_ms = rows[i].minutes < 0
                                               ? WATCH_NEVER
                                               : began_ms + rows[i].minutes * INT64_C(60000),
                               .usual = rows[i].usual,
                               .usual_of = rows[i].usual_of };
        g_auto(WatchFindings) findings = { 0 };
        watch_findings_init(&findings, at(rows[i].now));
        watch_ticket_judge(&ticket, f->hall.config, f->hall.calendar, &findings);
        int64_t next_ms = rows[i].next ? at(rows[i].next) : WATCH_NEVER;
        if ((int)findings.hits->len != rows[i].found || findings.next_ms != next_ms)
            fail_msg("%s: %u found", rows[i].about, findings.hits->len);
    }
}

static void put(Fixture *f, const char *id, const char *text, const char *now)
{
    char error[200] = "";
    json_t *body = json_of(text);
    if (ticket_put(f->store, &f->hall, id, body, at(now), error) != 0)
        fail_msg("%s", error);
    json_decref(body);
}

// From the queue's messages to the clue; a case that is named in time takes it away.
static void test_from_the_store(void **state)
{
    Fixture *f = *state;
    assert_true(store_exec(f->store, "UPDATE meta SET value = '0' WHERE key = 'watch_since'", "") >=
                0);
    for (int i = 0; i < 12; i++) {
        g_autofree char *id = g_strdup_printf("t%d", i);
        g_autofree char *text = g_strdup_printf(
            "{'number':'A%03d','counter':'c1','case':'C-%d','served':'2026-11-24T09:%02d:00+08:00',"
            "'finished':'2026-11-24T09:%02d:00+08:00'}",
            i, i, i, i + 1);
        put(f, id, text, "2026-11-24 09:20");
    }
    for (int i = 0; i < 2; i++) {
        g_autofree char *text = g_strdup_printf(
            "{'number':'B00%d','counter':'c1','served':'2026-11-24T1%d:00:00+08:00',"
            "'finished':'2026-11-24T1%d:10:00+08:00'}",
            i, i, i);
        put(f, i ? "b1" : "b0", text, "2026-11-24 11:20");
    }
    assert_int_equal(watch_sweep(f->store, &f->hall, at("2026-11-24 12:00")), 0);
    put(f, "b1", "{'case':'C-77'}", "2026-11-24 20:00");
    assert_int_equal(watch_sweep(f->store, &f->hall, at("2026-11-25 17:30")), 1);
    assert_int_equal(store_value(f->store, 0,
                                 "SELECT count(*) FROM flag WHERE kind = 'misconduct_no_case'"
                                 " AND subject = 'ticket:b0' AND counter = 'c1'",
                                 ""),
                     1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_served_without_a_case, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_from_the_store, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
