// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/case_clock.h"

typedef struct {
    Config *config;
    Calendar *calendar;
} Rules;

static int rules_setup(void **state)
{
    Rules *rules = g_new0(Rules, 1);
    rules->config = fixture_config();
    assert_int_equal(calendar_load(NULL, NULL, &rules->calendar), 0);
    *state = rules;
    return 0;
}

static int rules_teardown(void **state)
{
    Rules *rules = *state;
    config_unref(rules->config);
    calendar_free(rules->calendar);
    g_free(rules);
    return 0;
}

static int64_t at_or_never(const char *text)
{
    return text ? at(text) : CASE_NEVER;
}

static char *moment_text(int64_t ms)
{
    return ms == CASE_NEVER ? g_strdup("never") : clock_format(ms);
}

static void assert_moment(size_t row, const char *what, int64_t found, int64_t expected)
{
    g_autofree char *found_text = moment_text(found), *expected_text = moment_text(expected);
    if (found != expected)
        fail_msg("row %zu: %s is %s, expected %s", row, what, found_text, expected_text);
}

// Default rules: warning at 2 working days left, yellow at 1, red from the first working day past.
static void test_running_case(void **state)
{
    static const struct {
        const char *accepted;
        int limit;
        const char *now, *due;
        int used, left;
        CaseGrade grade;
        const char *since;
    } rows[] = {
        // Tuesday, 5 days: due next Tuesday at the end of office hours.
        { "2026-11-24 10:00", 5, "2026-11-24 11:00", "2026-12-01 17:30", 0, 5, GRADE_NONE, NULL },
        { "2026-11-24 10:00", 5, "2026-11-26 23:59", "2026-12-01 17:30", 2, 3, GRADE_NONE, NULL },
        { "2026-11-24 10:00", 5, "2026-11-27 00:00", "2026-12-01 17:30", 3, 2, GRADE_WARNING,
          "2026-11-27 00:00" },
        { "2026-11-24 10:00", 5, "2026-11-29 12:00", "2026-12-01 17:30", 3, 2, GRADE_WARNING,
          "2026-11-27 00:00" },
        { "2026-11-24 10:00", 5, "2026-11-30 08:00", "2026-12-01 17:30", 4, 1, GRADE_YELLOW,
          "2026-11-30 00:00" },
        { "2026-11-24 10:00", 5, "2026-12-01 23:00", "2026-12-01 17:30", 5, 0, GRADE_YELLOW,
          "2026-11-30 00:00" },
        { "2026-11-24 10:00", 5, "2026-12-02 00:00", "2026-12-01 17:30", 6, -1, GRADE_RED,
          "2026-12-02 00:00" },
        // Due on a Friday: the weekend is not a working day past.
        { "2026-11-24 10:00", 3, "2026-11-28 12:00", "2026-11-27 17:30", 3, 0, GRADE_YELLOW,
          "2026-11-26 00:00" },
        { "2026-11-24 10:00", 3, "2026-11-30 00:00", "2026-11-27 17:30", 4, -1, GRADE_RED,
          "2026-11-30 00:00" },
        // Over the spring festival, with a worked Saturday.
        { "2026-02-13 16:00", 5, "2026-02-24 09:00", "2026-02-27 17:30", 2, 3, GRADE_NONE, NULL },
        // One day: from acceptance on, one day is left.
        { "2026-11-24 10:00", 1, "2026-11-24 10:00", "2026-11-25 17:30", 0, 1, GRADE_YELLOW,
          "2026-11-24 10:00" },
        // On the spot: the same day, never warned; after hours or on a rest day the next working
        // day.
        { "2026-11-24 10:00", 0, "2026-11-24 18:00", "2026-11-24 17:30", 0, 0, GRADE_NONE, NULL },
        { "2026-11-24 10:00", 0, "2026-11-25 00:00", "2026-11-24 17:30", 1, -1, GRADE_RED,
          "2026-11-25 00:00" },
        { "2026-11-27 18:00", 0, "2026-11-30 12:00", "2026-11-30 17:30", 1, 0, GRADE_NONE, NULL },
        { "2026-11-28 10:00", 0, "2026-12-01 12:00", "2026-11-30 17:30", 2, -1, GRADE_RED,
          "2026-12-01 00:00" },
        // No limit: no due day.
        { "2026-11-24 10:00", -1, "2026-12-24 10:00", NULL, 22, 0, GRADE_NONE, NULL },
    };
    Rules *rules = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        CaseFacts facts = { .accepted_ms = at(rows[i].accepted),
                            .ended_ms = CASE_NEVER,
                            .limit_days = rows[i].limit };
        CaseClock clock;
        case_clock_read(&facts, rules->config, rules->calendar, at(rows[i].now), &clock);
        assert_moment(i, "due", clock.due_ms, at_or_never(rows[i].due));
        assert_moment(i, "since", clock.grade_since_ms, at_or_never(rows[i].since));
        assert_int_equal(clock.days_used, rows[i].used);
        assert_int_equal(clock.days_left, rows[i].left);
        assert_string_equal(case_grade_name(clock.grade), case_grade_name(rows[i].grade));
    }
}

