// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/category.h"
#include "rating/complaint.h"
#include "rating/hold.h"

#include <errno.h>
#include <stdio.h>

#define TAKEN "2026-11-24 10:00" // a Tuesday

// wang sits at the complaint counter; zhao and qian are directors; sun sees to things; li is rated
// under 007, and the complaints are about him.
static Actor actor_of(const char *user)
{
    return (Actor){ .user = user,
                    .staff = strcmp(user, "li") == 0 ? "007" : NULL,
                    .is_person = strncmp(user, "key:", 4) != 0,
                    .is_director = strcmp(user, "zhao") == 0 || strcmp(user, "qian") == 0 ||
                                   strcmp(user, "li") == 0 || strcmp(user, "key:app") == 0 };
}

static void take(Fixture *f, const char *id, const char *moment)
{
    bool is_new;
    char error[200] = "";
    Actor wang = actor_of("wang");
    PersonInput person = { .name = "王小明", .phone = "13812345678" };
    ComplaintInput input = { .id = id,
                             .category = "101",
                             .channel = "counter",
                             .text = "李敏态度生硬，推来推去",
                             .counter = "c1",
                             .unit = "民政",
                             .staff_number = "007",
                             .staff_name = "李敏",
                             .happened_ms = at(moment) - 30 * 60 * 1000,
                             .person = f->hall.seal ? &person : NULL,
                             .now_ms = at(moment) };
    if (complaint_take(f->store, &f->hall, &input, &wang, &is_new, error) < 0)
        fail_msg("%s: %s", id, error);
    assert_true(is_new);
}

// "ACTION CHOICE by USER [SAYS]": choice "-" is none; of assign the owner. The words are SAYS, or
// else "情况说明".
static int act(Fixture *f, const char *id, const char *moment, const char *words, char *error)
{
    char action[32], choice[32], user[32], says[128] = "情况说明";
    assert_true(sscanf(words, "%31s %31s by %31s %127[^\n]", action, choice, user, says) >= 3);
    bool is_assignment = strcmp(action, "assign") == 0;
    bool is_proposal = strcmp(action, "propose") == 0;
    ComplaintStep step = { .action = action,
                           .choice = is_assignment || !strcmp(choice, "-") ? NULL : choice,
                           .why = strcmp(says, "NOTHING") == 0 ? NULL : says,
                           .owner = is_assignment ? choice : NULL,
                           .owner_staff = strcmp(choice, "li") == 0 ? "007" : NULL,
                           .rating = strcmp(action, "link") == 0 ? says : NULL,
                           .public_text = is_proposal ? says : NULL,
                           .public_answer = is_proposal ? "已批评教育" : NULL };
    Actor actor = actor_of(user);
    error[0] = '\0';
    return complaint_act(f->store, &f->hall, id, &step, &actor, at(moment), error);
}

static json_t *shown(Fixture *f, const char *id, const char *user, bool sees_all,
                     const char *moment)
{
    ComplaintReader reader = { .actor = actor_of(user), .sees_all = sees_all };
    return complaint_get(f->store, id, &reader, at(moment));
}

static char *value_of(Fixture *f, const char *id, const char *path, const char *moment)
{
    json_t *row = shown(f, id, "zhao", true, moment);
    char *text = look(row, path);
    json_decref(row);
    return text;
}

#define assert_value(f, id, path, moment, expected)                                                \
    do {                                                                                           \
        g_autofree char *found = value_of(f, id, path, moment);                                    \
        assert_string_equal(found, expected);                                                      \
    } while (0)

