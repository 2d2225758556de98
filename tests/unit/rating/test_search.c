// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/case.h"
#include "rating/rating.h"
#include "rating/search.h"
#include "rating/tag.h"

#define NOON at("2026-11-24 12:00")

static void add_case(Fixture *f, const char *number, const char *item)
{
    g_autofree char *text = g_strdup_printf(
        "{'item':{'code':'x','name':'%s'},'unit':'人社','kind':'instant','counter':'c1'}", item);
    json_t *body = json_of(text);
    char error[200];
    CaseOutcome outcome;
    assert_int_equal(case_put(f->store, &f->hall, number, body, NOON, &outcome, error), 0);
    json_decref(body);
}

static void rate(Fixture *f, const char *id, const char *text, const char *tag,
                 const char *case_number)
{
    RatingOutcome outcome;
    RatingInput input = { .id = id,
                          .counter = "c1",
                          .channel = "terminal",
                          .case_number = case_number,
                          .level = tag && *tag == '1' ? 1 : 2,
                          .tags = &tag,
                          .n_tags = tag ? 1 : 0,
                          .text = text,
                          .staff_number = "S-207",
                          .staff_name = "欧阳小敏",
                          .event_ms = NOON,
                          .received_ms = NOON,
                          .pad_clock_ms = STORE_NULL };
    assert_int_equal(rating_store(f->store, &f->hall, &input, &outcome), 0);
}

// The ids found, in order.
static char *found(Fixture *f, const char *text)
{
    RatingFilter filter = { .from_ms = STORE_NULL, .to_ms = STORE_NULL, .text = text, .limit = 50 };
    json_t *page = rating_list(f->store, &filter), *row;
    json_t *items = json_object_get(page, "items");
    GString *ids = g_string_new(NULL);
    size_t i;
    json_array_foreach(items, i, row)
        g_string_append(ids, json_string_value(json_object_get(row, "id")));
    assert_int_equal(json_integer_value(json_object_get(page, "total")), json_array_size(items));
    json_decref(page);
    return g_string_free(ids, FALSE);
}

static void assert_found(Fixture *f, const char *text, const char *expected)
{
    g_autofree char *ids = found(f, text);
    if (strcmp(ids, expected) != 0)
        fail_msg("\"%s\" finds \"%s\", expected \"%s\"", text, ids, expected);
}

static void fold_all(Fixture *f)
{
    while (search_fold(f->store, 3) == 3)
        continue;
    assert_int_equal(search_fold(f->store, 3), 0);
    assert_true(store_exec(f->store, "INSERT INTO rating_fts(rating_fts) VALUES('integrity-check')",
                           "") >= 0);
}

static void fill(Fixture *f)
{
    add_case(f, "LS-2026-00017", "社保卡补换");
    rate(f, "a", "叫号叫了很久，没人解释", NULL, NULL);
    rate(f, "b", "say \"no\" AND go* NEAR(home) -x ^y", NULL, NULL);
    rate(f, "c", NULL, "207", "LS-2026-00017");
    rate(f, "d", "Bad SERVICE", NULL, "LS-2026-00099");
}

