// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/calendar_notice.h"
#include "rating/data.h"
#include "rating/flag.h"

#include <errno.h>

static Calendar *built_in(void)
{
    Calendar *calendar;
    assert_int_equal(calendar_load(NULL, NULL, &calendar), 0);
    return calendar;
}

static CalendarDay day(const char *date)
{
    int year, month, dom;
    assert_int_equal(sscanf(date, "%d-%d-%d", &year, &month, &dom), 3);
    return calendar_day_of_date(year, month, dom);
}

// Domain rules, "Time limits: checked".
static void test_checked_dates(void **state)
{
    static const struct {
        const char *from;
        int days;
        const char *to;
    } rows[] = {
        { "2026-02-13", 5, "2026-02-27" },  { "2026-02-14", 1, "2026-02-24" },
        { "2026-09-24", 5, "2026-10-09" },  { "2026-09-30", 5, "2026-10-13" },
        { "2026-04-30", 20, "2026-06-01" }, { "2024-09-13", 2, "2024-09-18" },
        { "2025-09-30", 1, "2025-10-09" },
    };
    g_autoptr(Calendar) calendar = built_in();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_int_equal(calendar_add(calendar, day(rows[i].from), rows[i].days), day(rows[i].to));
        assert_int_equal(calendar_between(calendar, day(rows[i].from), day(rows[i].to)),
                         rows[i].days);
    }
}

static void test_working_days_of_years(void **state)
{
    static const struct {
        int year, days;
    } rows[] = { { 2024, 251 }, { 2025, 248 }, { 2026, 248 } };
    g_autoptr(Calendar) calendar = built_in();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_int_equal(calendar_between(calendar, calendar_day_of_date(rows[i].year - 1, 12, 31),
                                          calendar_day_of_date(rows[i].year, 12, 31)),
                         rows[i].days);
}

static void test_kinds_of_days(void **state)
{
    static const struct {
        const char *date;
        bool working, provisional;
    } rows[] = {
        { "2026-11-24", true, false },  // Tuesday
        { "2026-11-28", false, false }, // Saturday
        { "2026-02-14", true, false },  // worked Saturday
        { "2026-10-01", false, false }, // national day
        { "2027-01-04", true, true },   // Monday of a year that is not announced
        { "2027-01-02", false, true },  // its Saturday
        { "2023-12-29", true, true },   // before the first loaded year
    };
    g_autoptr(Calendar) calendar = built_in();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_int_equal(calendar_is_working_day(calendar, day(rows[i].date)), rows[i].working);
        assert_int_equal(calendar_is_provisional(calendar, day(rows[i].date)), rows[i].provisional);
    }
}

static void test_office_end(void **state)
{
    static const struct {
        const char *date, *end;
    } rows[] = { { "2026-11-24", "2026-11-24 17:30" }, { "2026-02-14", "2026-02-14 17:30" } };
    Config *config = fixture_config();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_int_equal(calendar_office_end(config, day(rows[i].date)), at(rows[i].end));
    config_unref(config);
}

static void test_day_of_moment(void **state)
{
    assert_int_equal(calendar_day_of(at("2026-11-24 00:00")), day("2026-11-24"));
    assert_int_equal(calendar_day_of(at("2026-11-24 00:00") - 1), day("2026-11-23"));
    assert_int_equal(calendar_day_start(day("2026-11-24")), at("2026-11-24 00:00"));
    assert_int_equal(calendar_day_of(INT64_MAX), day("2199-12-31"));
    assert_int_equal(calendar_day_of(INT64_MIN), 0);
}

static void test_bad_lines_are_all_named(void **state)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    Calendar *calendar = NULL;
    const char *text = "# fine\n2026-02-30\toff\n2026-10-01\tfree\n2026-10-02\toff\n";
    assert_int_equal(calendar_parse("days.tsv", text, errors, &calendar), -EINVAL);
    assert_null(calendar);
    assert_int_equal(errors->len, 2);
    assert_string_equal(g_ptr_array_index(errors, 0),
                        "days.tsv:2: a date like 2026-10-01 is wanted, found \"2026-02-30\"");
    assert_string_equal(g_ptr_array_index(errors, 1),
                        "days.tsv:3: the kind is off or work, found \"free\"");
}

static void test_missing_file_is_named(void **state)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    Calendar *calendar = NULL;
    assert_int_equal(calendar_load("/nonexistent/days.tsv", errors, &calendar), -ENOENT);
    assert_int_equal(errors->len, 1);
}

