// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/callback.h"
#include "rating/painpoint.h"
#include "rating/person.h"
#include "rating/rating.h"
#include "rating/rectification.h"

#include <errno.h>

// Tuesday and Wednesday, both working days.
#define YESTERDAY at("2026-11-24 10:00")
#define TODAY     at("2026-11-25 09:00")

static const Actor director = { .user = "zhuren", .is_person = true, .is_director = true };

static void add_case(Fixture *f, const char *number, const char *counter, const char *phone,
                     int64_t finished_ms)
{
    g_autofree char *subject = g_strconcat("case:", number, NULL);
    store_exec(f->store,
               "INSERT INTO case_file(number, item_code, item_name, unit, kind, counter,"
               " person_number, person_name, created_at, updated_at, state, is_open, grade,"
               " finished_at, is_provisional)"
               " VALUES(?,'x','社保卡补换','人社','instant',?,'007','李敏',1,1,'finished',0,'none',"
               " ?,0)",
               "ssi", number, counter, finished_ms);
    PersonInput person = { .name = "张三", .phone = phone };
    if (phone)
        assert_int_equal(person_put(f->store, &f->hall, subject, &person, finished_ms), 1);
}

static void rate(Fixture *f, const char *id, int level, const char *phone, const char *staff)
{
    RatingOutcome outcome;
    PersonInput person = { .name = "王五", .phone = phone };
    RatingInput input = { .id = id,
                          .counter = "c1",
                          .channel = "qr",
                          .level = level,
                          .staff_number = staff,
                          .event_ms = YESTERDAY,
                          .received_ms = YESTERDAY,
                          .pad_clock_ms = STORE_NULL,
                          .person = phone ? &person : NULL };
    assert_int_equal(rating_store(f->store, &f->hall, &input, &outcome), 0);
}

static int act(Fixture *f, const char *rating, const char *action, const char *choice)
{
    char error[200];
    RectificationInput input = {
        .action = action, .choice = choice, .why = "说明", .due_ms = STORE_NULL
    };
    return rectification_act(f->store, &f->hall, rating, &input, &director, TODAY, error);
}

// A bad rating that has come as far as the call.
static void bring_to_call(Fixture *f, const char *rating)
{
    assert_int_equal(act(f, rating, "verify", "immediate"), 0);
    assert_int_equal(act(f, rating, "tell", "phone"), 0);
}

static int try_it(Fixture *f, const char *subject, CallbackInput input)
{
    static int n;
    char error[200] = "";
    bool is_new;
    g_autofree char *id = g_strdup_printf("try-%d", n++);
    if (!input.id)
        input.id = id;
    if (!input.next_ms)
        input.next_ms = STORE_NULL;
    int err = callback_try(f->store, &f->hall, subject, &input, &director, TODAY, &is_new, error);
    if ((err == -EINVAL || err == -EACCES) && !error[0])
        fail_msg("%s: refused without a word", subject);
    return err;
}

static void assert_list(Fixture *f, const char *path, const char *expected)
{
    json_t *list = callback_list(f->store, &f->hall, TODAY, &director, TODAY);
    assert_look(list, path, expected);
    json_decref(list);
}

static char *drawn(Fixture *f)
{
    g_autoptr(StoreQuery) query =
        store_query(f->store,
                    "SELECT group_concat(case_number, ' ') FROM"
                    " (SELECT case_number FROM callback ORDER BY case_number)",
                    "");
    store_step(query);
    return g_strdup(store_text(query, 0));
}

static void forget_draw(Fixture *f)
{
    store_script(f->store, "DELETE FROM callback; DELETE FROM meta WHERE key = 'callback_day'");
}

