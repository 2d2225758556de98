// SPDX-License-Identifier: Apache-2.0
// The engine: what changed is looked at, what falls due is found at its minute or later, nothing
// twice.
#include "hall_fixture.h"

#include "rating/case.h"
#include "rating/flag.h"
#include "rating/watch.h"

static int setup(void **state)
{
    fixture_setup(state);
    Fixture *f = *state;
    // As a box that has been there all the time.
    return MIN(0,
               store_exec(f->store, "UPDATE meta SET value = '0' WHERE key = 'watch_since'", ""));
}

static void put_case(Fixture *f, const char *number, const char *text, const char *now)
{
    json_t *body = json_of(text);
    CaseOutcome outcome;
    char error[200] = "";
    if (case_put(f->store, &f->hall, number, body, at(now), &outcome, error) != 0)
        fail_msg("%s", error);
    json_decref(body);
}

static void accept_case(Fixture *f, const char *number)
{
    put_case(f, number,
             "{'item':{'code':'1','name':'n'},'unit':'u','kind':'promised','limit_days':5,"
             "'counter':'c1','person':{'number':'007','name':'王芳'},'channel':'online',"
             "'accepted_at':'2026-11-24T09:00:00+08:00'}",
             "2026-11-24 09:00");
}

static void add(Fixture *f, const char *number, const char *id, const char *kind, const char *when,
                const char *told, const char *more)
{
    g_autofree char *text = g_strdup_printf("{'id':'%s','kind':'%s','at':'%.10sT%s:00+08:00'%s}",
                                            id, kind, when, when + 11, more);
    json_t *body = json_of(text);
    CaseOutcome outcome;
    char error[200] = "";
    if (case_add_event(f->store, &f->hall, number, body, at(told), &outcome, error) != 0)
        fail_msg("%s", error);
    json_decref(body);
}

static int sweep(Fixture *f, const char *now)
{
    return watch_sweep(f->store, &f->hall, at(now));
}

static void assert_flags(Fixture *f, const char *expected)
{
    GString *text = g_string_new(NULL);
    g_autoptr(StoreQuery) query = store_query(
        f->store,
        "SELECT kind, subject, state FROM flag WHERE kind NOT GLOB 'case_*' ORDER BY rowid", "");
    while (store_step(query))
        g_string_append_printf(text, "%s %s %s\n", store_text(query, 0), store_text(query, 1),
                               store_text(query, 2));
    assert_string_equal(text->str, expected);
    g_string_free(text, TRUE);
}

static void test_found_once_and_dismissed_for_good(void **state)
{
    Fixture *f = *state;
    char error[200];
    accept_case(f, "A-1");
    add(f, "A-1", "e1", "papers_asked", "2026-11-24 10:00", "2026-11-24 10:00", "");
    add(f, "A-1", "e2", "papers_asked", "2026-11-25 10:00", "2026-11-25 10:00", "");
    assert_int_equal(sweep(f, "2026-11-25 10:00"), 1);
    assert_flags(f, "misconduct_papers case:A-1:e2 raised\n");
    json_t *page = flag_list(f->store, &(FlagFilter){ .kind = "misconduct", .limit = 10 });
    assert_look(page, "items/0/case_number", "A-1");
    assert_look(page, "items/0/counter", "c1");
    assert_look(page, "items/0/staff_number", "007");
    const char *id =
        json_string_value(json_object_get(json_array_get(json_object_get(page, "items"), 0), "id"));
    FlagStep step = { .action = "dismiss", .why = "群众换了申请内容" };
    Actor lin = { .user = "lin", .is_person = true, .is_director = true };
    assert_int_equal(flag_act(f->store, &f->hall, id, &step, &lin, at("2026-11-25 11:00"), error),
                     1);
    json_decref(page);
    // Another change of the case: the dismissed fact stays dismissed, a new one is found.
    add(f, "A-1", "e3", "node", "2026-11-26 10:00", "2026-11-26 10:00", "");
    assert_int_equal(sweep(f, "2026-11-26 10:00"), 0);
    add(f, "A-1", "e4", "papers_asked", "2026-11-27 10:00", "2026-11-27 10:00", "");
    assert_int_equal(sweep(f, "2026-11-27 10:00"), 1);
    assert_int_equal(sweep(f, "2026-11-27 10:00"), 0);
    assert_flags(f,
                 "misconduct_papers case:A-1:e2 dismissed\nmisconduct_papers case:A-1:e4 raised\n");
}

static void test_time_alone_finds_it(void **state)
{
    Fixture *f = *state;
    accept_case(f, "A-1");
    add(f, "A-1", "e1", "paused", "2026-11-25 09:00", "2026-11-25 09:00", ",'days':3");
    assert_int_equal(sweep(f, "2026-11-25 09:00"), 0);
    assert_true(watch_next(f->store) == at("2026-11-30 17:30"));
    assert_int_equal(sweep(f, "2026-11-30 17:29"), 0);
    assert_int_equal(sweep(f, "2026-11-30 17:30"), 1);
    assert_true(watch_next(f->store) == INT64_MAX);
    assert_flags(f, "slow_pause case:A-1:e1 raised\n");
}

static void test_box_was_off(void **state)
{
    Fixture *f = *state;
    accept_case(f, "A-1");
    add(f, "A-1", "e1", "paused", "2026-11-25 09:00", "2026-11-25 09:00", ",'days':3");
    assert_int_equal(sweep(f, "2026-12-07 08:00"), 1);
    assert_int_equal(sweep(f, "2026-12-07 08:01"), 0);
    assert_flags(f, "slow_pause case:A-1:e1 raised\n");
}

