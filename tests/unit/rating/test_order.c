// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/flag.h"
#include "rating/order.h"

#include <errno.h>

#define NOW at("2026-11-24 12:00")

static const Actor director = { .user = "zhuren", .is_person = true, .is_director = true };
static const Actor chief = {
    .user = "suozhang", .unit = "人社", .is_person = true, .is_director = true
};
static const Actor clerk = { .user = "xiaoli", .staff = "007", .unit = "人社", .is_person = true };
static const Actor stranger = { .user = "waiban", .unit = "民政", .is_person = true };
static const Actor viewer = { .user = "kan" };

static int issue_at(Fixture *f, const char *id, int64_t now_ms, char *error)
{
    OrderInput input = { .id = id,
                         .unit = "人社",
                         .facts = "办件超时三天",
                         .demand = "说明原因并整改",
                         .due_ms = STORE_NULL,
                         .now_ms = now_ms };
    bool is_new;
    return order_issue(f->store, &f->hall, &input, &director, &is_new, error);
}

static json_t *read_order(Fixture *f, const char *id, const Actor *actor)
{
    OrderReader reader = { .actor = *actor, .sees_all = actor->is_director };
    return order_get(f->store, id, &reader, NOW);
}

// From a state, an action, words and a person to a state or a refusal.
static void test_life(void **state)
{
    static const struct {
        const char *before, *action, *why;
        const Actor *actor;
        const char *after; // NULL: refused
        int err;
    } rows[] = {
        { "issued", "receive", NULL, &clerk, "received", 1 },
        { "issued", "receive", NULL, &stranger, NULL, -EACCES },
        { "issued", "receive", NULL, &director, "received", 1 }, // a receipt on paper
        { "received", "reply", "已补办", &clerk, "replied", 1 },
        { "received", "reply", "", &clerk, NULL, -EINVAL },
        { "issued", "reply", "已补办", &clerk, "replied", 1 },
        { "replied", "accept", NULL, &director, "accepted", 1 },
        { "replied", "accept", NULL, &chief, NULL, -EACCES }, // of the unit that replied
        { "replied", "accept", NULL, &clerk, NULL, -EACCES },
        { "replied", "send_back", "未附材料", &director, "returned", 1 },
        { "replied", "send_back", NULL, &director, NULL, -EINVAL },
        { "returned", "reply", "材料附后", &clerk, "replied", 1 },
        { "accepted", "close", NULL, &director, "closed", 1 },
        { "replied", "close", NULL, &director, NULL, -EEXIST },
        { "received", "extend", "等外单位", &director, "received", 1 },
        { "received", "extend", "等外单位", &clerk, NULL, -EACCES },
        { "issued", "withdraw", "重复下发", &director, "withdrawn", 1 },
        { "closed", "reply", "x", &clerk, NULL, -EEXIST },
        { "withdrawn", "receive", NULL, &clerk, NULL, -EEXIST },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *id = g_strdup_printf("o%zu", i);
        char error[200] = "";
        assert_int_equal(issue_at(f, id, NOW, error), 0);
        store_exec(f->store, "UPDATE supervise_order SET state = ? WHERE id = ?", "ss",
                   rows[i].before, id);
        OrderStep step = { .action = rows[i].action, .why = rows[i].why, .due_ms = STORE_NULL };
        int err = order_act(f->store, &f->hall, id, &step, rows[i].actor, NOW, error);
        if (err != rows[i].err)
            fail_msg("row %zu: %d, wanted %d: %s", i, err, rows[i].err, error);
        assert_int_equal(error[0] != '\0', rows[i].after == NULL);
        json_t *order = read_order(f, id, &director);
        assert_look(order, "state", rows[i].after ? rows[i].after : rows[i].before);
        json_decref(order);
    }
}

// Without gaps, by the year; a repeat takes no number.
static void test_numbers(void **state)
{
    static const struct {
        const char *id, *at, *number;
    } rows[] = {
        { "a", "2026-11-24 12:00", "督〔2026〕1号" }, { "b", "2026-12-31 23:59", "督〔2026〕2号" },
        { "b", "2027-01-01 00:01", "督〔2026〕2号" }, { "c", "2027-01-01 00:01", "督〔2027〕1号" },
        { "d", "2027-01-01 00:02", "督〔2027〕2号" },
    };
    Fixture *f = *state;
    char error[200] = "";
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_int_equal(issue_at(f, rows[i].id, at(rows[i].at), error), 0);
        json_t *order = read_order(f, rows[i].id, &director);
        assert_look(order, "number", rows[i].number);
        json_decref(order);
    }
    OrderInput other = { .id = "a",
                         .unit = "民政",
                         .facts = "别的事",
                         .demand = "x",
                         .due_ms = STORE_NULL,
                         .now_ms = NOW };
    bool is_new;
    assert_int_equal(order_issue(f->store, &f->hall, &other, &director, &is_new, error), -EEXIST);
}

