// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/case.h"
#include "rating/csv.h"
#include "rating/inbox.h"

#define NOW at("2026-11-24 12:00")

static void test_csv_rows(void **state)
{
    static const struct {
        const char *text, *rows; // fields joined by |, rows by ;  a malformed row with ! before it
    } rows[] = {
        { "a,b\r\nc,d\n", "a|b;c|d;" },
        { "a,\"b,\"\"c\"\"\nd\",e", "a|b,\"c\"\nd|e;" },
        { "\n\na\n\n,\n", "a;|;" },
        { "a,\"b\nc,d\ne,f", "!a,\"b;c|d;e|f;" },
        { "a,\"b\"x\nc,d", "!a,\"b\"x;c|d;" },
        { "a\"b,c\nd", "!a\"b,c;d;" },
        { "", "" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        CsvReader reader = csv_reader(rows[i].text, strlen(rows[i].text));
        CsvRow row;
        g_autoptr(GString) found = g_string_new(NULL);
        while (csv_next(&reader, &row)) {
            g_ptr_array_add(row.fields, NULL);
            g_autofree char *joined = g_strjoinv("|", (char **)row.fields->pdata);
            g_string_append_printf(found, "%s%s;", row.error ? "!" : "", joined);
            csv_row_done(&row);
        }
        assert_string_equal(found->str, rows[i].rows);
    }
}

static const char half_broken[] =
    "办件编号,事项编码,事项名称,部门,办件类型,承诺时限,窗口,申请人,受理时间\r\n"
    "A-1,11,居民身份证,公安,承诺件,5,c1,张三,2026-11-23 09:30\r\n"
    "A-2,11,居民身份证,公安,承诺件,五,c1,张三,2026/11/23 9:30\r\n"
    ",11,居民身份证,公安,承诺件,5,c1,张三,2026-11-23 09:30\r\n"
    "A-4,11,\"身份证,补办\",公安,即办件,,c1,,\r\n"
    "A-5,11,\"没有结束,公安,承诺件,5,c1,张三,2026-11-23 09:30\r\n"
    "A-6,11,社保卡,人社,其他,,c2,,2026-13-01\r\n"
    "A-7,12,社保卡,人社,其他,,c2,,\r\n";

static const char whole_life[] =
    "办件编号,事项编码,事项名称,部门,办件类型,承诺时限,申报渠道,代办员,联办单位,事件,事件时间,"
    "天数,批准人,特别程序,容缺受理,补齐期限\r\n"
    "L-1,11,开办企业,审批局,承诺件,5,帮办代办,G-7,市场监管:3;公安,受理,2026-11-23 09:30,,,,是,"
    "2026-11-27\r\n"
    "L-1,,,,,,,,,延期,2026-11-23 10:30,5,王局,,,\r\n"
    "L-1,,,市场监管,,,,,,挂起,2026-11-23 11:30,2,,听证,,\r\n"
    "L-2,11,开办企业,审批局,承诺件,5,,,公安:三,,,,,,,\r\n";

static void take(Fixture *f, const char *bytes, size_t size, InboxResult *result, char **rejects)
{
    assert_int_equal(inbox_take(f->store, &f->hall, "in.csv", bytes, size, NOW, result, rejects),
                     0);
}

static void test_half_broken(void **state)
{
    Fixture *f = *state;
    g_auto(InboxResult) result = { 0 };
    g_autofree char *rejects = NULL;
    take(f, half_broken, strlen(half_broken), &result, &rejects);
    assert_null(result.error);
    assert_int_equal(result.taken, 3);
    assert_int_equal(result.bad, 4);
    assert_int_equal(count(f, "SELECT count(*) FROM case_file WHERE number IN ('A-1','A-4','A-7')"),
                     3);
    assert_int_equal(count(f, "SELECT count(*) FROM case_file"), 3);
    assert_int_equal(count(f, "SELECT accepted_at FROM case_file WHERE number = 'A-1'"),
                     at("2026-11-23 09:30"));
    assert_non_null(strstr(rejects, "申请人,受理时间,错误\r\n"));
    assert_non_null(strstr(rejects, "line 3: limit_days \"\"五\"\" is not a whole number"));
    assert_non_null(strstr(rejects, "line 4: the case number is missing"));
    assert_non_null(strstr(rejects, "line 6: a quote is not closed"));
    assert_non_null(strstr(rejects, "line 7: accepted_at \"\"2026-13-01\"\" is not a time"));
}

static void test_gb18030_and_mark(void **state)
{
    Fixture *f = *state;
    for (int round = 0; round < 2; round++) {
        g_auto(InboxResult) result = { 0 };
        g_autofree char *rejects = NULL;
        gsize size = 0;
        g_autofree char *bytes =
            round == 0 ? g_convert(half_broken, -1, "GB18030", "UTF-8", NULL, &size, NULL)
                       : g_strconcat("\xef\xbb\xbf", half_broken, NULL);
        take(f, bytes, round == 0 ? size : strlen(bytes), &result, &rejects);
        assert_int_equal(result.taken, 3);
        assert_int_equal(result.bad, 4);
    }
    assert_int_equal(count(f, "SELECT count(*) FROM case_file WHERE item_name = '身份证,补办'"), 1);
}

static void test_events_twice(void **state)
{
    static const char text[] =
        "number,item_code,item_name,unit,kind,limit_days,event,at,node,person_name\n"
        "A-1,1,card,u,promised,5,accepted,2026-11-23 09:00,,Li\n"
        "A-1,,,,,,办结,2026-11-24 09:00,,Li\n"
        "A-9,,,,,,办结,2026-11-24 09:00,,Li\n"
        "A-2,1,card,u,promised,5,eaten,2026-11-23 09:00,,Li\n";
    Fixture *f = *state;
    for (int round = 0; round < 2; round++) {
        g_auto(InboxResult) result = { 0 };
        g_autofree char *rejects = NULL;
        take(f, text, strlen(text), &result, &rejects);
        assert_int_equal(result.taken, 2);
        assert_int_equal(result.bad, 2);
        assert_non_null(strstr(rejects, "no case A-9 is known"));
    }
    assert_int_equal(count(f, "SELECT count(*) FROM case_event"), 2);
    assert_int_equal(count(f, "SELECT count(*) FROM case_file WHERE state = 'finished'"), 1);
    assert_int_equal(count(f, "SELECT count(*) FROM case_file"),
                     1); // the row of A-2 was undone whole
}

static void test_whole_file_unreadable(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *error;
    } rows[] = {
        { "", 0, "in.csv: no header row" },
        { "a,b\n1,2\n", 8, "in.csv: the header has no column 办件编号 (number)" },
        { "\xff\xff\xff", 3, "in.csv: neither UTF-8 nor GB18030 text" },
        { "number\n\0", 8, "in.csv: neither UTF-8 nor GB18030 text" },
        { "", (size_t)INBOX_SIZE_MAX + 1, "in.csv: larger than 16 MiB" },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(InboxResult) result = { 0 };
        g_autofree char *rejects = NULL;
        take(f, rows[i].bytes, rows[i].size, &result, &rejects);
        assert_string_equal(result.error, rows[i].error);
        assert_null(rejects);
    }
}