// Each life: what is done when, where it leads, the publication, and until when the next step is
// due. Working days: 24 to 27 November (Tuesday to Friday), 30 November to 4 December.
static void lives(void **state)
{
    static const struct {
        const char *name;
        struct {
            const char *moment, *words, *state, *publication, *due; // due "-": none
        } steps[9];
    } ROWS[] = {
        { "assigned, answered, told by telephone",
          { { "2026-11-24 15:00", "assign sun by zhao", "assigned", "none", "2026-12-01T17:30" },
            { "2026-11-26 09:00", "answer - by sun", "answered", "none", "2026-12-03T17:30" },
            { "2026-11-27 09:00", "close phone by zhao", "closed", "none", "-" } } },
        { "another owner, the same deadline",
          { { "2026-11-24 15:00", "assign sun by zhao", "assigned", "none", "2026-12-01T17:30" },
            { "2026-11-25 15:00", "assign wang by zhao", "assigned", "none", "2026-12-01T17:30" },
            { "2026-11-26 09:00", "answer - by wang", "answered", "none", "2026-12-03T17:30" } } },
        { "the answer is not enough",
          { { "2026-11-24 15:00", "assign sun by zhao", "assigned", "none", "2026-12-01T17:30" },
            { "2026-11-25 09:00", "answer - by sun", "answered", "none", "2026-12-02T17:30" },
            { "2026-11-26 09:00", "return - by zhao", "assigned", "none", "2026-12-03T17:30" } } },
        { "refused, and reopened",
          { { "2026-11-24 15:00", "refuse - by zhao", "refusing", "none", "2026-11-25T17:30" },
            { "2026-11-24 16:00", "approve - by qian", "refused", "none", "-" },
            { "2026-11-25 15:00", "reopen - by qian", "received", "none", "2026-11-26T17:30" } } },
        { "a refusal is declined, back to where it was",
          { { "2026-11-24 15:00", "refuse - by zhao", "refusing", "none", "2026-11-25T17:30" },
            { "2026-11-24 16:00", "decline - by qian", "received", "none", "2026-11-25T17:30" },
            { "2026-11-25 15:00", "assign sun by zhao", "assigned", "none", "2026-12-02T17:30" },
            { "2026-11-26 15:00", "refuse - by qian", "refusing", "none", "2026-12-02T17:30" },
            { "2026-11-26 16:00", "decline - by zhao", "assigned", "none", "2026-12-02T17:30" },
            { "2026-11-27 09:00", "answer - by sun", "answered", "none", "2026-12-04T17:30" } } },
        { "published and told by the board, taken back when it is reopened",
          { { "2026-11-24 15:00", "assign sun by zhao", "assigned", "none", "2026-12-01T17:30" },
            { "2026-11-25 09:00", "answer - by sun", "answered", "none", "2026-12-02T17:30" },
            { "2026-11-25 10:00", "propose - by sun 窗口人员态度生硬", "answered", "proposed",
              "2026-12-02T17:30" },
            { "2026-11-25 11:00", "publish - by zhao", "answered", "published",
              "2026-12-02T17:30" },
            { "2026-11-25 12:00", "close published by zhao", "closed", "published", "-" },
            { "2026-11-26 12:00", "reopen - by zhao", "received", "none", "2026-11-27T17:30" } } },
        { "the masked text is refused, written anew, approved, withdrawn",
          { { "2026-11-24 15:00", "assign sun by zhao", "assigned", "none", "2026-12-01T17:30" },
            { "2026-11-24 16:00", "answer - by sun", "answered", "none", "2026-12-01T17:30" },
            { "2026-11-24 16:10", "close in_person by zhao", "closed", "none", "-" },
            { "2026-11-24 16:20", "propose - by zhao 窗口人员态度生硬", "closed", "proposed", "-" },
            { "2026-11-24 16:30", "reject - by qian", "closed", "none", "-" },
            { "2026-11-24 16:40", "propose - by zhao 一名窗口人员态度生硬", "closed", "proposed",
              "-" },
            { "2026-11-24 16:50", "publish - by qian", "closed", "published", "-" },
            { "2026-11-24 17:00", "withdraw - by zhao", "closed", "none", "-" } } },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        char error[200];
        take(f, ROWS[i].name, TAKEN);
        assert_value(f, ROWS[i].name, "due_at", TAKEN, "2026-11-25T17:30:00.000+08:00");
        for (size_t k = 0; k < 9 && ROWS[i].steps[k].words; k++) {
            const char *moment = ROWS[i].steps[k].moment, *due = ROWS[i].steps[k].due;
            if (act(f, ROWS[i].name, moment, ROWS[i].steps[k].words, error) < 0)
                fail_msg("%s: %s: %s", ROWS[i].name, ROWS[i].steps[k].words, error);
            g_autofree char *full =
                strcmp(due, "-") ? g_strdup_printf("%s:00.000+08:00", due) : g_strdup("null");
            assert_value(f, ROWS[i].name, "state", moment, ROWS[i].steps[k].state);
            assert_value(f, ROWS[i].name, "publication", moment, ROWS[i].steps[k].publication);
            assert_value(f, ROWS[i].name, "due_at", moment, full);
        }
    }
}

