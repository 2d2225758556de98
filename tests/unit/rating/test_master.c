// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/case.h"
#include "rating/master_import.h"
#include "rating/roster.h"
#include "rating/ticket.h"

#include <errno.h>

#define NOW at("2026-11-24 12:00")

static int put(Fixture *f, MasterKind kind, const char *key, const char *text, char *error)
{
    json_t *body = json_of(text), *record = NULL;
    int err = master_put(f->store, &f->hall, kind, key, body, "zhuren", NOW, &record, error);
    json_decref(record);
    json_decref(body);
    return err;
}

static void test_a_record_is_put_changed_and_retired(void **state)
{
    static const char full[] =
        "{'name':'城乡居民养老保险参保登记','unit':'人社站','kind':'承诺件','statutory_days':20,"
        "'limit_days':5,'papers':'身份证\\n户口簿','nodes':[{'node':'受理','unit':'人社站','days':"
        "1},"
        "{'node':'审核'}],'forms':[{'name':'登记表','url':'https://example.cn/a.pdf'}]}";
    Fixture *f = *state;
    char error[200] = "";
    assert_int_equal(put(f, MASTER_ITEMS, "A-1", full, error), 0);
    assert_int_equal(put(f, MASTER_ITEMS, "A-1", full, error), 0); // sent again
    assert_string_equal(f->changed->str, "master:items ");
    assert_int_equal(put(f, MASTER_ITEMS, "A-1", "{'limit_days':3,'version':1}", error), 0);
    // Another who has looked at the first version, and one who thinks that it is not there.
    assert_int_equal(put(f, MASTER_ITEMS, "A-1", "{'fees':'不收费','version':1}", error), -EEXIST);
    assert_non_null(strstr(error, "changed by zhuren"));
    assert_int_equal(put(f, MASTER_ITEMS, "A-1", "{'fees':'不收费'}", error), -EEXIST);
    assert_int_equal(put(f, MASTER_ITEMS, "A-1", "{'papers':null,'version':2}", error), 0);
    json_t *record = master_get(f->store, MASTER_ITEMS, "A-1");
    assert_look(record, "kind", "promised");
    assert_look(record, "limit_days", "3");
    assert_look(record, "papers", "null");
    assert_look(record, "nodes/0/days", "1");
    assert_look(record, "nodes/1/unit", "null");
    assert_look(record, "forms/0/url", "https://example.cn/a.pdf");
    assert_look(record, "version", "3");
    json_decref(record);
    assert_int_equal(master_retire(f->store, &f->hall, MASTER_ITEMS, "A-1", 2, "x", NOW, error),
                     -EEXIST);
    assert_int_equal(master_retire(f->store, &f->hall, MASTER_ITEMS, "A-1", 3, "x", NOW, error), 0);
    assert_int_equal(master_retire(f->store, &f->hall, MASTER_ITEMS, "A-1", 4, "x", NOW, error),
                     -ENOENT);
    MasterFilter filter = { 0 };
    json_t *list = master_list(f->store, MASTER_ITEMS, &filter);
    assert_int_equal(json_array_size(list), 0);
    json_decref(list);
    assert_int_equal(put(f, MASTER_ITEMS, "A-1", "{'limit_days':4}", error), 0); // back again
    list = master_list(f->store, MASTER_ITEMS, &filter);
    assert_int_equal(json_array_size(list), 1);
    json_decref(list);
}

static void test_what_is_refused(void **state)
{
    static const struct {
        MasterKind kind;
        const char *body, *sentence;
    } rows[] = {
        { MASTER_ITEMS, "{}", "事项名称 (name) is missing" },
        { MASTER_ITEMS, "{'name':'a','unit':'b','kind':'快'}", "write 即办件" },
        { MASTER_ITEMS, "{'name':'a','unit':'b','kind':'promised'}", "承诺时限 (limit_days)" },
        { MASTER_ITEMS, "{'name':'a','unit':'b','kind':'other','limit_days':9,'statutory_days':5}",
          "may only be shorter" },
        { MASTER_ITEMS, "{'name':'a','unit':'b','kind':'other','limit_days':1001}", "limit_days" },
        { MASTER_ITEMS, "{'name':'a','unit':'b','kind':'other','forms':[{'name':'a','url':'x'}]}",
          "样表: line 1: url must begin" },
        { MASTER_ITEMS, "{'name':'a','unit':'b','kind':'other','nodes':[{}]}",
          "办理环节: line 1: node" },
        { MASTER_AGENTS, "{'name':'a'}", "村（社区） (village) is missing" },
        { MASTER_STAFF, "{'name':'a','photo':'none'}", "give it again" },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char error[200] = "";
        assert_true(put(f, rows[i].kind, "K", rows[i].body, error) < 0);
        if (!strstr(error, rows[i].sentence))
            fail_msg("%s: %s", rows[i].body, error);
    }
    char error[200] = "";
    assert_int_equal(put(f, MASTER_UNITS, "a\nb", "{}", error), -EINVAL);
    assert_int_equal(put(f, MASTER_UNITS, "", "{}", error), -EINVAL);
    assert_string_equal(f->changed->str, "");
}

