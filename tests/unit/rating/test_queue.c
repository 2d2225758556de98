// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/queue.h"
#include "rating/ticket.h"

#include <errno.h>

#define MORNING at("2026-11-24 09:00")

enum { MINUTE = 60000 };

// Two lanes: A at both counters, B at the second alone and without priority.
static int setup(void **state)
{
    static const char text[] = "hall: {id: h1, name: 测试大厅}\n"
                               "queue:\n"
                               "  - {id: all, name: 综合, prefix: A, counters: [c1, c2]}\n"
                               "  - {id: social, name: 社保, prefix: B, counters: [c2], "
                               "priority: false}\n"
                               "counters:\n"
                               "  - {id: c1, name: 1号窗口}\n"
                               "  - {id: c2, name: 2号窗口}\n";
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    int err = fixture_setup(state);
    Fixture *f = *state;
    config_unref(f->hall.config);
    if (config_parse("test.yaml", text, strlen(text), errors, &f->hall.config) < 0)
        fail_msg("%s", (const char *)g_ptr_array_index(errors, 0));
    return err;
}

static void take(Fixture *f, const char *id, const char *lane, const char *priority, int64_t now_ms)
{
    char error[200] = "";
    QueueTake what = { .id = id, .lane = lane, .priority = priority, .user = "screen" };
    assert_int_equal(queue_take(f->store, &f->hall, &what, now_ms, error), 0);
}

static int act(Fixture *f, const char *id, const char *action, const char *counter, char *error)
{
    QueueStep step = { .action = action, .counter = counter, .user = "clerk" };
    return queue_act(f->store, &f->hall, id, &step, MORNING + 30 * MINUTE, error);
}

// The number that is called; "-": nobody.
static char *call_next(Fixture *f, const char *counter, int64_t now_ms)
{
    char error[200] = "";
    g_autofree char *id = NULL;
    int err = queue_call_next(f->store, &f->hall, counter, "clerk", now_ms, &id, error);
    if (err < 0)
        return g_strdup_printf("error %d: %s", err, error);
    if (!id)
        return g_strdup("-");
    json_t *ticket = queue_ticket(f->store, &f->hall, id, now_ms);
    char *number = look(ticket, "number");
    json_decref(ticket);
    return number;
}

static void assert_next(Fixture *f, const char *counter, int64_t now_ms, const char *expected)
{
    g_autofree char *number = call_next(f, counter, now_ms);
    assert_string_equal(number, expected);
}

static void test_numbers_begin_anew_each_day(void **state)
{
    Fixture *f = *state;
    take(f, "t1", "all", NULL, MORNING);
    take(f, "t1", "all", NULL, MORNING); // sent again: the same one
    take(f, "t2", "all", NULL, MORNING);
    take(f, "t3", "social", NULL, MORNING);
    take(f, "t4", "all", NULL, MORNING + 24 * 60 * MINUTE);
    assert_int_equal(count(f, "SELECT count(*) FROM ticket"), 4);
    static const char *const expected[] = { "A001", "A002", "B001", "A001" };
    for (int i = 0; i < 4; i++) {
        g_autofree char *id = g_strdup_printf("t%d", i + 1);
        json_t *ticket = queue_ticket(f->store, &f->hall, id, MORNING);
        assert_look(ticket, "number", expected[i]);
        json_decref(ticket);
    }
    // Who was not called yesterday is not called today.
    assert_next(f, "c1", MORNING + 24 * 60 * MINUTE, "A001");
    assert_next(f, "c2", MORNING + 24 * 60 * MINUTE, "-");
}

static void test_what_cannot_be_taken(void **state)
{
    static const struct {
        const char *lane, *priority;
        int err;
    } rows[] = {
        { "none", NULL, -ENOENT },
        { "all", "rich", -EINVAL },
        { "social", "elder", -EINVAL }, // takes none
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char error[200] = "";
        QueueTake what = { "t1", rows[i].lane, rows[i].priority, "screen" };
        assert_int_equal(queue_take(f->store, &f->hall, &what, MORNING, error), rows[i].err);
        assert_true(error[0]);
    }
    assert_int_equal(count(f, "SELECT count(*) FROM ticket"), 0);
}