static void the_draw_is_the_same_for_every_desk(void **state)
{
    Fixture *f = *state;
    for (int i = 0; i < 30; i++) {
        g_autofree char *number = g_strdup_printf("A-%02d", i);
        g_autofree char *phone = g_strdup_printf("138000000%02d", i);
        add_case(f, number, "c1", phone, YESTERDAY + i);
    }
    assert_int_equal(callback_sweep(f->store, &f->hall, TODAY), 3); // 10 % of 30
    assert_int_equal(callback_sweep(f->store, &f->hall, TODAY + 3600000), 0);
    g_autofree char *first = drawn(f);
    forget_draw(f);
    assert_int_equal(callback_sweep(f->store, &f->hall, TODAY + 60000), 3);
    g_autofree char *again = drawn(f);
    assert_string_equal(first, again);
    // Whoever has another key cannot foretell it.
    forget_draw(f);
    f->seal.mark[0] ^= 1;
    assert_int_equal(callback_sweep(f->store, &f->hall, TODAY), 3);
    g_autofree char *other = drawn(f);
    assert_string_not_equal(first, other);
}

static void how_many_are_drawn(void **state)
{
    static const struct {
        const char *day;
        int percent, most, n;
    } ROWS[] = {
        { "2026-11-25 09:00", 10, 20, 1 }, // of 5, rounded up
        { "2026-11-25 09:00", 50, 20, 3 },  { "2026-11-25 09:00", 100, 20, 5 },
        { "2026-11-25 09:00", 100, 2, 2 },  { "2026-11-25 09:00", 0, 20, 0 },
        { "2026-11-25 09:00", 100, 0, 0 },  { "2026-11-26 09:00", 100, 20, 0 }, // of Wednesday
        { "2026-11-24 18:00", 100, 20, 0 },                                     // of Monday
    };
    Fixture *f = *state;
    for (int i = 0; i < 5; i++) {
        g_autofree char *number = g_strdup_printf("A-%d", i);
        g_autofree char *phone = g_strdup_printf("1380000000%d", i);
        add_case(f, number, "c1", phone, YESTERDAY);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        f->hall.config->callbacks.percent = ROWS[i].percent;
        f->hall.config->callbacks.most = ROWS[i].most;
        forget_draw(f);
        int n = callback_sweep(f->store, &f->hall, at(ROWS[i].day));
        if (n != ROWS[i].n)
            fail_msg("%s, %d %%, at most %d: %d", ROWS[i].day, ROWS[i].percent, ROWS[i].most, n);
    }
    // On Monday the Friday's, on a Saturday nobody's.
    add_case(f, "B", "c1", "13900000000", at("2026-11-27 16:00"));
    f->hall.config->callbacks.most = 20;
    assert_int_equal(callback_sweep(f->store, &f->hall, at("2026-11-28 09:00")), 0);
    assert_int_equal(callback_sweep(f->store, &f->hall, at("2026-11-30 09:00")), 1);
}

static void who_is_not_drawn(void **state)
{
    Fixture *f = *state;
    f->hall.config->callbacks.percent = 100;
    add_case(f, "no-number", "c1", NULL, YESTERDAY);
    add_case(f, "no-counter", NULL, "13800000001", YESTERDAY);
    add_case(f, "rated-bad", "c1", "13800000002", YESTERDAY);
    add_case(f, "same-1", "c1", "13800000003", YESTERDAY);
    add_case(f, "same-2", "c1", "138 0000 0003", YESTERDAY);
    add_case(f, "called", "c1", "13800000004", YESTERDAY);
    add_case(f, "before", "c1", "13800000004", YESTERDAY - INT64_C(86400000) * 10);
    rate(f, "r", 1, NULL, NULL);
    store_exec(f->store, "UPDATE rating SET case_number = 'rated-bad'", "");
    store_exec(f->store,
               "INSERT INTO callback_try(id, subject, at, user, outcome)"
               " VALUES('t', 'case:before', ?, 'x', 'reached')",
               "i", TODAY - INT64_C(86400000) * 29);
    assert_int_equal(callback_sweep(f->store, &f->hall, TODAY), 1);
    g_autofree char *only = drawn(f);
    assert_true(g_str_has_prefix(only, "same-"));
    f->hall.config->callbacks.rest_days = 28;
    forget_draw(f);
    assert_int_equal(callback_sweep(f->store, &f->hall, TODAY), 2); // and "called"
}

