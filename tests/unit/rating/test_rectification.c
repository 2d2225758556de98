// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/flag.h"
#include "rating/rating.h"
#include "rating/rectification.h"
#include "rating/ticket.h"

#include <errno.h>
#include <stdio.h>

#define PRESS "2026-11-24 10:00" // a Tuesday

static void press(Fixture *f, const char *id, int level, const char *moment)
{
    RatingInput input = { .id = id,
                          .counter = "c1",
                          .channel = "pad",
                          .level = level,
                          .event_ms = at(moment),
                          .received_ms = at(moment),
                          .pad_clock_ms = STORE_NULL };
    RatingOutcome outcome;
    assert_int_equal(rating_store(f->store, &f->hall, &input, &outcome), 0);
    // Number 007 was on duty.
    store_exec(f->store, "UPDATE rating SET staff_number = '007' WHERE id = ?", "s", id);
}

// "ACTION CHOICE by USER [staff NUMBER] [until DATE]" at a moment; the reason is always given.
static int act(Fixture *f, const char *rating, const char *moment, const char *words, char *error)
{
    char action[32] = "", choice[32] = "", user[32] = "", rest[64] = "";
    assert_true(sscanf(words, "%31s %31s by %31s %63[^\n]", action, choice, user, rest) >= 3);
    bool is_assignment = strcmp(action, "assign") == 0;
    RectificationInput input = { .action = action,
                                 .choice = is_assignment || !strcmp(choice, "-") ? NULL : choice,
                                 .why = "情况说明",
                                 .owner = is_assignment ? choice : NULL,
                                 .owner_staff = strcmp(choice, "li") == 0 ? "007" : NULL,
                                 .due_ms = STORE_NULL };
    Actor actor = { .user = user, .is_person = strncmp(user, "key:", 4) != 0 };
    if (strcmp(user, "li") == 0)
        actor.staff = "007";
    if (strncmp(rest, "until ", 6) == 0) {
        g_autofree char *day = g_strdup_printf("%s 00:00", rest + 6);
        input.due_ms = at(day);
    }
    error[0] = '\0';
    return rectification_act(f->store, &f->hall, rating, &input, &actor, at(moment), error);
}

static char *value_of(Fixture *f, const char *rating, const char *path, const char *moment)
{
    json_t *head = rectification_of(f->store, rating, at(moment));
    char *text = look(head, path);
    json_decref(head);
    return text;
}

#define assert_value(f, rating, path, moment, expected)                                            \
    do {                                                                                           \
        g_autofree char *found = value_of(f, rating, path, moment);                                \
        assert_string_equal(found, expected);                                                      \
    } while (0)

