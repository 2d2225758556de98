// SPDX-License-Identifier: Apache-2.0
// What is seen of counter c1 by camera cam1, minute by minute, and what is told of it.
//   E nobody sits there    S somebody does    M the picture is moved    C it is clear again
//   W as E, and three people wait before it    ? seen, but not surely    . nothing is said
// What is said stands for two minutes. Thresholds: 5 minutes, 15 minutes.
#include "hall_fixture.h"

#include "rating/roster.h"
#include "rating/ticket.h"
#include "rating/watch.h"
#include "rating/watch_eye.h"

#include <errno.h>

#define MINUTE INT64_C(60000)

static void say(Fixture *f, const char *kind, const char *place, int value, int confidence,
                int64_t at_ms)
{
    WatchSeen seen = { "cam1", kind, place, value, confidence, at_ms, 2 * MINUTE };
    int64_t next_ms;
    assert_true(watch_eye_put(f->store, &f->hall, &seen, at_ms, &next_ms) >= 0);
}

static void say_letter(Fixture *f, char letter, int64_t at_ms)
{
    switch (letter) {
    case 'E':
        say(f, "empty", "c1", -1, 100, at_ms);
        break;
    case 'W':
        say(f, "queue", "c1", 3, 100, at_ms);
        say(f, "empty", "c1", -1, 100, at_ms);
        break;
    case 'S':
        say(f, "staffed", "c1", 1, 100, at_ms);
        break;
    case '?':
        say(f, "empty", "c1", -1, 40, at_ms);
        break;
    case 'M':
        say(f, "moved", "", -1, 100, at_ms);
        break;
    case 'C':
        say(f, "clear", "", -1, 100, at_ms);
        break;
    default:
        break;
    }
}

// "inaction_empty:raised ..." in the order of raising, without those of the picture itself.
static char *told(Fixture *f)
{
    GString *text = g_string_new(NULL);
    g_autoptr(StoreQuery) query = store_query(
        f->store, "SELECT kind, state FROM flag WHERE kind NOT GLOB 'camera_*' ORDER BY rowid", "");
    while (store_step(query))
        g_string_append_printf(text, "%s%s:%s", text->len ? " " : "", store_text(query, 0),
                               store_text(query, 1));
    return g_string_free(text, FALSE);
}

static void duty(Fixture *f, const char *text, const char *at_text)
{
    char error[200] = "";
    json_t *body = json_of(text);
    if (duty_put(f->store, &f->hall, "c1", body, at(at_text), error) != 0)
        fail_msg("%s", error);
    json_decref(body);
}

static void roster(Fixture *f, const char *text)
{
    char error[200] = "";
    json_t *body = json_of(text), *row = NULL;
    if (roster_put(f->store, &f->hall, "6f1c2d3e-4a5b-4c6d-8e7f-901234567890", body, "lin",
                   at("2026-11-23 09:00"), &row, error) != 0)
        fail_msg("%s", error);
    json_decref(row);
    json_decref(body);
}

typedef enum { ON_DUTY, NOBODY, ROSTER_SAYS_OPEN, ROSTER_SAYS_CLOSED, ON_LEAVE } Plan;

static void plan(Fixture *f, Plan which)
{
    static const char *const entries[] = {
        [ROSTER_SAYS_OPEN] = "{'kind':'open','counter':'c1',",
        [ROSTER_SAYS_CLOSED] = "{'kind':'closed','counter':'c1',",
        [ON_LEAVE] = "{'kind':'leave','staff':{'number':'007','name':'王芳'},",
    };
    if (which == ON_DUTY || which == ON_LEAVE || which == ROSTER_SAYS_CLOSED)
        duty(f, "{'staff':{'number':'007','name':'王芳'}}", "2026-11-24 08:00");
    if (which <= NOBODY)
        return;
    g_autofree char *text =
        g_strconcat(entries[which],
                    "'from':'2026-11-24T08:00:00+08:00','to':'2026-11-24T18:00:00+08:00'}", NULL);
    roster(f, text);
}