static void named_bad_ratings_are_all_on_the_list_once(void **state)
{
    Fixture *f = *state;
    rate(f, "named", 1, "13812345678", "007");
    rate(f, "alone", 1, NULL, "007");
    assert_list(f, "items", "[]");
    assert_int_equal(act(f, "named", "verify", "immediate"), 0);
    json_t *now = rectification_of(f->store, "named", TODAY);
    assert_look(now, "actions/0/action", "tell");
    assert_look(now, "actions/0/choices/1/choice", "in_person");
    assert_look(now, "actions/0/choices/2", "-"); // a number was left: the board is no way
    json_decref(now);
    assert_int_equal(act(f, "named", "tell", "published"), -EINVAL);
    assert_int_equal(act(f, "named", "tell", "phone"), 0);
    bring_to_call(f, "alone");
    assert_list(f, "items/0/id", "rating:named");
    assert_list(f, "items/0/phone", "138****5678");
    assert_list(f, "items/0/told", "说明");
    assert_list(f, "items/1", "-");
    // What was taken down elsewhere is not asked for again.
    assert_int_equal(act(f, "named", "call", "satisfied"), 0);
    assert_list(f, "items", "[]");
    assert_int_equal(try_it(f, "rating:named", (CallbackInput){ .outcome = "refused" }), -ENOENT);
}

static void how_a_call_about_a_bad_rating_goes(void **state)
{
    static const struct {
        const char *outcome, *answer, *text;
        int err;
        const char *state; // of the rectification
        int called;        // counts as called back
    } ROWS[] = {
        { "reached", "satisfied", NULL, 0, "closed", 1 },
        { "reached", "basically", NULL, 0, "closed", 1 },
        { "reached", "dissatisfied", "还是不行", 0, "fixing", 1 },
        { "reached", "dissatisfied", NULL, -EINVAL, "calling", 0 },
        { "reached", NULL, NULL, -EINVAL, "calling", 0 },
        { "reached", "glad", NULL, -EINVAL, "calling", 0 },
        { "not_reached", NULL, NULL, 0, "calling", 0 },
        { "not_reached", "satisfied", NULL, -EINVAL, "calling", 0 },
        { "wrong_number", NULL, NULL, 0, "closed", 0 },
        { "refused", NULL, NULL, 0, "closed", 1 },
        { "engaged", NULL, NULL, -EINVAL, "calling", 0 },
        { NULL, NULL, NULL, -EINVAL, "calling", 0 },
    };
    Fixture *f = *state;
    int called = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autofree char *id = g_strdup_printf("r%zu", i);
        g_autofree char *subject = g_strconcat("rating:", id, NULL);
        rate(f, id, 2, "13812345678", "007");
        bring_to_call(f, id);
        CallbackInput input = { .outcome = ROWS[i].outcome,
                                .answer = ROWS[i].answer,
                                .text = ROWS[i].text };
        int err = try_it(f, subject, input);
        json_t *now = rectification_of(f->store, id, TODAY);
        const char *is = json_string_value(json_object_get(now, "state"));
        if (err != ROWS[i].err || strcmp(is, ROWS[i].state) != 0)
            fail_msg("%s %s: %d, it is %s", ROWS[i].outcome, ROWS[i].answer, err, is);
        json_decref(now);
        called += ROWS[i].called;
    }
    rate(f, "alone", 1, NULL, NULL); // nobody can call an anonymous one
    json_t *figures = rating_figures(f->store, 0, TODAY + 1);
    g_autofree char *n = g_strdup_printf("%d", called),
                    *of = g_strdup_printf("%zu", G_N_ELEMENTS(ROWS));
    assert_look(figures, "called/n", n);
    assert_look(figures, "called/of", of);
    json_decref(figures);
}

