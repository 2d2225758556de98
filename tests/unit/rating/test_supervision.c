// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/case.h"
#include "rating/flag.h"
#include "rating/supervision.h"

// Accepted on Tuesday 2026-11-24 with 5 days: warning 11-27, yellow 11-30, due 12-01, red 12-02.
static void accept_case(Fixture *f, const char *number, const char *now)
{
    json_t *body =
        json_of("{'item':{'code':'1','name':'n'},'unit':'u','kind':'promised','limit_days':5,"
                "'counter':'c1','accepted_at':'2026-11-24T09:00:00+08:00'}");
    CaseOutcome outcome;
    char error[200];
    assert_int_equal(case_put(f->store, &f->hall, number, body, at(now), &outcome, error), 0);
    json_decref(body);
}

static void add_event(Fixture *f, const char *number, const char *text, const char *now)
{
    json_t *body = json_of(text);
    CaseOutcome outcome;
    char error[200];
    assert_int_equal(case_add_event(f->store, &f->hall, number, body, at(now), &outcome, error), 0);
    json_decref(body);
}

// "case_warning:closed case_yellow:raised " in the order of raising.
static char *flags(Fixture *f)
{
    GString *text = g_string_new(NULL);
    g_autoptr(StoreQuery) query =
        store_query(f->store, "SELECT kind, state FROM flag ORDER BY rowid", "");
    while (store_step(query))
        g_string_append_printf(text, "%s:%s ", store_text(query, 0), store_text(query, 1));
    return g_string_free(text, FALSE);
}

static void assert_flags(Fixture *f, const char *expected)
{
    g_autofree char *found = flags(f);
    assert_string_equal(found, expected);
}

static void test_grades_as_days_go_by(void **state)
{
    static const struct {
        const char *now;
        int raised;
        const char *flags;
    } rows[] = {
        { "2026-11-25 00:00", 0, "" },
        { "2026-11-26 23:59", 0, "" },
        { "2026-11-27 00:00", 1, "case_warning:raised " },
        { "2026-11-27 09:00", 0, "case_warning:raised " },
        { "2026-11-28 09:00", 0, "case_warning:raised " },
        { "2026-11-30 00:00", 1, "case_warning:closed case_yellow:raised " },
        { "2026-12-01 20:00", 0, "case_warning:closed case_yellow:raised " },
        { "2026-12-02 00:00", 1, "case_warning:closed case_yellow:closed case_red:raised " },
        { "2026-12-03 00:00", 0, "case_warning:closed case_yellow:closed case_red:raised " },
        { "2027-01-20 00:00", 0, "case_warning:closed case_yellow:closed case_red:raised " },
    };
    Fixture *f = *state;
    accept_case(f, "A-1", "2026-11-24 09:00");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_int_equal(supervision_sweep(f->store, &f->hall, at(rows[i].now)), rows[i].raised);
        assert_flags(f, rows[i].flags);
    }
}

static void test_box_was_off_when_it_fell_due(void **state)
{
    Fixture *f = *state;
    accept_case(f, "A-1", "2026-11-24 09:00");
    assert_int_equal(supervision_sweep(f->store, &f->hall, at("2026-12-07 08:00")), 1);
    assert_int_equal(supervision_sweep(f->store, &f->hall, at("2026-12-07 08:00")), 0);
    assert_flags(f, "case_red:raised ");
    json_t *page = flag_list(f->store, &(FlagFilter){ .limit = 10 });
    assert_look(page, "items/0/raised_at", "2026-12-07T08:00:00.000+08:00");
    assert_look(page, "items/0/evidence/due_at", "2026-12-01T17:30:00.000+08:00");
    assert_look(page, "items/0/evidence/since_at", "2026-12-02T00:00:00.000+08:00");
    assert_look(page, "items/0/evidence/days_left", "-4");
    assert_look(page, "items/0/case_number", "A-1");
    json_decref(page);
}

static void test_end_of_a_case(void **state)
{
    static const struct {
        const char *swept, *finished, *flags, *grade;
    } rows[] = {
        { "2026-11-27 09:00", "2026-11-27T10:00:00+08:00", "case_warning:closed ", "none" },
        { "2026-11-30 09:00", "2026-11-30T10:00:00+08:00", "case_yellow:closed ", "none" },
        { "2026-12-02 09:00", "2026-12-02T10:00:00+08:00", "case_red:raised ", "red" },
        // The finish was known late: it was in time after all. The red flag waits for a person.
        { "2026-12-02 09:00", "2026-12-01T10:00:00+08:00", "case_red:raised ", "none" },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_true(store_script(f->store, "DELETE FROM flag; DELETE FROM case_file") == 0);
        accept_case(f, "A-1", "2026-11-24 09:00");
        supervision_sweep(f->store, &f->hall, at(rows[i].swept));
        g_autofree char *event =
            g_strdup_printf("{'id':'e','kind':'finished','at':'%s'}", rows[i].finished);
        add_event(f, "A-1", event, rows[i].swept);
        assert_flags(f, rows[i].flags);
        json_t *found = case_get(f->store, &f->hall, "A-1", at(rows[i].swept));
        assert_look(found, "grade", rows[i].grade);
        json_decref(found);
        assert_int_equal(supervision_next(f->store), INT64_MAX);
    }
}