// Each life: what is done when, where it leads, and until when the next step is due. Working days:
// 24 to 27 November (Tuesday to Friday), 30 November to 4 December.
static void lives(void **state)
{
    static const struct {
        const char *name;
        struct {
            const char *moment, *words, *state, *due; // due "-": none
        } steps[8];
    } ROWS[] = {
        { "put right at once, told by telephone, content",
          { { "2026-11-24 15:00", "verify immediate by wang", "telling", "2026-12-01T17:30" },
            { "2026-11-25 09:00", "tell phone by wang", "calling", "2026-12-02T17:30" },
            { "2026-11-26 09:00", "call satisfied by zhao", "closed", "-" } } },
        { "complex, with a day that was set",
          { { "2026-11-25 17:00", "verify complex by wang until 2026-12-10", "fixing",
              "2026-12-10T17:30" },
            { "2026-12-09 09:00", "fix - by wang", "telling", "2026-12-10T17:30" },
            { "2026-12-10 09:00", "tell in_person by wang", "calling", "2026-12-17T17:30" },
            { "2026-12-11 09:00", "call dissatisfied by zhao", "fixing", "2026-12-18T17:30" },
            { "2026-12-14 09:00", "fix - by wang", "telling", "2026-12-18T17:30" },
            { "2026-12-14 10:00", "tell phone by wang", "calling", "2026-12-21T17:30" },
            { "2026-12-15 10:00", "call basically by zhao", "closed", "-" } } },
        { "no ground in law, nobody to call",
          { { "2026-11-24 11:00", "verify explained by wang", "telling", "2026-12-01T17:30" },
            { "2026-11-24 11:30", "tell published by wang", "closed", "-" } } },
        { "three calls without an answer",
          { { "2026-11-24 11:00", "verify immediate by wang", "telling", "2026-12-01T17:30" },
            { "2026-11-24 11:30", "tell phone by wang", "calling", "2026-12-01T17:30" },
            { "2026-11-25 11:30", "call no_answer by wang", "calling", "2026-12-01T17:30" },
            { "2026-11-26 11:30", "call no_answer by wang", "calling", "2026-12-01T17:30" },
            { "2026-11-27 11:30", "call no_answer by wang", "closed", "-" } } },
        { "a wrong press, approved by a second person",
          { { "2026-11-24 11:00", "void mistaken by wang", "judging", "2026-11-25T17:30" },
            { "2026-11-24 14:00", "approve - by zhao", "void", "-" } } },
        { "called malicious, refused, goes on where it was",
          { { "2026-11-24 11:00", "verify immediate by wang", "telling", "2026-12-01T17:30" },
            { "2026-11-24 12:00", "void malicious by wang", "judging", "2026-12-01T17:30" },
            { "2026-11-24 14:00", "reject - by zhao", "telling", "2026-12-01T17:30" } } },
        { "an appeal after the end, refused",
          { { "2026-11-24 11:00", "verify explained by wang", "telling", "2026-12-01T17:30" },
            { "2026-11-24 11:30", "tell published by wang", "closed", "-" },
            { "2026-11-27 11:30", "appeal - by zhao", "judging", "2026-11-30T17:30" },
            { "2026-11-27 15:30", "reject - by wang", "closed", "-" } } },
        { "an owner is named",
          { { "2026-11-24 11:00", "assign zhao by wang", "verifying", "2026-11-25T17:30" } } },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        char error[200];
        press(f, ROWS[i].name, 1, PRESS);
        assert_value(f, ROWS[i].name, "due_at", PRESS, "2026-11-25T17:30:00.000+08:00");
        for (size_t k = 0; k < 8 && ROWS[i].steps[k].words; k++) {
            const char *moment = ROWS[i].steps[k].moment, *due = ROWS[i].steps[k].due;
            if (act(f, ROWS[i].name, moment, ROWS[i].steps[k].words, error) < 0)
                fail_msg("%s: %s: %s", ROWS[i].name, ROWS[i].steps[k].words, error);
            g_autofree char *full =
                strcmp(due, "-") ? g_strdup_printf("%s:00.000+08:00", due) : g_strdup("null");
            assert_value(f, ROWS[i].name, "state", moment, ROWS[i].steps[k].state);
            assert_value(f, ROWS[i].name, "due_at", moment, full);
        }
    }
}

static void refusals(void **state)
{
    static const struct {
        const char *before, *words; // before NULL: right after the press
        int err;
    } ROWS[] = {
        { NULL, "fix - by wang", -EEXIST },
        { NULL, "tell phone by wang", -EEXIST },
        { NULL, "approve - by zhao", -EEXIST },
        { NULL, "verify - by wang", -EEXIST },
        { NULL, "verify never by wang", -EEXIST },
        { NULL, "delete - by wang", -EEXIST },
        { NULL, "verify complex by wang", -EINVAL },                  // no day
        { NULL, "verify complex by wang until 2026-11-23", -EINVAL }, // has passed
        { NULL, "verify complex by wang until 2027-11-23", -EINVAL }, // never
        { NULL, "verify immediate by li", -EACCES },                  // was rated
        { NULL, "void mistaken by li", -EACCES },                     // was rated
        { NULL, "appeal - by key:app", -EACCES },                     // a person answers for it
        { NULL, "appeal - by li", -EACCES },                          // the unit appeals, not he
        { NULL, "assign li by wang", -EACCES },                       // was rated
        { "void mistaken by wang", "approve - by wang", -EACCES },    // asked for it
        { "void mistaken by wang", "reject - by wang", -EACCES },     // asked for it
        { "void mistaken by wang", "approve - by li", -EACCES },      // was rated
        { "void mistaken by wang", "approve - by key:app", -EACCES }, // nobody in person
        { "void mistaken by wang", "verify immediate by zhao", -EEXIST },
        { "void mistaken by wang", "void malicious by zhao", -EEXIST },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        char error[200];
        g_autofree char *id = g_strdup_printf("rating-%zu", i);
        press(f, id, 2, PRESS);
        if (ROWS[i].before)
            assert_int_equal(act(f, id, "2026-11-24 11:00", ROWS[i].before, error), 0);
        int err = act(f, id, "2026-11-24 12:00", ROWS[i].words, error);
        if (err != ROWS[i].err || !error[0])
            fail_msg("%s: %d, \"%s\"", ROWS[i].words, err, error);
    }
    char error[200];
    press(f, "good", 5, PRESS);
    assert_int_equal(act(f, "good", PRESS, "verify immediate by wang", error), -ENOENT);
    assert_int_equal(act(f, "none", PRESS, "verify immediate by wang", error), -ENOENT);
    json_t *none = rectification_of(f->store, "good", at(PRESS));
    assert_true(json_is_null(none));
    json_decref(none);
}

