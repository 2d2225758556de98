// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/queue.h"
#include "rating/queue_watch.h"
#include "rating/roster.h"
#include "rating/ticket.h"

#include <errno.h>

#define MORNING at("2026-11-24 09:00") // a Tuesday

enum { MINUTE = 60000 };

static int setup(void **state)
{
    static const char text[] = "hall: {id: h1, name: 测试大厅}\n"
                               "rules: {wait_minutes: 30, empty_counter_waiting: 2, "
                               "empty_counter_minutes: 10, tidal_minutes: 5}\n"
                               "queue:\n"
                               "  - {id: all, name: 综合, prefix: A, counters: [c1, c7]}\n"
                               "counters:\n"
                               "  - {id: c1, name: 1号窗口}\n"
                               "  - {id: c7, name: 7号潮汐, kind: tidal}\n";
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    int err = fixture_setup(state);
    Fixture *f = *state;
    config_unref(f->hall.config);
    if (config_parse("test.yaml", text, strlen(text), errors, &f->hall.config) < 0)
        fail_msg("%s", (const char *)g_ptr_array_index(errors, 0));
    return err;
}

static void take(Fixture *f, const char *id, int64_t now_ms)
{
    char error[200] = "";
    QueueTake what = { .id = id, .lane = "all", .user = "screen" };
    assert_int_equal(queue_take(f->store, &f->hall, &what, now_ms, error), 0);
}

static void duty(Fixture *f, const char *counter, bool is_there, int64_t now_ms)
{
    char error[200] = "";
    json_t *body = json_of(is_there ? "{'staff':{'number':'1','name':'王'}}" : "{'staff':null}");
    assert_int_equal(duty_put(f->store, &f->hall, counter, body, now_ms, error), 0);
    json_decref(body);
}

static int64_t sweep(Fixture *f, int64_t now_ms)
{
    int64_t next = 0;
    assert_true(queue_watch_sweep(f->store, &f->hall, now_ms, &next) >= 0);
    return next;
}

// "slow_wait ticket:t1\n" for each, as they were raised.
static void assert_flags(Fixture *f, const char *expected)
{
    g_autoptr(GString) found = g_string_new(NULL);
    g_autoptr(StoreQuery) query =
        store_query(f->store, "SELECT kind, subject FROM flag ORDER BY raised_at, rowid", "");
    while (store_step(query))
        g_string_append_printf(found, "%s %s\n", store_text(query, 0), store_text(query, 1));
    assert_string_equal(found->str, expected);
}

static void test_a_wait_at_its_minute_and_once(void **state)
{
    Fixture *f = *state;
    duty(f, "c1", true, MORNING);
    take(f, "t1", MORNING);
    assert_true(sweep(f, MORNING + MINUTE) == MORNING + 30 * MINUTE);
    sweep(f, MORNING + 30 * MINUTE - 1);
    assert_flags(f, "");
    sweep(f, MORNING + 30 * MINUTE);
    assert_flags(f, "slow_wait ticket:t1\n");
    sweep(f, MORNING + 31 * MINUTE);
    sweep(f, MORNING + 300 * MINUTE);
    assert_flags(f, "slow_wait ticket:t1\n");
}

// When each is called after so many minutes (-1: never), is it a clue? Looked at once, at noon: the
// box was off.
static void test_hits_and_near_misses_of_waits(void **state)
{
    static const struct {
        const char *what;
        int called;
        const char *then; // what is done after the call; NULL: nothing
        bool is_clue;
    } rows[] = {
        { "called at once", 0, NULL, false },
        { "called in the thirtieth minute", 30, NULL, false },
        { "called a minute too late", 31, NULL, true },
        { "never called", -1, NULL, true },
        { "called in time and passed on", 5, "pass", false },
        { "called in time and nobody came", 5, "miss", false },
        { "called in time, missed, and waits again", 5, "return", false },
    };
    Fixture *f = *state;
    char error[200] = "";
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *id = g_strdup_printf("t%zu", i);
        take(f, id, MORNING);
        QueueStep step = { .action = "call", .counter = "c1", .user = "x" };
        int64_t called = MORNING + (int64_t)rows[i].called * MINUTE;
        if (rows[i].called >= 0)
            assert_int_equal(queue_act(f->store, &f->hall, id, &step, called, error), 0);
        if (rows[i].then && strcmp(rows[i].then, "pass") == 0) {
            QueueStep pass = { .action = "pass", .counter = "c1", .to_counter = "c7", .user = "x" };
            assert_int_equal(queue_act(f->store, &f->hall, id, &pass, called, error), 0);
        } else if (rows[i].then) {
            const char *const actions[] = { "recall", "miss", "return" };
            for (int n = 0; n < (strcmp(rows[i].then, "miss") == 0 ? 2 : 3); n++) {
                step.action = actions[n];
                assert_int_equal(queue_act(f->store, &f->hall, id, &step, called, error), 0);
            }
        }
    }
    duty(f, "c1", true, MORNING);
    sweep(f, at("2026-11-24 11:59"));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *subject = g_strdup_printf("ticket:t%zu", i);
        int64_t n =
            store_value(f->store, 0, "SELECT count(*) FROM flag WHERE subject = ?", "s", subject);
        if (n != rows[i].is_clue)
            fail_msg("%s: %d clues", rows[i].what, (int)n);
    }
}