static void test_empty_counter(void **state)
{
    static const struct {
        const char *about;
        Plan plan;
        const char *from, *seen, *told;
    } rows[] = {
        { "空岗四分钟", ON_DUTY, "2026-11-24 09:00", "EEEEE", "" },
        { "满五分钟提醒", ON_DUTY, "2026-11-24 09:00", "EEEEEE", "inaction_empty_warning:raised" },
        { "提醒后回岗，提醒自行结束", ON_DUTY, "2026-11-24 09:00", "EEEEEEEES",
          "inaction_empty_warning:closed" },
        { "满十五分钟成线索，提醒并入", ON_DUTY, "2026-11-24 09:00", "EEEEEEEEEEEEEEEE",
          "inaction_empty_warning:closed inaction_empty:raised" },
        { "回岗后线索仍待人认定", ON_DUTY, "2026-11-24 09:00", "EEEEEEEEEEEEEEEEESS",
          "inaction_empty_warning:closed inaction_empty:raised" },
        { "群众在空岗窗口等候，更严重", ON_DUTY, "2026-11-24 09:00", "EEEEEEEEEEEEEEWW",
          "inaction_empty_warning:closed inaction_empty_waiting:raised" },
        { "先空岗，后来有人等", ON_DUTY, "2026-11-24 09:00", "EEEEEEEEEEEEEEEEWW",
          "inaction_empty_warning:closed inaction_empty:closed inaction_empty_waiting:raised" },
        { "画面移位的时间不算空岗", ON_DUTY, "2026-11-24 09:00", "EEEMEMEMEMEMEMEMEM", "" },
        { "画面恢复后接着算", ON_DUTY, "2026-11-24 09:00", "EEEMMMCEEE",
          "inaction_empty_warning:raised" },
        { "看不清的不算", ON_DUTY, "2026-11-24 09:00", "??????????????????", "" },
        { "没有人再说什么，不算空岗", ON_DUTY, "2026-11-24 09:00", "EEE...............", "" },
        { "本来就没有人值班，排班也没说", NOBODY, "2026-11-24 09:00", "EEEEEEEEEEEEEEEE", "" },
        { "没有人值班，但有群众在等", NOBODY, "2026-11-24 09:00", "WWWWWWWWWWWWWWWW",
          "inaction_empty_warning:closed inaction_empty_waiting:raised" },
        { "排班要求开放", ROSTER_SAYS_OPEN, "2026-11-24 09:00", "EEEEEE",
          "inaction_empty_warning:raised" },
        { "排班写明关闭", ROSTER_SAYS_CLOSED, "2026-11-24 09:00", "EEEEEEEEEEEEEEEE", "" },
        { "本人请假", ON_LEAVE, "2026-11-24 09:00", "EEEEEEEEEEEEEEEE", "" },
        { "午休不算，下班前的四分钟也不带到下午", ON_DUTY, "2026-11-24 11:56",
          "EEEEEEEEEEEEEEEEEEEEEE", "" },
        { "下班以后不算", ON_DUTY, "2026-11-24 17:30", "EEEEEEEEEEEEEEEE", "" },
        { "周末不算", ON_DUTY, "2026-11-28 09:00", "EEEEEEEEEEEEEEEE", "" },
        { "走开两次，各算各的", ON_DUTY, "2026-11-24 09:00", "EEEEEESEEEEEE",
          "inaction_empty_warning:closed inaction_empty_warning:raised" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        void *fresh = NULL;
        fixture_setup(&fresh);
        Fixture *f = fresh;
        plan(f, rows[i].plan);
        int64_t from_ms = at(rows[i].from);
        for (size_t minute = 0; rows[i].seen[minute]; minute++) {
            say_letter(f, rows[i].seen[minute], from_ms + (int64_t)minute * MINUTE);
            assert_true(watch_sweep(f->store, &f->hall, from_ms + (int64_t)minute * MINUTE) >= 0);
        }
        g_autofree char *found = told(f);
        if (strcmp(found, rows[i].told) != 0)
            fail_msg("%s (%s): told \"%s\", expected \"%s\"", rows[i].about, rows[i].seen, found,
                     rows[i].told);
        fixture_teardown(&fresh);
    }
}

// By time alone, within what stands; and with the box off in between, later, once.
static void test_at_its_minute(void **state)
{
    Fixture *f = *state;
    plan(f, ON_DUTY);
    for (int minute = 0; minute < 5; minute++)
        say(f, "empty", "c1", -1, 100, at("2026-11-24 09:00") + minute * MINUTE);
    assert_true(watch_next(f->store) == at("2026-11-24 09:05"));
    assert_int_equal(watch_sweep(f->store, &f->hall, at("2026-11-24 09:05") - 1), 0);
    assert_int_equal(watch_sweep(f->store, &f->hall, at("2026-11-24 09:05")), 1);
    assert_int_equal(watch_sweep(f->store, &f->hall, at("2026-11-24 09:05")), 0);
    assert_true(watch_next(f->store) == INT64_MAX);
}

// What comes minutes late is judged as it was, up to now.
static void test_comes_late(void **state)
{
    Fixture *f = *state;
    plan(f, ON_DUTY);
    WatchSeen seen = { "cam1", "empty", "c1", -1, 100, at("2026-11-24 09:00"), 10 * MINUTE };
    int64_t next_ms;
    assert_int_equal(watch_eye_put(f->store, &f->hall, &seen, at("2026-11-24 09:08"), &next_ms), 1);
    assert_true(next_ms == WATCH_NEVER);
    g_autofree char *found = told(f);
    assert_string_equal(found, "inaction_empty_warning:raised");
    // A clue's video is held, from when it began.
    seen.at_ms = at("2026-11-24 09:09");
    assert_int_equal(watch_eye_put(f->store, &f->hall, &seen, at("2026-11-24 09:17"), &next_ms), 1);
    assert_true(store_value(f->store, 0, "SELECT from_at FROM hold WHERE camera = 'cam1'", "") ==
                at("2026-11-24 08:59"));
}

// What stands for ten minutes stands for the four until noon.
static void test_stands_until_it_closes(void **state)
{
    Fixture *f = *state;
    plan(f, ON_DUTY);
    WatchSeen seen = { "cam1", "empty", "c1", -1, 100, at("2026-11-24 11:56"), 10 * MINUTE };
    int64_t next_ms;
    assert_int_equal(watch_eye_put(f->store, &f->hall, &seen, seen.at_ms, &next_ms), 0);
    assert_true(next_ms == WATCH_NEVER);
    assert_int_equal(watch_sweep(f->store, &f->hall, at("2026-11-24 12:06")), 0);
}

static void test_zones_and_pictures(void **state)
{
    static const struct {
        const char *about, *from, *kind, *place;
        int value, minutes;
        const char *told;
    } rows[] = {
        { "等候区三十人，不算拥挤", "2026-11-24 09:00", "people", "waiting", 30, 6, "" },
        { "超过三十人满五分钟", "2026-11-24 09:00", "people", "waiting", 31, 5, "slow_crowd" },
        { "只有四分钟", "2026-11-24 09:00", "people", "waiting", 31, 4, "" },
        { "夜里大厅有人", "2026-11-24 22:00", "people", "hall", 1, 5, "after_hours" },
        { "下班半小时内有人收拾", "2026-11-24 17:40", "people", "hall", 1, 10, "" },
        { "周末有人", "2026-11-28 10:00", "people", "hall", 2, 5, "after_hours" },
        { "夜里没有人", "2026-11-24 22:00", "people", "hall", 0, 10, "" },
        { "镜头被遮挡两分钟", "2026-11-24 22:00", "covered", "", -1, 2, "camera_covered" },
        { "一分钟", "2026-11-24 22:00", "covered", "", -1, 1, "" },
        { "画面移位", "2026-11-24 10:00", "moved", "", -1, 2, "camera_moved" },
        { "画面定格", "2026-11-24 10:00", "frozen", "", -1, 2, "camera_frozen" },
        { "画面模糊", "2026-11-24 10:00", "blurred", "", -1, 2, "camera_blurred" },
        { "上班时画面过暗", "2026-11-24 10:00", "dark", "", -1, 2, "camera_dark" },
        { "夜里关灯，本来就暗", "2026-11-24 22:00", "dark", "", -1, 10, "" },
        { "信号丢失另有预警", "2026-11-24 10:00", "lost", "", -1, 10, "" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        void *fresh = NULL;
        fixture_setup(&fresh);
        Fixture *f = fresh;
        for (int minute = 0; minute <= rows[i].minutes; minute++)
            say(f, rows[i].kind, rows[i].place, rows[i].value, 100,
                at(rows[i].from) + minute * MINUTE);
        g_autoptr(StoreQuery) query =
            store_query(f->store, "SELECT coalesce(group_concat(kind), '') FROM flag", "");
        assert_true(store_step(query));
        if (strcmp(store_text(query, 0), rows[i].told) != 0)
            fail_msg("%s: told \"%s\"", rows[i].about, store_text(query, 0));
        g_clear_pointer(&query, store_query_free);
        fixture_teardown(&fresh);
    }
}

static void test_kept_as_changes(void **state)
{
    Fixture *f = *state;
    int64_t from_ms = at("2026-11-24 09:00");
    for (int i = 0; i < 60; i++)
        say(f, "people", "waiting", i < 30 ? i % 7 + 1 : 0, 100, from_ms + i * MINUTE);
    assert_int_equal(store_value(f->store, 0, "SELECT count(*) FROM seen_before", ""), 1);
    assert_int_equal(store_value(f->store, 0, "SELECT peak FROM seen_before", ""), 7);
    assert_int_equal(store_value(f->store, 0, "SELECT count(*) FROM seen", ""), 1);
}

static void test_what_is_not_taken(void **state)
{
    static const struct {
        const char *about;
        WatchSeen seen;
        int result;
    } rows[] = {
        { "no such camera", { "cam9", "empty", "c1", -1, 100, 0, MINUTE }, -ENOENT },
        { "no such counter", { "cam1", "empty", "c9", -1, 100, 0, MINUTE }, -ENOENT },
        { "no such kind", { "cam1", "asleep", "c1", -1, 100, 0, MINUTE }, -EINVAL },
        { "ahead", { "cam1", "empty", "c1", -1, 100, 6000, MINUTE }, -ERANGE },
        { "long ago", { "cam1", "empty", "c1", -1, 100, -11 * MINUTE, MINUTE }, -ERANGE },
        { "well", { "cam1", "empty", "c1", -1, 100, 0, MINUTE }, 0 },
        { "older than what is known", { "cam1", "staffed", "c1", -1, 100, -MINUTE, MINUTE }, 0 },
    };
    Fixture *f = *state;
    int64_t now_ms = at("2026-11-24 09:00");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        WatchSeen seen = rows[i].seen;
        seen.at_ms += now_ms;
        int64_t next_ms;
        if (watch_eye_put(f->store, &f->hall, &seen, now_ms, &next_ms) != rows[i].result)
            fail_msg("%s", rows[i].about);
    }
    assert_int_equal(
        store_value(f->store, 0, "SELECT count(*) FROM seen WHERE state = 'empty'", ""), 1);
    for (int i = 0; i < 70; i++) {
        g_autofree char *zone = g_strdup_printf("z%d", i);
        WatchSeen seen = { "cam1", "people", zone, 1, 100, now_ms, MINUTE };
        int64_t next_ms;
        assert_int_equal(watch_eye_put(f->store, &f->hall, &seen, now_ms, &next_ms),
                         i < 63 ? 0 : -ENOSPC);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_counter),
        cmocka_unit_test_setup_teardown(test_at_its_minute, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_comes_late, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_stands_until_it_closes, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test(test_zones_and_pictures),
        cmocka_unit_test_setup_teardown(test_kept_as_changes, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_what_is_not_taken, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