// Yellow at 90 % of the limit, to the minute of office hours (210 in the morning, 240 in the
// afternoon); red when it is exceeded.
static void test_yulin_profile(void **state)
{
    static const struct {
        int limit;
        const char *now;
        CaseGrade grade;
        const char *since, *next;
    } rows[] = {
        // 10 days from Tuesday 11-24: due 12-08 17:30; 9 of them have passed on 12-07 at the end of
        // office hours; warned one working day before that day begins.
        { 10, "2026-12-03 23:59", GRADE_NONE, NULL, "2026-12-04 00:00" },
        { 10, "2026-12-04 00:00", GRADE_WARNING, "2026-12-04 00:00", "2026-12-07 00:00" },
        { 10, "2026-12-07 17:29", GRADE_WARNING, "2026-12-04 00:00", "2026-12-07 17:30" },
        { 10, "2026-12-07 17:30", GRADE_YELLOW, "2026-12-07 17:30", "2026-12-08 00:00" },
        { 10, "2026-12-08 17:30", GRADE_YELLOW, "2026-12-07 17:30", NULL },
        { 10, "2026-12-08 17:31", GRADE_RED, NULL, "2026-12-09 00:00" },
        // 5 days, due 12-01: 4.5 days are 225 minutes of the fifth, 15 of them after noon.
        { 5, "2026-12-01 13:44", GRADE_WARNING, "2026-11-30 00:00", "2026-12-01 13:45" },
        { 5, "2026-12-01 13:45", GRADE_YELLOW, "2026-12-01 13:45", NULL },
        // 1 day: 405 minutes of it.
        { 1, "2026-11-24 11:00", GRADE_WARNING, "2026-11-24 10:00", "2026-11-25 00:00" },
        { 1, "2026-11-25 16:44", GRADE_WARNING, "2026-11-24 10:00", "2026-11-25 16:45" },
        { 1, "2026-11-25 16:45", GRADE_YELLOW, "2026-11-25 16:45", NULL },
        // On the spot: red the moment the office has closed.
        { 0, "2026-11-24 17:30", GRADE_NONE, NULL, NULL },
        { 0, "2026-11-24 17:31", GRADE_RED, NULL, "2026-11-25 00:00" },
    };
    Rules *rules = *state;
    rules->config->rules.grade_profile = GRADES_YULIN;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        CaseFacts facts = { .accepted_ms = at("2026-11-24 10:00"),
                            .ended_ms = CASE_NEVER,
                            .limit_days = rows[i].limit };
        CaseClock clock;
        case_clock_read(&facts, rules->config, rules->calendar, at(rows[i].now), &clock);
        if (clock.grade != rows[i].grade)
            fail_msg("row %zu: %s", i, case_grade_name(clock.grade));
        if (clock.grade == GRADE_RED || !rows[i].next)
            assert_moment(i, clock.grade == GRADE_RED ? "since" : "next",
                          clock.grade == GRADE_RED ? clock.grade_since_ms : clock.next_change_ms,
                          clock.due_ms + 1);
        else
            assert_moment(i, "since", clock.grade_since_ms, at_or_never(rows[i].since));
        if (rows[i].next)
            assert_moment(i, "next", clock.next_change_ms, at(rows[i].next));
    }
    rules->config->rules.grade_profile = GRADES_SHANDONG;
}