// What was found mistaken stays, marked, and counts no more.
static void void_is_not_counted(void **state)
{
    Fixture *f = *state;
    char error[200];
    press(f, "one", 1, PRESS);
    act(f, "one", "2026-11-24 11:00", "void mistaken by wang", error);
    json_t *rating = rating_get(f->store, "one", at(PRESS));
    assert_look(rating, "is_counted", "true");
    json_decref(rating);
    act(f, "one", "2026-11-24 12:00", "approve - by zhao", error);
    rating = rating_get(f->store, "one", at(PRESS));
    assert_look(rating, "is_counted", "false");
    g_autofree char *marks = look(rating, "marks");
    assert_non_null(strstr(marks, "void"));
    json_decref(rating);
    assert_value(f, "one", "steps/0/user", PRESS, "wang");
    assert_value(f, "one", "steps/0/choice", PRESS, "mistaken");
    assert_value(f, "one", "steps/1/user", PRESS, "zhao");
    assert_value(f, "one", "steps/1/to", PRESS, "void");
    assert_value(f, "one", "owner", PRESS, "wang");
    assert_value(f, "one", "actions", PRESS, "[]");
}

static int64_t open_flags(Fixture *f, const char *kind)
{
    return store_value(f->store, 0, "SELECT count(*) FROM flag WHERE kind = ? AND is_open = 1", "s",
                       kind);
}

static void reminders(void **state)
{
    Fixture *f = *state;
    char error[200];
    press(f, "one", 1, PRESS);
    assert_int_equal(rectification_next(f->store), at("2026-11-25 13:30")); // four hours before
    assert_int_equal(rectification_sweep(f->store, &f->hall, at("2026-11-25 13:29")), 0);
    assert_int_equal(rectification_sweep(f->store, &f->hall, at("2026-11-25 13:30")), 1);
    assert_int_equal(open_flags(f, "rectification_due"), 1);
    assert_int_equal(rectification_sweep(f->store, &f->hall, at("2026-11-25 17:30")), 0);
    // Also of a box that was off at that moment.
    assert_int_equal(rectification_sweep(f->store, &f->hall, at("2026-11-26 09:00")), 1);
    assert_int_equal(open_flags(f, "rectification_due"), 0);
    assert_int_equal(open_flags(f, "rectification_late"), 1);
    assert_int_equal(rectification_sweep(f->store, &f->hall, at("2026-11-27 09:00")), 0);
    assert_int_equal(rectification_next(f->store), INT64_MAX);
    act(f, "one", "2026-11-27 10:00", "verify immediate by wang", error);
    assert_int_equal(open_flags(f, "rectification_late"), 0);
    assert_value(f, "one", "is_late", PRESS, "true");
    assert_value(f, "one", "steps/0/is_late", PRESS, "true");
    assert_int_equal(rectification_next(f->store), at("2026-12-04 13:30"));
    // Off through reminder and deadline: the fact alone is raised.
    assert_int_equal(rectification_sweep(f->store, &f->hall, at("2026-12-09 09:00")), 1);
    assert_int_equal(open_flags(f, "rectification_due"), 0);
    assert_int_equal(open_flags(f, "rectification_late"), 1);
}

