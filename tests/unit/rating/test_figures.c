// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/figures.h"

#include <math.h>

// Known values of Wilson's interval at 95 %.
static void intervals(void **state)
{
    static const struct {
        int64_t n, of;
        double low, high;
    } ROWS[] = {
        { 0, 0, 0, 1 },
        { 0, 10, 0, 0.2775 },
        { 10, 10, 0.7225, 1 },
        { 5, 10, 0.2366, 0.7634 },
        { 3, 3, 0.4385, 1 },
        { 290, 300, 0.9397, 0.9818 },
        { 81, 263, 0.2553, 0.3662 },
        { 1, 29, 0.0061, 0.1718 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        double low, high;
        figures_interval(ROWS[i].n, ROWS[i].of, &low, &high);
        if (fabs(low - ROWS[i].low) > 0.0001 || fabs(high - ROWS[i].high) > 0.0001)
            fail_msg("%d of %d: %.4f to %.4f", (int)ROWS[i].n, (int)ROWS[i].of, low, high);
    }
}

static void add(Fixture *f, int n, const char *counter, const char *staff, int level,
                const char *moment, bool counted)
{
    static int serial;
    for (int i = 0; i < n; i++) {
        g_autofree char *id = g_strdup_printf("r%d", serial++);
        store_exec(f->store,
                   "INSERT INTO rating(id, level, tags, tags_version, channel, counter,"
                   " counter_name, staff_number, staff_name, event_at, received_at, age_ms, marks,"
                   " is_counted) VALUES(?,?,'[]','1','pad',?,?,?,?,?,0,0,0,?)",
                   "sissssii", id, (int64_t)level, counter, counter, staff, staff, at(moment),
                   (int64_t)counted);
    }
}

static void three_do_not_beat_three_hundred(void **state)
{
    Fixture *f = *state;
    store_script(f->store, "BEGIN");
    add(f, 3, "c1", "007", 5, "2026-11-24 09:10", true);
    add(f, 290, "c2", "008", 5, "2026-11-24 10:10", true);
    add(f, 10, "c2", "008", 1, "2026-11-24 10:59", true);
    add(f, 5, "c1", NULL, 1, "2026-11-24 09:10", false); // not counted
    add(f, 5, "c1", NULL, 1, "2026-11-23 09:10", true);  // the day before
    store_script(f->store, "COMMIT");
    int64_t from = at("2026-11-24 00:00"), to = at("2026-11-25 00:00");
    json_t *figures = figures_by(f->store, "staff", from, to);
    assert_look(figures, "items/0/key", "008");
    assert_look(figures, "items/0/good/n", "290");
    assert_look(figures, "items/0/good/of", "300");
    assert_look(figures, "items/0/levels", "{\"5\":290,\"4\":0,\"3\":0,\"2\":0,\"1\":10}");
    assert_look(figures, "items/1/key", "007");
    assert_look(figures, "items/1/good/n", "3");
    assert_look(figures, "items/2", "-");
    json_decref(figures);
    figures = figures_by(f->store, "hour", from, to);
    assert_look(figures, "items/0/key", "10");
    assert_look(figures, "items/1/key", "09");
    json_decref(figures);
    figures = figures_by(f->store, "unit", from, to);
    assert_look(figures, "items/0/key", "null");
    assert_look(figures, "items/0/n", "303");
    json_decref(figures);
    assert_null(figures_by(f->store, "colour", from, to));
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = { WITH_HALL(intervals),
                                        WITH_HALL(three_do_not_beat_three_hundred) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
