// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/figures.h"
#include "rating/monthly.h"

enum { WAIT_MINUTES = 30 };

static MonthlySpan october(void)
{
    return (MonthlySpan){ .from_ms = at("2026-10-01 00:00"),
                          .to_ms = at("2026-11-01 00:00"),
                          .now_ms = at("2026-11-02 09:00"),
                          .wait_minutes = WAIT_MINUTES };
}

// finished, due: NULL for none.
static void add_case(Fixture *f, const char *number, const char *unit, const char *filed,
                     const char *finished, const char *due, int left, const char *channel)
{
    int changed = store_exec(
        f->store,
        "INSERT INTO case_file(number, item_code, item_name, unit, kind, limit_days, counter,"
        " person_number, person_name, channel, created_at, updated_at, state, is_open, grade,"
        " accepted_at, finished_at, due_at, is_provisional, days_used, days_left)"
        " VALUES(?1,'i1','社保卡',?2,'promised',5,'c1','007','李敏',?8,?3,?3,?7,?6,'none',?3,?4,?5,"
        "0,2,?9)",
        "ssinnissi", number, unit, at(filed), finished ? at(finished) : STORE_NULL,
        due ? at(due) : STORE_NULL, (int64_t)(finished == NULL), finished ? "finished" : "accepted",
        channel, (int64_t)left);
    assert_int_equal(changed, 1);
}

static void add_ticket(Fixture *f, const char *id, const char *issued, const char *called)
{
    assert_int_equal(store_exec(f->store,
                                "INSERT INTO ticket(id, number, counter, state, issued_at,"
                                " called_at, finished_at, updated_at)"
                                " VALUES(?1,?1,'c1','finished',?2,?3,?3,0)",
                                "sii", id, at(issued), at(called)),
                     1);
}

static void add_flag(Fixture *f, const char *id, const char *kind, const char *state,
                     const char *raised, bool was_confirmed)
{
    assert_int_equal(store_exec(f->store,
                                "INSERT INTO flag(id, kind, subject, round, state, is_open,"
                                " case_number, counter, evidence, raised_at)"
                                " VALUES(?1,?2,?1,1,?3,?4,'A1','c1','{}',?5)",
                                "sssii", id, kind, state, (int64_t)(strcmp(state, "raised") == 0),
                                at(raised)),
                     1);
    if (was_confirmed)
        store_exec(f->store,
                   "INSERT INTO flag_step(flag, at, user, action, to_state) VALUES(?,1,'z',"
                   "'confirm','confirmed')",
                   "s", id);
}

static void add_asked(Fixture *f, const char *number, const char *id, const char *moment)
{
    store_exec(f->store,
               "INSERT INTO case_event(case_number, id, kind, at, received_at)"
               " VALUES(?,?,'papers_asked',?3,?3)",
               "ssi", number, id, at(moment));
}

static void fill(Fixture *f)
{
    add_case(f, "A1", "人社", "2026-10-08 09:00", "2026-10-09 10:00", "2026-10-15 17:30", 4,
             "hall");
    add_case(f, "A2", "人社", "2026-10-08 09:30", "2026-10-20 10:00", "2026-10-15 17:30", -3,
             "online");
    add_case(f, "B1", "公安", "2026-09-29 09:00", "2026-10-12 10:00", "2026-10-12 17:30", 0,
             "hall");
    add_case(f, "B2", "公安", "2026-10-30 09:00", "2026-11-03 10:00", "2026-11-06 17:30", 3,
             "hall"); // after
    add_case(f, "B3", "公安", "2026-10-12 09:00", NULL, "2026-10-20 17:30", -8, "hall");
    add_case(f, "B4", "公安", "2026-11-01 09:00", NULL, NULL, 0, "hall"); // not filed yet
    add_asked(f, "A1", "e1", "2026-09-30 10:00");
    add_asked(f, "A1", "e2", "2026-10-08 10:00");
    add_asked(f, "B3", "e3", "2026-10-13 10:00");
    add_asked(f, "B3", "e4", "2026-11-03 10:00"); // the second time is another month's
    for (int i = 0; i < 10; i++) {
        g_autofree char *id = g_strdup_printf("t%d", i);
        g_autofree char *called = g_strdup_printf("2026-10-08 09:%02d", i * 5);
        add_ticket(f, id, "2026-10-08 09:00", called);
    }
    add_flag(f, "f1", "case_yellow", "closed", "2026-10-14 17:30", false);
    add_flag(f, "f2", "slow_idle", "closed", "2026-10-14 18:00", true);
    add_flag(f, "f3", "slow_idle", "dismissed", "2026-10-15 18:00", true); // voided afterwards
    add_flag(f, "f4", "fraud_runs", "raised", "2026-10-16 18:00", false);
    add_flag(f, "f5", "camera_lost", "raised", "2026-10-16 18:00", false); // is no clue
    add_flag(f, "f6", "case_red", "raised", "2026-11-01 00:00", false);    // the next month's
}