static void worklist(void **state)
{
    Fixture *f = *state;
    char error[200];
    press(f, "a", 1, "2026-11-23 10:00"); // due on the 24th
    press(f, "b", 2, PRESS);              // due on the 25th
    press(f, "c", 1, "2026-11-20 10:00"); // due on the 23rd: late
    press(f, "d", 1, "2026-11-24 09:00");
    act(f, "d", "2026-11-24 09:30", "verify explained by wang", error);
    act(f, "d", "2026-11-24 09:40", "tell published by wang", error);
    act(f, "b", "2026-11-24 10:10", "void mistaken by wang", error);
    int64_t now = at("2026-11-24 12:00");
    json_t *counts = rectification_counts(f->store, now);
    assert_look(counts, "open", "3");
    assert_look(counts, "late", "1");
    assert_look(counts, "due_today", "1");
    assert_look(counts, "judging", "1");
    json_decref(counts);
    RectificationFilter filter = { .is_open = true, .due_before_ms = STORE_NULL, .limit = 2 };
    json_t *list = rectification_list(f->store, &filter, now);
    assert_look(list, "total", "3");
    assert_look(list, "items/0/rating", "c");
    assert_look(list, "items/0/is_overdue", "true");
    assert_look(list, "items/0/staff/number", "007");
    assert_look(list, "items/1/rating", "a");
    g_auto(GStrv) next = g_strsplit(json_string_value(json_object_get(list, "next")), ":", 2);
    filter.after_ms = g_ascii_strtoll(next[0], NULL, 10);
    filter.after_id = next[1];
    json_t *second = rectification_list(f->store, &filter, now);
    assert_look(second, "items/0/rating", "b");
    assert_look(second, "next", "null");
    json_decref(second);
    json_decref(list);
    filter = (RectificationFilter){ .due_before_ms = STORE_NULL, .limit = 10 };
    list = rectification_list(f->store, &filter, now);
    assert_look(list, "total", "1");
    assert_look(list, "items/0/rating", "d");
    json_decref(list);
    filter.is_open = true;
    filter.late_only = true;
    list = rectification_list(f->store, &filter, now);
    assert_look(list, "total", "1");
    json_decref(list);
    // By the same words as ratings; short ones, of which the index knows nothing, too.
    store_exec(f->store, "UPDATE rating SET text = '排队等了两个小时' WHERE id = 'a'", "");
    static const struct {
        const char *q;
        bool is_open;
        const char *total;
    } asked[] = {
        { "两个小时", true, "1" },  { "两个", true, "1" },         { "007", false, "1" },
        { "两个小时", false, "0" }, { "没有这样的话", true, "0" }, { "100%", true, "0" }
    };
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
        filter = (RectificationFilter){
            .q = asked[i].q, .is_open = asked[i].is_open, .due_before_ms = STORE_NULL, .limit = 10
        };
        list = rectification_list(f->store, &filter, now);
        assert_look(list, "total", asked[i].total);
        json_decref(list);
    }
}

// Told on Tuesday the 24th: five working days end with 1 December. Before it is told there is no
// end.
static void an_appeal_has_its_days(void **state)
{
    Fixture *f = *state;
    char error[200];
    press(f, "one", 1, PRESS);
    press(f, "two", 1, PRESS);
    assert_value(f, "two", "appeal_until_at", PRESS, "null");
    act(f, "one", "2026-11-24 11:00", "verify explained by wang", error);
    act(f, "one", "2026-11-24 11:30", "tell published by wang", error);
    assert_value(f, "one", "appeal_until_at", PRESS, "2026-12-02T00:00:00.000+08:00");
    assert_value(f, "one", "actions/0/action", "2026-12-01 23:59", "appeal");
    assert_value(f, "one", "actions", "2026-12-02 00:00", "[]");
    assert_int_equal(act(f, "one", "2026-12-02 00:00", "appeal - by zhao", error), -EEXIST);
    assert_non_null(strstr(error, "time for an appeal"));
    assert_int_equal(act(f, "one", "2026-12-01 23:59", "appeal - by zhao", error), 0);
    assert_int_equal(act(f, "two", "2026-12-20 09:00", "appeal - by zhao", error), 0);
}