static void test_pause_takes_a_grade_back(void **state)
{
    Fixture *f = *state;
    accept_case(f, "A-1", "2026-11-24 09:00");
    supervision_sweep(f->store, &f->hall, at("2026-11-30 09:00"));
    assert_flags(f, "case_yellow:raised ");
    add_event(f, "A-1", "{'id':'e1','kind':'paused','at':'2026-11-24T10:00:00+08:00'}",
              "2026-11-30 10:00");
    assert_flags(f, "case_yellow:closed ");
    add_event(f, "A-1", "{'id':'e2','kind':'resumed','at':'2026-11-30T10:00:00+08:00'}",
              "2026-11-30 10:00");
    supervision_sweep(f->store, &f->hall, at("2026-12-04 09:00")); // yellow anew: a second round
    assert_flags(f, "case_yellow:closed case_yellow:raised ");
}

static void test_an_extension_turns_yellow_to_warning(void **state)
{
    Fixture *f = *state;
    accept_case(f, "A-1", "2026-11-24 09:00");
    supervision_sweep(f->store, &f->hall, at("2026-11-30 09:00"));
    assert_flags(f, "case_yellow:raised ");
    add_event(f, "A-1",
              "{'id':'e1','kind':'extended','at':'2026-11-30T10:00:00+08:00','days':1,"
              "'approver':'赵主任'}",
              "2026-11-30 10:00");
    assert_flags(f, "case_yellow:closed case_warning:raised ");
}

static void test_a_confirmed_lower_grade_gives_way(void **state)
{
    Fixture *f = *state;
    char error[200];
    accept_case(f, "A-1", "2026-11-24 09:00");
    supervision_sweep(f->store, &f->hall, at("2026-11-30 09:00"));
    json_t *page = flag_list(f->store, &(FlagFilter){ .limit = 10 });
    g_autofree char *id = look(page, "items/0/id");
    json_decref(page);
    FlagStep step = { .action = "confirm", .why = "确有延误" };
    Actor wang = { .user = "wang", .is_person = true, .is_director = true };
    assert_int_equal(flag_act(f->store, &f->hall, id, &step, &wang, at("2026-11-30 10:00"), error),
                     1);
    supervision_sweep(f->store, &f->hall, at("2026-12-02 09:00"));
    assert_flags(f, "case_yellow:closed case_red:raised ");
}

static void test_sweep_reads_only_what_is_due(void **state)
{
    Fixture *f = *state;
    for (int i = 0; i < 1200; i++) { // more than one step of a sweep
        g_autofree char *number = g_strdup_printf("A-%d", i);
        accept_case(f, number, "2026-11-24 09:00");
    }
    assert_int_equal(supervision_next(f->store), at("2026-11-25 00:00"));
    assert_int_equal(supervision_sweep(f->store, &f->hall, at("2026-12-02 00:00")), 1200);
    assert_int_equal(supervision_next(f->store), at("2026-12-03 00:00"));
    g_string_truncate(f->changed, 0);
    assert_int_equal(supervision_sweep(f->store, &f->hall, at("2026-12-02 12:00")), 0);
    assert_string_equal(f->changed->str, "");
}

static void test_no_answer_in_five_days_counts_as_accepted(void **state)
{
    Fixture *f = *state;
    json_t *body =
        json_of("{'item':{'code':'1','name':'n'},'unit':'u','kind':'promised','limit_days':5}");
    CaseOutcome outcome;
    char error[200];
    case_put(f->store, &f->hall, "A-1", body, at("2026-11-24 09:00"), &outcome, error);
    json_decref(body);
    add_event(f, "A-1", "{'id':'e','kind':'received','at':'2026-11-24T09:00:00+08:00'}",
              "2026-11-24 09:00");
    assert_int_equal(supervision_next(f->store), at("2026-12-02 00:00"));
    assert_int_equal(supervision_sweep(f->store, &f->hall, at("2026-12-01 09:00")), 0);
    assert_int_equal(supervision_sweep(f->store, &f->hall, at("2026-12-02 00:00")), 1);
    assert_flags(f, "case_red:raised ");
}

