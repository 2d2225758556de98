// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/case.h"

#include <errno.h>

#define NOW at("2026-11-24 12:00")

static int put(Fixture *f, const char *number, const char *body, CaseOutcome *ret_outcome,
               char *error)
{
    json_t *value = json_of(body);
    int err = case_put(f->store, &f->hall, number, value, NOW, ret_outcome, error);
    json_decref(value);
    return err;
}

static int add(Fixture *f, const char *number, const char *body, CaseOutcome *ret_outcome,
               char *error)
{
    json_t *value = json_of(body);
    int err = case_add_event(f->store, &f->hall, number, value, NOW, ret_outcome, error);
    json_decref(value);
    return err;
}

#define BODY                                                                                           \
    "{'item':{'code':'11','name':'居民身份证'},'unit':'公安','kind':'promised','limit_days':5," \
    "'counter':'c1','applicant':'张小三','phone_tail':'1234','person':{'number':'7','name':'李'}}"

static void test_put_is_idempotent(void **state)
{
    Fixture *f = *state;
    CaseOutcome outcome;
    char error[200] = "";
    assert_int_equal(put(f, "A-1", BODY, &outcome, error), 0);
    assert_int_equal(outcome, CASE_CREATED);
    assert_non_null(strstr(f->changed->str, "case:A-1"));
    g_string_truncate(f->changed, 0);
    assert_int_equal(put(f, "A-1", BODY, &outcome, error), 0);
    assert_int_equal(outcome, CASE_UNCHANGED);
    assert_string_equal(f->changed->str, "");
    assert_int_equal(put(f, "A-1", "{'limit_days':7}", &outcome, error), 0);
    assert_int_equal(outcome, CASE_UPDATED);
    assert_int_equal(count(f, "SELECT limit_days FROM case_file"), 7);
    assert_int_equal(count(f, "SELECT count(*) FROM case_file WHERE counter = 'c1'"), 1);
}

static void test_bad_bodies(void **state)
{
    static const struct {
        const char *number, *body, *error;
    } rows[] = {
        { "A-1", "{'unit':'u','kind':'other'}", "item is missing" },
        { "A-1", "{'item':{'code':'1'},'unit':'u','kind':'other'}",
          "item: name is missing, and the catalogue has no item 1: give its name, or add it to the "
          "master data" },
        { "A-1", "{'item':{'code':'1','name':'n'},'unit':'u','kind':'promised'}",
          "limit_days is missing: kind promised needs its promised limit" },
        { "A-1", "{'item':{'code':'1','name':'n'},'unit':'u','kind':'fast'}",
          "kind is \"fast\"; instant, promised or other is allowed" },
        { "A-1",
          "{'item':{'code':'1','name':'n'},'unit':'u','kind':'other','phone_tail':'13800001111'}",
          "phone_tail is the last 4 digits of the number" },
        { "A-1", "{'item':{'code':'1','name':'n'},'unit':'u','kind':'other','accepted_at':1000}",
          "accepted_at lies outside the years 2000 to 2099" },
        { "A-1", "{'item':{'code':'1','name':'n'},'unit':'u','kind':'other','limit_days':1.5}",
          "limit_days must be a whole number" },
        { "", "{}", "the case number is empty or not UTF-8" },
        { "办件办件办件办件办件办件办件办件办件办件办件办件办件办件办件办件办件办件办件办件办件办件"
          "办件办件办件办",
          "{}", "the case number has more than 50 characters" },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        CaseOutcome outcome;
        char error[200] = "";
        store_script(f->store, "SAVEPOINT row");
        assert_int_equal(put(f, rows[i].number, rows[i].body, &outcome, error), -EINVAL);
        store_script(f->store, "ROLLBACK TO row; RELEASE row");
        assert_string_equal(error, rows[i].error);
    }
    assert_int_equal(count(f, "SELECT count(*) FROM case_file"), 0);
}

