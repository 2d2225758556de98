// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/rollup.h"
#include "rating/rollup_check.h"

#define HOUR_MS INT64_C(3600000)

// --- whatever is done in whatever order, the roll-ups say what the rows say

enum { STEPS = 1500, CHECK_EACH = 20, SPAN_HOURS = 80 * 24, THINGS = 60 };

static int64_t pick(GRand *rand, int n)
{
    return g_rand_int_range(rand, 0, n);
}

static int64_t some_moment(GRand *rand)
{
    return at("2026-09-10 00:00") + (int64_t)(g_rand_double(rand) * SPAN_HOURS * (double)HOUR_MS);
}

// What can happen. ?1: a number that is new; ?2: a moment; ?3 to ?6: small numbers at random, by
// which a row is chosen or filled.
#define SOME(prefix, n) "iif(" n " % 5 = 0, NULL, '" prefix "' || (" n " % 60))"
static const char *const happenings[] = {
    "INSERT INTO rating(id, level, tags, tags_version, channel, counter, counter_name,"
    " staff_number, staff_name, invitation, case_number, ticket, event_at, received_at, age_ms,"
    " marks, is_counted) VALUES('r' || ?1, 1 + ?3 % 5, iif(?4 % 2, '[\"213\",\"201\"]', '[]'),"
    " '1', iif(?5 % 3, 'pad', 'qr'), 'c' || (?6 % 3), 'C' || (?6 % 3), iif(?4 % 4, ?4 % 4, NULL),"
    " 'S', " SOME("i", "?3") ", " SOME("A-", "?4") ", " SOME("t",
                                                             "?5") ", ?2, 0, 0, 0, ?6 % 4 > 0)",
    "INSERT INTO rating(id, level, tags, tags_version, channel, counter, counter_name,"
    " event_at, received_at, age_ms, marks, is_counted) VALUES('r' || ?1, 1 + ?3 % 5, '[\"213\"]',"
    " '1', 'paper', 'c' || (?6 % 3), 'C', ?2, 0, 0, 0, 1)",
    "UPDATE rating SET is_counted = 0 WHERE rowid % 17 = ?3 % 17",
    "UPDATE rating SET is_counted = 1 WHERE rowid % 19 = ?3 % 19",
    "UPDATE rating SET staff_number = ?4 % 4, counter = 'c' || (?5 % 3) WHERE rowid % 23 = ?3 % 23",
    "UPDATE rating SET case_number = " SOME("A-", "?4") " WHERE rowid % 29 = ?3 % 29",
    "UPDATE rating SET event_at = ?2 WHERE rowid % 97 = ?3 % 97",
    "DELETE FROM rating WHERE rowid % 151 = ?3 % 151"
    " AND id NOT IN (SELECT rating FROM rectification)",
    "INSERT INTO case_file(number, item_code, item_name, unit, kind, counter, channel, created_at,"
    " updated_at, state, is_open, grade, is_provisional) VALUES('A-' || (?3 % 60), ?4 % 5, 'I',"
    " 'U' || (?5 % 3), 'other', 'c' || (?6 % 3), iif(?6 % 2, 'online', 'hall'), ?2, 0, 'filed', 1,"
    " 'none', 0) ON CONFLICT DO UPDATE SET item_code = excluded.item_code, unit = excluded.unit",
    "UPDATE case_file SET finished_at = iif(?4 % 3, ?2, NULL), due_at = ?2 + ?5 - 500,"
    " statutory_days = ?5 % 30, limit_days = ?6 % 20, days_used = ?4 % 9, person_number = ?4 % 4"
    " WHERE number = 'A-' || (?3 % 60)",
    "DELETE FROM case_file WHERE number = 'A-' || (?3 % 60) AND ?4 % 7 = 0",
    "INSERT INTO invitation(id, counter, case_number, ticket, staff_number, created_at, expires_at,"
    " state) VALUES('i' || (?3 % 60), 'c' || (?6 % 3), " SOME("A-", "?4") ", " SOME(
        "t", "?5") ","
                   " ?4 % 4, ?2, 0, 'shown') ON CONFLICT DO NOTHING",
    "UPDATE invitation SET rating = (SELECT r.id FROM rating r WHERE r.invitation = invitation.id"
    " ORDER BY r.rowid % 31 LIMIT 1) WHERE id = 'i' || (?3 % 60)",
    "DELETE FROM invitation WHERE id = 'i' || (?3 % 60) AND ?4 % 7 = 0",
    "INSERT INTO ticket(id, number, counter, case_number, state, finished_at, updated_at)"
    " VALUES('t' || (?3 % 60), '1', 'c' || (?6 % 3), " SOME(
        "A-", "?4") ", 'finished', ?2, 0)"
                    " ON CONFLICT DO UPDATE SET finished_at = excluded.finished_at, counter = "
                    "excluded.counter",
    "UPDATE ticket SET case_number = " SOME("A-", "?4") " WHERE id = 't' || (?3 % 60)",
    "INSERT INTO duty(counter, staff_number, staff_name, from_at, to_at)"
    " VALUES('c' || (?6 % 3), ?4 % 4, 'S', ?2, ?2 + ?5 * 3600000)",
    "UPDATE duty SET to_at = ?2 WHERE id % 7 = ?3 % 7 AND from_at < ?2",
    "UPDATE duty SET staff_number = ?4 % 4 WHERE id % 7 = ?3 % 7",
    "INSERT INTO rectification(rating, state, is_open, round, tries, created_at, since_at,"
    " is_provisional, is_late, is_call_late) SELECT id, 'verifying', 1, 1, 0, 0, 0, 0, 0, 0"
    " FROM rating WHERE rowid % 11 = ?3 % 11 AND level <= 2 ON CONFLICT DO NOTHING",
    "UPDATE rectification SET told_at = ?2, is_late = ?4 % 2 WHERE rowid % 13 = ?3 % 13",
    "INSERT INTO rectification_step(rating, at, user, action, choice, from_state, to_state,"
    " is_late) SELECT rating, 0, 'u', 'call', iif(?4 % 2, 'satisfied', 'no_answer'), '', '', 0"
    " FROM rectification WHERE rowid % 13 = ?3 % 13",
};

