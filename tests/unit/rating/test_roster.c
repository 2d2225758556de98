// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/roster.h"
#include "rating/ticket.h"

#include <errno.h>

#define NOW at("2026-11-24 12:00")

static int put(Fixture *f, const char *id, const char *text, char *error)
{
    json_t *body = json_of(text), *row = NULL;
    int err = roster_put(f->store, &f->hall, id, body, "zhuren", NOW, &row, error);
    json_decref(row);
    json_decref(body);
    return err;
}

// kind, counter, person ("": none), "2026-11-24 08:30", "17:30" of the same day.
static int set(Fixture *f, const char *id, const char *kind, const char *counter,
               const char *person, const char *from, const char *to, char *error)
{
    g_autofree char *staff = *person
                                 ? g_strdup_printf("{'number':'%s','name':'李%s'}", person, person)
                                 : g_strdup("null");
    g_autofree char *body = g_strdup_printf(
        "{'kind':'%s','counter':%s%s%s,'staff':%s,'from':'%.10sT%s:00+08:00','to':'%.10sT%s:00"
        "+08:00'}",
        kind, *counter ? "'" : "null", counter, *counter ? "'" : "", staff, from, from + 11, from,
        to);
    return put(f, id, body, error);
}

static void put_duty(Fixture *f, const char *counter, const char *text)
{
    char error[200] = "";
    json_t *body = json_of(text);
    assert_int_equal(duty_put(f->store, &f->hall, counter, body, NOW, error), 0);
    json_decref(body);
}

static void assert_state(Fixture *f, const char *counter, const char *moment, const char *expected)
{
    RosterState found;
    assert_int_equal(roster_state_at(f->store, counter, at(moment), &found), 0);
    if (strcmp(roster_state_name(found), expected) != 0)
        fail_msg("%s at %s is %s, expected %s", counter, moment, roster_state_name(found),
                 expected);
}

static void test_what_a_counter_is_to_be(void **state)
{
    static const struct {
        const char *counter, *moment, *expected;
    } rows[] = {
        { "c1", "2026-11-24 08:29", "closed" }, // before its entry, on a day that has one
        { "c1", "2026-11-24 08:30", "open" },
        { "c1", "2026-11-24 11:59", "open" },
        { "c1", "2026-11-24 12:00", "closed" }, // noon: its two entries leave it out
        { "c1", "2026-11-24 14:00", "open" },   // one of the two is on leave, the other is there
        { "c1", "2026-11-24 16:00", "closed" }, // a meeting is stronger
        { "c1", "2026-11-24 17:30", "closed" },
        { "c1", "2026-11-25 09:00", "leave" },   // the only one has leave
        { "c1", "2026-11-26 09:00", "unknown" }, // nothing is said of that day
        { "c2", "2026-11-24 09:00", "unknown" },
        { "c2", "2026-11-24 10:15", "closed" }, // closed for a time, else nothing is said
        { "c2", "2026-11-24 10:30", "unknown" },
        { "c2", "2026-11-25 10:30", "leave" }, // nothing is said, and who sits there has leave
    };
    Fixture *f = *state;
    char error[200] = "";
    assert_int_equal(set(f, "1", "open", "c1", "7", "2026-11-24 08:30", "12:00", error), 0);
    assert_int_equal(set(f, "2", "open", "c1", "7", "2026-11-24 13:30", "17:30", error), 0);
    assert_int_equal(set(f, "3", "open", "c1", "8", "2026-11-24 13:30", "17:30", error), 0);
    assert_int_equal(set(f, "4", "leave", "", "8", "2026-11-24 13:00", "17:30", error), 0);
    assert_int_equal(set(f, "5", "closed", "c1", "", "2026-11-24 15:30", "17:00", error), 0);
    assert_int_equal(set(f, "6", "open", "c1", "8", "2026-11-25 08:30", "12:00", error), 0);
    assert_int_equal(set(f, "7", "leave", "", "8", "2026-11-25 00:00", "23:59", error), 0);
    assert_int_equal(set(f, "8", "closed", "c2", "", "2026-11-24 10:00", "10:30", error), 0);
    put_duty(f, "c2", "{'staff':{'number':'8','name':'李8'},'at':'2026-11-24T08:30:00+08:00'}");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_state(f, rows[i].counter, rows[i].moment, rows[i].expected);
}

static void test_who_is_to_sit_there(void **state)
{
    Fixture *f = *state;
    char error[200] = "";
    g_autofree char *number = NULL, *name = NULL, *none = NULL, *nobody = NULL;
    assert_int_equal(set(f, "1", "open", "c1", "7", "2026-11-24 08:30", "17:30", error), 0);
    assert_int_equal(set(f, "2", "leave", "", "7", "2026-11-24 10:00", "11:00", error), 0);
    assert_int_equal(roster_person_at(f->store, "c1", at("2026-11-24 09:00"), &number, &name), 0);
    assert_string_equal(number, "7");
    assert_string_equal(name, "李7");
    assert_int_equal(roster_person_at(f->store, "c1", at("2026-11-24 10:00"), &none, &nobody), 0);
    assert_null(none);
}

