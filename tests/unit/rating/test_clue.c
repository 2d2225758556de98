// SPDX-License-Identifier: Apache-2.0
// Clues from the store: what is read, what is raised, and that nothing is raised twice.
#include "hall_fixture.h"

#include "rating/clue.h"
#include "rating/conduct.h"
#include "rating/flag.h"

#define NOW "2026-11-24 18:00"

// n ratings on the pad of a counter from 09:00 on, every_s apart, each wait_ms after its invitation
// (-1: it has none).
typedef struct {
    const char *day, *counter, *staff;
    int n, level, wait_ms, every_s;
} Presses;

static int serial;

static void press(Fixture *f, const Presses *p, int64_t at_ms)
{
    g_autofree char *id = g_strdup_printf("r%05d", serial), *inv = NULL;
    serial++;
    if (p->wait_ms >= 0) {
        inv = g_strdup_printf("i-%s", id);
        store_exec(f->store,
                   "INSERT INTO invitation(id, counter, created_at, expires_at, state, rating)"
                   " VALUES(?,?,?,?,'rated',?)",
                   "ssiis", inv, p->counter, at_ms - p->wait_ms, at_ms + 60000, id);
    }
    assert_int_equal(
        store_exec(f->store,
                   "INSERT INTO rating(id, level, tags, tags_version, channel, counter,"
                   " counter_name, staff_number, event_at, received_at, age_ms, marks,"
                   " is_counted, invitation)"
                   " VALUES(?,?,'[]','1','pad',?,?,?,?,?,0,0,1,?)",
                   "sisssiis", id, (int64_t)p->level, p->counter, p->counter, p->staff, at_ms,
                   at_ms, inv),
        1);
}

static void presses(Fixture *f, const Presses *rows, size_t n_rows)
{
    store_script(f->store, "BEGIN");
    for (size_t row = 0; row < n_rows; row++) {
        g_autofree char *start = g_strdup_printf("%s 09:00", rows[row].day);
        int64_t at_ms = at(start);
        for (int i = 0; i < rows[row].n; i++)
            press(f, &rows[row], at_ms += rows[row].every_s * 1000);
    }
    store_script(f->store, "COMMIT");
}

static int look_on(Fixture *f, const char *day, const char *now)
{
    g_autoptr(Clues) clues = NULL;
    g_autofree char *noon = g_strdup_printf("%s 12:00", day);
    assert_int_equal(clue_find(f->store, &f->hall, calendar_day_of(at(noon)), at(now), &clues), 0);
    return clue_keep(f->store, &f->hall, clues, at(now));
}

static json_t *only_flag(Fixture *f, const char *kind)
{
    json_t *list =
        flag_list(f->store, &(FlagFilter){ .kind = kind, .before_ms = STORE_NULL, .limit = 9 });
    assert_look(list, "total", "1");
    json_t *flag = json_incref(json_array_get(json_object_get(list, "items"), 0));
    json_decref(list);
    return flag;
}

static void presses_that_nobody_can_have_read_before(void **state)
{
    Fixture *f = *state;
    static const Presses rows[] = {
        { "2026-11-24", "c1", "007", 12, 5, 900, 300 },
        { "2026-11-24", "c2", "008", 40, 5, 6000, 300 },
    };
    presses(f, rows, G_N_ELEMENTS(rows));
    assert_int_equal(look_on(f, "2026-11-24", NOW), 1);
    json_t *flag = only_flag(f, "fraud_quick");
    assert_look(flag, "subject", "counter:c1");
    assert_look(flag, "evidence/odd", "12");
    assert_look(flag, "evidence/of", "12");
    assert_look(flag, "evidence/other_of", "40");
    assert_look(flag, "evidence/ratings/11", "r00000");
    assert_look(flag, "evidence/to_day", "2026-11-24");
    assert_look(flag, "evidence/words", "若一切正常，这样的情形一百年也难得出现一次");
    // Whoever was rated takes no part in deciding it.
    g_autofree char *id = look(flag, "id");
    assert_true(clue_is_about(f->store, id, "007"));
    assert_false(clue_is_about(f->store, id, "008"));
    assert_false(clue_is_about(f->store, id, NULL));
    // Looked at again, nothing is raised twice; neither after it was dismissed.
    assert_int_equal(look_on(f, "2026-11-24", NOW), 0);
    char error[200];
    FlagStep dismiss = { .action = "dismiss", .why = "老人，由家属代按" };
    Actor zhuren = { .user = "zhuren", .is_person = true, .is_director = true };
    assert_int_equal(flag_act(f->store, &f->hall, id, &dismiss, &zhuren, at(NOW), error), 1);
    assert_int_equal(look_on(f, "2026-11-24", NOW), 0);
    assert_int_equal(look_on(f, "2026-11-25", "2026-11-25 18:00"), 0);
    // What comes after it is another matter.
    static const Presses more[] = { { "2026-11-25", "c1", "007", 12, 5, 900, 300 } };
    presses(f, more, 1);
    assert_int_equal(look_on(f, "2026-11-25", "2026-11-25 18:00"), 1);
    json_decref(flag);
    flag = flag_list(f->store, &(FlagFilter){ .kind = "fraud_quick", .limit = 9 });
    assert_look(flag, "items/0/evidence/of", "12");
    json_decref(flag);
}