// Whatever people try: nobody decides on what he has asked for, whoever was rated has no part in
// it, and only a second person takes a rating out of the figures.
static void no_way_round_the_second_person(void **state)
{
    static const char *const users[] = { "wang", "zhao", "li", "key:app" };
    static const char *const steps[] = { "verify immediate", "verify explained",  "fix -",
                                         "tell phone",       "tell published",    "call satisfied",
                                         "call no_answer",   "call dissatisfied", "void mistaken",
                                         "appeal -",         "approve -",         "reject -",
                                         "assign zhao" };
    enum { LIVES = 4000, STEPS = 25 }; // a hundred thousand tries
    Fixture *f = *state;
    g_autoptr(GRand) random = g_rand_new_with_seed(42);
    store_script(f->store, "BEGIN");
    for (int life = 0; life < LIVES; life++) {
        g_autofree char *id = g_strdup_printf("life-%d", life);
        press(f, id, 1, PRESS);
        for (int i = 0; i < STEPS; i++) {
            char error[200], moment[32];
            g_snprintf(moment, sizeof moment, "2026-%02d-%02d 12:00", i < STEPS / 2 ? 11 : 12,
                       i < STEPS / 2 ? 24 + i / 4 : 1 + (i - STEPS / 2));
            g_autofree char *words =
                g_strdup_printf("%s by %s", steps[g_rand_int_range(random, 0, 13)],
                                users[g_rand_int_range(random, 0, 4)]);
            act(f, id, moment, words, error);
        }
    }
    store_script(f->store, "COMMIT");
    assert_int_equal(store_value(f->store, -1,
                                 "SELECT count(*) FROM rectification_step"
                                 " WHERE user = 'li'",
                                 ""),
                     0);
    assert_int_equal(store_value(f->store, -1,
                                 "SELECT count(*) FROM rectification_step"
                                 " WHERE action IN ('approve','reject')"
                                 " AND user NOT IN ('wang','zhao')",
                                 ""),
                     0);
    // Who asked is the user of the step before that led there.
    assert_int_equal(
        store_value(f->store, -1,
                    "SELECT count(*) FROM rectification_step s WHERE action IN ('approve','reject')"
                    " AND user = (SELECT user FROM rectification_step q WHERE q.rating = s.rating"
                    "  AND q.id < s.id AND q.action IN ('void','appeal') ORDER BY id DESC LIMIT 1)",
                    ""),
        0);
    assert_int_equal(store_value(f->store, -1,
                                 "SELECT count(*) FROM rating r WHERE is_counted = 0 AND NOT EXISTS"
                                 " (SELECT 1 FROM rectification_step WHERE rating = r.id"
                                 "  AND action = 'approve')",
                                 ""),
                     0);
    // No appeal by a machine, or after its time; nothing after the end in void; no owner who was
    // rated.
    static const char *const never[] = {
        "SELECT count(*) FROM rectification_step WHERE action = 'appeal' AND user LIKE 'key:%'",
        "SELECT count(*) FROM rectification_step s WHERE action = 'appeal' AND at >= 9 * 86400000 +"
        " (SELECT max(at) FROM rectification_step q WHERE q.rating = s.rating AND q.id < s.id"
        "  AND q.action = 'tell')",
        "SELECT count(*) FROM rectification_step WHERE from_state = 'void'",
        "SELECT count(*) FROM rectification WHERE owner = 'li'",
        "SELECT count(*) FROM rectification WHERE (state = 'void') != (SELECT NOT is_counted FROM"
        " rating WHERE id = rectification.rating)",
        "SELECT count(*) FROM rectification_step s WHERE from_state != coalesce((SELECT q.to_state"
        " FROM rectification_step q WHERE q.rating = s.rating AND q.id < s.id ORDER BY q.id DESC"
        " LIMIT 1), 'verifying')",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(never); i++)
        if (store_value(f->store, -1, never[i], "") != 0)
            fail_msg("%s", never[i]);
    int64_t taken_out =
        store_value(f->store, 0, "SELECT count(*) FROM rating WHERE is_counted = 0", "");
    assert_true(taken_out > 20);
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HALL(lives),
        WITH_HALL(refusals),
        WITH_HALL(void_is_not_counted),
        WITH_HALL(reminders),
        WITH_HALL(worklist),
        WITH_HALL(an_appeal_has_its_days),
        WITH_HALL(no_way_round_the_second_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