static void test_events_are_idempotent(void **state)
{
    static const char *const event =
        "{'id':'e1','kind':'accepted','at':'2026-11-23T09:00:00+08:00','person':'王'}";
    Fixture *f = *state;
    CaseOutcome outcome;
    char error[200] = "";
    assert_int_equal(add(f, "A-1", event, &outcome, error), -ENOENT);
    assert_string_equal(error, "no case A-1 is known: PUT it first");
    put(f, "A-1", BODY, &outcome, error);
    assert_int_equal(add(f, "A-1", event, &outcome, error), 0);
    assert_int_equal(outcome, EVENT_ADDED);
    assert_int_equal(add(f, "A-1", event, &outcome, error), 0);
    assert_int_equal(outcome, EVENT_KNOWN);
    assert_int_equal(add(f, "A-1", "{'id':'e1','kind':'finished','at':'2026-11-23T09:00:00+08:00'}",
                         &outcome, error),
                     -EEXIST);
    assert_string_equal(error, "event e1 is known with other content");
    assert_int_equal(add(f, "A-1", "{'id':'e2','kind':'eaten','at':1}", &outcome, error), -EINVAL);
    assert_string_equal(error, "kind \"eaten\" is not an event of a case");
    assert_int_equal(count(f, "SELECT count(*) FROM case_event"), 1);
}

static void test_order_of_arrival_leaves_no_trace(void **state)
{
    static const char *const events[] = {
        "{'id':'e1','kind':'accepted','at':'2026-11-16T09:00:00+08:00'}",
        "{'id':'e2','kind':'paused','at':'2026-11-17T09:00:00+08:00','days':5}",
        "{'id':'e3','kind':'resumed','at':'2026-11-19T09:00:00+08:00'}",
        "{'id':'e4','kind':'finished','at':'2026-11-24T09:00:00+08:00'}",
    };
    static const int orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 2, 0, 3, 1 } };
    Fixture *f = *state;
    char error[200];
    CaseOutcome outcome;
    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
        g_autofree char *number = g_strdup_printf("A-%zu", i);
        put(f, number, BODY, &outcome, error);
        for (int k = 0; k < 4; k++)
            assert_int_equal(add(f, number, events[orders[i][k]], &outcome, error), 0);
        json_t *found = case_get(f->store, &f->hall, number, NOW);
        assert_look(found, "state", "finished");
        assert_look(found, "due_at", "2026-11-25T17:30:00.000+08:00");
        assert_look(found, "days_used", "4");
        assert_look(found, "days_left", "1");
        assert_look(found, "grade", "none");
        assert_look(found, "events/0/id", "e1");
        assert_look(found, "events/3/at", "2026-11-24T09:00:00.000+08:00");
        assert_look(found, "pauses/0/to_at", "2026-11-19T09:00:00.000+08:00");
        assert_look(found, "pauses/0/is_open", "false");
        json_decref(found);
    }
}

static void test_shape_of_a_head(void **state)
{
    Fixture *f = *state;
    CaseOutcome outcome;
    char error[200];
    put(f, "A-1", BODY, &outcome, error);
    json_t *found = case_get(f->store, &f->hall, "A-1", NOW);
    assert_look(found, "item/name", "居民身份证");
    assert_look(found, "applicant", "张*三");
    assert_look(found, "person/name", "李");
    assert_look(found, "state", "filed");
    assert_look(found, "due_at", "null");
    assert_look(found, "days_left", "null");
    assert_look(found, "limit_days", "5");
    assert_look(found, "is_provisional", "false");
    assert_look(found, "ratings", "[]");
    assert_look(found, "flags", "[]");
    json_decref(found);
    assert_null(case_get(f->store, &f->hall, "A-2", NOW));
}

