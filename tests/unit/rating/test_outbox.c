// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"
#include "rating/flag.h"
#include "rating/notify.h"
#include "rating/rating.h"

#include <errno.h>

#define HOUR INT64_C(3600000)

static int64_t add(Fixture *f, const char *id, const char *subject, int64_t now_ms)
{
    OutboxInput input = {
        .receiver = "county", .id = id, .subject = subject, .event = "rating_bad", .now_ms = now_ms
    };
    assert_int_equal(outbox_add(f->store, &f->hall, &input), 1);
    return count(f, "SELECT max(seq) FROM outbox");
}

// The ids that may go now, in order: "a b ".
static void assert_due(Fixture *f, int64_t now_ms, const char *expected)
{
    g_autoptr(GPtrArray) rows = outbox_due(f->store, "county", now_ms, 100);
    g_autoptr(GString) ids = g_string_new(NULL);
    for (guint i = 0; i < rows->len; i++)
        g_string_append_printf(ids, "%s ", ((OutboxRow *)rows->pdata[i])->id);
    assert_string_equal(ids->str, expected);
}

static void answer(Fixture *f, int64_t seq, OutboxOutcome outcome, int64_t next_ms, int64_t now_ms)
{
    assert_int_equal(
        outbox_answered(f->store, &f->hall, seq, outcome, "no\r\nway", next_ms, now_ms), 0);
}

static void test_order_of_a_subject(void **state)
{
    Fixture *f = *state;
    int64_t now = at("2026-11-24 09:00");
    int64_t a1 = add(f, "a1", "a", now);
    add(f, "b1", "b", now);
    int64_t a2 = add(f, "a2", "a", now);
    assert_due(f, now, "a1 b1 a2 ");
    answer(f, a1, OUTBOX_AGAIN, now + HOUR, now);
    assert_due(f, now, "b1 "); // a2 waits with a1
    assert_due(f, now + HOUR, "a1 b1 a2 ");
    answer(f, a1, OUTBOX_REFUSED, 0, now);
    assert_due(f, now, "b1 a2 "); // a refusal holds nothing up
    answer(f, a2, OUTBOX_SENT, 0, now);
    assert_int_equal(outbox_answered(f->store, &f->hall, a2, OUTBOX_SENT, NULL, 0, now), -ENOENT);
    // Sent again, it has its old place before what came later.
    add(f, "a3", "a", now);
    assert_int_equal(outbox_resend(f->store, &f->hall, a2, now), -EEXIST);
    assert_int_equal(outbox_resend(f->store, &f->hall, 99, now), -ENOENT);
    assert_int_equal(outbox_resend(f->store, &f->hall, a1, now), 0);
    assert_due(f, now, "a1 b1 a3 ");
}

static void test_known_is_not_added_again(void **state)
{
    Fixture *f = *state;
    int64_t now = at("2026-11-24 09:00");
    add(f, "a1", "a", now);
    OutboxInput again = {
        .receiver = "county", .id = "a1", .subject = "a", .event = "x", .now_ms = now
    };
    assert_int_equal(outbox_add(f->store, &f->hall, &again), 0);
    again.receiver = "other"; // another's message
    assert_int_equal(outbox_add(f->store, &f->hall, &again), 1);
}

static void test_how_it_stands(void **state)
{
    Fixture *f = *state;
    int64_t now = at("2026-11-24 09:00");
    int64_t a1 = add(f, "a1", "a", now);
    answer(f, a1, OUTBOX_AGAIN, now + 1, now);
    json_t *receivers = outbox_receivers(f->store, f->hall.config, now + HOUR + 1);
    assert_look(receivers, "0/receiver", "county");
    assert_look(receivers, "0/waiting", "1");
    assert_look(receivers, "0/is_late", "true");
    assert_look(receivers, "0/is_configured", "false");
    assert_look(receivers, "0/error", "no  way");
    json_decref(receivers);
    json_t *counts = outbox_counts(f->store, now + HOUR);
    assert_look(counts, "late", "0");
    json_decref(counts);
    answer(f, a1, OUTBOX_REFUSED, 0, now);
    OutboxFilter filter = { .state = "refused", .before_seq = STORE_NULL, .limit = 10 };
    json_t *list = outbox_list(f->store, &filter);
    assert_look(list, "total", "1");
    assert_look(list, "items/0/message", "a1");
    assert_look(list, "items/0/tries", "2");
    json_decref(list);
    assert_int_equal(outbox_resend_all(f->store, &f->hall, "county", now), 1);
}

// Sixty days by the default: what waited longer is given up, loudly, and later forgotten.
static void test_it_does_not_grow_for_ever(void **state)
{
    Fixture *f = *state;
    int64_t now = at("2026-09-01 09:00"), after = now + 61 * 24 * HOUR;
    add(f, "a1", "a", now);
    add(f, "a2", "a", after);
    assert_int_equal(outbox_sweep(f->store, &f->hall, now), 0);
    assert_int_equal(outbox_sweep(f->store, &f->hall, after), 1);
    assert_due(f, after, "a2 ");
    assert_int_equal(count(f, "SELECT count(*) FROM flag WHERE kind = 'outbox_given_up'"), 1);
    assert_int_equal(outbox_sweep(f->store, &f->hall, after + 61 * 24 * HOUR), 2);
    assert_int_equal(count(f, "SELECT count(*) FROM outbox"), 1);
}

static void test_the_oldest_go_when_it_is_full(void **state)
{
    Fixture *f = *state;
    int64_t now = at("2026-11-24 09:00");
    f->hall.config->outbox.max_waiting = 100;
    ConfigReceiver *receiver = g_new0(ConfigReceiver, 1);
    receiver->id = g_strdup("county");
    receiver->url = g_strdup("https://127.0.0.1/x?key=secret");
    receiver->events = g_strsplit("clue", " ", -1);
    g_ptr_array_add(f->hall.config->notify, receiver);
    for (int i = 0; i < 103; i++) {
        g_autofree char *id = g_strdup_printf("m%d", i);
        add(f, id, id, now);
    }
    assert_int_equal(outbox_sweep(f->store, &f->hall, now), 3);
    assert_int_equal(count(f, "SELECT min(seq) FROM outbox WHERE state = 'waiting' AND event <> "
                              "'clue'"),
                     4);
    // That it happened is a clue, which is told as well.
    assert_int_equal(count(f, "SELECT count(*) FROM outbox WHERE event = 'clue'"), 1);
    json_t *receivers = outbox_receivers(f->store, f->hall.config, now);
    assert_look(receivers, "0/host", "https://127.0.0.1");
    json_decref(receivers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_order_of_a_subject, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_known_is_not_added_again, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_how_it_stands, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_it_does_not_grow_for_ever, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_the_oldest_go_when_it_is_full, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
