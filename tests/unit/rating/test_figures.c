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

static void invited(Fixture *f, const char *id, const char *counter, const char *number,
                    bool by_code, const char *moment)
{
    store_exec(f->store,
               "INSERT INTO invitation(id, counter, case_number, by_code, created_at, expires_at,"
               " state) VALUES(?,?,?,?,?,0,'waiting')",
               "sssii", id, counter, number, (int64_t)by_code, at(moment));
}

static void rated(Fixture *f, const char *id, const char *channel, const char *counter,
                  const char *number, const char *moment)
{
    store_exec(f->store,
               "INSERT INTO rating(id, level, tags, tags_version, channel, counter, counter_name,"
               " case_number, event_at, received_at, age_ms, marks, is_counted)"
               " VALUES(?,5,'[]','1',?,?,'',?,?,0,0,0,1)",
               "ssssi", id, channel, counter, number, at(moment));
}

// Taken in at one counter, called for at another: two visits, each with its own rating or none.
static void a_visit_is_a_service(void **state)
{
    Fixture *f = *state;
    invited(f, "a1", "c1", "A", false, "2026-11-24 09:00"); // rated at both
    invited(f, "a2", "c2", "A", false, "2026-11-24 15:00");
    rated(f, "ra1", "pad", "c1", "A", "2026-11-24 09:01");
    rated(f, "ra2", "pad", "c2", "A", "2026-11-24 15:01");
    invited(f, "b1", "c1", "B", false, "2026-11-24 09:10"); // rated from home
    invited(f, "b2", "c1", "B", true, "2026-11-24 16:00");
    rated(f, "rb", "qr", "c1", "B", "2026-11-25 20:00");
    invited(f, "c1", "c1", "C", false, "2026-11-24 09:20"); // asked twice, never answered
    invited(f, "c2", "c1", "C", false, "2026-11-24 09:22");
    invited(f, "d1", "c1", "D", false, "2026-11-24 09:30"); // rated when called for
    invited(f, "d2", "c2", "D", false, "2026-11-25 10:00");
    rated(f, "rd", "pad", "c2", "D", "2026-11-25 10:01");
    invited(f, "e1", "c1", "E", true, "2026-11-24 17:00"); // known by its code alone
    invited(f, "f1", "c2", "F", true, "2026-11-24 17:00"); // by its ticket as well
    store_exec(f->store,
               "INSERT INTO ticket(id, number, counter, case_number, state, finished_at,"
               " updated_at) VALUES('t','1','c2','F','finished',?,0)",
               "i", at("2026-11-24 16:50"));
    rated(f, "rf", "qr", "c2", "F", "2026-11-26 08:00");
    int64_t from = at("2026-11-24 00:00"), to = at("2026-11-30 00:00");
    static const struct {
        const char *counter, *services, *rated;
    } ROWS[] = { { "c1", "5", "2" }, { "c2", "3", "3" } };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        json_t *figures = figures_of(f->store, "counter", ROWS[i].counter, from, to);
        assert_look(figures, "services", ROWS[i].services);
        assert_look(figures, "active/n", ROWS[i].rated);
        assert_look(figures, "active/of", ROWS[i].services);
        json_decref(figures);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { WITH_HALL(intervals),
                                        WITH_HALL(three_do_not_beat_three_hundred),
                                        WITH_HALL(a_visit_is_a_service) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