static void test_list_pages_and_filters(void **state)
{
    Fixture *f = *state;
    CaseOutcome outcome;
    char error[200];
    for (int i = 0; i < 5; i++) {
        g_autofree char *number = g_strdup_printf("A-%d", i);
        put(f, number, BODY, &outcome, error);
    }
    add(f, "A-3", "{'id':'e','kind':'withdrawn','at':1795000000000}", &outcome, error);
    json_t *page = case_list(f->store, &f->hall, &(CaseFilter){ .limit = 2 }, NOW);
    assert_look(page, "total", "5");
    assert_look(page, "items/0/number", "A-4");
    assert_look(page, "items/1/number", "A-3");
    assert_look(page, "items/2", "-");
    g_autofree char *next = look(page, "next");
    json_decref(page);
    char *id = strchr(next, ':');
    CaseFilter second = { .limit = 10,
                          .before_ms = g_ascii_strtoll(next, NULL, 10),
                          .before_number = id + 1 };
    page = case_list(f->store, &f->hall, &second, NOW);
    assert_look(page, "items/0/number", "A-2");
    assert_look(page, "items/2/number", "A-0");
    assert_look(page, "next", "null");
    json_decref(page);
    page = case_list(f->store, &f->hall,
                     &(CaseFilter){ .limit = 10, .open_only = true, .text = "身份" }, NOW);
    assert_look(page, "total", "4");
    json_decref(page);
    page = case_list(f->store, &f->hall, &(CaseFilter){ .limit = 10, .state = "withdrawn" }, NOW);
    assert_look(page, "items/0/number", "A-3");
    json_decref(page);
}

static void test_search(void **state)
{
    static const struct {
        const char *text, *found; // numbers, newest first
    } rows[] = {
        { "身份证", "B-77,A-1234" },   // in the item's name
        { "身份", "B-77,A-1234" },     // two characters: looked for in each
        { "公安", "C-9,B-77,A-1234" }, // at the end of what is known
        { "C-", "C-9" },
        { "c-", "" },
        { "税务", "" },
        { "号", "" }, // one character
        { "A-1234", "A-1234" },
        { "1234", "A-1234" }, // in the middle of a number
        { "公安分局", "B-77" },
        { "证居民", "" },     // the same runs in another order
        { "a\" OR \"b", "" }, // is text
        { "%", "" },
    };
    Fixture *f = *state;
    CaseOutcome outcome;
    char error[200];
    put(f, "A-1234", BODY, &outcome, error);
    put(f, "B-77", BODY, &outcome, error);
    put(f, "B-77", "{'unit':'公安分局'}", &outcome, error);
    put(f, "C-9", BODY, &outcome, error);
    put(f, "C-9", "{'item':{'code':'2','name':'社保卡'}}", &outcome, error); // not by its old name
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        json_t *page =
            case_list(f->store, &f->hall, &(CaseFilter){ .limit = 10, .text = rows[i].text }, NOW);
        g_autoptr(GString) found = g_string_new(NULL);
        size_t k;
        json_t *row;
        json_array_foreach(json_object_get(page, "items"), k, row) g_string_append_printf(
            found, "%s%s", k ? "," : "", json_string_value(json_object_get(row, "number")));
        assert_string_equal(found->str, rows[i].found);
        assert_look(page, "total_is_more", "false");
        json_decref(page);
    }
    CaseFilter second = {
        .limit = 10, .text = "身份证", .before_ms = NOW, .before_number = "B-77"
    };
    json_t *page = case_list(f->store, &f->hall, &second, NOW);
    assert_look(page, "items/0/number", "A-1234");
    json_decref(page);
}

static void test_counts(void **state)
{
    Fixture *f = *state;
    CaseOutcome outcome;
    char error[200];
    put(f, "A-1", BODY, &outcome, error);
    put(f, "A-2", BODY, &outcome, error);
    put(f, "A-2", "{'accepted_at':'2026-11-17T09:00:00+08:00'}", &outcome,
        error); // due on the 24th
    json_t *counts = case_counts(f->store, NOW);
    assert_look(counts, "open", "2");
    assert_look(counts, "due_today", "1");
    json_decref(counts);
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HALL(test_put_is_idempotent),
        WITH_HALL(test_bad_bodies),
        WITH_HALL(test_events_are_idempotent),
        WITH_HALL(test_order_of_arrival_leaves_no_trace),
        WITH_HALL(test_shape_of_a_head),
        WITH_HALL(test_list_pages_and_filters),
        WITH_HALL(test_search),
        WITH_HALL(test_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
