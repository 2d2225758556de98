// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/flag.h"
#include "rating/rating.h"

#define NOON at("2026-11-24 12:00")
enum { MINUTE = 60 * 1000 };

// A letter for each press (g good, b bad), so many minutes apart: does the last one raise it?
static const struct {
    const char *title, *presses;
    int apart_minutes;
    int raised;
} rows[] = {
    { "three unhappy are too few", "bbb", 1, 0 },
    { "four of four", "bbbb", 1, 1 },
    { "half of four", "gbgb", 1, 1 },
    { "less than half", "gggbgb", 1, 0 },
    { "not within a quarter of an hour", "bbbb", 6, 0 },
    { "good ones alone", "gggg", 1, 0 },
};

static void press(Fixture *f, size_t row, size_t i, int level, int64_t event_ms, int64_t now_ms)
{
    g_autofree char *id = g_strdup_printf("r%zu-%zu", row, i);
    RatingInput input = { .id = id,
                          .pad = "p1",
                          .counter = "c1",
                          .channel = "pad",
                          .level = level,
                          .event_ms = event_ms,
                          .received_ms = now_ms,
                          .pad_clock_ms = STORE_NULL,
                          .clock_kind = "ntp" };
    RatingOutcome outcome;
    assert_int_equal(rating_store(f->store, &f->hall, &input, &outcome), 0);
}

static int open_moods(Fixture *f)
{
    return flag_is_open(f->store, "counter:c1", "mood");
}

// However many come, the newest sixty say how the mood is, and what is raised names no more.
static void a_flood_is_bounded(void **state)
{
    Fixture *f = *state;
    for (size_t i = 0; i < 105; i++) {
        int64_t at_ms = NOON + (int64_t)i * 8000;
        press(f, 0, i, i < 70 ? 5 : 1, at_ms, at_ms);
    }
    assert_int_equal(open_moods(f), 1);
    json_t *list =
        flag_list(f->store, &(FlagFilter){ .kind = "mood", .before_ms = STORE_NULL, .limit = 9 });
    assert_look(list, "items/0/evidence/n", "60");
    assert_look(list, "items/0/evidence/bad", "30");
    json_decref(list);
}

static void test_rows(void **state)
{
    Fixture *f = *state;
    for (size_t row = 0; row < G_N_ELEMENTS(rows); row++) {
        int64_t day_ms = (int64_t)row * 24 * 60 * MINUTE;
        size_t n = strlen(rows[row].presses);
        for (size_t i = 0; i < n; i++) {
            int64_t at_ms = NOON + day_ms + (int64_t)i * rows[row].apart_minutes * MINUTE;
            press(f, row, i, rows[row].presses[i] == 'b' ? 1 : 5, at_ms, at_ms);
        }
        if (open_moods(f) != rows[row].raised)
            fail_msg("%s", rows[row].title);
        static const char *const kinds[] = { "mood", NULL };
        flag_close_open(f->store, &f->hall, "counter:c1", kinds, "test", NOON + day_ms);
    }
}

// Yesterday's presses of a pad that was away are no news of this hour.
static void test_late_ones(void **state)
{
    Fixture *f = *state;
    for (size_t i = 0; i < 6; i++)
        press(f, 99, i, 1, NOON + (int64_t)i * MINUTE, NOON + 24 * 60 * MINUTE);
    assert_false(open_moods(f));
}

static void test_evidence(void **state)
{
    Fixture *f = *state;
    for (size_t i = 0; i < 5; i++)
        press(f, 0, i, i ? 2 : 5, NOON + (int64_t)i * MINUTE, NOON + (int64_t)i * MINUTE);
    FlagFilter filter = { .kind = "mood", .before_ms = INT64_MAX, .limit = 10 };
    json_t *list = flag_list(f->store, &filter);
    assert_look(list, "total", "1"); // one flag, while it is open
    assert_look(list, "items/0/counter", "c1");
    assert_look(list, "items/0/evidence/n", "4");
    assert_look(list, "items/0/evidence/bad", "3");
    assert_look(list, "items/0/evidence/ratings/2", "r0-3");
    json_decref(list);
    filter.no_clues = true; // as whoever was rated reads them
    list = flag_list(f->store, &filter);
    assert_look(list, "total", "0");
    json_decref(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rows, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_flood_is_bounded, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_late_ones, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_evidence, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