static void happen(Fixture *f, GRand *rand, int serial)
{
    const char *sql = happenings[pick(rand, G_N_ELEMENTS(happenings))];
    int err = store_exec(f->store, sql, "iiiiii", (int64_t)serial, some_moment(rand),
                         pick(rand, 1000), pick(rand, 1000), pick(rand, 1000), pick(rand, 1000));
    if (err < 0)
        fail_msg("%s: %s", sql, store_error(f->store));
    // A step comes with a change of its row (rectification.c).
    if (g_str_has_prefix(sql, "INSERT INTO rectification_step"))
        store_exec(f->store, "UPDATE rectification SET tries = tries + 1", "");
}

static const RollupRow *find(GPtrArray *rows, const RollupRow *wanted)
{
    for (guint i = 0; i < rows->len; i++) {
        const RollupRow *row = g_ptr_array_index(rows, i);
        if (strcmp(row->key, wanted->key) == 0 && strcmp(row->sub, wanted->sub) == 0)
            return row;
    }
    return NULL;
}

static void assert_same(Fixture *f, RollupKind kind, int64_t from_ms, int64_t to_ms)
{
    static const char *const measures[] = {
#define NAME(name) #name,
        ROLLUP_MEASURES(NAME)
    };
    g_autoptr(GPtrArray) rolled = rollup_rows(f->store, kind, NULL, from_ms, to_ms);
    g_autoptr(GPtrArray) counted = rollup_count(f->store, kind, from_ms, to_ms);
    for (guint i = 0; i < counted->len; i++) {
        const RollupRow *row = g_ptr_array_index(counted, i), *other = find(rolled, row);
        for (int m = 0; m < ROLLUP_N_MEASURES; m++)
            if (!other || other->n[m] != row->n[m])
                fail_msg("kind %d, %s of '%s' '%s': rows say %d, roll-ups %d", (int)kind,
                         measures[m], row->key, row->sub, (int)row->n[m],
                         other ? (int)other->n[m] : -1);
    }
    assert_int_equal(rolled->len, counted->len);
}

static void check_some(Fixture *f, GRand *rand)
{
    int64_t a = some_moment(rand), b = some_moment(rand);
    if (pick(rand, 2)) { // whole days, as pages ask
        a = clock_day_start(a);
        b = clock_day_start(b);
    }
    for (RollupKind kind = 0; kind < ROLLUP_N_KINDS; kind++) {
        assert_same(f, kind, MIN(a, b), MAX(a, b));
        assert_same(f, kind, 0, INT64_MAX);
    }
}