static void refusals(void **state)
{
    static const struct {
        const char *before[4], *words;
        int err;
    } ROWS[] = {
        { { NULL }, "answer - by zhao", -EEXIST },
        { { NULL }, "close phone by zhao", -EEXIST },
        { { NULL }, "propose - by zhao 态度生硬", -EEXIST }, // nothing to publish yet
        { { NULL }, "publish - by zhao", -EEXIST },
        { { NULL }, "delete - by zhao", -EEXIST },
        { { NULL }, "assign sun by wang", -EACCES }, // no director
        { { NULL }, "refuse - by wang", -EACCES },
        { { NULL }, "refuse - by zhao NOTHING", -EINVAL }, // no reason
        { { NULL }, "refuse - by li", -EACCES },           // is named
        { { NULL }, "assign li by zhao", -EACCES },        // is named
        { { NULL }, "approve - by zhao", -EEXIST },
        { { "refuse - by zhao" }, "approve - by zhao", -EACCES }, // has asked for it
        { { "refuse - by zhao" }, "decline - by zhao", -EACCES },
        { { "refuse - by zhao" }, "approve - by sun", -EACCES },     // no director
        { { "refuse - by zhao" }, "approve - by key:app", -EACCES }, // nobody in person
        { { "refuse - by zhao" }, "approve - by li", -EACCES },      // is named
        { { "refuse - by zhao" }, "approve - by qian NOTHING", -EINVAL },
        { { "refuse - by zhao" }, "assign sun by qian", -EEXIST }, // it is to be decided first
        { { NULL }, "link - by zhao no-rating", -EINVAL },
        { { "assign sun by zhao" }, "answer - by wang", -EACCES }, // does not see to it
        { { "assign sun by zhao" }, "answer - by sun NOTHING", -EINVAL },
        { { "assign sun by zhao" }, "reopen - by zhao", -EEXIST },
        { { "assign sun by zhao", "answer - by sun" }, "close published by zhao", -EEXIST },
        { { "assign sun by zhao", "answer - by sun" }, "close - by zhao", -EEXIST },
        { { "assign sun by zhao", "answer - by sun" }, "propose - by sun 李敏态度生硬", -EINVAL },
        { { "assign sun by zhao", "answer - by sun" },
          "propose - by sun 王小明说态度生硬",
          -EINVAL }, // who complained
        { { "assign sun by zhao", "answer - by sun" },
          "propose - by sun 回电13800000000",
          -EINVAL },
        { { "assign sun by zhao", "answer - by sun" },
          "propose - by sun 回电１３８００００００００",
          -EINVAL }, // full width
        { { "assign sun by zhao", "answer - by sun" }, "propose - by wang 态度生硬", -EACCES },
        { { "assign sun by zhao", "answer - by sun", "propose - by zhao 态度生硬" },
          "publish - by zhao",
          -EACCES }, // has proposed it
        { { "assign sun by zhao", "answer - by sun", "propose - by sun 态度生硬" },
          "publish - by sun",
          -EACCES }, // no director
        { { "assign sun by zhao", "answer - by sun", "propose - by sun 态度生硬" },
          "publish - by key:app",
          -EACCES }, // nobody in person
        { { "assign sun by zhao", "answer - by sun", "propose - by sun 态度生硬" },
          "publish - by li",
          -EACCES }, // is named
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        char error[200];
        g_autofree char *id = g_strdup_printf("c-%zu", i);
        take(f, id, TAKEN);
        for (size_t k = 0; k < 4 && ROWS[i].before[k]; k++)
            if (act(f, id, "2026-11-24 11:00", ROWS[i].before[k], error) < 0)
                fail_msg("%s: %s", ROWS[i].before[k], error);
        int err = act(f, id, "2026-11-24 12:00", ROWS[i].words, error);
        if (err != ROWS[i].err || !error[0])
            fail_msg("%s: %d, \"%s\"", ROWS[i].words, err, error);
    }
    char error[200];
    assert_int_equal(act(f, "none", TAKEN, "assign sun by zhao", error), -ENOENT);
}