// An event that came late says that it was otherwise: what nobody has decided goes, the rest stays.
static void test_put_right_later(void **state)
{
    Fixture *f = *state;
    char error[200];
    g_autofree char *confirmed = NULL;
    accept_case(f, "A-1");
    accept_case(f, "A-2");
    for (int i = 1; i <= 2; i++) {
        g_autofree char *number = g_strdup_printf("A-%d", i);
        add(f, number, "e1", "paused", "2026-11-25 09:00", "2026-11-25 09:00", ",'days':3");
    }
    assert_int_equal(sweep(f, "2026-11-30 17:30"), 2);
    json_t *flags = flag_of_case(f->store, "A-2", at("2026-11-30 17:30"));
    confirmed = g_strdup(json_string_value(json_object_get(json_array_get(flags, 0), "id")));
    json_decref(flags);
    FlagStep step = { .action = "confirm", .why = "属实" };
    Actor lin = { .user = "lin", .is_person = true, .is_director = true };
    assert_int_equal(
        flag_act(f->store, &f->hall, confirmed, &step, &lin, at("2026-11-30 18:00"), error), 1);
    for (int i = 1; i <= 2; i++) {
        g_autofree char *number = g_strdup_printf("A-%d", i);
        add(f, number, "e2", "resumed", "2026-11-30 10:00", "2026-12-01 09:00", "");
    }
    assert_int_equal(sweep(f, "2026-12-01 09:00"), 0);
    assert_flags(f, "slow_pause case:A-1:e1 closed\nslow_pause case:A-2:e1 confirmed\n");
}

static void test_limit_edits_are_kept(void **state)
{
    Fixture *f = *state;
    accept_case(f, "A-1");
    add(f, "A-1", "e1", "accepted", "2026-11-24 09:00", "2026-11-24 09:00", "");
    put_case(f, "A-1", "{'limit_days':5}", "2026-11-25 09:00"); // says nothing new
    assert_int_equal(sweep(f, "2026-11-25 09:00"), 0);
    put_case(f, "A-1", "{'limit_days':15}", "2026-11-26 09:00");
    assert_int_equal(watch_sign_edit(f->store, "A-1", "wang", at("2026-11-26 09:00")), 0);
    assert_int_equal(sweep(f, "2026-11-26 09:00"), 1);
    assert_flags(f, "misconduct_limit case:A-1:edit-1 raised\n");
    json_t *flags = flag_of_case(f->store, "A-1", at("2026-11-26 09:00"));
    assert_look(flags, "0/evidence/who", "wang");
    assert_look(flags, "0/evidence/what", "limit_days");
    json_decref(flags);
}

static void test_a_batch_is_one_clue(void **state)
{
    Fixture *f = *state;
    for (int i = 0; i < 8; i++) {
        g_autofree char *number = g_strdup_printf("A-%d", i);
        accept_case(f, number);
        add(f, number, "e1", "finished", "2026-11-25 10:00", "2026-11-25 10:00", "");
    }
    assert_int_equal(sweep(f, "2026-11-25 10:00"), 0);
    assert_true(watch_next(f->store) == at("2026-11-25 10:01"));
    assert_int_equal(sweep(f, "2026-11-25 10:01"), 1);
    assert_int_equal(sweep(f, "2026-11-25 10:01"), 0);
    // One that comes late, and comes before the first of them, makes no second clue of it.
    accept_case(f, "A-8");
    add(f, "A-8", "e1", "finished", "2026-11-25 09:59", "2026-11-25 11:00", "");
    assert_int_equal(sweep(f, "2026-11-25 11:00"), 0);
}

static void test_bad_rating_nobody_took_up(void **state)
{
    Fixture *f = *state;
    assert_true(store_exec(f->store,
                           "INSERT INTO rating(id, level, tags, tags_version, channel, counter,"
                           " counter_name, event_at, received_at, age_ms, marks, is_counted,"
                           " staff_number) VALUES('r1', 1, '[]', '1', 'pad', 'c1', 'c', ?1, ?1, 0,"
                           " 0, 1, '007')",
                           "i", at("2026-11-24 10:00")) >= 0);
    assert_true(store_exec(f->store,
                           "INSERT INTO rectification(rating, state, is_open, round, tries,"
                           " created_at, since_at, due_at, is_provisional, is_late, is_call_late)"
                           " VALUES('r1', 'verifying', 1, 1, 0, ?1, ?1, ?2, 0, 0, 0)",
                           "ii", at("2026-11-24 10:00"), at("2026-11-25 17:30")) >= 0);
    assert_int_equal(sweep(f, "2026-11-24 10:00"), 0);
    assert_true(watch_next(f->store) == at("2026-11-25 17:30"));
    assert_int_equal(sweep(f, "2026-11-25 17:30"), 1);
    assert_flags(f, "inaction_rating rating:r1 raised\n");
}

static void test_kinds(void **state)
{
    WatchClass class;
    size_t n = 0;
    for (; watch_kind_at(n); n++) {
        const char *kind = watch_kind_at(n)->kind;
        // What is about the house or a device is nobody's conduct.
        bool is_of_house = g_str_has_prefix(kind, "camera_") || strcmp(kind, "after_hours") == 0;
        assert_true(watch_class_of(kind, &class) != is_of_house);
        assert_ptr_equal(watch_kind(watch_kind_at(n)->kind), watch_kind_at(n));
    }
    assert_true(n > 10);
    assert_null(watch_kind("case_red"));
    assert_false(watch_class_of("slowly", &class));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_found_once_and_dismissed_for_good, setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_time_alone_finds_it, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_box_was_off, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_put_right_later, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_limit_edits_are_kept, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_a_batch_is_one_clue, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_bad_rating_nobody_took_up, setup, fixture_teardown),
        cmocka_unit_test(test_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