static void test_each_kind_has_its_table(void **state)
{
    static const struct {
        MasterKind kind;
        const char *body, *path, *value;
    } rows[] = {
        { MASTER_UNITS, "{'code':'11','head':'张主任','telephone':'0912-1'}", "head", "张主任" },
        { MASTER_STAFF, "{'name':'李敏','unit':'人社站','posts':'综合窗口'}", "posts", "综合窗口" },
        { MASTER_VILLAGES, "{'address':'村委会'}", "address", "村委会" },
        { MASTER_AGENTS, "{'name':'王三','village':'前村'}", "village", "前村" },
    };
    Fixture *f = *state;
    char error[200] = "";
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        MasterKind found;
        assert_true(master_kind_parse(master_kind_name(rows[i].kind), &found));
        assert_int_equal(found, rows[i].kind);
        assert_int_equal(put(f, rows[i].kind, "007", rows[i].body, error), 0);
        json_t *record = master_get(f->store, rows[i].kind, "007");
        assert_look(record, rows[i].path, rows[i].value);
        json_decref(record);
    }
    g_autofree char *name = master_staff_name(f->store, "007"), *number = NULL, *shown = NULL;
    assert_string_equal(name, "李敏");
    // Who sits at a counter is called so, whatever name came with the number, or none.
    json_t *duty = json_of("{'staff':{'number':'007'},'at':'2026-11-24T08:00:00+08:00'}");
    assert_int_equal(duty_put(f->store, &f->hall, "c1", duty, NOW, error), 0);
    assert_int_equal(duty_at(f->store, "c1", NOW, &number, &shown), 0);
    assert_string_equal(shown, "李敏");
    json_decref(duty);
    duty = json_of("{'staff':{'number':'008'}}");
    assert_int_equal(duty_put(f->store, &f->hall, "c1", duty, NOW, error), -EINVAL);
    assert_non_null(strstr(error, "nobody with this number"));
    json_decref(duty);
    assert_null(master_staff_name(f->store, "008"));
    json_t *leave = json_of("{'kind':'leave','staff':{'number':'007','name':'李敏'},"
                            "'from':'2026-11-24T08:00:00+08:00','to':'2026-11-24T18:00:00+08:00'}");
    json_t *entry = NULL;
    assert_int_equal(roster_put(f->store, &f->hall, "1", leave, "x", NOW, &entry, error), 0);
    json_decref(entry);
    json_decref(leave);
    MasterFilter filter = { .q = "人社", .now_ms = NOW };
    json_t *list = master_list(f->store, MASTER_STAFF, &filter);
    assert_look(list, "0/is_on_leave", "true");
    json_decref(list);
}

static int put_case(Fixture *f, const char *number, const char *text, char *error)
{
    CaseOutcome outcome;
    json_t *body = json_of(text);
    int err = case_put(f->store, &f->hall, number, body, NOW, &outcome, error);
    json_decref(body);
    return err;
}

static void test_a_case_takes_what_is_missing_from_its_item(void **state)
{
    Fixture *f = *state;
    char error[200] = "";
    assert_int_equal(put(f, MASTER_ITEMS, "A-1",
                         "{'name':'参保登记','unit':'人社站','kind':'promised','statutory_days':20,"
                         "'limit_days':5}",
                         error),
                     0);
    assert_int_equal(put_case(f, "K-1", "{'item':{'code':'A-1'}}", error), 0);
    assert_int_equal(put_case(f, "K-2", "{'item':{'code':'A-1'},'limit_days':3}", error), 0);
    assert_int_equal(put_case(f, "K-3", "{'item':{'code':'B-1'}}", error), -EINVAL);
    assert_non_null(strstr(error, "the catalogue has no item B-1"));
    json_t *first = case_get(f->store, &f->hall, "K-1", NOW);
    assert_look(first, "item/name", "参保登记");
    assert_look(first, "unit", "人社站");
    assert_look(first, "limit_days", "5");
    json_decref(first);
    assert_int_equal(count(f, "SELECT limit_days FROM case_file WHERE number = 'K-2'"), 3);
    // A case that is there keeps what it was filed with.
    assert_int_equal(put(f, MASTER_ITEMS, "A-1", "{'limit_days':2,'version':1}", error), 0);
    assert_int_equal(put_case(f, "K-1", "{'item':{'code':'A-1'}}", error), 0);
    assert_int_equal(count(f, "SELECT limit_days FROM case_file WHERE number = 'K-1'"), 5);
}

// --- import

static int import(Fixture *f, const char *text, const char *token, bool retire, json_t **ret,
                  char *error)
{
    MasterImport import = { .kind = MASTER_ITEMS,
                            .bytes = text,
                            .size = strlen(text),
                            .token = token,
                            .retire_gone = retire,
                            .who = "zhuren",
                            .now_ms = NOW };
    return master_import(f->store, &f->hall, &import, ret, error);
}

#define HEADER "事项编码,事项名称,部门,办件类型,法定时限,承诺时限,办理环节,备注\r\n"