static void look_in_each_place(Fixture *f)
{
    g_autofree char *words = tag_text("207");
    static const char *const rows[][2] = {
        { "叫了很久", "a" },  { "没人解", "a" },   { "解释", "a" }, // two characters
        { "久", "a" },        { "久了很", "" },    { "社保卡", "c" },      { "社保", "c" },
        { "2026-0001", "c" }, { "LS-2026", "dc" }, { "一号窗口", "dcba" }, { "欧阳小", "dcba" },
        { "S-207", "dcba" },  { "service", "d" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_found(f, rows[i][0], rows[i][1]);
    // The reasons by their words, and not by their codes.
    assert_found(f, words, "c");
    g_autofree char *two = g_utf8_substring(words, 0, 2);
    g_autofree char *by_two = found(f, two);
    assert_non_null(strchr(by_two, 'c'));
    assert_found(f, "[\"207", "");
}

// Whether none, some or all of the ratings are indexed yet.
static void each_place_is_searched(void **state)
{
    Fixture *f = *state;
    fill(f);
    look_in_each_place(f);
    assert_int_equal(search_fold(f->store, 2), 2);
    look_in_each_place(f);
    fold_all(f);
    look_in_each_place(f);
    // It is the index that says so.
    store_exec(f->store, "UPDATE meta SET value = '99' WHERE key = 'search_n'", "");
    assert_found(f, "叫了很久", "a");
    store_exec(f->store, "INSERT INTO rating_fts(rating_fts) VALUES('delete-all')", "");
    assert_found(f, "叫了很久", "");
}

// What is asked for is data: quotes, operators and column names of FTS5 are text.
static void nothing_in_it_is_an_operator(void **state)
{
    Fixture *f = *state;
    fill(f);
    fold_all(f);
    static const char *const rows[][2] = {
        { "say \"no\"", "b" },
        { "\"no\" AND go*", "b" },
        { "AND", "b" },
        { "NEAR(home)", "b" },
        { "-x ^y", "b" },
        { "go*", "b" },
        { "\"", "b" },
        { "\"\"\"", "" },
        { "a OR b", "" },
        { "text : SERVICE", "" },
        { "') OR 1=1 --", "" },
        { "NEAR(", "b" },
        { "{text} : \"叫了很", "" },
        { "%%%", "" },
        { "___", "" },
        { "\xff\xfe\xfd", "" },
        { "rating_fts", "" },
        { "* * *", "" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_found(f, rows[i][0], rows[i][1]);
}

static void what_becomes_known_later_is_found(void **state)
{
    Fixture *f = *state;
    fill(f);
    assert_int_equal(search_fold(f->store, 3), 3); // d, of case 99, is not
    assert_found(f, "不动产登记", "");
    add_case(f, "LS-2026-00099", "不动产登记");
    assert_found(f, "不动产登记", "d");
    fold_all(f);
    assert_found(f, "不动产登记", "d");
    add_case(f, "LS-2026-00099", "养老认证");
    assert_found(f, "不动产登记", "");
    assert_found(f, "养老认证", "d");
    add_case(f, "LS-2026-00017", "社保卡补换");
    assert_found(f, "社保卡补", "c");
    add_case(f, "LS-2026-00017", "生育登记");
    assert_found(f, "生育登记", "c");
    assert_found(f, "社保卡补", "");
    fold_all(f);
    // Numbers that stay: a VACUUM may give every row another rowid.
    assert_int_equal(store_script(f->store, "VACUUM"), 0);
    assert_found(f, "叫了很久", "a");
    assert_found(f, "SERVICE", "d");
}

static size_t step_of_search(void)
{
    for (size_t i = 0; i < hall_schema_steps; i++)
        if (hall_schema[i] == search_schema)
            return i;
    return 0;
}

// A text of more runs than are asked of the index for.
static void a_long_text_is_found_whole(void **state)
{
    Fixture *f = *state;
    GString *text = g_string_new(NULL);
    for (int i = 0; i < 90; i++)
        g_string_append_unichar(text, 0x4e00 + (gunichar)i);
    rate(f, "a", text->str, NULL, NULL);
    g_string_append(text, "乙");
    rate(f, "b", text->str, NULL, NULL);
    fold_all(f);
    assert_found(f, text->str, "b");
    g_string_free(text, TRUE);
}

// A hall.db from before is given its index.
static void rows_from_before_are_found(void **state)
{
    Fixture *f = *state;
    g_autofree char *path = g_build_filename(f->dir, "old.db", NULL);
    size_t before = step_of_search();
    Store *store = NULL;
    assert_true(before > 0);
    assert_int_equal(store_open(path, STORE_WRITE, &store), 0);
    assert_int_equal(store_migrate(store, hall_schema, before), 0);
    Store *kept = f->store;
    f->store = store;
    store_exec(
        store,
        "INSERT INTO case_file(number, item_code, item_name, unit, kind, counter, created_at,"
        " updated_at, state, is_open, grade, is_provisional)"
        " VALUES('LS-2026-00017','x','社保卡补换','人社','instant','c1',1,1,'filed',1,'none',0)",
        "");
    static const char sql[] =
        "INSERT INTO rating(id, level, tags, tags_version, text, channel, counter, counter_name,"
        " case_number, event_at, received_at, age_ms, marks, is_counted)"
        " VALUES('o', 2, '[]', '', '排队太久了', 'pad', 'c1', '一号窗口', 'LS-2026-00017', 1, 1, "
        "0, 0, 1)";
    assert_int_equal(store_exec(store, sql, ""), 1);
    assert_int_equal(store_migrate(store, hall_schema, hall_schema_steps), 0);
    assert_found(f, "排队太久", "o");
    assert_found(f, "社保卡补换", "o");
    fold_all(f);
    assert_found(f, "排队太久", "o");
    rate(f, "n", "排队太久，走了", NULL, NULL);
    assert_found(f, "排队太久", "no");
    f->store = kept;
    store_free(store);
    g_autofree char *remove = g_strdup_printf("%s/old.db", f->dir);
    static const char *const ends[] = { "", "-wal", "-shm" };
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *file = g_strconcat(remove, ends[i], NULL);
        g_unlink(file);
    }
}

#define WITH_HALL(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = { WITH_HALL(each_place_is_searched),
                                        WITH_HALL(nothing_in_it_is_an_operator),
                                        WITH_HALL(what_becomes_known_later_is_found),
                                        WITH_HALL(a_long_text_is_found_whole),
                                        WITH_HALL(rows_from_before_are_found) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
