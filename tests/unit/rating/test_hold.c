// SPDX-License-Identifier: Apache-2.0
// A hold from its wish to its end, and the errands to video that follow from it.
#include "rating/hold.h"
#include "tests/unit/rating/hall_fixture.h"

#include <errno.h>

static const int64_t NOW = INT64_C(1764000000000);

static char *want(Fixture *f, const char *ref, const char *camera)
{
    HoldInput input = { .camera = camera,
                        .from_ms = NOW - 60000,
                        .to_ms = NOW,
                        .reason = "投诉",
                        .ref = ref,
                        .who = "li",
                        .until_ms = STORE_NULL,
                        .now_ms = NOW };
    char *id = NULL;
    assert_int_equal(hold_want(f->store, &f->hall, &input, &id), 0);
    return id;
}

static void assert_state(Fixture *f, const char *id, const char *state)
{
    json_t *hold = hold_get(f->store, id);
    assert_non_null(hold);
    assert_string_equal(json_string_value(json_object_get(hold, "state")), state);
    json_decref(hold);
}

// The one errand that is due.
static HoldErrand *the_errand(GPtrArray *due, bool is_lifting)
{
    assert_int_equal(due->len, 1);
    HoldErrand *errand = due->pdata[0];
    assert_int_equal(errand->is_lifting, is_lifting);
    return errand;
}

static void answer_all(Fixture *f, int err)
{
    g_autoptr(GPtrArray) due = hold_errands_due(f->store, NOW);
    for (guint i = 0; i < due->len; i++)
        assert_int_equal(hold_errand_answered(f->store, &f->hall, due->pdata[i], err, NOW), 0);
}

static void a_hold_is_put_and_lifted(void **state)
{
    Fixture *f = *state;
    g_autofree char *id = want(f, NULL, "cam1");
    {
        g_autoptr(GPtrArray) due = hold_errands_due(f->store, NOW);
        HoldErrand *errand = the_errand(due, false);
        assert_string_equal(errand->camera, "cam1");
        assert_null(errand->ref);
        assert_int_equal(errand->to_ms - errand->from_ms, 60000);
    }
    answer_all(f, 0);
    assert_state(f, id, "held");
    assert_int_equal(hold_lift(f->store, &f->hall, id, "wang", "查清", NOW + 1), 0);
    assert_state(f, id, "lifting");
    answer_all(f, -EIO);
    assert_state(f, id, "lifting");
    {
        g_autoptr(GPtrArray) due = hold_errands_due(f->store, NOW + 1000);
        assert_int_equal(hold_errand_answered(f->store, &f->hall, the_errand(due, true), 0, NOW),
                         0);
    }
    assert_state(f, id, "lifted");
    assert_int_equal(hold_lift(f->store, &f->hall, id, "wang", "again", NOW), -EEXIST);
    assert_int_equal(hold_lift(f->store, &f->hall, "other", "wang", "why", NOW), -ENOENT);
    json_t *hold = hold_get(f->store, id);
    assert_string_equal(json_string_value(json_object_get(hold, "placed_by")), "li");
    assert_string_equal(json_string_value(json_object_get(hold, "lifted_by")), "wang");
    assert_string_equal(json_string_value(json_object_get(hold, "lift_why")), "查清");
    json_decref(hold);
}

// video says yes to a hold that a person has lifted meanwhile: it must still be asked to let go.
static void a_lift_in_the_middle_of_a_put_is_not_lost(void **state)
{
    Fixture *f = *state;
    g_autofree char *id = want(f, NULL, "cam1");
    g_autoptr(GPtrArray) due = hold_errands_due(f->store, NOW);
    HoldErrand *put = the_errand(due, false);
    assert_int_equal(hold_lift(f->store, &f->hall, id, "li", "mistake", NOW), 0);
    assert_int_equal(hold_errand_answered(f->store, &f->hall, put, 0, NOW), 0);
    assert_state(f, id, "lifting");
    g_autoptr(GPtrArray) next = hold_errands_due(f->store, NOW);
    the_errand(next, true);
}