static void what_is_taken_down(void **state)
{
    Fixture *f = *state;
    char error[200];
    bool is_new = true;
    take(f, "one", TAKEN);
    assert_value(f, "one", "number", TAKEN, "1");
    assert_value(f, "one", "category/zh", TAKEN, "服务态度");
    assert_value(f, "one", "counter/name", TAKEN, "一号窗口");
    assert_value(f, "one", "rater/name", TAKEN, "王*明");
    assert_value(f, "one", "rater/phone", TAKEN, "138****5678");
    assert_value(f, "one", "clip/camera", TAKEN, "cam1");
    assert_value(f, "one", "clip/from_at", TAKEN, "2026-11-24T09:20:00.000+08:00");
    assert_value(f, "one", "clip/at_seconds", TAKEN, "600.0");
    assert_value(f, "one", "clip/held", TAKEN, "wanted");
    assert_int_equal(count(f, "SELECT count(*) FROM hold WHERE ref = 'complaint:one'"), 1);
    assert_false(person_may_look(f->store, "complaint:one", "007"));
    assert_true(person_may_look(f->store, "complaint:one", NULL));
    // Again, and by somebody else under the same id.
    Actor wang = actor_of("wang"), zhao = actor_of("zhao"), li = actor_of("li");
    ComplaintInput input = { .id = "one",
                             .category = "199",
                             .channel = "letter",
                             .text = "x",
                             .happened_ms = STORE_NULL,
                             .now_ms = at(TAKEN) };
    assert_int_equal(complaint_take(f->store, &f->hall, &input, &wang, &is_new, error), 0);
    assert_false(is_new);
    assert_int_equal(complaint_take(f->store, &f->hall, &input, &zhao, &is_new, error), -EEXIST);
    input.id = "two";
    input.staff_number = "007";
    assert_int_equal(complaint_take(f->store, &f->hall, &input, &li, &is_new, error), -EACCES);
    assert_int_equal(complaint_take(f->store, &f->hall, &input, &wang, &is_new, error), 0);
    assert_value(f, "two", "number", TAKEN, "2");
    assert_value(f, "two", "clip", TAKEN, "null");
    assert_value(f, "two", "rater", TAKEN, "null");
    for (int i = 0; i < 4; i++) {
        static const char *const WRONG[][3] = { { "1", "letter", "x" },
                                                { "101", "mail", "x" },
                                                { "101", "letter", "" },
                                                { "101", "letter", "x" } };
        ComplaintInput wrong = input;
        wrong.id = "three";
        wrong.category = WRONG[i][0];
        wrong.channel = WRONG[i][1];
        wrong.text = WRONG[i][2];
        wrong.happened_ms = at("2026-11-25 10:00"); // to come
        assert_int_equal(complaint_take(f->store, &f->hall, &wrong, &wang, &is_new, error),
                         -EINVAL);
    }
}

