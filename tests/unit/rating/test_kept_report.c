// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/kept_report.h"

#include <errno.h>

static void known_since(Fixture *f, const char *moment)
{
    assert_int_equal(store_exec(f->store,
                                "INSERT INTO ticket(id, number, state, issued_at, updated_at)"
                                " VALUES('t', 'A1', 'issued', ?, 0)",
                                "i", at(moment)),
                     1);
}

// The first working day after the month: 2026-10-01 to 07 are holidays, 2026-11-01 is a Sunday.
static void due_on_the_first_working_day(void **state)
{
    static const struct {
        const char *now, *expected;
    } ROWS[] = {
        { "2026-10-01 00:00", "-" },       { "2026-10-07 23:59", "-" },
        { "2026-10-08 00:00", "2026-09" }, { "2026-10-20 10:00", "2026-09" }, // off until then
        { "2026-11-01 12:00", "-" },       { "2026-11-02 00:00", "2026-10" },
        { "2026-09-01 00:00", "2026-08" },
    };
    Fixture *f = *state;
    known_since(f, "2026-08-31 10:00");
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autofree char *due = kept_report_due(f->store, &f->hall, at(ROWS[i].now));
        assert_string_equal(due ? due : "-", ROWS[i].expected);
    }
}

static void made_once_and_never_for_a_month_before_the_box(void **state)
{
    Fixture *f = *state;
    int64_t now = at("2026-10-08 09:00");
    assert_null(kept_report_due(f->store, &f->hall, now)); // nothing is known
    known_since(f, "2026-10-02 10:00");
    assert_null(kept_report_due(f->store, &f->hall, now)); // nor by September's end
    assert_int_equal(
        store_exec(f->store, "UPDATE ticket SET issued_at = ?", "i", at("2026-09-30 10:00")), 1);
    g_autofree char *due = kept_report_due(f->store, &f->hall, now);
    assert_string_equal(due, "2026-09");
    assert_int_equal(kept_report_want(f->store, due, "system", now), 0);
    assert_int_equal(kept_report_want(f->store, due, "zhuren", now), -EEXIST);
    assert_null(kept_report_due(f->store, &f->hall, now));
    g_auto(KeptReport) wanted = kept_report_wanted(f->store);
    assert_string_equal(wanted.period, "2026-09");
    assert_int_equal(wanted.version, 1);
    KeptFiles files = { .pdf_sha256 = "a",
                        .xlsx_sha256 = "b",
                        .figures = "{\"done\":3,\"rated\":1}" };
    assert_int_equal(kept_report_made(f->store, &f->hall, &wanted, &files, now), 0);
    assert_int_equal(kept_report_want(f->store, due, "zhuren", now), 0);
    g_auto(KeptReport) again = kept_report_wanted(f->store);
    assert_int_equal(again.version, 2);
    files.figures = "{\"done\":4,\"rated\":1}";
    assert_int_equal(kept_report_made(f->store, &f->hall, &again, &files, now), 0);
    json_t *list = kept_report_list(f->store, "2026-09");
    assert_look(list, "0/version", "2");
    assert_look(list, "0/changes", "[{\"figure\":\"done\",\"was\":3,\"is\":4}]");
    assert_look(list, "1/changes", "[]");
    json_decref(list);
    g_auto(KeptReport) old = kept_report_old(f->store, now + 1);
    assert_int_equal(old.version, 1);
    assert_int_equal(kept_report_end(f->store, old.id, "removed"), 0);
    g_auto(KeptReport) gone = kept_report_get(f->store, old.id);
    assert_null(gone.period);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(due_on_the_first_working_day),
        TEST(made_once_and_never_for_a_month_before_the_box),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