// Units A (lead, 3 days) and B (5 days), the case itself 10: accepted on Tuesday 11-24.
static void put_joint(Fixture *f, const char *units)
{
    g_autofree char *text = g_strdup_printf(
        "{'item':{'code':'1','name':'n'},'unit':'H','kind':'promised','limit_days':10,'units':%s,"
        "'accepted_at':'2026-11-24T09:00:00+08:00'}",
        units);
    json_t *body = json_of(text);
    CaseOutcome outcome;
    char error[200];
    assert_int_equal(
        case_put(f->store, &f->hall, "J-1", body, at("2026-11-24 09:00"), &outcome, error), 0);
    json_decref(body);
}

static void test_units_of_a_joint_case(void **state)
{
    Fixture *f = *state;
    put_joint(f, "[{'unit':'A','limit_days':3,'lead':true},{'unit':'B','limit_days':5}]");
    assert_int_equal(supervision_sweep(f->store, &f->hall, at("2026-11-26 00:00")), 1);
    assert_flags(f, "unit_yellow:raised ");
    assert_int_equal(supervision_sweep(f->store, &f->hall, at("2026-11-26 12:00")), 0);
    assert_int_equal(supervision_sweep(f->store, &f->hall, at("2026-11-30 00:00")), 2);
    assert_flags(f, "unit_yellow:closed unit_red:raised unit_yellow:raised ");
    json_t *found = case_get(f->store, &f->hall, "J-1", at("2026-11-30 00:00"));
    assert_look(found, "grade", "none");
    assert_look(found, "units/0/unit", "A");
    assert_look(found, "units/0/is_lead", "true");
    assert_look(found, "units/0/grade", "red");
    assert_look(found, "units/0/days_left", "-1");
    assert_look(found, "units/1/due_at", "2026-12-01T17:30:00.000+08:00");
    json_decref(found);
    json_t *page = flag_list(f->store, &(FlagFilter){ .kind = "unit_red", .limit = 10 });
    assert_look(page, "items/0/subject", "case:J-1/unit:A");
    assert_look(page, "items/0/evidence/unit", "A");
    json_decref(page);
    // A is done late, which stays; B is paused, which takes its yellow back.
    add_event(f, "J-1",
              "{'id':'e1','kind':'unit_done','unit':'A','at':'2026-11-30T09:00:00+08:00'}",
              "2026-11-30 09:00");
    add_event(f, "J-1",
              "{'id':'e2','kind':'paused','unit':'B','days':5,'procedure':'hearing',"
              "'at':'2026-11-24T10:00:00+08:00'}",
              "2026-11-30 09:00");
    assert_flags(f, "unit_yellow:closed unit_red:raised unit_yellow:closed ");
    put_joint(f, "[{'unit':'B','limit_days':5}]");
    assert_flags(f, "unit_yellow:closed unit_red:closed unit_yellow:closed ");
    assert_int_equal(count(f, "SELECT count(*) FROM case_unit"), 1);
}

static void test_nodes_with_a_limit(void **state)
{
    Fixture *f = *state;
    accept_case(f, "A-1", "2026-11-24 09:00");
    add_event(f, "A-1",
              "{'id':'s1','kind':'sent','node':'审查','unit':'公安','days':2,"
              "'person':{'number':'7','name':'李'},'at':'2026-11-24T09:30:00+08:00'}",
              "2026-11-24 09:30");
    supervision_sweep(f->store, &f->hall, at("2026-11-27 00:00"));
    assert_flags(f, "node_red:raised case_warning:raised ");
    assert_int_equal(count(f, "SELECT count(*) FROM flag WHERE kind = 'node_red' AND "
                              "subject = 'case:A-1/node:s1' AND staff_number = '7'"),
                     1);
    add_event(f, "A-1",
              "{'id':'n1','kind':'node','node':'审查','result':'agreed',"
              "'at':'2026-11-27T09:30:00+08:00'}",
              "2026-11-27 09:30");
    json_t *found = case_get(f->store, &f->hall, "A-1", at("2026-11-27 10:00"));
    assert_look(found, "nodes/0/to_at", "2026-11-27T09:30:00.000+08:00");
    assert_look(found, "nodes/0/days_used", "3");
    assert_look(found, "nodes/0/is_open", "false");
    json_decref(found);
    // It turns out to have been withdrawn before it was sent: the node never had it.
    add_event(f, "A-1", "{'id':'w','kind':'withdrawn','at':'2026-11-24T09:10:00+08:00'}",
              "2026-11-27 11:00");
    assert_int_equal(count(f, "SELECT count(*) FROM case_node"), 0);
    assert_flags(f, "node_red:closed case_warning:closed ");
    assert_int_equal(count(f, "SELECT count(*) FROM case_event WHERE ignored = 'state'"), 1);
}