static void test_what_is_refused(void **state)
{
    const struct {
        OrderInput input;
        const Actor *actor;
        int err;
    } rows[] = {
        { { .unit = "人社", .facts = "a", .demand = "b" }, &clerk, -EACCES },
        { { .facts = "a", .demand = "b" }, &director, -EINVAL },
        { { .unit = "人社", .person = "x", .facts = "a", .demand = "b" }, &director, -EINVAL },
        { { .unit = "人社", .facts = "", .demand = "b" }, &director, -EINVAL },
        { { .unit = "人社", .facts = "a", .demand = "b", .ref = "case:none" }, &director, -EINVAL },
        { { .unit = "人社", .facts = "a", .demand = "b", .ref = "moon:1" }, &director, -EINVAL },
        { { .unit = "人社", .facts = "a", .demand = "b", .due_ms = at("2026-11-23 12:00") },
          &director,
          -EINVAL },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        OrderInput input = rows[i].input;
        char error[200] = "";
        bool is_new;
        input.id = "x";
        input.now_ms = NOW;
        input.due_ms = input.due_ms ? input.due_ms : STORE_NULL;
        assert_int_equal(order_issue(f->store, &f->hall, &input, rows[i].actor, &is_new, error),
                         rows[i].err);
        assert_true(error[0]);
    }
    assert_int_equal(store_value(f->store, 0, "SELECT count(*) FROM supervise_order", ""), 0);
}

// Late is a flag; the reply closes it and stays marked as late; sent back, there is a new day.
static void test_deadline(void **state)
{
    Fixture *f = *state;
    char error[200] = "";
    assert_int_equal(issue_at(f, "o1", NOW, error), 0);
    json_t *order = read_order(f, "o1", &clerk);
    assert_look(order, "due_at", "2026-12-01T17:30:00.000+08:00");
    assert_look(order, "actions/0/action", "receive");
    json_decref(order);
    assert_int_equal(order_next(f->store), at("2026-12-01 13:30"));
    assert_int_equal(order_sweep(f->store, &f->hall, at("2026-12-01 14:00")), 1);
    assert_true(flag_is_open(f->store, "order:o1", "order_due"));
    assert_int_equal(order_sweep(f->store, &f->hall, at("2026-12-02 09:00")), 1);
    assert_true(flag_is_open(f->store, "order:o1", "order_late"));
    OrderStep reply = { .action = "reply", .why = "已整改", .due_ms = STORE_NULL };
    OrderStep back = { .action = "send_back", .why = "没有材料", .due_ms = at("2026-12-07 00:00") };
    assert_int_equal(
        order_act(f->store, &f->hall, "o1", &reply, &clerk, at("2026-12-02 09:30"), error), 1);
    assert_int_equal(
        order_act(f->store, &f->hall, "o1", &reply, &clerk, at("2026-12-02 09:31"), error), 0);
    assert_false(flag_is_open(f->store, "order:o1", "order_late"));
    assert_int_equal(
        order_act(f->store, &f->hall, "o1", &back, &director, at("2026-12-02 10:00"), error), 1);
    order = read_order(f, "o1", &director);
    assert_look(order, "is_late", "true");
    assert_look(order, "due_at", "2026-12-07T17:30:00.000+08:00");
    assert_look(order, "reply", "已整改");
    assert_look(order, "steps/2/action", "send_back");
    json_decref(order);
}

// Staff see what their unit is to reply to, and nothing else.
static void test_readers(void **state)
{
    const struct {
        const Actor *actor;
        bool sees_all;
        const char *total, *waits;
    } rows[] = { { &director, true, "1", "0" },
                 { &clerk, false, "1", "1" },
                 { &stranger, false, "0", "0" },
                 { &viewer, true, "1", "0" } };
    Fixture *f = *state;
    char error[200] = "";
    assert_int_equal(issue_at(f, "o1", NOW, error), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        OrderReader reader = { .actor = *rows[i].actor, .sees_all = rows[i].sees_all };
        OrderFilter filter = { .limit = 9 };
        json_t *list = order_list(f->store, &f->hall, &filter, &reader, NOW);
        assert_look(list, "total", rows[i].total);
        assert_look(list, "suggested_due_at", "2026-12-01T17:30:00.000+08:00");
        json_decref(list);
        filter.waits_for_me = true;
        list = order_list(f->store, &f->hall, &filter, &reader, NOW);
        assert_look(list, "total", rows[i].waits);
        json_decref(list);
    }
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HALL(test_life),     WITH_HALL(test_numbers), WITH_HALL(test_what_is_refused),
        WITH_HALL(test_deadline), WITH_HALL(test_readers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
