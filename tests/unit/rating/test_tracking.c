// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/case.h"
#include "rating/supervision.h"
#include "rating/outbox.h"
#include "rating/tracking.h"

#define NOW at("2026-11-24 12:00")

static void put(Fixture *f, const char *number, const char *body, int64_t now_ms)
{
    json_t *json = json_of(body);
    CaseOutcome outcome;
    char error[200] = "";
    if (case_put(f->store, &f->hall, number, json, now_ms, &outcome, error) < 0)
        fail_msg("%s", error);
    json_decref(json);
}

static void event(Fixture *f, const char *number, const char *body, int64_t now_ms)
{
    json_t *json = json_of(body);
    CaseOutcome outcome;
    char error[200] = "";
    if (case_add_event(f->store, &f->hall, number, json, now_ms, &outcome, error) < 0)
        fail_msg("%s", error);
    json_decref(json);
}

#define CASE                                                                                       \
    "{'item':{'code':'11','name':'居民身份证补领'},'unit':'公安','kind':'promised',"      \
    "'limit_days':5,'applicant':'张小三','phone':'13812345678'}"

// "event kind state grade;" of each.
static char *told(Fixture *f, int64_t after, int limit, char **ret_next)
{
    int64_t oldest;
    json_t *page = tracking_list(f->store, after, limit, &oldest), *row;
    GString *text = g_string_new(page ? "" : "gone");
    size_t i;
    json_array_foreach(json_object_get(page, "items"), i, row)
    {
        g_autofree char *event = look(row, "event"), *kind = look(row, "kind");
        g_autofree char *state = look(row, "state"), *grade = look(row, "grade");
        g_string_append_printf(text, "%s %s %s %s;", event, kind, state, grade);
    }
    if (ret_next)
        *ret_next = look(page, "next");
    json_decref(page);
    return g_string_free(text, FALSE);
}

static void assert_told(Fixture *f, int64_t after, const char *expected)
{
    g_autofree char *found = told(f, after, 100, NULL);
    assert_string_equal(found, expected);
}

static void live(Fixture *f)
{
    put(f, "A-1", CASE, NOW);
    put(f, "A-1", CASE, NOW); // says nothing new
    event(f, "A-1", "{'id':'1','kind':'accepted','at':'2026-11-16T09:00:00+08:00'}", NOW);
    event(f, "A-1", "{'id':'1','kind':'accepted','at':'2026-11-16T09:00:00+08:00'}", NOW);
    event(f, "A-1",
          "{'id':'2','kind':'node','node':'审核','unit':'治安大队','person':{'number':'7','name':'"
          "李敏'},'reason':'王五的材料','at':'2026-11-17T09:00:00+08:00'}",
          NOW);
    event(f, "A-1", "{'id':'3','kind':'finished','at':'2026-11-20T09:00:00+08:00'}", NOW);
}

static void test_a_life(void **state)
{
    Fixture *f = *state;
    live(f);
    assert_told(f, 0,
                "filed filed filed none;grade grade accepted red;accepted accepted accepted red;"
                "node node accepted red;grade grade finished none;ended finished finished none;");
    assert_told(f, 4, "grade grade finished none;ended finished finished none;");
    assert_told(f, 6, "");
    assert_told(f, 7, "gone");
    assert_told(f, TRACKING_NEWEST, "");
    int64_t oldest;
    json_t *page = tracking_list(f->store, 0, 100, &oldest);
    g_autofree char *text = json_dumps(page, JSON_COMPACT);
    assert_look(page, "items/3/node", "审核");
    assert_look(page, "items/3/unit", "治安大队");
    assert_look(page, "items/3/at", "2026-11-17T09:00:00.000+08:00");
    assert_look(page, "items/2/due_at", "2026-11-23T17:30:00.000+08:00");
    static const char *const persons[] = { "张", "138", "李敏", "王五", "person" };
    for (size_t i = 0; i < G_N_ELEMENTS(persons); i++)
        assert_null(strstr(text, persons[i]));
    json_decref(page);
}

// Page by page the same as at once.
static void test_pages(void **state)
{
    Fixture *f = *state;
    live(f);
    g_autofree char *all = told(f, 0, 100, NULL);
    for (int limit = 1; limit <= 7; limit++) {
        g_autoptr(GString) found = g_string_new(NULL);
        int64_t after = 0;
        for (int i = 0; i < 8; i++) {
            g_autofree char *next = NULL;
            g_autofree char *page = told(f, after, limit, &next);
            g_string_append(found, page);
            after = g_ascii_strtoll(next, NULL, 10);
        }
        assert_string_equal(found->str, all);
    }
}

// What is removed is said, and its numbers never come again.
static void test_sweep(void **state)
{
    Fixture *f = *state;
    const int64_t day = INT64_C(86400000);
    live(f);
    put(f, "A-2", CASE, NOW + 100 * day);
    assert_int_equal(tracking_sweep(f->store, &f->hall, NOW + 179 * day), 0);
    assert_int_equal(tracking_sweep(f->store, &f->hall, NOW + 181 * day), 6);
    assert_told(f, 5, "gone");
    assert_told(f, 6, "filed filed filed none;");
    assert_told(f, 0, "filed filed filed none;");
    assert_int_equal(tracking_sweep(f->store, &f->hall, NOW + 300 * day), 1);
    assert_told(f, 6, "gone");
    assert_told(f, 7, "");
    put(f, "A-3", CASE, NOW + 301 * day);
    assert_told(f, 7, "filed filed filed none;");
    assert_int_equal(count(f, "SELECT seq FROM tracking"), 8);
}

static void want(Fixture *f, const char *id, const char *event)
{
    ConfigReceiver *receiver = g_new0(ConfigReceiver, 1);
    receiver->id = g_strdup(id);
    receiver->url = g_strdup("https://127.0.0.1/");
    receiver->events = g_new0(char *, 2);
    receiver->events[0] = g_strdup(event);
    g_ptr_array_add(f->hall.config->notify, receiver);
}

static void test_receivers(void **state)
{
    Fixture *f = *state;
    want(f, "all", "all");
    want(f, "named", "case_tracking");
    put(f, "A-1", CASE, NOW);
    assert_int_equal(count(f, "SELECT count(*) FROM outbox WHERE receiver = 'all'"), 0);
    g_autoptr(GPtrArray) rows = outbox_due(f->store, "named", NOW, 10);
    assert_int_equal(rows->len, 1);
    const OutboxRow *row = g_ptr_array_index(rows, 0);
    assert_string_equal(row->id, "case_tracking.1");
    assert_string_equal(row->subject, "case:A-1");
    int64_t oldest;
    json_t *page = tracking_list(f->store, 0, 1, &oldest);
    assert_true(json_equal(row->facts, json_array_get(json_object_get(page, "items"), 0)));
    json_decref(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_life, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_pages, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_sweep, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_receivers, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