static void who_sees_it(void **state)
{
    Fixture *f = *state;
    char error[200];
    take(f, "one", TAKEN);
    act(f, "one", TAKEN, "assign sun by zhao", error);
    static const struct {
        const char *user;
        bool sees_all, is_shown;
    } ROWS[] = {
        { "zhao", true, true },   { "wang", false, true }, // took it down
        { "sun", false, true },                            // sees to it
        { "zhou", false, false },                          // another at a counter
        { "li", true, false },                             // is named, director or not
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        json_t *row = shown(f, "one", ROWS[i].user, ROWS[i].sees_all, TAKEN);
        ComplaintReader reader = { actor_of(ROWS[i].user), ROWS[i].sees_all };
        ComplaintFilter filter = { .is_open = true, .due_before_ms = STORE_NULL, .limit = 10 };
        json_t *list = complaint_list(f->store, &filter, &reader, at(TAKEN));
        if ((row != NULL) != ROWS[i].is_shown ||
            complaint_shows(f->store, "one", &reader) != ROWS[i].is_shown)
            fail_msg("%s", ROWS[i].user);
        assert_look(list, "total", ROWS[i].is_shown ? "1" : "0");
        assert_look(list, "counts/open", ROWS[i].is_shown ? "1" : "0");
        json_decref(list);
        json_decref(row);
    }
}

static void reminders_and_worklist(void **state)
{
    Fixture *f = *state;
    char error[200];
    take(f, "a", "2026-11-23 10:00"); // due on the 24th
    take(f, "b", TAKEN);              // due on the 25th
    take(f, "c", "2026-11-20 10:00"); // due on the 23rd
    assert_int_equal(complaint_next(f->store), at("2026-11-23 13:30"));
    assert_int_equal(complaint_sweep(f->store, &f->hall, at("2026-11-24 14:00")), 2);
    assert_int_equal(count(f, "SELECT count(*) FROM flag WHERE kind = 'complaint_late'"
                              " AND subject = 'complaint:c' AND is_open = 1"),
                     1);
    assert_int_equal(count(f, "SELECT count(*) FROM flag WHERE kind = 'complaint_due'"
                              " AND subject = 'complaint:a' AND is_open = 1"),
                     1);
    act(f, "c", "2026-11-24 14:10", "assign sun by zhao", error);
    assert_int_equal(count(f, "SELECT count(*) FROM flag WHERE is_open = 1"), 1);
    assert_value(f, "c", "is_late", TAKEN, "true");
    assert_value(f, "c", "steps/0/is_late", TAKEN, "true");
    ComplaintReader sun = { actor_of("sun"), false }, zhao = { actor_of("zhao"), true };
    ComplaintFilter filter = { .is_open = true, .due_before_ms = STORE_NULL, .limit = 2 };
    json_t *list = complaint_list(f->store, &filter, &zhao, at("2026-11-24 15:00"));
    assert_look(list, "total", "3");
    assert_look(list, "items/0/id", "a");
    assert_look(list, "items/1/id", "b");
    assert_look(list, "counts/due_today", "1");
    assert_look(list, "counts/late", "0");
    assert_look(list, "counts/waits", "2");
    g_auto(GStrv) next = g_strsplit(json_string_value(json_object_get(list, "next")), ":", 2);
    json_decref(list);
    filter.after_ms = g_ascii_strtoll(next[0], NULL, 10);
    filter.after_id = next[1];
    list = complaint_list(f->store, &filter, &zhao, at("2026-11-24 15:00"));
    assert_look(list, "items/0/id", "c");
    assert_look(list, "next", "null");
    json_decref(list);
    filter = (ComplaintFilter){
        .is_open = true, .waits_for_me = true, .due_before_ms = STORE_NULL, .limit = 10
    };
    list = complaint_list(f->store, &filter, &sun, at("2026-11-24 15:00"));
    assert_look(list, "total", "1");
    assert_look(list, "items/0/id", "c");
    json_decref(list);
    // One that is closed waits for the second person all the same.
    act(f, "c", "2026-11-24 15:00", "answer - by sun", error);
    act(f, "c", "2026-11-24 15:00", "close phone by zhao", error);
    act(f, "c", "2026-11-24 15:00", "propose - by zhao 态度生硬", error);
    ComplaintReader qian = { actor_of("qian"), true };
    list = complaint_list(f->store, &filter, &qian, at("2026-11-24 15:00"));
    assert_look(list, "total", "3");
    json_decref(list);
    filter.waits_for_me = false;
    filter.q = "2";
    list = complaint_list(f->store, &filter, &zhao, at("2026-11-24 15:00"));
    assert_look(list, "items/0/number", "2");
    json_decref(list);
    filter = (ComplaintFilter){ .due_before_ms = STORE_NULL, .limit = 10 };
    list = complaint_list(f->store, &filter, &zhao, at("2026-11-24 15:00"));
    assert_look(list, "items/0/id", "c");
    json_decref(list);
}

