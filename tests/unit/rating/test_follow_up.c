// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/figures.h"
#include "rating/follow_up.h"
#include "rating/rating.h"

#include <errno.h>

typedef struct {
    const char *id, *follows, *counter, *channel, *invitation, *origin, *moment;
    bool has_receipt;
    int level, err;
    RatingOutcome outcome;
} Row;

static int store_row(Fixture *f, const Row *row, RatingOutcome *outcome)
{
    RatingInput input = { .id = row->id,
                          .counter = row->counter,
                          .channel = row->channel,
                          .invitation = row->invitation,
                          .origin = row->origin,
                          .follows = row->follows,
                          .has_receipt = row->has_receipt,
                          .level = row->level,
                          .event_ms = at(row->moment),
                          .received_ms = at(row->moment),
                          .pad_clock_ms = STORE_NULL };
    return rating_store(f->store, &f->hall, &input, outcome);
}

// Friday the 27th: five working days end with 4 December.
static const Row ROWS[] = {
    { "a", NULL, "c1", "qr", NULL, "t1", "2026-11-27 10:00", 0, 1, 0, RATING_STORED },
    { "x", "none", "c1", "qr", NULL, "t1", "2026-11-27 11:00", 1, 5, -ENOENT, 0 },
    { "x", "a", "c1", "qr", NULL, "t9", "2026-11-27 11:00", 0, 5, -EACCES, 0 }, // no receipt
    { "x", "a", "c2", "qr", NULL, "t1", "2026-11-27 11:00", 1, 5, -EACCES, 0 }, // elsewhere
    { "x", "a", "c1", "other", NULL, NULL, "2026-11-27 11:00", 0, 5, -EACCES, 0 },
    { "x", "a", "c1", "qr", NULL, "t1", "2026-12-05 00:00", 1, 5, -ETIMEDOUT, 0 },
    { "b", "a", "c1", "qr", NULL, "t1", "2026-12-04 23:59", 1, 5, 0, RATING_STORED },
    { "b", "a", "c1", "qr", NULL, "t1", "2026-12-04 23:59", 1, 5, 0, RATING_DUPLICATE },
    { "x", "a", "c1", "qr", NULL, "t1", "2026-12-04 23:59", 1, 5, -EEXIST, 0 }, // once
    { "x", "b", "c1", "qr", NULL, "t1", "2026-12-04 23:59", 1, 5, -ENOENT, 0 }, // not of one
    // A repetition is no first.
    { "r", NULL, "c1", "qr", NULL, "t1", "2026-11-27 10:10", 0, 5, 0, RATING_STORED },
    { "x", "r", "c1", "qr", NULL, "t1", "2026-11-27 11:00", 1, 5, -ENOENT, 0 },
    // By the code of the first, and by the system of the first.
    { "i", NULL, "c1", "qr", "inv", "t2", "2026-11-27 10:00", 0, 5, 0, RATING_STORED },
    { "x", "i", "c1", "qr", "other", "t3", "2026-11-27 11:00", 0, 2, -EACCES, 0 },
    { "j", "i", "c1", "qr", "inv", "t3", "2026-11-27 11:00", 0, 2, 0, RATING_STORED },
    { "s", NULL, "c2", "terminal", NULL, NULL, "2026-11-27 10:00", 0, 4, 0, RATING_STORED },
    { "x", "s", "c2", "pc", NULL, NULL, "2026-11-27 11:00", 0, 1, -EACCES, 0 },
    { "k", "s", "c2", "terminal", NULL, NULL, "2026-11-27 11:00", 0, 3, 0, RATING_STORED },
};

static void store_rows(Fixture *f)
{
    store_exec(f->store,
               "INSERT INTO invitation(id, counter, case_number, created_at, expires_at, state) "
               "VALUES('inv', 'c1', 'A-1', ?, ?, 'waiting')",
               "ii", at("2026-11-27 09:00"), at("2026-12-05 00:00"));
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        RatingOutcome outcome = RATING_STORED;
        int err = store_row(f, &ROWS[i], &outcome);
        if (err != ROWS[i].err || (err == 0 && outcome != ROWS[i].outcome))
            fail_msg("row %zu: %s after %s: %d %d", i, ROWS[i].id, ROWS[i].follows, err, outcome);
    }
}