// Accepted on Tuesday 2026-11-24 with 5 days; without a pause due on 12-01.
static void test_pauses(void **state)
{
    static const struct {
        const char *from, *to;
        int approved;
        const char *now, *due;
        int used;
    } rows[] = {
        { "2026-11-25 09:00", "2026-11-27 16:00", 0, "2026-11-30 09:00", "2026-12-03 17:30", 2 },
        // The same day: nothing is taken.
        { "2026-11-25 09:00", "2026-11-25 16:00", 0, "2026-11-30 09:00", "2026-12-01 17:30", 4 },
        // Open: counts up to now, and moves on with it.
        { "2026-11-25 09:00", NULL, 0, "2026-11-26 09:00", "2026-12-02 17:30", 1 },
        { "2026-11-25 09:00", NULL, 0, "2026-11-30 09:00", "2026-12-04 17:30", 1 },
        // Open, but only 2 days are approved: the clock runs again.
        { "2026-11-25 09:00", NULL, 2, "2026-11-30 09:00", "2026-12-03 17:30", 2 },
        // Closed late: the approved days are all that counts.
        { "2026-11-25 09:00", "2026-12-02 09:00", 2, "2026-12-02 10:00", "2026-12-03 17:30", 4 },
        // Over a weekend: rest days neither count nor are they paused.
        { "2026-11-27 09:00", "2026-11-29 09:00", 0, "2026-11-30 09:00", "2026-12-01 17:30", 4 },
        // On the due day itself the day is used.
        { "2026-12-01 09:00", "2026-12-03 09:00", 0, "2026-12-03 10:00", "2026-12-01 17:30", 5 },
    };
    Rules *rules = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        CasePause pause = { at(rows[i].from), at_or_never(rows[i].to), rows[i].approved };
        CaseFacts facts = { .accepted_ms = at("2026-11-24 10:00"),
                            .ended_ms = CASE_NEVER,
                            .limit_days = 5,
                            .pauses = &pause,
                            .n_pauses = 1 };
        CaseClock clock;
        case_clock_read(&facts, rules->config, rules->calendar, at(rows[i].now), &clock);
        assert_moment(i, "due", clock.due_ms, at(rows[i].due));
        if (clock.days_used != rows[i].used)
            fail_msg("row %zu: used %d, expected %d", i, clock.days_used, rows[i].used);
    }
}

static void test_ended_case(void **state)
{
    static const struct {
        const char *ended;
        int used, left;
        CaseGrade grade;
    } rows[] = {
        { "2026-11-24 11:00", 0, 5, GRADE_NONE },
        { "2026-12-01 16:00", 5, 0, GRADE_NONE },
        { "2026-12-02 09:00", 6, -1, GRADE_RED },
    };
    Rules *rules = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        CaseFacts facts = { .accepted_ms = at("2026-11-24 10:00"),
                            .ended_ms = at(rows[i].ended),
                            .limit_days = 5 };
        CaseClock clock;
        case_clock_read(&facts, rules->config, rules->calendar, at("2026-12-20 10:00"), &clock);
        assert_int_equal(clock.days_used, rows[i].used);
        assert_int_equal(clock.days_left, rows[i].left);
        assert_int_equal(clock.grade, rows[i].grade);
        assert_moment(i, "next change", clock.next_change_ms, CASE_NEVER);
    }
}

