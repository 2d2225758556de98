// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/flag.h"
#include "rating/flag_kind.h"

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

static const Actor system_key = { .user = "key:x", .is_director = true };
static const Actor clerk = { .user = "xiaoli", .staff = "007", .unit = "人社" };
static const Actor colleague = {
    .user = "xiaowang", .staff = "008", .unit = "人社", .is_person = true
};
static const Actor stranger = {
    .user = "waiban", .staff = "009", .unit = "民政", .is_person = true
};
static const Actor chief = {
    .user = "suozhang", .unit = "人社", .is_person = true, .is_director = true
};
static const Actor director = { .user = "zhuren", .is_person = true, .is_director = true };
static const Actor deputy = { .user = "fuzhuren", .is_person = true, .is_director = true };

static int act(Fixture *f, const char *id, const char *action, const char *why, const Actor *actor,
               char *error)
{
    FlagStep step = { .action = action, .why = why };
    return flag_act(f->store, &f->hall, id, &step, actor, NOW, error);
}

// A red card of a case of 人社, which is in the hands of 007.
static char *raise_red(Fixture *f, const char *subject)
{
    char *id = NULL;
    FlagInput input = { .kind = "case_red",
                        .subject = subject,
                        .unit = "人社",
                        .staff_number = "007",
                        .raised_ms = NOW };
    assert_int_equal(flag_raise(f->store, &f->hall, &input, &id), 1);
    return id;
}

// The life of a flag: from a state, an action, a reason and a person to a state or a refusal.
static void test_life(void **state)
{
    static const struct {
        const char *before, *action, *why;
        const Actor *actor;
        const char *after; // NULL: refused
        int err;
    } rows[] = {
        { "raised", "acknowledge", NULL, &director, "acknowledged", 1 },
        { "raised", "acknowledge", NULL, &colleague, "acknowledged", 1 },
        { "raised", "acknowledge", NULL, &stranger, NULL, -EACCES },
        { "raised", "explain", "人手不足", &colleague, "explained", 1 },
        { "raised", "explain", "人手不足", &clerk, NULL, -EACCES }, // whom it is about
        { "raised", "explain", "人手不足", &stranger, NULL, -EACCES },
        { "raised", "explain", NULL, &colleague, NULL, -EINVAL },
        { "acknowledged", "explain", "人手不足", &chief, "explained", 1 },
        { "acknowledged", "acknowledge", NULL, &director, NULL, -EEXIST },
        { "raised", "confirm", "属实", &director, "confirmed", 1 },
        { "explained", "confirm", "", &director, NULL, -EINVAL },
        { "explained", "confirm", "属实", &colleague, NULL, -EACCES },
        { "explained", "confirm", "属实", &chief, NULL, -EACCES }, // of his own unit
        { "explained", "confirm", "属实", &system_key, NULL, -EACCES },
        { "explained", "dismiss", "误报", &director, "dismissed", 1 },
        { "confirmed", "close", "已整改", &director, "closed", 1 },
        { "confirmed", "close", "已整改", &colleague, NULL, -EACCES },
        { "raised", "close", "已整改", &director, NULL, -EEXIST },
        { "confirmed", "dismiss", "误报", &director, NULL, -EEXIST },
        { "dismissed", "confirm", "属实", &director, NULL, -EEXIST },
        { "closed", "acknowledge", NULL, &director, NULL, -EEXIST },
        { "raised", "delete", "x", &director, NULL, -EEXIST },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *subject = g_strdup_printf("case:%zu", i);
        g_autofree char *id = raise_red(f, subject);
        char error[200] = "";
        store_exec(f->store, "UPDATE flag SET state = ? WHERE id = ?", "ss", rows[i].before, id);
        int err = act(f, id, rows[i].action, rows[i].why, rows[i].actor, error);
        if (err != rows[i].err)
            fail_msg("row %zu: %d, wanted %d: %s", i, err, rows[i].err, error);
        assert_int_equal(error[0] != '\0', rows[i].after == NULL);
        json_t *flag = flag_get(f->store, id, NULL, NOW);
        assert_look(flag, "state", rows[i].after ? rows[i].after : rows[i].before);
        json_decref(flag);
    }
}

