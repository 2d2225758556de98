// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/case.h"
#include "rating/hold.h"
#include "rating/invitation.h"
#include "rating/rating.h"
#include "rating/ticket.h"

#include <errno.h>

#define PRESS at("2026-11-24 09:12")

static RatingInput press(const char *id, const char *counter, int level, const char *invitation)
{
    return (RatingInput){ .id = id,
                          .pad = strcmp(counter, "c1") == 0 ? "p1" : "p2",
                          .counter = counter,
                          .channel = "pad",
                          .boot = "b1",
                          .seq = 1,
                          .invitation = invitation,
                          .level = level,
                          .event_ms = PRESS,
                          .received_ms = PRESS + 500,
                          .pad_clock_ms = STORE_NULL,
                          .age_ms = 500,
                          .clock_kind = "ntp" };
}

static RatingOutcome store_it(Fixture *f, const RatingInput *input)
{
    RatingOutcome outcome;
    assert_int_equal(rating_store(f->store, &f->hall, input, &outcome), 0);
    return outcome;
}

static char *invite(Fixture *f, const char *counter, const char *case_number, int64_t now_ms)
{
    Invitation invitation;
    InvitationInput input = { .counter = counter, .case_number = case_number, .now_ms = now_ms };
    assert_int_equal(invitation_new(f->store, &f->hall, &input, &invitation), 0);
    char *id = g_strdup(invitation.id);
    invitation_done(&invitation);
    return id;
}

static void put_case(Fixture *f, const char *number)
{
    json_t *body = json_of(
        "{'item':{'code':'1','name':'社保卡'},'unit':'人社','kind':'other','counter':'c1'}");
    CaseOutcome outcome;
    char error[200];
    assert_int_equal(case_put(f->store, &f->hall, number, body, PRESS, &outcome, error), 0);
    json_decref(body);
}

static void assert_rating(Fixture *f, const char *id, const char *path, const char *expected)
{
    json_t *rating = rating_get(f->store, id, 0);
    assert_look(rating, path, expected);
    json_decref(rating);
}

static void test_joined_by_invitation(void **state)
{
    Fixture *f = *state;
    char error[200];
    put_case(f, "A-1");
    json_t *duty = json_of("{'staff':{'number':'7','name':'李'},'at':'2026-11-24T08:30:00+08:00'}");
    assert_int_equal(duty_put(f->store, &f->hall, "c1", duty, PRESS, error), 0);
    json_decref(duty);
    g_autofree char *invitation = invite(f, "c1", "A-1", PRESS - 20000);
    const char *const tags[] = { "213" };
    RatingInput input = press("r1", "c1", 2, invitation);
    input.tags = tags;
    input.n_tags = 1;
    assert_int_equal(store_it(f, &input), RATING_STORED);
    json_t *r = rating_get(f->store, "r1", 0);
    assert_look(r, "marks", "[]");
    assert_look(r, "tags/0/text", "窗口人员业务不熟练");
    assert_look(r, "counter/name", "一号窗口");
    assert_look(r, "staff/name", "李");
    assert_look(r, "case/item/name", "社保卡");
    assert_look(r, "invitation/state", "rated");
    assert_look(r, "clip/camera", "cam1");
    assert_look(r, "clip/at_seconds",
                "80.0"); // 60 s before the invitation, which came 20 s before the press
    assert_look(r, "clip/to_at", "2026-11-24T09:12:30.000+08:00");
    assert_look(r, "clip/playback",
                "/media/playback/cam1/index.m3u8?from=1795482640000&to=1795482750000");
    assert_look(r, "clip/held", "wanted");
    json_decref(r);
}