static void test_two_who_change_the_same(void **state)
{
    static const char first[] = "{'kind':'closed','counter':'c1','from':'2026-11-24T10:00:00+08:00'"
                                ",'to':'2026-11-24T11:00:00+08:00'}";
    static const char second[] = "{'kind':'closed','counter':'c1','from':'2026-11-24T10:00:00+08:00"
                                 "','to':'2026-11-24T12:00:00+08:00','version':1}";
    static const char third[] = "{'kind':'closed','counter':'c1','from':'2026-11-24T10:00:00+08:00'"
                                ",'to':'2026-11-24T13:00:00+08:00','version':1}";
    Fixture *f = *state;
    char error[200] = "";
    assert_int_equal(put(f, "1", first, error), 0);
    assert_int_equal(put(f, "1", first, error), 0); // sent again
    assert_string_equal(f->changed->str, "roster:1 ");
    assert_int_equal(put(f, "1", second, error), 0);
    assert_int_equal(put(f, "1", third, error), -EEXIST);
    assert_non_null(strstr(error, "changed by zhuren"));
    assert_int_equal(roster_remove(f->store, &f->hall, "1", 1, error), -EEXIST);
    assert_int_equal(roster_remove(f->store, &f->hall, "1", 2, error), 0);
    assert_int_equal(roster_remove(f->store, &f->hall, "1", 2, error), -ENOENT);
    assert_int_equal(put(f, "1", third, error), -ENOENT);
    assert_int_equal(count(f, "SELECT count(*) FROM roster"), 0);
}

static void test_what_is_refused(void **state)
{
    static const struct {
        const char *body;
        int err;
        const char *sentence;
    } rows[] = {
        { "{'kind':'open','counter':'c1','from':1,'to':1}", -EINVAL, "to must be later than from" },
        { "{'kind':'open','counter':'c1','from':0,'to':99999999999}", -EINVAL, "year apart" },
        { "{'kind':'open','from':0,'to':1}", -EINVAL, "counter is missing" },
        { "{'kind':'leave','counter':'c1','from':0,'to':1}", -EINVAL, "staff is missing" },
        { "{'kind':'shut','counter':'c1','from':0,'to':1}", -EINVAL, "open, closed or leave" },
        { "{'kind':'open','counter':'c9','from':0,'to':1}", -ENOENT, "no counter c9" },
        { "{'kind':'open','counter':'c1','staff':{'number':'7'},'from':0,'to':1}", -EINVAL,
          "staff: name" },
        { "{}", -EINVAL, "kind is missing" },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char error[200] = "";
        assert_int_equal(put(f, "x", rows[i].body, error), rows[i].err);
        if (!strstr(error, rows[i].sentence))
            fail_msg("%s: %s", rows[i].body, error);
    }
    char error[200] = "";
    assert_int_equal(set(f, "1", "open", "c1", "7", "2026-11-24 08:30", "12:00", error), 0);
    assert_int_equal(set(f, "2", "open", "c2", "7", "2026-11-24 11:00", "13:00", error), -EEXIST);
    assert_non_null(strstr(error, "at counter c1 then"));
    assert_int_equal(set(f, "2", "open", "c2", "7", "2026-11-24 12:00", "13:00", error), 0);
}

// Monday 2026-11-16 to Monday 2026-11-23; and the week of the National Day, of which Mon to Wed
// are worked.
static void test_a_week_like_another(void **state)
{
    Fixture *f = *state;
    char error[200] = "";
    assert_int_equal(set(f, "1", "open", "c1", "7", "2026-11-16 08:30", "17:30", error), 0);
    assert_int_equal(set(f, "2", "open", "c1", "7", "2026-11-17 08:30", "12:00", error), 0);
    assert_int_equal(set(f, "3", "open", "c1", "8", "2026-11-17 13:30", "17:30", error), 0);
    assert_int_equal(set(f, "4", "open", "c2", "8", "2026-11-19 08:30", "17:30", error), 0);
    assert_int_equal(set(f, "5", "closed", "c1", "", "2026-11-18 08:30", "17:30", error), 0);
    assert_int_equal(set(f, "6", "open", "c1", "9", "2026-11-23 10:00", "11:00", error), 0);
    assert_int_equal(set(f, "7", "leave", "", "8", "2026-11-26 00:00", "23:00", error), 0);
    int32_t from = calendar_day_of_date(2026, 11, 16), to = calendar_day_of_date(2026, 11, 23);
    // Monday has its own; Thursday's person is on leave: Tuesday's two.
    assert_int_equal(roster_copy_week(f->store, &f->hall, from, to, "zhuren", NOW, error), 2);
    assert_int_equal(roster_copy_week(f->store, &f->hall, from, to, "zhuren", NOW, error), 0);
    assert_state(f, "c1", "2026-11-24 09:00", "open");
    assert_state(f, "c1", "2026-11-24 12:30", "closed");
    int32_t feast = calendar_day_of_date(2026, 9, 28);
    assert_int_equal(roster_copy_week(f->store, &f->hall, from, feast, "zhuren", NOW, error), 3);
    assert_int_equal(roster_copy_week(f->store, &f->hall, from, from + 3, "x", NOW, error),
                     -EINVAL);
}

static void test_what_is_listed(void **state)
{
    Fixture *f = *state;
    char error[200] = "";
    assert_int_equal(set(f, "1", "open", "c1", "7", "2026-11-24 08:30", "12:00", error), 0);
    assert_int_equal(set(f, "2", "leave", "", "7", "2026-11-23 08:30", "17:00", error), 0);
    RosterFilter filter = { .from_ms = at("2026-11-24 00:00"), .to_ms = at("2026-11-25 00:00") };
    json_t *list = roster_list(f->store, &filter);
    assert_int_equal(json_array_size(list), 1);
    assert_look(list, "0/staff/name", "李7");
    assert_look(list, "0/from", "2026-11-24T08:30:00.000+08:00");
    assert_look(list, "0/by", "zhuren");
    json_decref(list);
    filter = (RosterFilter){ .staff_number = "7", .to_ms = INT64_MAX };
    filter.from_ms = at("2026-11-20 00:00");
    list = roster_list(f->store, &filter);
    assert_int_equal(json_array_size(list), 2);
    json_decref(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_a_counter_is_to_be, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_who_is_to_sit_there, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_two_who_change_the_same, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_what_is_refused, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_a_week_like_another, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_what_is_listed, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