static void a_month(void **state)
{
    Fixture *f = *state;
    fill(f);
    MonthlySpan span = october();
    g_autoptr(MonthlyFacts) facts = monthly_read(f->store, &span);
    static const struct {
        const char *path, *expected;
    } ROWS[] = {
        { "filed", "4" },         { "online/n", "1" },    { "online/of", "4" },
        { "done", "3" },          { "on_time/n", "2" },   { "on_time/of", "3" },
        { "early/n", "1" },       { "early/of", "3" },    { "days_early/n", "4" },
        { "days_early/of", "1" }, { "overtime", "1" },    { "open", "2" },
        { "open_late", "1" },     { "warning", "0" },     { "yellow", "1" },
        { "red", "0" },           { "papers/n", "1" },    { "papers/of", "2" },
        { "tickets", "10" },      { "wait/n", "20" },     { "wait/of", "10" },
        { "wait_most/n", "40" },  { "wait_over/n", "3" }, { "wait_over/of", "10" },
        { "missed/n", "0" },      { "no_number/n", "2" }, { "no_number/of", "2" },
        { "rated", "0" },         { "active/of", "13" },  { "clues", "3" },
        { "found/n", "1" },       { "dismissed/n", "1" }, { "undecided", "1" },
    };
    json_t *total = monthly_total(facts);
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++)
        assert_look(total, ROWS[i].path, ROWS[i].expected);
    json_decref(total);
    json_t *hours = monthly_hours(facts), *days = monthly_days(facts);
    assert_int_equal(json_array_size(days), 31);
    assert_look(days, "7/on", "2026-10-08");
    assert_look(days, "7/filed", "2");
    assert_look(days, "19/on_time", "0");
    assert_look(hours, "0/hour", "9");
    assert_look(hours, "0/median", "20");
    json_decref(hours);
    json_decref(days);
}

static void what_ranks_is_the_lower_end(void **state)
{
    Fixture *f = *state;
    for (int i = 0; i < 40; i++) {
        g_autofree char *number = g_strdup_printf("C%d", i);
        add_case(f, number, "民政", "2026-10-08 09:00", i ? "2026-10-09 10:00" : "2026-10-19 10:00",
                 "2026-10-15 17:30", 1, "hall");
    }
    add_case(f, "D1", "林业", "2026-10-08 09:00", "2026-10-09 10:00", "2026-10-15 17:30", 1,
             "hall");
    MonthlySpan span = october();
    g_autoptr(MonthlyFacts) facts = monthly_read(f->store, &span);
    json_t *rows = monthly_rows(facts, "unit");
    assert_look(rows, "0/key", "民政"); // 39 of 40, against 1 of 1
    assert_look(rows, "1/key", "林业");
    json_decref(rows);
    assert_null(monthly_rows(facts, "planet"));
    rows = monthly_rows(facts, "agent");
    assert_int_equal(json_array_size(rows), 0);
    json_decref(rows);
}