// What may be done from where: of one ticket, in this order.
static void test_life_of_a_number(void **state)
{
    static const struct {
        const char *action, *counter;
        int err;
        const char *state;
    } rows[] = {
        { "start", "c1", -EEXIST, "issued" },  { "finish", "c1", -EEXIST, "issued" },
        { "call", NULL, -EINVAL, "issued" },   { "dance", "c1", -EINVAL, "issued" },
        { "call", "c1", 0, "called" },         { "call", "c2", -EEXIST, "called" },
        { "miss", "c1", -EEXIST, "called" },   // called once only
        { "recall", "c2", -EEXIST, "called" }, // not theirs
        { "recall", "c1", 0, "called" },       { "miss", "c1", 0, "missed" },
        { "start", "c1", -EEXIST, "missed" },  { "return", NULL, 0, "issued" },
        { "call", "c2", 0, "called" },         { "recall", "c2", 0, "called" },
        { "miss", "c2", 0, "missed" },         { "return", NULL, -EEXIST, "missed" }, // once only
    };
    Fixture *f = *state;
    take(f, "t1", "all", NULL, MORNING);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char error[200] = "";
        int err = act(f, "t1", rows[i].action, rows[i].counter, error);
        if (err != rows[i].err)
            fail_msg("step %zu, %s: %d %s", i, rows[i].action, err, error);
        assert_int_equal(err < 0, error[0] != 0);
        json_t *ticket = queue_ticket(f->store, &f->hall, "t1", MORNING);
        assert_look(ticket, "state", rows[i].state);
        json_decref(ticket);
    }
    json_t *steps = queue_steps(f->store, "t1");
    assert_int_equal(json_array_size(steps), 8); // take and seven that were possible
    assert_look(steps, "1/counter", "c1");
    assert_look(steps, "1/user", "clerk");
    assert_look(steps, "1/from", "issued");
    json_decref(steps);
}

static void test_next_ends_what_was_served(void **state)
{
    Fixture *f = *state;
    char error[200] = "";
    take(f, "t1", "all", NULL, MORNING);
    take(f, "t2", "all", NULL, MORNING + 1);
    assert_next(f, "c1", MORNING + MINUTE, "A001");
    g_autofree char *refused = call_next(f, "c1", MORNING + 2 * MINUTE);
    assert_non_null(strstr(refused, "A001 has been called"));
    assert_int_equal(act(f, "t1", "start", "c1", error), 0);
    assert_next(f, "c1", MORNING + 5 * MINUTE, "A002");
    assert_int_equal(count(f, "SELECT finished_at FROM ticket WHERE id = 't1'"),
                     MORNING + 5 * MINUTE);
    // The ticket is the one that ratings and invitations find.
    g_autofree char *id = NULL, *number = NULL;
    assert_int_equal(ticket_in_service(f->store, "c1", MORNING + 6 * MINUTE, &id, &number), 0);
    assert_string_equal(id, "t2");
}

static void test_priority_and_its_bound(void **state)
{
    static const char *const expected[] = { "A002", "A003", "A004", "A001", "A005", "-" };
    Fixture *f = *state;
    char error[200] = "";
    take(f, "t1", "all", NULL, MORNING);
    for (int i = 2; i <= 5; i++) {
        g_autofree char *id = g_strdup_printf("t%d", i);
        take(f, id, "all", "elder", MORNING + i);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autofree char *id = NULL;
        assert_int_equal(queue_call_next(f->store, &f->hall, "c1", "clerk",
                                         MORNING + (int64_t)(i + 1) * MINUTE, &id, error),
                         0);
        json_t *ticket = id ? queue_ticket(f->store, &f->hall, id, MORNING) : NULL;
        g_autofree char *number = look(ticket, "number");
        assert_string_equal(number, expected[i]);
        json_decref(ticket);
        if (id)
            assert_int_equal(act(f, id, "start", "c1", error), 0);
    }
}

static void test_passed_on(void **state)
{
    Fixture *f = *state;
    char error[200] = "";
    take(f, "t1", "all", NULL, MORNING);
    take(f, "t2", "social", NULL, MORNING + 1);
    assert_next(f, "c1", MORNING + MINUTE, "A001");
    assert_int_equal(act(f, "t1", "pass", "c1", error), -EINVAL); // where to?
    QueueStep step = { .action = "pass", .counter = "c1", .lane = "social", .user = "clerk" };
    assert_int_equal(queue_act(f->store, &f->hall, "t1", &step, MORNING + MINUTE, error), 0);
    assert_next(f, "c1", MORNING + 2 * MINUTE, "-");    // c1 does not serve that lane
    assert_next(f, "c2", MORNING + 2 * MINUTE, "A001"); // it kept its place
    step = (QueueStep){ .action = "pass", .counter = "c2", .to_counter = "c1", .user = "clerk" };
    assert_int_equal(queue_act(f->store, &f->hall, "t1", &step, MORNING + MINUTE, error), 0);
    assert_next(f, "c2", MORNING + 3 * MINUTE, "B001");
    assert_next(f, "c1", MORNING + 3 * MINUTE, "A001");
}