static void once_in_time_and_by_the_same_proof(void **state)
{
    Fixture *f = *state;
    store_rows(f);
    json_t *first = rating_get(f->store, "a", 0), *second = rating_get(f->store, "b", 0);
    assert_look(first, "level", "1");
    assert_look(first, "is_counted", "true");
    assert_look(first, "follow_up/id", "b");
    assert_look(first, "follow_up/level", "5");
    assert_look(first, "follows", "null");
    assert_look(second, "follows/id", "a");
    assert_look(second, "follows/level", "1");
    assert_look(second, "is_counted", "false");
    assert_look(second, "marks", "[\"follow_up\"]");
    json_decref(first);
    json_decref(second);
    // It belongs to what the first belongs to.
    json_t *of_case = rating_get(f->store, "j", 0);
    assert_look(of_case, "case_number", "A-1");
    json_decref(of_case);
}

static void figures_go_by_the_first(void **state)
{
    Fixture *f = *state;
    store_rows(f);
    json_t *figures = rating_figures(f->store, at("2026-11-01 00:00"), at("2026-12-31 00:00"));
    assert_look(figures, "levels", "{\"5\":1,\"4\":1,\"3\":0,\"2\":0,\"1\":1}");
    assert_look(figures, "good/n", "2");
    assert_look(figures, "bad/n", "1");
    json_decref(figures);
    json_t *by = figures_by(f->store, "channel", at("2026-11-01 00:00"), at("2026-12-31 00:00"));
    assert_int_equal(json_array_size(json_object_get(by, "items")), 2);
    json_decref(by);
}

// A first that is bad is being worked on already; a good one with a bad follow-up begins then.
static void a_bad_follow_up_is_looked_into(void **state)
{
    Fixture *f = *state;
    store_rows(f);
    static const struct {
        const char *rating;
        int has;
    } LIVES[] = { { "a", 1 }, { "b", 0 }, { "i", 0 }, { "j", 1 }, { "k", 0 } };
    for (size_t i = 0; i < G_N_ELEMENTS(LIVES); i++)
        assert_int_equal(store_value(f->store, 0,
                                     "SELECT count(*) FROM rectification WHERE rating = ?", "s",
                                     LIVES[i].rating),
                         LIVES[i].has);
    const Row worse = { "w", NULL, "c1", "qr", NULL, "t5", "2026-11-27 10:00", 0, 1, 0, 0 };
    const Row again = { "v", "w", "c1", "qr", NULL, "t5", "2026-11-27 11:00", 1, 2, 0, 0 };
    RatingOutcome outcome;
    assert_int_equal(store_row(f, &worse, &outcome), 0);
    assert_int_equal(store_row(f, &again, &outcome), 0);
    assert_int_equal(store_value(f->store, 0,
                                 "SELECT count(*) FROM rectification WHERE rating IN ('w','v')",
                                 ""),
                     1);
}

static void what_is_offered(void **state)
{
    Fixture *f = *state;
    RatingOutcome outcome;
    assert_int_equal(store_row(f, &ROWS[0], &outcome), 0);
    json_t *offer = follow_up_offer(f->store, &f->hall, "a", at("2026-12-04 23:59"));
    assert_look(offer, "level", "1");
    assert_look(offer, "until_at", "2026-12-05T00:00:00.000+08:00");
    json_decref(offer);
    assert_true(json_is_null(follow_up_offer(f->store, &f->hall, "a", at("2026-12-05 00:00"))));
    assert_true(json_is_null(follow_up_offer(f->store, &f->hall, NULL, at("2026-12-04 00:00"))));
    f->hall.config->rules.follow_up_days = 0;
    assert_true(json_is_null(follow_up_offer(f->store, &f->hall, "a", at("2026-11-27 12:00"))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(once_in_time_and_by_the_same_proof, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(figures_go_by_the_first, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_bad_follow_up_is_looked_into, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(what_is_offered, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