// Each number of each row of each group is the length of the list behind it.
static void every_number_has_its_list(void **state)
{
    Fixture *f = *state;
    fill(f);
    MonthlySpan span = october();
    g_autoptr(MonthlyFacts) facts = monthly_read(f->store, &span);
    int checked = 0;
    for (const char *const *group = monthly_groups; *group; group++) {
        json_t *rows = monthly_rows(facts, *group), *row;
        size_t i;
        json_array_foreach(rows, i, row) for (size_t k = 0; k < monthly_figures_n; k++)
        {
            const MonthlyFigure *figure = &monthly_figures[k];
            const char *key = json_string_value(json_object_get(row, "key"));
            json_t *cell = json_object_get(row, figure->key);
            json_t *behind = monthly_things(facts, figure, false, *group, key ? key : "");
            json_t *base = monthly_things(facts, figure, true, *group, key ? key : "");
            json_int_t n = figure->form == MONTHLY_COUNT ? json_integer_value(cell)
                           : figure->form == MONTHLY_SHARE
                               ? json_integer_value(json_object_get(cell, "n"))
                               : json_integer_value(json_object_get(cell, "of"));
            if ((json_int_t)json_array_size(behind) != n)
                fail_msg("%s of %s %s: %d, and its list has %d", figure->key, *group, key, (int)n,
                         (int)json_array_size(behind));
            if (figure->form != MONTHLY_COUNT)
                assert_int_equal(json_array_size(base),
                                 json_integer_value(json_object_get(cell, "of")));
            checked += n > 0;
            json_decref(behind);
            json_decref(base);
        }
        json_decref(rows);
    }
    assert_true(checked > 100);
}

// The active rate is the same as everywhere else (figures.h).
static void services_are_those_of_the_figures(void **state)
{
    Fixture *f = *state;
    fill(f);
    MonthlySpan span = october();
    g_autoptr(MonthlyFacts) facts = monthly_read(f->store, &span);
    json_t *total = monthly_total(facts);
    json_t *other = figures_of(f->store, "hall", NULL, span.from_ms, span.to_ms);
    static const char *const same[] = { "active", "on_time", "online", "filed", "done" };
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++)
        if (!json_equal(json_object_get(total, same[i]), json_object_get(other, same[i])))
            fail_msg("%s differs", same[i]);
    json_decref(total);
    json_decref(other);
}

// docs/report.md has a row for each figure, in the table's order and words.
static void the_document_says_the_same(void **state)
{
    g_autofree char *document = NULL;
    g_autoptr(GString) expected = g_string_new(NULL);
    assert_true(g_file_get_contents(SOURCE_DIR "/docs/report.md", &document, NULL, NULL));
    for (size_t i = 0; i < monthly_figures_n; i++) {
        const MonthlyFigure *figure = &monthly_figures[i];
        g_string_append_printf(expected, "| `%s` | %s | %s | %s | %s |\n", figure->key, figure->zh,
                               figure->en, figure->means_zh, figure->means_en);
    }
    if (!strstr(document, expected->str))
        fail_msg("docs/report.md should have these rows:\n%s", expected->str);
}

// So have the page's words.
static void the_page_says_the_same(void **state)
{
    g_autofree char *words = NULL;
    assert_true(
        g_file_get_contents(SOURCE_DIR "/dashboard/web/src/words/monthly.ts", &words, NULL, NULL));
    for (size_t i = 0; i < monthly_figures_n; i++) {
        const MonthlyFigure *figure = &monthly_figures[i];
        g_autofree char *row =
            g_strdup_printf("  mf_%s: [\"%s\", \"%s\"],\n", figure->key, figure->zh, figure->en);
        if (!strstr(words, row))
            fail_msg("words/monthly.ts should have %s", row);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_month),
        TEST(what_ranks_is_the_lower_end),
        TEST(every_number_has_its_list),
        TEST(services_are_those_of_the_figures),
        cmocka_unit_test(the_document_says_the_same),
        cmocka_unit_test(the_page_says_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