static void a_ref_has_one_live_hold_a_camera(void **state)
{
    Fixture *f = *state;
    g_autofree char *first = want(f, "rating:r1", "cam1");
    g_autofree char *again = want(f, "rating:r1", "cam1");
    g_autofree char *other = want(f, "rating:r1", "cam2");
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
    assert_int_equal(hold_lift(f->store, &f->hall, first, "li", "why", NOW), 0);
    g_autofree char *later = want(f, "rating:r1", "cam1");
    assert_string_not_equal(first, later);
    g_autofree char *hand = want(f, NULL, "cam1"), *second_hand = want(f, NULL, "cam1");
    assert_string_not_equal(hand, second_hand);
}

static int64_t total(Fixture *f, HoldFilter filter)
{
    filter.limit = 50;
    json_t *list = hold_list(f->store, &filter);
    int64_t n = json_integer_value(json_object_get(list, "total"));
    assert_int_equal(json_array_size(json_object_get(list, "items")), n);
    json_decref(list);
    return n;
}

static void lists_are_filtered(void **state)
{
    Fixture *f = *state;
    g_autofree char *a = want(f, "case:1", "cam1"), *b = want(f, "case:2", "cam2"),
                    *c = want(f, NULL, "cam1");
    assert_int_equal(hold_lift(f->store, &f->hall, a, "li", "why", NOW), 0);
    answer_all(f, 0);
    assert_int_equal(total(f, (HoldFilter){ 0 }), 2);
    assert_int_equal(total(f, (HoldFilter){ .state = "lifted" }), 1);
    assert_int_equal(total(f, (HoldFilter){ .state = "held", .camera = "cam1" }), 1);
    assert_int_equal(total(f, (HoldFilter){ .ref = "case:2" }), 1);
    g_autofree char *d = want(f, NULL, "cam1");
    for (int i = 0; i < HOLD_TRIES_FAILED; i++)
        store_exec(f->store, "UPDATE hold SET tries = tries + 1 WHERE id = ?", "s", d);
    assert_state(f, d, "failed");
    assert_int_equal(total(f, (HoldFilter){ .state = "failed" }), 1);
    assert_int_equal(total(f, (HoldFilter){ .state = "wanted" }), 0);
}

static void a_hold_without_length_is_refused(void **state)
{
    Fixture *f = *state;
    HoldInput input = { .camera = "cam1",
                        .from_ms = NOW,
                        .to_ms = NOW,
                        .reason = "r",
                        .who = "w",
                        .until_ms = STORE_NULL };
    assert_int_equal(hold_want(f->store, &f->hall, &input, NULL), -EINVAL);
    input.to_ms = NOW + HOLD_LENGTH_MAX_MS + 1;
    assert_int_equal(hold_want(f->store, &f->hall, &input, NULL), -EINVAL);
}

static char *want_until(Fixture *f, const char *ref, int64_t from_ms, int64_t until_ms)
{
    HoldInput input = { .camera = "cam1",
                        .from_ms = from_ms,
                        .to_ms = from_ms + 60000,
                        .reason = "投诉",
                        .ref = ref,
                        .who = "li",
                        .until_ms = until_ms,
                        .now_ms = NOW };
    char *id = NULL;
    assert_int_equal(hold_want(f->store, &f->hall, &input, &id), 0);
    return id;
}

static void assert_ended(Fixture *f, int64_t now_ms, const char *id)
{
    g_autoptr(GPtrArray) ended = hold_ended(f->store, now_ms);
    assert_int_equal(ended->len, id ? 1 : 0);
    if (id)
        assert_string_equal(ended->pdata[0], id);
}