// Whoever listens is told that somebody has it to answer, and nothing of what was said.
static void an_assignment_is_told(void **state)
{
    Fixture *f = *state;
    char error[200];
    ConfigReceiver *receiver = g_new0(ConfigReceiver, 1);
    receiver->id = g_strdup("county");
    receiver->events = g_strsplit("all", " ", -1);
    g_ptr_array_add(f->hall.config->notify, receiver);
    take(f, "one", TAKEN);
    assert_int_equal(act(f, "one", TAKEN, "assign sun by zhao", error), 0);
    assert_int_equal(count(f, "SELECT count(*) FROM outbox WHERE event = 'complaint_assigned'"
                              " AND subject = 'complaint:one' AND instr(facts, '2026-12-01')"
                              " AND NOT instr(facts, '李敏')"),
                     1);
}

static void the_public_reads_masked_words_alone(void **state)
{
    Fixture *f = *state;
    char error[200];
    take(f, "one", TAKEN);
    take(f, "two", TAKEN);
    for (int i = 0; i < 2; i++) {
        const char *id = i ? "two" : "one";
        act(f, id, "2026-11-24 11:00", "assign sun by zhao", error);
        act(f, id, "2026-11-24 12:00", "answer - by sun 李敏已被批评", error);
        act(f, id, "2026-11-24 13:00", "propose - by sun 窗口人员态度生硬", error);
    }
    act(f, "one", "2026-11-24 14:00", "publish - by zhao", error);
    json_t *list = complaint_published(f->store, 0, NULL, 10);
    assert_look(list, "total", "1");
    assert_look(list, "items/0",
                "{\"number\":\"1\",\"category\":{\"code\":\"101\",\"zh\":\"服务态度\",\"en\":"
                "\"Manner\"},\"received_on\":\"2026-11-24\",\"text\":\"窗口人员态度生硬\","
                "\"answer\":\"已批评教育\",\"published_at\":\"2026-11-24T14:00:00.000+08:00\"}");
    json_decref(list);
    act(f, "two", "2026-11-24 15:00", "publish - by qian", error);
    list = complaint_published(f->store, 0, NULL, 1);
    assert_look(list, "items/0/number", "2");
    g_auto(GStrv) next = g_strsplit(json_string_value(json_object_get(list, "next")), ":", 2);
    json_decref(list);
    list = complaint_published(f->store, g_ascii_strtoll(next[0], NULL, 10), next[1], 1);
    assert_look(list, "items/0/number", "1");
    assert_look(list, "next", "null");
    json_decref(list);
    act(f, "one", "2026-11-24 16:00", "withdraw - by qian", error);
    list = complaint_published(f->store, 0, NULL, 10);
    assert_look(list, "total", "1");
    json_decref(list);
}