// Each row: what is wrong with it, and the marks that follow.
static void test_marks(void **state)
{
    Fixture *f = *state;
    put_case(f, "A-1");
    g_autofree char *good = invite(f, "c1", "A-1", PRESS - 5000);
    g_autofree char *old = invite(f, "c1", "A-1", PRESS - 61000);
    g_autofree char *blind = invite(f, "c2", "A-1", PRESS - 5000);
    g_autofree char *strange = invite(f, "c1", "B-9", PRESS - 5000);
    const char *const no_tag[] = { "999" };
    const struct {
        const char *counter, *invitation;
        const char *const *tags;
        int64_t clock_off;
        const char *clock_kind, *marks;
    } rows[] = {
        { "c1", good, NULL, 0, "ntp", "[]" },
        { "c1", good, NULL, 0, "ntp", "[\"repeated\"]" },
        { "c1", old, NULL, 0, "ntp", "[\"expired\"]" },
        { "c1", blind, NULL, 0, "ntp", "[\"other_pad\"]" },
        { "c2", blind, NULL, 0, "ntp", "[\"no_camera\"]" },
        { "c1", strange, NULL, 0, "ntp", "[\"unknown_case\"]" },
        { "c1", NULL, NULL, 0, "ntp", "[\"no_invitation\",\"unknown_case\"]" },
        { "c1", "none-such", NULL, 0, "ntp", "[\"unknown_invitation\",\"unknown_case\"]" },
        { "c1", good, no_tag, 0, "ntp", "[\"repeated\",\"unknown_tag\"]" },
        { "c1", good, NULL, 121000, "ntp", "[\"repeated\",\"clock_skew\"]" },
        { "c1", good, NULL, 120000, "rtc", "[\"repeated\"]" },
        { "c1", good, NULL, -999000, "none", "[\"repeated\"]" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *id = g_strdup_printf("r%zu", i);
        RatingInput input = press(id, rows[i].counter, 5, rows[i].invitation);
        input.tags = rows[i].tags;
        input.n_tags = rows[i].tags ? 1 : 0;
        input.pad_clock_ms = PRESS + rows[i].clock_off;
        input.clock_kind = rows[i].clock_kind;
        store_it(f, &input);
        assert_rating(f, id, "marks", rows[i].marks);
        assert_rating(f, id, "is_counted", strstr(rows[i].marks, "repeated") ? "false" : "true");
    }
}

// A pad with keys has ten seconds, a tablet a minute; of several at one counter, the longest.
static void test_the_window_is_the_pads(void **state)
{
    static const struct {
        int p1_seconds, p2_seconds; // p2 stands at c1 as well
        int pressed_after;
        const char *marks;
    } rows[] = {
        { 10, 10, 10, "[]" },   { 10, 10, 11, "[\"expired\"]" }, { 10, 0, 60, "[]" },
        { 0, 0, 60, "[]" },     { 10, 0, 61, "[\"expired\"]" },  { 10, 90, 90, "[]" },
        { 300, 10, 300, "[]" }, { 0, 0, 61, "[\"expired\"]" },
    };
    Fixture *f = *state;
    put_case(f, "A-1");
    ConfigPad *p1 = f->hall.config->pads->pdata[0], *p2 = f->hall.config->pads->pdata[1];
    g_free(p2->counter);
    p2->counter = g_strdup("c1");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *id = g_strdup_printf("r%zu", i);
        p1->seconds = rows[i].p1_seconds;
        p2->seconds = rows[i].p2_seconds;
        g_autofree char *invitation =
            invite(f, "c1", "A-1", PRESS - rows[i].pressed_after * INT64_C(1000));
        RatingInput input = press(id, "c1", 5, invitation);
        store_it(f, &input);
        assert_rating(f, id, "marks", rows[i].marks);
    }
}

static void test_a_duplicate_changes_nothing(void **state)
{
    Fixture *f = *state;
    g_autofree char *invitation = invite(f, "c1", NULL, PRESS - 5000);
    RatingInput input = press("r1", "c1", 1, invitation);
    assert_int_equal(store_it(f, &input), RATING_STORED);
    g_string_truncate(f->changed, 0);
    assert_int_equal(store_it(f, &input), RATING_DUPLICATE);
    input.level = 5;
    assert_int_equal(store_it(f, &input), RATING_OTHER);
    assert_string_equal(f->changed->str, "");
    assert_rating(f, "r1", "level", "1");
    assert_int_equal(count(f, "SELECT count(*) FROM hold"), 1);
}

static void test_bad_input_is_refused(void **state)
{
    Fixture *f = *state;
    RatingOutcome outcome;
    RatingInput input = press("r1", "c1", 6, NULL);
    assert_int_equal(rating_store(f->store, &f->hall, &input, &outcome), -EINVAL);
    input.level = 0;
    assert_int_equal(rating_store(f->store, &f->hall, &input, &outcome), -EINVAL);
    assert_int_equal(count(f, "SELECT count(*) FROM rating"), 0);
}