// Few numbers, or numbers as elsewhere: nothing is said.
static void little_is_no_clue(void **state)
{
    Fixture *f = *state;
    static const Presses rows[] = {
        { "2026-11-24", "c1", "007", 3, 5, 900, 300 },   // too few
        { "2026-11-24", "c2", "008", 60, 5, 6000, 200 }, // all content, and nobody to compare with
    };
    presses(f, rows, G_N_ELEMENTS(rows));
    assert_int_equal(look_on(f, "2026-11-24", NOW), 0);
    assert_int_equal(look_on(f, "2026-11-23", NOW), 0);
}

static void presses_after_hours_and_in_a_burst(void **state)
{
    Fixture *f = *state;
    static const Presses rows[] = {
        { "2026-11-21", "c1", NULL, 20, 5, -1, 10 }, // a Saturday, every ten seconds
        { "2026-11-24", "c2", "008", 20, 4, 6000, 300 },
    };
    presses(f, rows, G_N_ELEMENTS(rows));
    assert_int_equal(look_on(f, "2026-11-24", NOW), 1);
    json_t *flag = only_flag(f, "fraud_hours");
    assert_look(flag, "evidence/odd", "20");
    assert_look(flag, "evidence/expected", "0.0");
    json_decref(flag);
}

static void ticket(Fixture *f, int i, int minutes, bool invited)
{
    g_autofree char *id = g_strdup_printf("t%d", i), *inv = g_strdup_printf("ti%d", i);
    int64_t began = at("2026-11-24 09:00") + i * 60000;
    store_exec(f->store,
               "INSERT INTO ticket(id, number, counter, state, served_at, finished_at, updated_at)"
               " VALUES(?1,?1,'c1','finished',?2,?3,?3)",
               "sii", id, began, began + minutes * 60000);
    if (invited)
        store_exec(f->store,
                   "INSERT INTO invitation(id, counter, ticket, created_at, expires_at, state)"
                   " VALUES(?,'c1',?,?,?,'expired')",
                   "ssii", inv, id, began, began + 60000);
}

static void long_visits_are_not_invited(void **state)
{
    Fixture *f = *state;
    store_exec(f->store,
               "INSERT INTO duty(counter, staff_number, staff_name, from_at) VALUES('c1','007',"
               "'李敏',?)",
               "i", at("2026-11-24 08:00"));
    store_script(f->store, "BEGIN");
    for (int i = 0; i < 90; i++)
        ticket(f, i, i % 5 ? 8 : 30, i % 5 != 0);
    store_script(f->store, "COMMIT");
    assert_int_equal(look_on(f, "2026-11-24", NOW), 1);
    json_t *flag = only_flag(f, "fraud_skipped");
    assert_look(flag, "subject", "staff:007");
    assert_look(flag, "evidence/odd", "18");
    assert_look(flag, "evidence/of", "18");
    assert_look(flag, "evidence/other_odd", "0");
    assert_look(flag, "evidence/other_of", "72");
    assert_look(flag, "evidence/visits/0/seconds", "1800");
    json_decref(flag);
}

static void bad_made_good_and_one_telephone(void **state)
{
    Fixture *f = *state;
    int64_t morning = at("2026-11-24 09:00");
    for (int i = 0; i < 5; i++) {
        for (int good = 0; good < 2; good++)
            store_exec(f->store,
                       "INSERT INTO rating(id, level, tags, tags_version, channel, counter,"
                       " counter_name, staff_number, event_at, received_at, age_ms, marks,"
                       " is_counted, case_number, origin)"
                       " VALUES('m' || ?1,?2,'[]','1','qr','c1','',?3,?4,?4,0,0,1,'K' || ?5,'o')",
                       "iisii", (int64_t)(2 * i + good), (int64_t)(good ? 5 : 1), "007",
                       morning + i * 3600000 + good * 600000, (int64_t)i);
    }
    assert_int_equal(look_on(f, "2026-11-24", NOW), 2);
    json_t *flag = only_flag(f, "fraud_pressure");
    assert_look(flag, "evidence/odd", "5");
    assert_look(flag, "evidence/ratings/0", "m8");
    json_decref(flag);
    flag = only_flag(f, "fraud_telephone");
    assert_look(flag, "subject", "telephone:o");
    assert_look(flag, "evidence/of", "10");
    json_decref(flag);
}