// --- and the check sees where they do not

static void note_difference(void *ctx, const RollupDifference *d)
{
    g_autofree char *words = rollup_difference_words(d);
    g_string_append_printf(ctx, "%d h, %s: %s %d, not %d\n",
                           (int)((d->to_ms - d->from_ms) / HOUR_MS), words,
                           d->measure ? d->measure : "name", (int)d->kept, (int)d->counted);
}

static char *differences(Fixture *f, const char *counted_from)
{
    GString *found = g_string_new(NULL);
    int n = rollup_check(f->store, counted_from ? at(counted_from) : 0, at("2027-01-01 00:00"),
                         note_difference, found);
    int lines = 0;
    for (const char *c = found->str; *c; c++)
        lines += *c == '\n';
    assert_int_equal(n, lines);
    return g_string_free(found, FALSE);
}

static void assert_differences(Fixture *f, const char *counted_from, const char *expected)
{
    g_autofree char *found = differences(f, counted_from);
    assert_string_equal(found, expected);
}

static void distrust_period(void *ctx, const RollupDifference *difference)
{
    g_array_append_val((GArray *)ctx, difference->from_ms);
}

static void repair(Fixture *f)
{
    g_autoptr(GArray) wrong = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t now = at("2027-01-01 00:00");
    assert_true(rollup_check(f->store, 0, now, distrust_period, wrong) > 0);
    for (guint i = 0; i < wrong->len; i++)
        assert_int_equal(rollup_distrust(f->store, g_array_index(wrong, int64_t, i)), 0);
    while (rollup_fold(f->store, now, 100) > 0)
        ;
    assert_differences(f, NULL, "");
}

// One cell of each grain and kind, whichever it is, is altered, lost or made up.
static void assert_alterations_are_seen(Fixture *f, GRand *rand)
{
    static const char *const alterations[] = {
        "UPDATE figure_cell SET n4 = n4 + 1 WHERE (kind, grain, period, key, sub) = "
        "(SELECT kind, grain, period, key, sub FROM figure_cell WHERE kind = ?1 AND grain = ?2"
        " LIMIT 1 OFFSET ?3)",
        "DELETE FROM figure_cell WHERE (kind, grain, period, key, sub) = "
        "(SELECT kind, grain, period, key, sub FROM figure_cell WHERE kind = ?1 AND grain = ?2"
        " LIMIT 1 OFFSET ?3)",
        "UPDATE figure_cell SET key = 'other' || ?3 WHERE (kind, grain, period, key, sub) = "
        "(SELECT kind, grain, period, key, sub FROM figure_cell WHERE kind = ?1 AND grain = ?2"
        " LIMIT 1 OFFSET ?3)",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(alterations); i++) {
        int64_t kind = pick(rand, ROLLUP_N_KINDS), grain = pick(rand, 5);
        assert_int_equal(store_exec(f->store, alterations[i], "iii", kind, grain, pick(rand, 3)),
                         1);
        repair(f);
    }
}

static void rollups_say_what_the_rows_say(void **state)
{
    Fixture *f = *state;
    guint32 seed = g_random_int();
    GRand *rand = g_rand_new_with_seed(seed);
    print_message("seed %u\n", seed);
    store_script(f->store, "BEGIN");
    for (int i = 0; i < STEPS; i++) {
        happen(f, rand, i);
        if (pick(rand, 6) == 0)
            assert_true(rollup_fold(f->store, some_moment(rand), 1 + (int)pick(rand, 30)) >= 0);
        if (i % CHECK_EACH == 0)
            check_some(f, rand);
    }
    // All that is over is folded at last, and nothing of it has to be counted anew.
    while (rollup_fold(f->store, at("2027-01-01 00:00"), 100) > 0)
        ;
    assert_int_equal(count(f, "SELECT count(*) FROM figure_stale"), 0);
    check_some(f, rand);
    store_script(f->store, "COMMIT");
    assert_differences(f, NULL, "");
    assert_alterations_are_seen(f, rand);
    g_rand_free(rand);
}

// --- what is read when

static void add(Fixture *f, const char *id, const char *moment)
{
    store_exec(f->store,
               "INSERT INTO rating(id, level, tags, tags_version, channel, counter, counter_name,"
               " event_at, received_at, age_ms, marks, is_counted)"
               " VALUES(?,5,'[]','1','pad','c1','一号窗口',?,0,0,0,1)",
               "si", id, at(moment));
}