static void test_only_bad_ratings_are_held(void **state)
{
    Fixture *f = *state;
    for (int level = 1; level <= 5; level++) {
        g_autofree char *id = g_strdup_printf("r%d", level);
        RatingInput input = press(id, "c1", level, NULL);
        store_it(f, &input);
        assert_rating(f, id, "clip/held", level <= 2 ? "wanted" : "none");
    }
}

// -1: nothing is left to try.
static int64_t next_try(Fixture *f)
{
    return store_value(f->store, -1, "SELECT min(next_try_at) FROM hold WHERE state = 'wanted'",
                       "");
}

static void test_hold_until_video_confirms(void **state)
{
    Fixture *f = *state;
    RatingInput input = press("r1", "c1", 1, NULL);
    store_it(f, &input);
    int64_t now = PRESS;
    g_autoptr(GPtrArray) due = hold_errands_due(f->store, now);
    assert_int_equal(due->len, 1);
    HoldErrand *hold = g_ptr_array_index(due, 0);
    assert_string_equal(hold->ref, "rating:r1");
    static const int64_t delays[] = { 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 };
    for (size_t i = 0; i < G_N_ELEMENTS(delays); i++) {
        assert_int_equal(hold_errand_answered(f->store, &f->hall, hold, -EIO, now), 0);
        assert_int_equal(next_try(f), now + delays[i]);
        now += delays[i];
    }
    assert_rating(f, "r1", "clip/held", "failed");
    assert_int_equal(hold_errand_answered(f->store, &f->hall, hold, 0, now), 0);
    assert_rating(f, "r1", "clip/held", "held");
    assert_int_equal(next_try(f), -1);
    HoldErrand other = { .id = "other" };
    assert_int_equal(hold_errand_answered(f->store, &f->hall, &other, 0, now), -ENOENT);
}

static void test_case_that_comes_later_is_joined(void **state)
{
    Fixture *f = *state;
    g_autofree char *invitation = invite(f, "c1", "A-1", PRESS - 5000);
    RatingInput input = press("r1", "c1", 5, invitation);
    store_it(f, &input);
    assert_rating(f, "r1", "case", "null");
    assert_rating(f, "r1", "case_number", "A-1");
    put_case(f, "A-1");
    assert_rating(f, "r1", "case/item/name", "社保卡");
    assert_rating(f, "r1", "marks", "[]");
    json_t *found = case_get(f->store, &f->hall, "A-1", PRESS);
    assert_look(found, "ratings/0/id", "r1");
    json_decref(found);
}

static void put_ticket(Fixture *f, const char *id, const char *text)
{
    char error[200];
    json_t *body = json_of(text);
    assert_int_equal(ticket_put(f->store, &f->hall, id, body, PRESS, error), 0);
    json_decref(body);
}

static void test_inferred_from_the_counter(void **state)
{
    Fixture *f = *state;
    char error[200];
    CaseOutcome outcome;
    put_case(f, "A-1");
    json_t *event = json_of("{'id':'e','kind':'accepted','at':'2026-11-24T09:05:00+08:00'}");
    case_add_event(f->store, &f->hall, "A-1", event, PRESS, &outcome, error);
    json_decref(event);
    RatingInput by_work = press("r1", "c1", 5, NULL);
    store_it(f, &by_work);
    assert_rating(f, "r1", "case_number", "A-1");
    assert_rating(f, "r1", "marks", "[\"no_invitation\",\"inferred\"]");
    RatingInput late = press("r2", "c1", 5, NULL);
    late.event_ms = at("2026-11-24 09:16"); // more than ten minutes after the last work
    store_it(f, &late);
    assert_rating(f, "r2", "marks", "[\"no_invitation\",\"unknown_case\"]");
    put_case(f, "A-2");
    put_ticket(f, "t1",
               "{'number':'012','counter':'c1','case':'A-2','called':'2026-11-24T09:06:00+08:00'}");
    RatingInput by_ticket = press("r3", "c1", 5, NULL);
    store_it(f, &by_ticket);
    assert_rating(f, "r3", "case_number", "A-2");
    assert_rating(f, "r3", "ticket/number", "012");
}