static const char first_file[] =
    HEADER "A-1,参保登记,人社站,承诺件,20,5个工作日,\"受理|人社站|1\n审核||2\",x\r\n"
           "A-2,老年证,民政办,即办件,,,,\r\n"
           "A-3,低保,民政办,承诺件,45,30,,\r\n";
static const char second_file[] = HEADER "A-1,参保登记,人社站,承诺件,20,3,\"受理|人社站|1\",\r\n"
                                         "A-2,老年证,民政办,即办件,,,,\r\n"
                                         "A-4,,民政办,即办件,,,,\r\n"
                                         "A-5,a,民政办,承诺件,x,3,,\r\n"
                                         "A-2,老年证,民政办,即办件,,,,\r\n"
                                         ",b,民政办,即办件,,,,\r\n"
                                         "A-6,新事项,民政办,即办件,,,,\r\n";

static void test_a_file_is_planned_then_applied(void **state)
{
    Fixture *f = *state;
    char error[200] = "";
    json_t *plan = NULL, *done = NULL;
    assert_int_equal(import(f, first_file, NULL, false, &plan, error), 0);
    assert_look(plan, "rows", "3");
    assert_look(plan, "added/2/name", "低保");
    assert_look(plan, "columns/7/column", "null");
    assert_look(plan, "applied", "false");
    assert_int_equal(count(f, "SELECT count(*) FROM item"), 0);
    const char *token = json_string_value(json_object_get(plan, "token"));
    assert_int_equal(import(f, first_file, token, false, &done, error), 0);
    assert_look(done, "applied", "true");
    assert_int_equal(count(f, "SELECT count(*) FROM item"), 3);
    json_decref(done);
    // The same plan again: the records are others by now.
    assert_int_equal(import(f, first_file, token, false, &done, error), -EEXIST);
    assert_null(done);
    json_decref(plan);
    assert_int_equal(import(f, second_file, NULL, true, &plan, error), 0);
    assert_look(plan, "same", "1");
    assert_look(plan, "added/0/key", "A-6");
    assert_look(plan, "changed/0/line", "2");
    assert_look(plan, "changed/0/fields/0/from", "5");
    assert_look(plan, "changed/0/fields/0/to", "3");
    assert_look(plan, "changed/0/fields/1/field", "nodes");
    assert_look(plan, "changed/0/fields/1/from", "受理|人社站|1\n审核||2");
    assert_look(plan, "gone/0/key", "A-3");
    assert_look(plan, "refused/0/line", "4");
    assert_look(plan, "refused/0/error", "事项名称 (name) is missing");
    assert_look(plan, "refused/1/error",
                "法定时限 is \"x\"; write working days as a number, 0 to 1000");
    assert_look(plan, "refused/2/error",
                "事项编码 A-2 stands in line 3 already: keep one of the two");
    assert_look(plan, "refused/3/line", "7");
    token = json_string_value(json_object_get(plan, "token"));
    assert_int_equal(import(f, second_file, token, true, &done, error), 0);
    assert_int_equal(count(f, "SELECT count(*) FROM item WHERE retired_at IS NULL"), 3);
    assert_int_equal(count(f, "SELECT limit_days FROM item WHERE code = 'A-1'"), 3);
    json_decref(done);
    json_decref(plan);
}

static void test_what_comes_out_changes_nothing_when_it_comes_in(void **state)
{
    Fixture *f = *state;
    char error[200] = "";
    json_t *plan = NULL, *done = NULL;
    assert_int_equal(import(f, first_file, NULL, false, &plan, error), 0);
    const char *token = json_string_value(json_object_get(plan, "token"));
    assert_int_equal(import(f, first_file, token, false, &done, error), 0);
    json_decref(plan);
    json_decref(done);
    for (int is_english = 0; is_english < 2; is_english++) {
        g_autofree char *text = master_csv(f->store, MASTER_ITEMS, is_english);
        assert_int_equal(import(f, text, NULL, false, &plan, error), 0);
        assert_look(plan, "same", "3");
        assert_look(plan, "refused", "[]");
        json_decref(plan);
    }
}

static void test_files_that_are_none(void **state)
{
    static const struct {
        const char *text, *sentence;
    } rows[] = {
        { "", "The file is empty" },
        { "名字,部门\r\na,b\r\n", "no column 事项编码 (code)" },
        { "PK\3\4 nothing", "cannot be read" },
        { "\xff\xfe\xff", "neither an xlsx workbook nor CSV" },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char error[200] = "";
        json_t *plan = NULL;
        assert_int_equal(import(f, rows[i].text, NULL, false, &plan, error), -EINVAL);
        if (!strstr(error, rows[i].sentence))
            fail_msg("%s: %s", rows[i].text, error);
    }
}

#define HALL_TEST(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HALL_TEST(test_a_record_is_put_changed_and_retired),
        HALL_TEST(test_what_is_refused),
        HALL_TEST(test_each_kind_has_its_table),
        HALL_TEST(test_a_case_takes_what_is_missing_from_its_item),
        HALL_TEST(test_a_file_is_planned_then_applied),
        HALL_TEST(test_what_comes_out_changes_nothing_when_it_comes_in),
        HALL_TEST(test_files_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