// Who missed the call comes back behind three others, not at the end.
static void test_back_behind_three(void **state)
{
    static const char *const expected[] = { "A002", "A003", "A004", "A001", "A005" };
    Fixture *f = *state;
    char error[200] = "";
    for (int i = 1; i <= 5; i++) {
        g_autofree char *id = g_strdup_printf("t%d", i);
        take(f, id, "all", NULL, MORNING + i * 1000);
    }
    assert_next(f, "c1", MORNING + MINUTE, "A001");
    assert_int_equal(act(f, "t1", "recall", "c1", error), 0);
    assert_int_equal(act(f, "t1", "miss", "c1", error), 0);
    assert_int_equal(act(f, "t1", "return", NULL, error), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        assert_next(f, "c1", MORNING + 40 * MINUTE, expected[i]);
        g_autofree char *id = g_strdup_printf("t%c", expected[i][3]);
        assert_int_equal(act(f, id, "start", "c1", error), 0);
    }
}

static void test_places_and_estimates(void **state)
{
    Fixture *f = *state;
    char error[200] = "";
    json_t *duty = json_of("{'staff':{'number':'1','name':'王'}}");
    assert_int_equal(duty_put(f->store, &f->hall, "c1", duty, MORNING, error), 0);
    json_decref(duty);
    // Five services of six minutes, yesterday.
    for (int i = 0; i < 5; i++)
        store_exec(f->store,
                   "INSERT INTO ticket(id, number, state, lane, issued_at, called_at, "
                   "finished_at, place_at, updated_at) "
                   "VALUES('y' || ?1, 'A', 'finished', 'all', ?2, ?2, ?3, ?2, ?2)",
                   "iii", (int64_t)i, MORNING - 24 * 60 * MINUTE,
                   MORNING - 24 * 60 * MINUTE + 6 * MINUTE);
    take(f, "t1", "all", NULL, MORNING);
    take(f, "t2", "all", NULL, MORNING + 1);
    take(f, "t3", "all", "soldier", MORNING + 2);
    static const struct {
        const char *id, *before, *low, *high;
    } rows[] = { { "t1", "1", "6", "15" }, { "t2", "2", "10", "20" }, { "t3", "0", "0", "6" } };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        json_t *ticket = queue_ticket(f->store, &f->hall, rows[i].id, MORNING + MINUTE);
        assert_look(ticket, "before", rows[i].before);
        assert_look(ticket, "estimate/low", rows[i].low);
        assert_look(ticket, "estimate/high", rows[i].high);
        json_decref(ticket);
    }
    json_t *lanes = queue_lanes(f->store, &f->hall, MORNING + MINUTE);
    assert_look(lanes, "0/waiting", "3");
    assert_look(lanes, "0/priority_waiting", "1");
    assert_look(lanes, "0/counters_open", "1");
    assert_look(lanes, "0/estimate/high", "25");
    assert_look(lanes, "1/estimate", "null"); // no counter of it is open
    json_decref(lanes);
    assert_null(queue_ticket(f->store, &f->hall, "nobody", MORNING));
}

static void test_what_is_seen(void **state)
{
    Fixture *f = *state;
    take(f, "t1", "all", NULL, MORNING);
    take(f, "t2", "social", NULL, MORNING + 1);
    take(f, "t3", "all", "disabled", MORNING + 2);
    assert_next(f, "c1", MORNING + MINUTE, "A002");
    json_t *screen = queue_screen(f->store, &f->hall, MORNING + MINUTE);
    assert_look(screen, "calls/0/number", "A002");
    assert_look(screen, "calls/0/counter/name", "1号窗口");
    assert_look(screen, "calls/0/is_priority", "true");
    assert_look(screen, "lanes/0/waiting", "1");
    json_decref(screen);
    json_t *one = queue_at_counter(f->store, &f->hall, "c1", MORNING + MINUTE);
    assert_look(one, "current/number", "A002");
    assert_look(one, "waiting/0/number", "A001");
    assert_look(one, "waiting/1", "-"); // the other lane is not this counter's
    assert_look(one, "lanes/1", "-");
    json_decref(one);
    json_t *two = queue_at_counter(f->store, &f->hall, "c2", MORNING + MINUTE);
    assert_look(two, "waiting/1/number", "B001");
    json_decref(two);
    assert_null(queue_at_counter(f->store, &f->hall, "c9", MORNING));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_numbers_begin_anew_each_day, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_taken, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_life_of_a_number, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_next_ends_what_was_served, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_priority_and_its_bound, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_passed_on, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_back_behind_three, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_places_and_estimates, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_what_is_seen, setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