// Article 32: told within 5 working days, or accepted from the receipt.
static void test_before_acceptance(void **state)
{
    static const struct {
        const char *answered, *accepted, *now, *counts_from;
        bool deemed;
    } rows[] = {
        { NULL, NULL, "2026-11-26 09:00", NULL, false },
        { NULL, NULL, "2026-12-01 23:00", NULL, false },
        { NULL, NULL, "2026-12-02 00:00", "2026-11-24 10:00", true },
        // Papers asked for in time: the citizen's clock has not started, however long it takes.
        { "2026-11-30 09:00", NULL, "2026-12-30 09:00", NULL, false },
        { "2026-11-25 09:00", "2026-11-25 09:00", "2026-11-26 09:00", "2026-11-25 09:00", false },
        // An acceptance that came too late does not move the clock.
        { "2026-12-04 09:00", "2026-12-04 09:00", "2026-12-07 09:00", "2026-11-24 10:00", true },
    };
    Rules *rules = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        CaseRound round = { at("2026-11-24 10:00"), at_or_never(rows[i].answered) };
        CaseFacts facts = { .accepted_ms = at_or_never(rows[i].accepted),
                            .ended_ms = CASE_NEVER,
                            .limit_days = 20,
                            .rounds = &round,
                            .n_rounds = 1 };
        CaseClock clock;
        case_clock_read(&facts, rules->config, rules->calendar, at(rows[i].now), &clock);
        assert_moment(i, "accepted", clock.accepted_ms, at_or_never(rows[i].counts_from));
        assert_int_equal(clock.is_deemed, rows[i].deemed);
    }
}

static void test_provisional_beyond_the_calendar(void **state)
{
    static const struct {
        const char *accepted;
        bool provisional;
    } rows[] = { { "2026-12-01 10:00", false }, { "2026-12-20 10:00", true } };
    Rules *rules = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        CaseFacts facts = { .accepted_ms = at(rows[i].accepted),
                            .ended_ms = CASE_NEVER,
                            .limit_days = 20 };
        CaseClock clock;
        case_clock_read(&facts, rules->config, rules->calendar, at(rows[i].accepted), &clock);
        assert_int_equal(clock.is_provisional, rows[i].provisional);
    }
}

// --- The same by walking day for day, slowly and obviously.

static bool is_paused(const CaseFacts *facts, const Calendar *calendar, CalendarDay day,
                      CalendarDay today)
{
    for (size_t i = 0; i < facts->n_pauses; i++) {
        const CasePause *p = &facts->pauses[i];
        CalendarDay from = calendar_day_of(p->from_ms);
        CalendarDay to = p->to_ms == CASE_NEVER ? today : calendar_day_of(p->to_ms);
        int taken = 0;
        for (CalendarDay d = from + 1; d <= to && d <= today; d++) {
            if (calendar_is_working_day(calendar, d))
                taken++;
            if (d == day && (p->approved_days == 0 || taken <= p->approved_days))
                return true;
        }
    }
    return false;
}

typedef struct {
    int used;
    CalendarDay due;
} Walk;

static Walk walk(const CaseFacts *facts, const Calendar *calendar, CalendarDay today)
{
    Walk result = { 0, 0 };
    int used = 0;
    for (CalendarDay d = calendar_day_of(facts->accepted_ms) + 1; d <= today || !result.due; d++) {
        bool counts = calendar_is_working_day(calendar, d) && !is_paused(facts, calendar, d, today);
        used += counts;
        if (counts && used == facts->limit_days)
            result.due = d;
        if (d == today)
            result.used = used;
    }
    return result;
}

static CaseGrade walk_grade(const CaseFacts *facts, const Walk *w)
{
    int left = facts->limit_days - w->used;
    return left < 0 ? GRADE_RED : left <= 1 ? GRADE_YELLOW : left <= 2 ? GRADE_WARNING : GRADE_NONE;
}

static char *random_days(GRand *dice)
{
    GString *text = g_string_new(NULL);
    for (int i = 0; i < 40; i++)
        g_string_append_printf(text, "2026-%02d-%02d\t%s\n", g_rand_int_range(dice, 1, 13),
                               g_rand_int_range(dice, 1, 29),
                               g_rand_boolean(dice) ? "off" : "work");
    return g_string_free(text, FALSE);
}

static int compare_pauses(const void *a, const void *b)
{
    int64_t left = ((const CasePause *)a)->from_ms, right = ((const CasePause *)b)->from_ms;
    return (left > right) - (left < right);
}