static void test_since_when_people_wait_at_an_empty_counter(void **state)
{
    static const struct {
        int64_t issued[4];
        size_t n, n_min;
        int64_t empty, expected;
    } rows[] = {
        { { 0 }, 0, 2, 5, INT64_MAX }, { { 1 }, 1, 2, 5, INT64_MAX },   { { 1, 9 }, 2, 2, 5, 9 },
        { { 1, 3, 9 }, 3, 2, 5, 5 },   { { 1, 3, 9, 12 }, 4, 3, 5, 9 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_true(queue_empty_since(rows[i].issued, rows[i].n, rows[i].n_min, rows[i].empty) ==
                    rows[i].expected);
}

static int64_t clues_of_counter(Fixture *f, const char *counter)
{
    return store_value(f->store, 0,
                       "SELECT count(*) FROM flag WHERE kind = 'inaction_queue' AND counter = ?",
                       "s", counter);
}

static void test_people_wait_while_a_counter_stands_empty(void **state)
{
    Fixture *f = *state;
    duty(f, "c1", true, MORNING);
    take(f, "t1", MORNING);
    take(f, "t2", MORNING + MINUTE);
    sweep(f, MORNING + 15 * MINUTE);
    assert_int_equal(clues_of_counter(f, "c1"), 0); // somebody is there
    duty(f, "c1", false, MORNING + 15 * MINUTE);
    int64_t next = sweep(f, MORNING + 16 * MINUTE);
    assert_true(next == MORNING + 25 * MINUTE);
    sweep(f, MORNING + 25 * MINUTE - 1);
    assert_int_equal(clues_of_counter(f, "c1"), 0);
    sweep(f, MORNING + 25 * MINUTE);
    sweep(f, MORNING + 29 * MINUTE);
    assert_int_equal(clues_of_counter(f, "c1"), 1);
    assert_int_equal(clues_of_counter(f, "c7"), 0); // nothing is said of it, and nobody was there
    // Back for a while, and away again: another time.
    duty(f, "c1", true, MORNING + 40 * MINUTE);
    duty(f, "c1", false, MORNING + 50 * MINUTE);
    sweep(f, MORNING + 60 * MINUTE);
    assert_int_equal(clues_of_counter(f, "c1"), 2);
}

static void roster(Fixture *f, const char *kind, const char *counter)
{
    static int n;
    char error[200] = "";
    g_autofree char *id = g_strdup_printf("00000000-0000-4000-8000-0000000000%02d", n++);
    g_autofree char *text = g_strdup_printf("{'kind':'%s','counter':'%s',"
                                            "'from':'2026-11-24T08:30:00+08:00',"
                                            "'to':'2026-11-24T17:30:00+08:00'}",
                                            kind, counter);
    json_t *body = json_of(text), *row = NULL;
    int err = roster_put(f->store, &f->hall, id, body, "zhuren", MORNING, &row, error);
    if (err < 0)
        fail_msg("%s", error);
    json_decref(row);
    json_decref(body);
}

static void test_the_roster_says_whether_a_counter_should_be_served(void **state)
{
    Fixture *f = *state;
    roster(f, "open", "c7"); // and nobody has come
    duty(f, "c1", true, MORNING);
    duty(f, "c1", false, MORNING + MINUTE);
    roster(f, "closed", "c1");
    take(f, "t1", MORNING);
    take(f, "t2", MORNING);
    sweep(f, MORNING + 20 * MINUTE);
    assert_int_equal(clues_of_counter(f, "c1"), 0);
    assert_int_equal(clues_of_counter(f, "c7"), 1);
}

static void test_nobody_has_to_be_there_at_noon_or_on_a_holiday(void **state)
{
    static const char *const moments[] = { "2026-11-24 12:00", "2026-11-22 10:00",
                                           "2026-11-24 17:30" };
    for (size_t i = 0; i < G_N_ELEMENTS(moments); i++) {
        Fixture *f = *state;
        int64_t from = at(moments[i]);
        duty(f, "c1", true, from - 5 * MINUTE);
        duty(f, "c1", false, from - MINUTE);
        g_autofree char *first = g_strdup_printf("a%zu", i), *second = g_strdup_printf("b%zu", i);
        take(f, first, from);
        take(f, second, from);
        sweep(f, from + 20 * MINUTE);
        assert_int_equal(clues_of_counter(f, "c1"), 0);
    }
}

static void test_a_tidal_counter_is_suggested_once(void **state)
{
    Fixture *f = *state;
    duty(f, "c1", true, MORNING);
    for (int i = 0; i < 6; i++)
        store_exec(f->store,
                   "INSERT INTO ticket(id, number, state, lane, issued_at, called_at, finished_at, "
                   "place_at, updated_at, is_wait_told) "
                   "VALUES('y' || ?1, 'A', 'finished', 'all', ?2, ?2, ?3, ?2, ?2, 1)",
                   "iii", (int64_t)i, MORNING - 24 * 60 * MINUTE,
                   MORNING - 24 * 60 * MINUTE + 10 * MINUTE);
    for (int i = 0; i < 5; i++) {
        g_autofree char *id = g_strdup_printf("t%d", i);
        take(f, id, MORNING);
    }
    for (int minute = 1; minute <= 5; minute++)
        sweep(f, MORNING + minute * MINUTE);
    assert_int_equal(count(f, "SELECT count(*) FROM flag WHERE kind = 'queue_tidal'"), 0);
    sweep(f, MORNING + 6 * MINUTE);
    sweep(f, MORNING + 7 * MINUTE);
    assert_int_equal(count(f, "SELECT count(*) FROM flag WHERE kind = 'queue_tidal'"), 1);
    assert_int_equal(count(f, "SELECT evidence LIKE '%7号潮汐%' FROM flag"), 1);
    // Once it is open the pressure goes, and nothing is left to suggest.
    duty(f, "c7", true, MORNING + 8 * MINUTE);
    for (int minute = 9; minute <= 20; minute++)
        sweep(f, MORNING + minute * MINUTE);
    assert_int_equal(count(f, "SELECT count(*) FROM flag WHERE kind = 'queue_tidal'"), 1);
}

static void test_week_after_week(void **state)
{
    Fixture *f = *state;
    // Two Tuesdays at nine: six of twelve wait 40 minutes; Wednesdays at ten: nobody does.
    for (int i = 0; i < 24; i++) {
        int64_t day = (i % 2) * 7 * 24 * 60 * (int64_t)MINUTE;
        bool is_tuesday = i < 12;
        g_autofree char *id = g_strdup_printf("p%d", i);
        int64_t issued = (is_tuesday ? at("2026-11-10 09:10") : at("2026-11-11 10:10")) + day;
        store_exec(f->store,
                   "INSERT INTO ticket(id, number, state, lane, issued_at, called_at, place_at, "
                   "updated_at) VALUES(?1, 'A', 'served', 'all', ?2, ?3, ?2, ?2)",
                   "sii", id, issued, issued + (is_tuesday && i < 6 ? 40 : 5) * (int64_t)MINUTE);
    }
    json_t *rows = queue_pattern(f->store, &f->hall, at("2026-11-01 00:00"), MORNING);
    assert_int_equal(json_array_size(rows), 2);
    assert_look(rows, "0/weekday", "2");
    assert_look(rows, "0/hour", "9");
    assert_look(rows, "0/over", "6");
    assert_look(rows, "0/is_suggested", "true");
    assert_look(rows, "1/weekday", "3");
    assert_look(rows, "1/is_suggested", "false");
    json_decref(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_wait_at_its_minute_and_once, setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_hits_and_near_misses_of_waits, setup,
                                        fixture_teardown),
        cmocka_unit_test(test_since_when_people_wait_at_an_empty_counter),
        cmocka_unit_test_setup_teardown(test_people_wait_while_a_counter_stands_empty, setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_the_roster_says_whether_a_counter_should_be_served,
                                        setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_nobody_has_to_be_there_at_noon_or_on_a_holiday, setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_a_tidal_counter_is_suggested_once, setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_week_after_week, setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
