// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/ticket.h"

#include <errno.h>

#define NOW at("2026-11-24 12:00")

static int put_ticket(Fixture *f, const char *id, const char *text, char *error)
{
    json_t *body = json_of(text);
    int err = ticket_put(f->store, &f->hall, id, body, NOW, error);
    json_decref(body);
    return err;
}

static int put_duty(Fixture *f, const char *counter, const char *text, char *error)
{
    json_t *body = json_of(text);
    int err = duty_put(f->store, &f->hall, counter, body, NOW, error);
    json_decref(body);
    return err;
}

// One ticket, put again and again: its state, and whether it is in service at noon.
static void test_life_of_a_ticket(void **state)
{
    static const struct {
        const char *body, *state;
        bool in_service;
    } rows[] = {
        { "{'number':'A012','counter':'c1','issued':'2026-11-24T11:40:00+08:00'}", "issued",
          false },
        { "{'called':'2026-11-24T11:50:00+08:00'}", "called", true },
        { "{'state':'missed'}", "missed", false },
        { "{'called':'2026-11-24T11:55:00+08:00'}", "called", true },
        { "{'state':'served'}", "served", true }, // its moment is now
        { "{'finished':'2026-11-24T12:00:00+08:00','case':'A-1'}", "finished", true },
        { "{'finished':'2026-11-24T11:49:00+08:00'}", "finished", false },
    };
    Fixture *f = *state;
    char error[200] = "";
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_int_equal(put_ticket(f, "t1", rows[i].body, error), 0);
        assert_int_equal(put_ticket(f, "t1", rows[i].body, error), 0); // again: the same
        g_autoptr(StoreQuery) query = store_query(f->store, "SELECT state FROM ticket", "");
        assert_true(store_step(query));
        assert_string_equal(store_text(query, 0), rows[i].state);
        g_autofree char *id = NULL, *number = NULL;
        assert_int_equal(ticket_in_service(f->store, "c1", NOW, &id, &number), 0);
        assert_int_equal(id != NULL, rows[i].in_service);
    }
}

static void test_bad_tickets(void **state)
{
    Fixture *f = *state;
    char error[200] = "";
    assert_int_equal(put_ticket(f, "t1", "{'counter':'c1'}", error), -EINVAL);
    assert_string_equal(error, "number is missing");
    assert_int_equal(put_ticket(f, "t1", "{'number':'1','state':'lost'}", error), -EINVAL);
    assert_int_equal(put_ticket(f, "t1", "{'number':'1','called':'soon'}", error), -EINVAL);
    assert_int_equal(count(f, "SELECT count(*) FROM ticket"), 0);
}

static void assert_on_duty(Fixture *f, const char *counter, const char *moment, const char *number)
{
    g_autofree char *found = NULL, *name = NULL;
    assert_int_equal(duty_at(f->store, counter, at(moment), &found, &name), 0);
    assert_string_equal(found ? found : "-", number);
}

static void test_duty(void **state)
{
    Fixture *f = *state;
    char error[200] = "";
    assert_int_equal(
        put_duty(f, "c1", "{'staff':{'number':'7','name':'李'},'at':'2026-11-24T08:30:00+08:00'}",
                 error),
        0);
    assert_int_equal(put_duty(f, "c1", "{'staff':{'number':'7','name':'李'}}", error),
                     0); // the same
    assert_int_equal(count(f, "SELECT count(*) FROM duty"), 1);
    assert_int_equal(
        put_duty(f, "c1", "{'staff':{'number':'8','name':'王'},'at':'2026-11-24T10:00:00+08:00'}",
                 error),
        0);
    assert_int_equal(
        put_duty(f, "c2", "{'staff':{'number':'8','name':'王'},'at':'2026-11-24T11:00:00+08:00'}",
                 error),
        0);
    assert_on_duty(f, "c1", "2026-11-24 08:29", "-");
    assert_on_duty(f, "c1", "2026-11-24 09:00", "7");
    assert_on_duty(f, "c1", "2026-11-24 10:30", "8");
    assert_on_duty(f, "c1", "2026-11-24 11:30", "-"); // moved to the other counter
    assert_on_duty(f, "c2", "2026-11-24 11:30", "8");
    json_t *list = duty_list(f->store);
    assert_look(list, "0/counter", "c2");
    assert_look(list, "0/since", "2026-11-24T11:00:00.000+08:00");
    assert_look(list, "1", "-");
    json_decref(list);
    assert_int_equal(put_duty(f, "c2", "{'staff':null}", error), 0);
    assert_on_duty(f, "c2", "2026-11-24 12:30", "-");
}

static void test_bad_duties(void **state)
{
    static const struct {
        const char *counter, *body;
        int err;
        const char *error;
    } rows[] = {
        { "c9", "{'staff':null}", -ENOENT, "no counter c9 is configured" },
        { "c1", "{}", -EINVAL, "staff is missing: {\"number\",\"name\"}, or null for nobody" },
        { "c1", "{'staff':{'number':'7'}}", -EINVAL,
          "staff: name is missing, and the master data has nobody with this number: give the name, "
          "or add the person there" },
        { "c1", "{'staff':null,'at':'2026-11-24T08:00:00+08:00'}", -EINVAL,
          "at lies before the beginning of the present duty" },
    };
    Fixture *f = *state;
    char error[200] = "";
    put_duty(f, "c1", "{'staff':{'number':'7','name':'李'},'at':'2026-11-24T08:30:00+08:00'}",
             error);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_int_equal(put_duty(f, rows[i].counter, rows[i].body, error), rows[i].err);
        assert_string_equal(error, rows[i].error);
    }
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

// What a machine tells, in every order, comes to the same ticket.
static void test_events_in_any_order(void **state)
{
    static const TicketEvent events[] = {
        { "m", "K1", "issued", NULL, NULL, 1000 },  { "m", "K1", "called", "c1", NULL, 5000 },
        { "m", "K1", "missed", "c1", NULL, 6000 },  { "m", "K1", "called", "c2", NULL, 9000 },
        { "m", "K1", "served", "c2", "A-1", 9500 },
    };
    enum { N = G_N_ELEMENTS(events) };
    Fixture *f = *state;
    g_autoptr(GRand) chance = g_rand_new_with_seed(1);
    for (int round = 0; round < 60; round++) {
        char error[200] = "";
        assert_true(store_exec(f->store, "DELETE FROM ticket", "") >= 0);
        int order[N] = { 0, 1, 2, 3, 4 };
        for (int i = N - 1; i > 0; i--) {
            int other = g_rand_int_range(chance, 0, i + 1), kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        for (int i = 0; i < N; i++) {
            const TicketEvent *event = &events[order[i]];
            assert_int_equal(ticket_event(f->store, &f->hall, event, NOW, error), 1);
            assert_int_equal(ticket_event(f->store, &f->hall, event, NOW, error), 0);
        }
        assert_int_equal(count(f, "SELECT count(*) FROM ticket WHERE state = 'served' AND "
                                  "counter = 'c2' AND issued_at = 1000 AND called_at = 5000 AND "
                                  "last_called_at = 9000 AND case_number = 'A-1'"),
                         1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HALL(test_life_of_a_ticket),
        WITH_HALL(test_bad_tickets),
        WITH_HALL(test_duty),
        WITH_HALL(test_bad_duties),
        cmocka_unit_test_setup_teardown(test_events_in_any_order, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