// A rating of the person's, at minutes after nine; follows NULL: a first.
static void rate(Fixture *f, const char *id, int level, const char *case_number,
                 const char *follows, int minutes)
{
    store_exec(f->store,
               "INSERT INTO rating(id, level, tags, tags_version, channel, counter, counter_name,"
               " staff_number, event_at, received_at, age_ms, marks, is_counted, case_number,"
               " follows) VALUES(?1,?2,'[]','1','qr','c1','','007',?3,?3,0,0,?5 IS NULL,?4,?5)",
               "siiss", id, (int64_t)level, at("2026-11-24 09:00") + minutes * INT64_C(60000),
               case_number, follows);
}

// A bad rating's own follow-up makes it good, known case or not; another rating's does not; and no
// follow-up is a rating of its own.
static void a_follow_up_is_of_its_first_alone(void **state)
{
    Fixture *f = *state;
    for (int i = 0; i < 5; i++) {
        char bad[8], good[8], other[8], later[8], number[8];
        g_snprintf(bad, sizeof bad, "b%d", i);
        g_snprintf(good, sizeof good, "g%d", i);
        g_snprintf(other, sizeof other, "o%d", i);
        g_snprintf(later, sizeof later, "l%d", i);
        g_snprintf(number, sizeof number, "K%d", i);
        rate(f, other, 3, number, NULL, 10 * i);      // acceptance was so-so,
        rate(f, bad, 1, number, NULL, 10 * i + 1);    // the pick-up was bad,
        rate(f, later, 5, number, other, 10 * i + 2); // and acceptance is called good after all
        if (i < 4)
            rate(f, good, 5, NULL, bad, 10 * i + 3);
    }
    g_auto(Conduct) conduct = { 0 };
    CalendarDay day = calendar_day_of(at("2026-11-24 12:00"));
    assert_int_equal(conduct_read(f->store, &f->hall, day, &conduct), 0);
    assert_int_equal(conduct.presses->len, 10);
    for (guint i = 0; i < conduct.presses->len; i++) {
        const ConductPress *press = &g_array_index(conduct.presses, ConductPress, i);
        bool is_made_good = press->id[0] == 'b' && press->id[1] < '4';
        assert_int_equal(press->was_made_good, is_made_good);
    }
}

static void each_ended_day_is_looked_at_once(void **state)
{
    Fixture *f = *state;
    CalendarDay friday = calendar_day_of_date(2026, 11, 20);
    // A new box begins with the last working day.
    assert_int_equal(clue_next_day(f->store, &f->hall, at("2026-11-23 09:00")), friday);
    assert_int_equal(clue_next_day(f->store, &f->hall, at("2026-11-21 00:01")), friday);
    assert_int_equal(look_on(f, "2026-11-20", "2026-11-20 17:00"), 0); // it has not ended
    assert_int_equal(clue_next_day(f->store, &f->hall, at("2026-11-21 00:01")), friday);
    assert_int_equal(look_on(f, "2026-11-20", "2026-11-21 00:01"), 0);
    assert_int_equal(clue_next_day(f->store, &f->hall, at("2026-11-23 09:00")), -1);
    assert_int_equal(clue_next_day(f->store, &f->hall, at("2026-11-24 00:00")), friday + 3);
    assert_int_equal(look_on(f, "2026-11-18", "2026-11-24 00:00"), 0); // again, of an older day
    assert_int_equal(clue_next_day(f->store, &f->hall, at("2026-11-25 00:00")), friday + 3);
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HALL(presses_that_nobody_can_have_read_before),
        WITH_HALL(little_is_no_clue),
        WITH_HALL(presses_after_hours_and_in_a_burst),
        WITH_HALL(long_visits_are_not_invited),
        WITH_HALL(bad_made_good_and_one_telephone),
        WITH_HALL(a_follow_up_is_of_its_first_alone),
        WITH_HALL(each_ended_day_is_looked_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