// Two supervisors at once, and one who presses twice.
static void test_second_comer_is_told(void **state)
{
    Fixture *f = *state;
    char error[200] = "";
    g_autofree char *id = raise_red(f, "case:A-1");
    assert_int_equal(act(f, id, "confirm", "属实", &director, error), 1);
    assert_int_equal(act(f, id, "confirm", "属实", &director, error), 0);
    assert_int_equal(act(f, id, "dismiss", "误报", &deputy, error), -EEXIST);
    assert_non_null(strstr(error, "zhuren, confirm, 2026-11-24T12:00"));
    json_t *flag = flag_get(f->store, id, &deputy, NOW);
    assert_look(flag, "history/2", "-");
    assert_look(flag, "actions/0/action", "close");
    json_decref(flag);
}

// Whoever has explained it does not decide, though a director.
static void test_second_person_decides(void **state)
{
    Fixture *f = *state;
    char error[200] = "";
    g_autofree char *id = raise_red(f, "case:A-1");
    assert_int_equal(act(f, id, "explain", "单位来函说明", &director, error), 1);
    assert_int_equal(act(f, id, "confirm", "属实", &director, error), -EACCES);
    assert_int_equal(act(f, id, "confirm", "属实", &deputy, error), 1);
}

static const char *flags_about(Fixture *f, const char *subject, GString *text)
{
    g_string_truncate(text, 0);
    g_autoptr(StoreQuery) query = store_query(
        f->store, "SELECT kind, state FROM flag WHERE subject = ? ORDER BY raised_at, kind", "s",
        subject);
    while (store_step(query))
        g_string_append_printf(text, "%s:%s ", store_text(query, 0), store_text(query, 1));
    return text->str;
}