// Whatever people try: nothing is public but what a director has approved who did not propose it,
// in the words that were proposed; and whoever is named has no part.
static void no_way_round_the_approval(void **state)
{
    static const char *const users[] = { "wang", "sun", "zhao", "qian", "li", "key:app" };
    static const char *const steps[] = { "assign sun",      "answer -", "close phone", "return -",
                                         "close published", "refuse -", "reopen -",    "propose -",
                                         "publish -",       "reject -", "withdraw -",  "approve -",
                                         "decline -" };
    Fixture *f = *state;
    g_autoptr(GRand) random = g_rand_new_with_seed(11);
    int published = 0, refused = 0;
    store_script(f->store, "BEGIN");
    for (int life = 0; life < 200; life++) {
        g_autofree char *id = g_strdup_printf("life-%d", life);
        take(f, id, TAKEN);
        for (int i = 0; i < 60; i++) {
            char error[200];
            g_autofree char *words = g_strdup_printf(
                "%s by %s 说明%d", steps[g_rand_int_range(random, 0, G_N_ELEMENTS(steps))],
                users[g_rand_int_range(random, 0, 6)], i);
            act(f, id, "2026-11-24 12:00", words, error);
            int64_t is_public = store_value(
                f->store, 0, "SELECT publication = 'published' FROM complaint WHERE id = ?", "s",
                id);
            published += is_public ? 1 : 0;
            if (is_public &&
                !store_value(
                    f->store, 0,
                    "SELECT 1 FROM complaint c JOIN complaint_step p ON p.complaint = c.id"
                    " JOIN complaint_step a ON a.complaint = c.id AND a.id > p.id"
                    " WHERE c.id = ? AND p.action = 'propose' AND a.action = 'publish'"
                    " AND a.user <> p.user AND a.user IN ('zhao', 'qian')"
                    " AND p.why = c.public_text || char(10) || c.public_answer"
                    " AND NOT EXISTS (SELECT 1 FROM complaint_step q WHERE q.complaint = c.id"
                    "  AND q.id > p.id AND q.id <> a.id"
                    "  AND q.action IN ('propose', 'publish', 'reject', 'withdraw', 'reopen',"
                    "  'return'))",
                    "s", id))
                fail_msg("%s is public without an approval, after %s", id, words);
            int64_t is_refused = store_value(
                f->store, 0, "SELECT state = 'refused' FROM complaint WHERE id = ?", "s", id);
            refused += is_refused ? 1 : 0;
            if (is_refused &&
                !store_value(f->store, 0,
                             "SELECT 1 FROM complaint_step p JOIN complaint_step a"
                             " ON a.complaint = p.complaint AND a.id > p.id"
                             " WHERE p.complaint = ? AND p.action = 'refuse'"
                             " AND a.action = 'approve' AND a.user <> p.user"
                             " AND a.user IN ('zhao', 'qian')"
                             " AND NOT EXISTS (SELECT 1 FROM complaint_step q"
                             "  WHERE q.complaint = p.complaint AND q.id > p.id AND q.id <> a.id"
                             "  AND q.to_state <> q.from_state)",
                             "s", id))
                fail_msg("%s is refused by one person alone, after %s", id, words);
        }
    }
    store_script(f->store, "COMMIT");
    assert_true(published > 100 && refused > 100);
    assert_int_equal(count(f, "SELECT count(*) FROM complaint_step WHERE user = 'li'"), 0);
}

static void the_table_of_categories(void **state)
{
    json_t *table = category_table();
    assert_true(json_array_size(table) >= 10);
    json_decref(table);
    assert_true(category_is_known("101"));
    assert_false(category_is_known("1"));
    assert_false(category_is_known(""));
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HALL(lives),
        WITH_HALL(refusals),
        WITH_HALL(what_is_taken_down),
        WITH_HALL(who_sees_it),
        WITH_HALL(reminders_and_worklist),
        WITH_HALL(an_assignment_is_told),
        WITH_HALL(the_public_reads_masked_words_alone),
        WITH_HALL(no_way_round_the_approval),
        cmocka_unit_test(the_table_of_categories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