static int64_t ratings(Fixture *f, const char *from, const char *to)
{
    g_autoptr(GPtrArray) rows = rollup_rows(f->store, ROLLUP_CHANNEL, NULL, at(from), at(to));
    return rows->len ? ((RollupRow *)rows->pdata[0])->n[ROLLUP_n5] : 0;
}

static void an_hour_is_folded_once_it_is_over(void **state)
{
    Fixture *f = *state;
    add(f, "r1", "2026-11-24 09:10");
    add(f, "r2", "2026-11-24 10:10");
    assert_int_equal(rollup_fold(f->store, at("2026-11-24 10:59"), 100), 1);
    assert_int_equal(rollup_fold(f->store, at("2026-11-24 11:00"), 100), 1);
    assert_int_equal(count(f, "SELECT count(*) FROM figure_cell WHERE kind = 3 AND grain = 1"), 1);
    add(f, "late", "2026-11-24 09:59");
    assert_int_equal(ratings(f, "2026-11-24 00:00", "2026-11-25 00:00"), 3);
    assert_int_equal(ratings(f, "2026-11-24 09:30", "2026-11-24 10:05"), 1);
    assert_int_equal(ratings(f, "2026-11-24 09:11", "2026-11-24 09:30"), 0);
    // What was folded is what is read: rows that no trigger saw do not show.
    store_script(f->store, "DROP TRIGGER figures_rating_new");
    add(f, "unseen", "2026-11-24 10:30");
    assert_int_equal(ratings(f, "2026-11-24 00:00", "2026-11-25 00:00"), 3);
}

static void the_check_names_what_differs(void **state)
{
    Fixture *f = *state;
    add(f, "r1", "2026-11-24 09:10");
    add(f, "r2", "2026-11-24 10:10");
    assert_differences(f, NULL, ""); // stale: they are counted by whoever reads
    rollup_fold(f->store, at("2026-11-25 00:00"), 100);
    add(f, "late", "2026-11-24 09:59");
    assert_differences(f, NULL, "");
    rollup_fold(f->store, at("2026-11-25 00:00"), 100);
    // A day that says more than its hours.
    store_script(f->store, "UPDATE figure_cell SET n5 = 7 WHERE kind = 3 AND grain = 1");
    assert_differences(f, "2026-12-31 00:00",
                       "24 h, channel pad: n5 7, not 3\n192 h, channel pad: n5 3, not 7\n");
    repair(f);
    // Rows that no trigger saw: the hours are counted where that is asked for.
    store_script(f->store, "DROP TRIGGER figures_rating_new");
    add(f, "unseen", "2026-11-24 10:30");
    assert_differences(f, "2026-11-24 11:00", "");
    assert_differences(f, "2026-11-24 10:00",
                       "1 h, counter c1 at hour 10: n5 1, not 2\n1 h, staff -: n5 1, not 2\n"
                       "1 h, service item -: n5 1, not 2\n1 h, channel pad: n5 1, not 2\n");
    repair(f);
    store_script(f->store, "UPDATE figure_cell SET name = '别的' WHERE kind = 0 AND grain = 0");
    g_autofree char *named = differences(f, NULL);
    assert_non_null(strstr(named, "1 h, counter c1 at hour 09: name 0, not 0\n"));
    repair(f);
}

static void another_zone_makes_all_stale(void **state)
{
    Fixture *f = *state;
    assert_int_equal(rollup_follow_zone(f->store, "Asia/Shanghai"), 0);
    add(f, "r1", "2026-11-24 09:10");
    assert_int_equal(rollup_fold(f->store, at("2026-11-25 00:00"), 100), 1);
    assert_int_equal(rollup_follow_zone(f->store, "Asia/Shanghai"), 0);
    assert_int_equal(count(f, "SELECT count(*) FROM figure_stale"), 0);
    assert_int_equal(rollup_follow_zone(f->store, "Asia/Urumqi"), 0);
    assert_int_equal(count(f, "SELECT count(*) FROM figure_stale"), 1);
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = { WITH_HALL(rollups_say_what_the_rows_say),
                                        WITH_HALL(an_hour_is_folded_once_it_is_over),
                                        WITH_HALL(the_check_names_what_differs),
                                        WITH_HALL(another_zone_makes_all_stale) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