static void test_the_whole_life_of_a_case(void **state)
{
    Fixture *f = *state;
    g_auto(InboxResult) result = { 0 };
    g_autofree char *rejects = NULL;
    take(f, whole_life, strlen(whole_life), &result, &rejects);
    assert_int_equal(result.taken, 3);
    assert_non_null(strstr(rejects, "公安:三"));
    json_t *found = case_get(f->store, &f->hall, "L-1", NOW);
    assert_look(found, "channel", "agent");
    assert_look(found, "agent", "G-7");
    assert_look(found, "limit_days", "10");
    assert_look(found, "units/0/unit", "市场监管");
    assert_look(found, "units/0/limit_days", "3");
    assert_look(found, "units/1/limit_days", "5");
    assert_look(found, "events/1/approver/name", "王局");
    assert_look(found, "events/2/procedure", "hearing");
    assert_look(found, "pauses/0/unit", "市场监管");
    assert_look(found, "papers_due_at", "2026-11-27T17:30:00.000+08:00");
    json_decref(found);
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv_rows),       WITH_HALL(test_half_broken),
        WITH_HALL(test_gb18030_and_mark),      WITH_HALL(test_events_twice),
        WITH_HALL(test_whole_file_unreadable), WITH_HALL(test_the_whole_life_of_a_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