static void test_list(void **state)
{
    Fixture *f = *state;
    for (int level = 1; level <= 5; level++) {
        g_autofree char *id = g_strdup_printf("r%d", level);
        RatingInput input = press(id, level == 3 ? "c2" : "c1", level, NULL);
        input.event_ms += level;
        store_it(f, &input);
    }
    const struct {
        RatingFilter filter;
        const char *total, *first;
    } rows[] = {
        { { .limit = 10 }, "5", "r5" },
        { { .limit = 10, .level = 2 }, "1", "r2" },
        { { .limit = 10, .level = 10 }, "3", "r5" },
        { { .limit = 10, .level = 20 }, "2", "r2" },
        { { .limit = 10, .counter = "c2" }, "1", "r3" },
        { { .limit = 10, .mark = "no_camera" }, "1", "r3" },
        { { .limit = 10, .mark = "no_such_mark" }, "0", "-" },
        { { .limit = 10, .pad = "p1" }, "4", "r5" },
        { { .limit = 10, .before_ms = PRESS + 3, .before_id = "r3" }, "5", "r2" },
        { { .limit = 10, .text = "二号" }, "1", "r3" },
        { { .limit = 10, .from_ms = PRESS + 5 }, "1", "r5" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RatingFilter filter = rows[i].filter;
        filter.to_ms = STORE_NULL;
        json_t *page = rating_list(f->store, &filter);
        assert_look(page, "total", rows[i].total);
        assert_look(page, "items/0/id", rows[i].first);
        json_decref(page);
    }
}

static void test_figures(void **state)
{
    Fixture *f = *state;
    g_autofree char *first = invite(f, "c1", NULL, PRESS - 5000);
    g_autofree char *unanswered = invite(f, "c1", "A-7", PRESS - 4000);
    RatingInput good = press("r1", "c1", 5, first), repeated = press("r2", "c1", 1, first);
    RatingInput bad = press("r3", "c2", 2, NULL);
    store_it(f, &good);
    store_it(f, &repeated);
    store_it(f, &bad);
    put_ticket(f, "t1", "{'number':'1','counter':'c2','finished':'2026-11-24T11:00:00+08:00'}");
    json_t *figures = rating_figures(f->store, at("2026-11-24 00:00"), at("2026-11-25 00:00"));
    assert_look(figures, "levels", "{\"5\":1,\"4\":0,\"3\":0,\"2\":1,\"1\":0}");
    assert_look(figures, "good/n", "1");
    assert_look(figures, "good/of", "2");
    assert_look(figures, "bad/n", "1");
    assert_look(figures, "active/n", "1");
    assert_look(figures, "active/of", "3"); // two invitations, one ticket that was never invited
    json_decref(figures);
    assert_non_null(unanswered);
}

static void test_acknowledgement(void **state)
{
    static const struct {
        const char *pad, *state;
        int err;
        const char *after;
    } rows[] = {
        { "p1", "shown", 0, "shown" },       { "p2", "refused", -EACCES, "shown" },
        { "p1", "eaten", -EINVAL, "shown" }, { "p1", "refused", 0, "refused" },
        { "p1", "shown", 0, "refused" },
    };
    Fixture *f = *state;
    g_autofree char *id = invite(f, "c1", NULL, clock_wall_ms());
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_int_equal(
            invitation_acknowledge(f->store, &f->hall, id, rows[i].pad, rows[i].state, PRESS),
            rows[i].err);
        json_t *found = invitation_get(f->store, id);
        assert_look(found, "state", rows[i].after);
        json_decref(found);
    }
    assert_int_equal(invitation_acknowledge(f->store, &f->hall, "none", "p1", "shown", PRESS),
                     -ENOENT);
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HALL(test_joined_by_invitation),
        WITH_HALL(test_marks),
        WITH_HALL(test_the_window_is_the_pads),
        WITH_HALL(test_a_duplicate_changes_nothing),
        WITH_HALL(test_bad_input_is_refused),
        WITH_HALL(test_only_bad_ratings_are_held),
        WITH_HALL(test_hold_until_video_confirms),
        WITH_HALL(test_case_that_comes_later_is_joined),
        WITH_HALL(test_inferred_from_the_counter),
        WITH_HALL(test_list),
        WITH_HALL(test_figures),
        WITH_HALL(test_acknowledgement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