static void a_hold_ends_when_its_time_has_come(void **state)
{
    Fixture *f = *state;
    g_autofree char *open = want(f, NULL, "cam1");
    g_autofree char *id = want_until(f, NULL, NOW, NOW + 1000);
    assert_ended(f, NOW + 999, NULL);
    assert_ended(f, NOW + 1000, id);
    // Prolonged between the look and the end: it stays.
    assert_int_equal(hold_set_until(f->store, &f->hall, id, NOW + 5000, NOW), 0);
    assert_int_equal(hold_end(f->store, &f->hall, id, "over", NOW + 1000), -EEXIST);
    assert_ended(f, NOW + 4999, NULL);
    assert_int_equal(hold_end(f->store, &f->hall, id, "over", NOW + 5000), 0);
    assert_state(f, id, "lifting");
    assert_ended(f, NOW + 5000, NULL);
    assert_int_equal(hold_set_until(f->store, &f->hall, id, NOW + 9000, NOW), -EEXIST);
    assert_int_equal(hold_set_until(f->store, &f->hall, open, NOW, NOW), -EINVAL);
    assert_int_equal(hold_end(f->store, &f->hall, open, "over", INT64_MAX), -EEXIST);
}

static void asking_again_prolongs_and_never_shortens(void **state)
{
    Fixture *f = *state;
    g_autofree char *id = want_until(f, "rating:r1", NOW, NOW + 5000);
    g_autofree char *shorter = want_until(f, "rating:r1", NOW, NOW + 1000);
    assert_string_equal(shorter, id);
    assert_ended(f, NOW + 4999, NULL);
    g_autofree char *longer = want_until(f, "rating:r1", NOW, STORE_NULL);
    assert_string_equal(longer, id);
    assert_ended(f, INT64_MAX, NULL);
    g_autofree char *again = want_until(f, "rating:r1", NOW, NOW + 1000);
    assert_ended(f, INT64_MAX, NULL);
}

static void a_case_holds_several_stretches(void **state)
{
    Fixture *f = *state;
    g_autofree char *first = want_until(f, "case:1", NOW, STORE_NULL);
    g_autofree char *same = want_until(f, "case:1", NOW, STORE_NULL);
    g_autofree char *second = want_until(f, "case:1", NOW + 90000, STORE_NULL);
    assert_string_equal(first, same);
    assert_string_not_equal(first, second);
}

// hall.db of the version before, with an outbox in the old form.
static void holds_of_the_old_form_are_kept(void **state)
{
    Fixture *f = *state;
    g_autofree char *path = g_build_filename(f->dir, "old.db", NULL);
    g_autoptr(Store) store = NULL;
    assert_int_equal(store_open(path, STORE_WRITE, &store), 0);
    assert_int_equal(store_migrate(store, hall_schema, 3), 0);
    assert_int_equal(store_exec(store,
                                "INSERT INTO hold_wanted(id, camera, from_at, to_at, reason, ref,"
                                " state, tries, next_try_at, held_at) VALUES"
                                " ('a','cam1',1,2,'bad rating','rating:r1','held',0,0,5),"
                                " ('b','cam1',3,4,'bad rating','rating:r2','wanted',2,9,NULL)",
                                ""),
                     2);
    assert_int_equal(store_migrate(store, hall_schema, hall_schema_steps), 0);
    assert_int_equal(store_value(store, 0, "SELECT placed_at FROM hold WHERE id = 'a'", ""), 5);
    g_autoptr(GPtrArray) due = hold_errands_due(store, 10);
    assert_string_equal(the_errand(due, false)->id, "b");
    g_clear_pointer(&store, store_free);
    g_unlink(path);
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HALL(a_hold_is_put_and_lifted),
        WITH_HALL(a_lift_in_the_middle_of_a_put_is_not_lost),
        WITH_HALL(a_ref_has_one_live_hold_a_camera),
        WITH_HALL(lists_are_filtered),
        WITH_HALL(a_hold_without_length_is_refused),
        WITH_HALL(a_hold_ends_when_its_time_has_come),
        WITH_HALL(asking_again_prolongs_and_never_shortens),
        WITH_HALL(a_case_holds_several_stretches),
        WITH_HALL(holds_of_the_old_form_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