enum { PAUSES_MAX = 4, HOURS_MS = 3600 * 1000 };

static void random_case(GRand *dice, CaseFacts *facts, CasePause *pauses, int64_t *ret_now)
{
    int64_t start = at("2026-01-05 00:00") + (int64_t)g_rand_int_range(dice, 0, 4000) * HOURS_MS;
    *ret_now = start + (int64_t)g_rand_int_range(dice, 0, 2000) * HOURS_MS;
    *facts = (CaseFacts){ .accepted_ms = start,
                          .ended_ms = CASE_NEVER,
                          .limit_days = g_rand_int_range(dice, 1, 30),
                          .pauses = pauses };
    facts->n_pauses = (size_t)g_rand_int_range(dice, 0, PAUSES_MAX + 1);
    for (size_t i = 0; i < facts->n_pauses; i++) {
        pauses[i].from_ms = start + (int64_t)g_rand_int_range(dice, -100, 1200) * HOURS_MS;
        bool open = g_rand_int_range(dice, 0, 4) == 0;
        pauses[i].to_ms =
            open ? CASE_NEVER
                 : pauses[i].from_ms + (int64_t)g_rand_int_range(dice, 0, 500) * HOURS_MS;
        pauses[i].approved_days = g_rand_int_range(dice, 0, 8);
    }
    qsort(pauses, facts->n_pauses, sizeof *pauses, compare_pauses);
}

static void test_against_walking_day_by_day(void **state)
{
    Rules *rules = *state;
    GRand *dice = g_rand_new_with_seed(20261124);
    for (int round = 0; round < 60; round++) {
        g_autofree char *days = random_days(dice);
        g_autoptr(Calendar) calendar = NULL;
        assert_int_equal(calendar_parse("random", days, NULL, &calendar), 0);
        for (int i = 0; i < 50; i++) {
            CasePause pauses[PAUSES_MAX];
            CaseFacts facts;
            CaseClock clock;
            int64_t now;
            random_case(dice, &facts, pauses, &now);
            case_clock_read(&facts, rules->config, calendar, now, &clock);
            Walk expected = walk(&facts, calendar, calendar_day_of(now));
            if (clock.days_used != expected.used ||
                clock.due_ms != calendar_office_end(rules->config, expected.due) ||
                clock.grade != walk_grade(&facts, &expected))
                fail_msg("round %d case %d: used %d, by walking %d; due day off by %d", round, i,
                         clock.days_used, expected.used,
                         calendar_day_of(clock.due_ms) - expected.due);
        }
    }
    g_rand_free(dice);
}

// Nothing changes between now and the next change that the clock names.
static void test_next_change_is_not_too_late(void **state)
{
    Rules *rules = *state;
    GRand *dice = g_rand_new_with_seed(7);
    for (int i = 0; i < 2000; i++) {
        CasePause pauses[PAUSES_MAX];
        CaseFacts facts;
        CaseClock now_clock, later;
        int64_t now;
        random_case(dice, &facts, pauses, &now);
        case_clock_read(&facts, rules->config, rules->calendar, now, &now_clock);
        assert_true(now_clock.next_change_ms > now);
        case_clock_read(&facts, rules->config, rules->calendar, now_clock.next_change_ms - 1,
                        &later);
        assert_int_equal(now_clock.grade, later.grade);
        assert_int_equal(now_clock.days_used, later.days_used);
        assert_int_equal(now_clock.due_ms, later.due_ms);
    }
    g_rand_free(dice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_running_case),
        cmocka_unit_test(test_yulin_profile),
        cmocka_unit_test(test_pauses),
        cmocka_unit_test(test_ended_case),
        cmocka_unit_test(test_before_acceptance),
        cmocka_unit_test(test_provisional_beyond_the_calendar),
        cmocka_unit_test(test_against_walking_day_by_day),
        cmocka_unit_test(test_next_change_is_not_too_late),
    };
    return cmocka_run_group_tests(tests, rules_setup, rules_teardown);
}