// A compiler that does not track embedded files could keep old ones.
static void test_embedded_files_are_the_files(void **state)
{
    static const struct {
        const char *path, *copy;
    } rows[] = { { SOURCE_DIR "/data/working-days.tsv", data_working_days },
                 { SOURCE_DIR "/data/rating-tags.tsv", data_rating_tags } };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = NULL;
        assert_true(g_file_get_contents(rows[i].path, &text, NULL, NULL));
        assert_string_equal(text, rows[i].copy);
    }
}

// A year's own file stands for the whole year; a bad one is named and left out.
static void test_years_of_a_folder(void **state)
{
    static const struct {
        const char *name, *text;
    } files[] = { { "2028.tsv", "2028-01-03\toff\n" },
                  { "2026.tsv", "2026-01-01\toff\n2026-01-03\twork\n" },
                  { "2029.tsv", "2029-01-01\tgone\n" },
                  { "notes.txt", "2030-01-01\toff\n" } };
    g_autofree char *folder = g_dir_make_tmp("hallwatch-years-XXXXXX", NULL);
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Calendar) calendar = NULL, plain = built_in(), none = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(folder, files[i].name, NULL);
        assert_true(g_file_set_contents(path, files[i].text, -1, NULL));
    }
    assert_int_equal(calendar_load_years(NULL, folder, errors, &calendar), 0);
    assert_int_equal(errors->len, 1);
    assert_non_null(strstr(errors->pdata[0], "2029.tsv:1: the kind is off or work"));
    assert_true(calendar_is_working_day(calendar, day("2026-10-01")));
    assert_true(calendar_is_working_day(calendar, day("2026-01-03")));
    assert_false(calendar_is_working_day(calendar, day("2025-10-01")));
    assert_false(calendar_is_working_day(calendar, day("2028-01-03")));
    assert_false(calendar_is_provisional(calendar, day("2028-12-29")));
    assert_true(calendar_is_provisional(calendar, day("2027-06-01"))); // a gap between two
    assert_true(calendar_is_provisional(calendar, day("2030-06-03")));
    assert_int_equal(calendar_add(calendar, day("2026-01-02"), 1), day("2026-01-03"));
    assert_false(calendar_is_equal(calendar, plain));
    assert_int_equal(calendar_load_years(NULL, "/nowhere", NULL, &none), 0);
    assert_true(calendar_is_equal(none, plain));
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(folder, files[i].name, NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
}

static void test_which_year_is_missing(void **state)
{
    static const struct {
        const char *moment;
        int year;
    } rows[] = { { "2026-10-31 23:59", 0 },
                 { "2026-11-01 00:00", 2027 },
                 { "2027-01-01 00:00", 2027 },
                 { "2025-12-31 12:00", 0 } };
    g_autoptr(Calendar) calendar = built_in();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_int_equal(calendar_missing_year(calendar, at(rows[i].moment)), rows[i].year);
}

static void test_a_missing_year_is_a_flag_until_it_is_there(void **state)
{
    Fixture *f = *state;
    int64_t now_ms = at("2026-11-02 08:00");
    assert_int_equal(calendar_notice_sweep(f->store, &f->hall, at("2026-10-30 08:00")), 0);
    assert_int_equal(calendar_notice_sweep(f->store, &f->hall, now_ms), 1);
    assert_int_equal(calendar_notice_sweep(f->store, &f->hall, now_ms), 0);
    assert_true(flag_is_open(f->store, "calendar:2027", "calendar_missing"));
    g_autoptr(Calendar) before = f->hall.calendar;
    assert_int_equal(
        calendar_parse("x", "2026-01-01\toff\n2027-01-01\toff\n", NULL, &f->hall.calendar), 0);
    assert_int_equal(calendar_notice_sweep(f->store, &f->hall, now_ms), 0);
    assert_false(flag_is_open(f->store, "calendar:2027", "calendar_missing"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checked_dates),
        cmocka_unit_test(test_working_days_of_years),
        cmocka_unit_test(test_kinds_of_days),
        cmocka_unit_test(test_office_end),
        cmocka_unit_test(test_day_of_moment),
        cmocka_unit_test(test_bad_lines_are_all_named),
        cmocka_unit_test(test_missing_file_is_named),
        cmocka_unit_test(test_embedded_files_are_the_files),
        cmocka_unit_test(test_years_of_a_folder),
        cmocka_unit_test(test_which_year_is_missing),
        cmocka_unit_test_setup_teardown(test_a_missing_year_is_a_flag_until_it_is_there,
                                        fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