// Raised on a Tuesday; taken up within a working day, explained within three, and so on.
static void test_deadlines(void **state)
{
    Fixture *f = *state;
    char error[200];
    g_autofree char *id = raise_red(f, "case:A-1");
    g_autofree char *subject = g_strconcat("flag:", id, NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    json_t *flag = flag_get(f->store, id, NULL, NOW);
    assert_look(flag, "due_at", "2026-11-25T17:30:00.000+08:00");
    assert_look(flag, "is_overdue", "false");
    json_decref(flag);
    assert_int_equal(flag_next(f->store), at("2026-11-25 13:30"));
    assert_int_equal(flag_sweep(f->store, &f->hall, at("2026-11-25 13:30")), 1);
    assert_string_equal(flags_about(f, subject, text), "flag_due:raised ");
    assert_int_equal(flag_sweep(f->store, &f->hall, at("2026-11-25 17:31")), 1);
    assert_string_equal(flags_about(f, subject, text), "flag_due:closed flag_late:raised ");
    // A reminder has no deadline of its own.
    assert_int_equal(flag_sweep(f->store, &f->hall, at("2027-01-25 17:31")), 0);
    FlagFilter late = { .late_only = true, .now_ms = at("2026-11-26 09:00"), .limit = 9 };
    json_t *list = flag_list(f->store, &late);
    assert_look(list, "items/0/id", id);
    assert_look(list, "items/0/is_overdue", "true");
    assert_look(list, "total", "1");
    json_decref(list);

    FlagStep explain = { .action = "explain", .why = "等外单位会签" };
    assert_int_equal(
        flag_act(f->store, &f->hall, id, &explain, &colleague, at("2026-11-26 09:00"), error), 1);
    assert_string_equal(flags_about(f, subject, text), "flag_due:closed flag_late:closed ");
    flag = flag_get(f->store, id, NULL, at("2026-11-26 09:00"));
    assert_look(flag, "due_at", "2026-12-01T17:30:00.000+08:00");
    assert_look(flag, "history/1/is_late", "true");
    assert_look(flag, "owner", "xiaowang");
    assert_look(flag, "is_late", "true");
    json_decref(flag);
}

static void test_history(void **state)
{
    Fixture *f = *state;
    g_autofree char *id = raise_red(f, "case:A-1");
    char error[200];
    FlagStep confirm = { .action = "confirm", .why = "属实" };
    FlagStep close = { .action = "close", .why = "已整改" };
    flag_act(f->store, &f->hall, id, &confirm, &director, NOW + 1000, error);
    flag_act(f->store, &f->hall, id, &close, &deputy, NOW + 2000, error);
    json_t *flag = flag_get(f->store, id, NULL, NOW);
    assert_look(flag, "history/0/action", "raise");
    assert_look(flag, "history/0/user", "system");
    assert_look(flag, "history/1/from", "raised");
    assert_look(flag, "history/1/to", "confirmed");
    assert_look(flag, "history/1/why", "属实");
    assert_look(flag, "history/2/at", "2026-11-24T12:00:02.000+08:00");
    assert_look(flag, "closed_at", "2026-11-24T12:00:02.000+08:00");
    assert_look(flag, "evidence", "{}");
    assert_look(flag, "due_at", "null");
    json_decref(flag);
    assert_null(flag_get(f->store, "none", NULL, NOW));
    assert_int_equal(flag_act(f->store, &f->hall, "none", &close, &director, NOW, error), -ENOENT);
}

// What belongs to it is found, and the video of its moment is held until a day.
static void test_evidence(void **state)
{
    Fixture *f = *state;
    json_t *evidence = json_pack("{s:s, s:s}", "from_at", "2026-11-24T11:40:00+08:00", "to_at",
                                 "2026-11-24T11:55:00+08:00");
    FlagInput input = { .kind = "inaction_empty",
                        .subject = "counter:c1",
                        .counter = "c1",
                        .evidence = evidence,
                        .raised_ms = NOW };
    g_autofree char *id = NULL;
    assert_int_equal(flag_raise(f->store, &f->hall, &input, &id), 1);
    json_t *flag = flag_get(f->store, id, NULL, NOW);
    assert_look(flag, "related/clips/0/camera", "cam1");
    assert_look(flag, "related/clips/0/from_at", "2026-11-24T11:39:00.000+08:00");
    assert_look(flag, "related/clips/0/to_at", "2026-11-24T11:55:30.000+08:00");
    assert_look(flag, "related/clips/0/held", "wanted");
    assert_look(flag, "related/clips/0/held_until_at", "2027-01-23T12:00:00.000+08:00");
    json_decref(flag);
    // Nobody's picture tells why a case lies; where no camera looks there is none.
    input.kind = "case_red";
    input.subject = "case:A-2";
    assert_int_equal(flag_raise(f->store, &f->hall, &input, NULL), 1);
    input.kind = "inaction_empty";
    input.subject = input.counter = "c2";
    assert_int_equal(flag_raise(f->store, &f->hall, &input, NULL), 1);
    assert_int_equal(store_value(f->store, 0, "SELECT count(*) FROM hold", ""), 1);
    json_decref(evidence);
}

// The table of kinds and the list's SQL say the same.
static void test_public_kinds(void **state)
{
    static const char *const kinds[] = {
        "case_yellow",   "case_red",       "flag_due",    "flag_late", "fraud_quick",
        "mood",          "storage_failed", "camera_lost", "slow_idle", "misconduct_quick",
        "complaint_due", "complaint_late", "hold_quota",  "new_kind",  "inaction_rating",
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        raise_flag(f, kinds[i], "x", false, NULL);
        FlagFilter filter = { .kind = kinds[i], .public_only = true, .limit = 9 };
        json_t *list = flag_list(f->store, &filter);
        bool is_shown = json_integer_value(json_object_get(list, "total")) == 1;
        if (is_shown != flag_kind(kinds[i])->is_public)
            fail_msg("%s", kinds[i]);
        json_decref(list);
    }
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
        WITH_HALL(test_second_comer_is_told),
        WITH_HALL(test_second_person_decides),
        WITH_HALL(test_deadlines),
        WITH_HALL(test_evidence),
        WITH_HALL(test_public_kinds),
        WITH_HALL(test_raised_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