static void the_last_try_ends_it(void **state)
{
    Fixture *f = *state;
    f->hall.config->callbacks.percent = 100;
    rate(f, "r", 1, "13812345678", "007");
    bring_to_call(f, "r");
    add_case(f, "A", "c1", "13900000000", YESTERDAY);
    callback_sweep(f->store, &f->hall, TODAY);
    static const char *const subjects[] = { "rating:r", "case:A" };
    for (size_t i = 0; i < G_N_ELEMENTS(subjects); i++) {
        CallbackInput again = { .outcome = "not_reached", .next_ms = TODAY + 5000 };
        assert_int_equal(try_it(f, subjects[i], again), 0);
        assert_list(f, "items/0/tries", "1");
        assert_list(f, "items/0/next_at", "2026-11-25T09:00:05.000+08:00");
        assert_int_equal(try_it(f, subjects[i], again), 0);
        assert_int_equal(try_it(f, subjects[i], again), 0);
        assert_int_equal(try_it(f, subjects[i], again), -ENOENT);
    }
    assert_list(f, "items", "[]");
    assert_list(f, "done/5/outcome", "not_reached");
    // Sent again, it is taken once.
    add_case(f, "B", "c1", "13900000001", YESTERDAY);
    forget_draw(f);
    callback_sweep(f->store, &f->hall, TODAY);
    CallbackInput same = { .id = "same", .outcome = "not_reached" };
    for (int i = 0; i < 5; i++)
        assert_int_equal(try_it(f, "case:B", same), 0);
    assert_list(f, "items/0/tries", "1");
}

static void a_case_may_be_rated_on_the_telephone(void **state)
{
    Fixture *f = *state;
    f->hall.config->callbacks.percent = 100;
    add_case(f, "good", "c1", "13800000001", YESTERDAY);
    add_case(f, "bad", "c1", "13800000002", YESTERDAY);
    add_case(f, "silent", "c1", "13800000003", YESTERDAY);
    add_case(f, "pressed", "c1", "13800000004", YESTERDAY);
    rate(f, "press", 5, NULL, NULL);
    store_exec(f->store, "UPDATE rating SET case_number = 'pressed'", "");
    assert_int_equal(callback_sweep(f->store, &f->hall, TODAY), 4);
    static const struct {
        const char *subject, *id;
        int level;
    } ROWS[] = { { "case:good", "g", 5 },
                 { "case:bad", "b", 1 },
                 { "case:silent", "s", 0 },
                 { "case:pressed", "p", 1 } };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++)
        assert_int_equal(
            try_it(
                f, ROWS[i].subject,
                (CallbackInput){ .id = ROWS[i].id, .outcome = "reached", .level = ROWS[i].level }),
            0);
    assert_list(f, "items", "[]");
    json_t *rating = rating_get(f->store, "g", TODAY);
    assert_look(rating, "channel", "callback");
    assert_look(rating, "caller", "zhuren");
    assert_look(rating, "case/number", "good");
    assert_look(rating, "staff/number", "007");
    assert_look(rating, "is_counted", "true");
    assert_look(rating, "clip/from_at",
                "2026-11-24T09:59:00.000+08:00"); // the service, not the call
    json_decref(rating);
    rating = rating_get(f->store, "b", TODAY); // a complaint like any other, and named
    assert_look(rating, "rectification/state", "verifying");
    assert_look(rating, "rater/phone", "138****0002");
    json_decref(rating);
    rating = rating_get(f->store, "p", TODAY); // what was pressed stands
    assert_look(rating, "is_counted", "false");
    assert_look(rating, "rectification", "null");
    json_decref(rating);
    assert_null(rating_get(f->store, "s", TODAY));
    // Counted among the levels, but no activity of the citizen's own.
    json_t *figures = rating_figures(f->store, 0, TODAY + 1);
    assert_look(figures, "good/n", "2");
    assert_look(figures, "active/n", "1");
    json_decref(figures);
}

static void who_waits_too_long_lapses(void **state)
{
    Fixture *f = *state;
    f->hall.config->callbacks.percent = 100;
    add_case(f, "A", "c1", "13800000001", YESTERDAY);
    assert_int_equal(callback_sweep(f->store, &f->hall, TODAY), 1);
    // Five working days on it is still there.
    assert_int_equal(callback_sweep(f->store, &f->hall, at("2026-12-02 09:00")), 0);
    assert_int_equal(count(f, "SELECT count(*) FROM callback WHERE is_open = 1"), 1);
    assert_int_equal(callback_sweep(f->store, &f->hall, at("2026-12-03 09:00")), 0);
    assert_int_equal(count(f, "SELECT count(*) FROM callback WHERE outcome = 'lapsed'"), 1);
}