static void test_papers_of_a_tolerant_acceptance(void **state)
{
    Fixture *f = *state;
    for (int handed = 0; handed < 2; handed++) {
        g_autofree char *number = g_strdup_printf("T-%d", handed);
        json_t *body = json_of(
            "{'item':{'code':'1','name':'n'},'unit':'u','kind':'promised','limit_days':20}");
        CaseOutcome outcome;
        char error[200];
        case_put(f->store, &f->hall, number, body, at("2026-11-24 09:00"), &outcome, error);
        json_decref(body);
        add_event(f, number,
                  "{'id':'a','kind':'accepted','tolerant':true,'papers_due':'2026-11-26',"
                  "'at':'2026-11-24T09:00:00+08:00'}",
                  "2026-11-24 09:00");
    }
    add_event(f, "T-1", "{'id':'h','kind':'papers_handed','at':'2026-11-25T09:00:00+08:00'}",
              "2026-11-25 09:00");
    supervision_sweep(f->store, &f->hall, at("2026-11-26 17:30"));
    assert_flags(f, "");
    assert_int_equal(supervision_next(f->store), at("2026-11-26 17:30") + 1);
    supervision_sweep(f->store, &f->hall, at("2026-11-26 17:31"));
    assert_flags(f, "case_papers_late:raised ");
    supervision_sweep(f->store, &f->hall, at("2026-11-27 09:00"));
    add_event(f, "T-0", "{'id':'h','kind':'papers_handed','at':'2026-11-27T10:00:00+08:00'}",
              "2026-11-27 10:00");
    assert_flags(f, "case_papers_late:closed ");
}

static void test_an_extension_needs_approval(void **state)
{
    static const struct {
        const char *event, *limit, *ignored;
    } rows[] = {
        { "{'id':'e1','kind':'extended','days':5,'at':'2026-11-25T09:00:00+08:00'}", "5",
          "no_approver" },
        { "{'id':'e2','kind':'extended','days':3,'approver':'王局','at':'2026-11-25T10:00:00+08:00'"
          "}",
          "8", NULL },
        { "{'id':'e3','kind':'extended','days':3,'approver':'王局','at':'2026-11-25T11:00:00+08:00'"
          "}",
          "8", "extended_before" },
    };
    Fixture *f = *state;
    accept_case(f, "A-1", "2026-11-24 09:00");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        add_event(f, "A-1", rows[i].event, "2026-11-25 12:00");
        json_t *found = case_get(f->store, &f->hall, "A-1", at("2026-11-25 12:00"));
        assert_look(found, "limit_days", rows[i].limit);
        json_decref(found);
        g_autofree char *id = g_strdup_printf("e%zu", i + 1);
        g_autofree char *ignored = case_event_ignored(f->store, "A-1", id);
        assert_string_equal(ignored ? ignored : "-", rows[i].ignored ? rows[i].ignored : "-");
    }
}

// What was asked for has come: the office owes an answer again.
static void test_no_answer_after_the_papers_came(void **state)
{
    Fixture *f = *state;
    json_t *body =
        json_of("{'item':{'code':'1','name':'n'},'unit':'u','kind':'promised','limit_days':5}");
    CaseOutcome outcome;
    char error[200];
    case_put(f->store, &f->hall, "A-1", body, at("2026-11-10 09:00"), &outcome, error);
    json_decref(body);
    add_event(f, "A-1", "{'id':'a','kind':'received','at':'2026-11-10T09:00:00+08:00'}",
              "2026-11-10 09:00");
    add_event(f, "A-1", "{'id':'b','kind':'papers_asked','at':'2026-11-11T09:00:00+08:00'}",
              "2026-11-11 09:00");
    assert_int_equal(supervision_next(f->store), INT64_MAX);
    add_event(f, "A-1", "{'id':'c','kind':'papers_handed','at':'2026-11-24T09:00:00+08:00'}",
              "2026-11-24 09:00");
    supervision_sweep(f->store, &f->hall, at("2026-12-01 09:00"));
    assert_flags(f, "");
    supervision_sweep(f->store, &f->hall, at("2026-12-02 00:00"));
    assert_flags(f, "case_red:raised ");
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HALL(test_grades_as_days_go_by),
        WITH_HALL(test_box_was_off_when_it_fell_due),
        WITH_HALL(test_end_of_a_case),
        WITH_HALL(test_pause_takes_a_grade_back),
        WITH_HALL(test_an_extension_turns_yellow_to_warning),
        WITH_HALL(test_a_confirmed_lower_grade_gives_way),
        WITH_HALL(test_sweep_reads_only_what_is_due),
        WITH_HALL(test_units_of_a_joint_case),
        WITH_HALL(test_nodes_with_a_limit),
        WITH_HALL(test_papers_of_a_tolerant_acceptance),
        WITH_HALL(test_an_extension_needs_approval),
        WITH_HALL(test_no_answer_after_the_papers_came),
        WITH_HALL(test_no_answer_in_five_days_counts_as_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
