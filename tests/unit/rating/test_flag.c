// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/flag.h"

#include <errno.h>

#define NOW at("2026-11-24 12:00")

static int raise_flag(Fixture *f, const char *kind, const char *subject, bool may_repeat,
                      char **ret_id)
{
    FlagInput input = { .kind = kind,
                        .subject = subject,
                        .counter = "c1",
                        .raised_ms = NOW,
                        .may_repeat = may_repeat };
    return flag_raise(f->store, &f->hall, &input, ret_id);
}

// The life of a flag: from a state, an action and a reason to a state or a refusal.
static void test_life(void **state)
{
    static const struct {
        const char *before, *action, *why, *after; // after NULL: refused
        int err;
    } rows[] = {
        { "raised", "acknowledge", NULL, "acknowledged", 0 },
        { "raised", "explain", "人手不足", "explained", 0 },
        { "raised", "explain", NULL, NULL, -EINVAL },
        { "acknowledged", "explain", "人手不足", "explained", 0 },
        { "acknowledged", "acknowledge", NULL, NULL, -EEXIST },
        { "raised", "confirm", "属实", "confirmed", 0 },
        { "explained", "confirm", "", NULL, -EINVAL },
        { "explained", "dismiss", "误报", "dismissed", 0 },
        { "confirmed", "close", "已整改", "closed", 0 },
        { "raised", "close", "已整改", NULL, -EEXIST },
        { "confirmed", "dismiss", "误报", NULL, -EEXIST },
        { "dismissed", "confirm", "属实", NULL, -EEXIST },
        { "closed", "acknowledge", NULL, NULL, -EEXIST },
        { "raised", "delete", "x", NULL, -EEXIST },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *subject = g_strdup_printf("case:%zu", i);
        g_autofree char *id = NULL;
        char error[200] = "";
        assert_int_equal(raise_flag(f, "case_red", subject, false, &id), 1);
        store_exec(f->store, "UPDATE flag SET state = ? WHERE id = ?", "ss", rows[i].before, id);
        int err = flag_act(f->store, &f->hall, id, rows[i].action, "wang", rows[i].why, NOW, error);
        assert_int_equal(err, rows[i].err);
        assert_int_equal(error[0] != '\0', rows[i].after == NULL);
        json_t *flag = flag_get(f->store, id);
        assert_look(flag, "state", rows[i].after ? rows[i].after : rows[i].before);
        json_decref(flag);
    }
}

static void test_history(void **state)
{
    Fixture *f = *state;
    g_autofree char *id = NULL;
    char error[200];
    raise_flag(f, "case_red", "case:A-1", false, &id);
    flag_act(f->store, &f->hall, id, "confirm", "wang", "属实", NOW + 1000, error);
    flag_act(f->store, &f->hall, id, "close", "zhao", "已整改", NOW + 2000, error);
    json_t *flag = flag_get(f->store, id);
    assert_look(flag, "history/0/action", "raise");
    assert_look(flag, "history/0/user", "system");
    assert_look(flag, "history/1/from", "raised");
    assert_look(flag, "history/1/to", "confirmed");
    assert_look(flag, "history/1/why", "属实");
    assert_look(flag, "history/2/at", "2026-11-24T12:00:02.000+08:00");
    assert_look(flag, "closed_at", "2026-11-24T12:00:02.000+08:00");
    assert_look(flag, "evidence", "{}");
    json_decref(flag);
    assert_null(flag_get(f->store, "none"));
    assert_int_equal(flag_act(f->store, &f->hall, "none", "close", "w", "x", NOW, error), -ENOENT);
}

static void test_raised_once(void **state)
{
    static const char *const kinds[] = { "case_red", NULL };
    Fixture *f = *state;
    assert_int_equal(raise_flag(f, "case_red", "case:A-1", true, NULL), 1);
    assert_int_equal(raise_flag(f, "case_red", "case:A-1", true, NULL), 0); // still open
    assert_int_equal(raise_flag(f, "case_yellow", "case:A-1", true, NULL), 1);
    assert_int_equal(flag_close_open(f->store, &f->hall, "case:A-1", kinds, "over", NOW), 0);
    assert_int_equal(raise_flag(f, "case_red", "case:A-1", false, NULL), 0);
    assert_int_equal(raise_flag(f, "case_red", "case:A-1", true, NULL), 1);
    json_t *counts = flag_counts(f->store);
    assert_look(counts, "case_red", "1");
    assert_look(counts, "case_yellow", "1");
    json_decref(counts);
    json_t *open = flag_list(f->store, &(FlagFilter){ .limit = 1, .open_only = true });
    assert_look(open, "total", "2");
    assert_look(open, "items/1", "-");
    json_decref(open);
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HALL(test_life),
        WITH_HALL(test_history),
        WITH_HALL(test_raised_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