static void who_may_call(void **state)
{
    static const struct {
        const char *staff; // NULL: under none
        bool is_director;
        const char *subject;
        int err;
    } ROWS[] = {
        { NULL, true, "rating:of-007", 0 },           { "007", true, "rating:of-007", -EACCES },
        { "008", true, "rating:of-007", 0 },          { NULL, true, "rating:of-none", 0 },
        { "pick", false, "rating:of-007", 0 },        { "007", false, "rating:of-007", -EACCES },
        { "other", false, "rating:of-007", -EACCES }, // no duty at the pick-up counter
        { NULL, false, "rating:of-007", -EACCES },    { "pick", false, "rating:of-none", -EACCES },
        { "pick", false, "rating:of-pick", -EACCES }, { "pick", false, "rating:unknown", -ENOENT },
        { "pick", false, "nonsense", -ENOENT },
    };
    Fixture *f = *state;
    ConfigCounter *pickup = g_ptr_array_index(f->hall.config->counters, 1);
    pickup->kind = COUNTER_PICKUP;
    store_script(f->store, "INSERT INTO duty(counter, staff_number, staff_name, from_at) VALUES"
                           " ('c2', 'pick', '赵', 1), ('c1', 'other', '钱', 1)");
    static const char *const ratings[][2] = { { "of-007", "007" },
                                              { "of-pick", "pick" },
                                              { "of-none", NULL } };
    for (size_t i = 0; i < G_N_ELEMENTS(ratings); i++) {
        rate(f, ratings[i][0], 1, "13812345678", ratings[i][1]);
        if (!ratings[i][1]) // duty at c1 stands in
            store_exec(f->store, "UPDATE rating SET staff_number = NULL WHERE id = 'of-none'", "");
        bring_to_call(f, ratings[i][0]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        char error[200] = "";
        Actor actor = { .user = "x", .staff = ROWS[i].staff, .is_director = ROWS[i].is_director };
        int err = callback_check(f->store, &f->hall, ROWS[i].subject, &actor, error);
        if (err != ROWS[i].err)
            fail_msg("%s by %s%s: %d %s", ROWS[i].subject, ROWS[i].staff,
                     ROWS[i].is_director ? " (director)" : "", err, error);
    }
    Actor picker = { .user = "x", .staff = "pick" };
    json_t *list = callback_list(f->store, &f->hall, TODAY, &picker, TODAY);
    assert_look(list, "may_call", "true");
    assert_look(list, "items/0/id", "rating:of-007");
    assert_look(list, "items/1", "-");
    json_decref(list);
    list = callback_list(f->store, &f->hall, TODAY, &(Actor){ .user = "y" }, TODAY);
    assert_look(list, "may_call", "false");
    assert_look(list, "items", "[]");
    json_decref(list);
}

static void pain_points_are_counted(void **state)
{
    Fixture *f = *state;
    char error[200];
    add_case(f, "A", "c1", NULL, YESTERDAY);
    static const char *const two[] = { "903", "901" }, *const one[] = { "903" },
                             *const wrong[] = { "#version" };
    PainpointInput input = { .id = "p1",
                             .tags = two,
                             .n_tags = 2,
                             .case_number = "A",
                             .source = "callback",
                             .who = "x",
                             .now_ms = TODAY };
    assert_int_equal(painpoint_add(f->store, &f->hall, &input, error), 1);
    assert_int_equal(painpoint_add(f->store, &f->hall, &input, error), 0); // sent again
    input.id = "p2", input.tags = one, input.n_tags = 1;
    assert_int_equal(painpoint_add(f->store, &f->hall, &input, error), 1);
    input = (PainpointInput){
        .id = "p3", .text = "没有停车位", .source = "counter", .who = "x", .now_ms = TODAY + 1
    };
    assert_int_equal(painpoint_add(f->store, &f->hall, &input, error), 1);
    input.text = NULL, input.id = "p4";
    assert_int_equal(painpoint_add(f->store, &f->hall, &input, error), -EINVAL);
    input.tags = wrong, input.n_tags = 1;
    assert_int_equal(painpoint_add(f->store, &f->hall, &input, error), -EINVAL);

    json_t *counts = painpoint_counts(f->store, TODAY, TODAY + 10);
    assert_look(counts, "total", "3");
    assert_look(counts, "tags/0/code", "903");
    assert_look(counts, "tags/0/text", "多头跑、来回跑");
    assert_look(counts, "tags/0/n", "2");
    assert_look(counts, "tags/1/n", "1");
    assert_look(counts, "items/0/name", "社保卡补换");
    assert_look(counts, "items/0/unit", "人社");
    assert_look(counts, "items/0/n", "2");
    assert_look(counts, "items/0/tags/903", "2");
    assert_look(counts, "items/1/name", "null");
    json_decref(counts);
    json_t *list = painpoint_list(f->store, TODAY, TODAY + 10, 0, NULL, 1);
    assert_look(list, "total", "3");
    assert_look(list, "items/0/text", "没有停车位");
    g_autofree char *next = look(list, "next");
    assert_string_not_equal(next, "null");
    json_decref(list);
    counts = painpoint_counts(f->store, TODAY + 10, TODAY + 20);
    assert_look(counts, "total", "0");
    json_decref(counts);
}

static void a_pain_point_is_corrected_by_another(void **state)
{
    Fixture *f = *state;
    char error[200];
    static const char *const first[] = { "903" }, *const better[] = { "901" };
    PainpointInput noted = { .id = "p1",
                             .tags = first,
                             .n_tags = 1,
                             .text = "来回跑",
                             .source = "counter",
                             .who = "x",
                             .now_ms = TODAY };
    assert_int_equal(painpoint_add(f->store, &f->hall, &noted, error), 1);
    PainpointInput right = {
        .id = "p2", .tags = better, .n_tags = 1, .who = "y", .now_ms = TODAY + 100
    };
    assert_int_equal(painpoint_correct(f->store, &f->hall, "p0", &right, "选错", error), -ENOENT);
    assert_int_equal(painpoint_correct(f->store, &f->hall, "p1", &right, "", error), -EINVAL);
    assert_int_equal(painpoint_correct(f->store, &f->hall, "p1", &right, "选错", error), 1);
    assert_int_equal(painpoint_correct(f->store, &f->hall, "p1", &right, "选错", error), 0);
    right.id = "p3";
    assert_int_equal(painpoint_correct(f->store, &f->hall, "p1", &right, "选错", error), -EEXIST);

    json_t *counts = painpoint_counts(f->store, TODAY, TODAY + 10); // at the moment of the first
    assert_look(counts, "total", "1");
    assert_look(counts, "tags/0/code", "901");
    json_decref(counts);
    json_t *list = painpoint_list(f->store, TODAY, TODAY + 10, 0, NULL, 9);
    assert_look(list, "total", "1");
    assert_look(list, "items/0/who", "y");
    assert_look(list, "items/0/is_withdrawn", "false");
    assert_look(list, "items/0/corrected/why", "选错");
    assert_look(list, "items/0/corrected/before/who", "x");
    assert_look(list, "items/0/corrected/before/text", "来回跑");
    assert_look(list, "items/0/corrected/before/tags/0/code", "903");
    json_decref(list);

    right = (PainpointInput){ .id = "p4", .who = "y", .now_ms = TODAY + 200 };
    assert_int_equal(painpoint_correct(f->store, &f->hall, "p2", &right, "重复登记", error), 1);
    counts = painpoint_counts(f->store, TODAY, TODAY + 10);
    assert_look(counts, "total", "0");
    assert_look(counts, "items", "[]");
    json_decref(counts);
    list = painpoint_list(f->store, TODAY, TODAY + 10, 0, NULL, 9);
    assert_look(list, "items/0/is_withdrawn", "true");
    json_decref(list);
    assert_int_equal(store_value(f->store, 0, "SELECT count(*) FROM painpoint", ""), 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_draw_is_the_same_for_every_desk),
        TEST(how_many_are_drawn),
        TEST(who_is_not_drawn),
        TEST(named_bad_ratings_are_all_on_the_list_once),
        TEST(how_a_call_about_a_bad_rating_goes),
        TEST(the_last_try_ends_it),
        TEST(a_case_may_be_rated_on_the_telephone),
        TEST(who_waits_too_long_lapses),
        TEST(who_may_call),
        TEST(pain_points_are_counted),
        TEST(a_pain_point_is_corrected_by_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
