// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/case.h"
#include "rating/person.h"
#include "rating/rating.h"
#include "rating/rectification.h"

#include <errno.h>

#define PRESS at("2026-11-24 09:12")

static const PersonInput zhang = { .name = "张小三",
                                   .phone = "138 1234 5678",
                                   .id_number = "370102199001011234" };

static void rate(Fixture *f, const char *id, int level, const PersonInput *person)
{
    RatingOutcome outcome;
    RatingInput input = { .id = id,
                          .counter = "c2",
                          .channel = "qr",
                          .level = level,
                          .event_ms = PRESS,
                          .received_ms = PRESS,
                          .pad_clock_ms = STORE_NULL,
                          .person = person };
    assert_int_equal(rating_store(f->store, &f->hall, &input, &outcome), 0);
}

static void put_case(Fixture *f, const char *number, const char *more, CaseOutcome expected)
{
    CaseOutcome outcome;
    char error[200] = "";
    g_autofree char *text = g_strdup_printf(
        "{'item':{'code':'1','name':'社保卡'},'unit':'人社','kind':'other','counter':'c1'%s}",
        more);
    json_t *body = json_of(text);
    if (case_put(f->store, &f->hall, number, body, PRESS, &outcome, error) != 0)
        fail_msg("%s: %s", text, error);
    assert_int_equal(outcome, expected);
    json_decref(body);
}

static void assert_person(Fixture *f, const char *subject, const char *name, const char *phone)
{
    g_auto(Person) person = { 0 };
    assert_int_equal(person_open(f->store, &f->hall, subject, &person), 0);
    if (g_strcmp0(person.name, name) != 0 || g_strcmp0(person.phone, phone) != 0)
        fail_msg("%s is %s %s", subject, person.name, person.phone);
}

static void assert_refused(Fixture *f, const char *subject, int err)
{
    g_auto(Person) person = { 0 };
    assert_int_equal(person_open(f->store, &f->hall, subject, &person), err);
}

static void telephone_numbers(void **state)
{
    static const struct {
        const char *text, *number, *mask; // number NULL: none
    } ROWS[] = {
        { "13812345678", "13812345678", "138****5678" },
        { " 138-1234-5678 ", "13812345678", "138****5678" },
        { "+86 138 1234 5678", "13812345678", "138****5678" },
        { "8613812345678", "13812345678", "138****5678" },
        { "１３８１２３４５６７８", "13812345678",
          "138****5678" }, // as a Chinese keyboard has them
        { "0537-1234567", "05371234567", "053****4567" },
        { "（0531）8123 4567", "053181234567", "053*****4567" },
        { "86512345", "86512345", "****2345" },
        { "+44 20 7946 0958", "+442079460958", "+44******0958" },
        { "12812345678", NULL, NULL }, // no such mobile
        { "1381234567", NULL, NULL },
        { "138123456789", NULL, NULL },
        { "13812345678 转 2", NULL, NULL },
        { "0000000000", NULL, NULL },
        { "12345", NULL, NULL },
        { "张三", NULL, NULL },
        { "\xff\xfe", NULL, NULL },
        { "", NULL, NULL },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autofree char *number = person_phone(ROWS[i].text);
        g_autofree char *mask = person_mask_phone(number);
        if (g_strcmp0(number, ROWS[i].number) != 0 || g_strcmp0(mask, ROWS[i].mask) != 0)
            fail_msg("\"%s\" became %s, shown as %s", ROWS[i].text, number, mask);
    }
}

static void names(void **state)
{
    static const struct {
        const char *name, *mask;
    } ROWS[] = { { "张", "张" },           { "张三", "张*" }, { "张小三", "张*三" },
                 { "欧阳小三", "欧**三" }, { "", "" },        { NULL, NULL } };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autofree char *mask = person_mask_name(ROWS[i].name);
        assert_true(g_strcmp0(mask, ROWS[i].mask) == 0);
    }
}

static void who_is_known_by_the_last_digits(void **state)
{
    static const struct {
        const char *number, *tail;
        bool is_theirs;
    } ROWS[] = {
        { "phone", "5678", true },   { "phone", "0007", false },  { "phone", "567", false },
        { "phone", "", false },      { "phone", "----", false },  { "phone", "????", false },
        { "id", "002X", true },      { "id", "002x", true },      { "both", "5678", true },
        { "both", "002X", false },   { "tail", "1234", true },    { "none", "5678", false },
        { "none", "????", false },   { "nobody", "5678", false }, { "nobody", "----", false },
        { "phone", "45678", false },
    };
    Fixture *f = *state;
    put_case(f, "phone", ",'applicant':'张三','phone':'13812345678'", CASE_CREATED);
    put_case(f, "id", ",'id_number':'37010219400101002X'", CASE_CREATED);
    put_case(f, "both", ",'phone':'13812345678','id_number':'37010219400101002X'", CASE_CREATED);
    put_case(f, "tail", ",'phone_tail':'1234'", CASE_CREATED);
    put_case(f, "none", ",'applicant':'张三'", CASE_CREATED);
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autofree char *subject = g_strconcat("case:", ROWS[i].number, NULL);
        if (person_has_tail(f->store, &f->hall, subject, ROWS[i].tail) != ROWS[i].is_theirs)
            fail_msg("%s %s", ROWS[i].number, ROWS[i].tail);
    }
}

static void a_named_rating_is_listed_masked(void **state)
{
    Fixture *f = *state;
    rate(f, "named", 1, &zhang);
    rate(f, "alone", 1, NULL);
    json_t *list = rating_list(
        f->store, &(RatingFilter){ .from_ms = STORE_NULL, .to_ms = STORE_NULL, .limit = 10 });
    assert_look(list, "items/0/id", "named");
    assert_look(list, "items/0/is_named", "true");
    assert_look(list, "items/0/rater/name", "张*三");
    assert_look(list, "items/0/rater/phone", "138****5678");
    assert_look(list, "items/1/is_named", "false");
    assert_look(list, "items/1/rater", "null");
    json_decref(list);
    json_t *work = rectification_list(
        f->store,
        &(RectificationFilter){ .is_open = true, .due_before_ms = STORE_NULL, .limit = 10 }, PRESS);
    assert_look(work, "items/0/is_named", "false");
    assert_look(work, "items/1/is_named", "true");
    json_decref(work);
    assert_person(f, "rating:named", "张小三", "13812345678");
    assert_refused(f, "rating:alone", -ENOENT);
}

// All bytes of the database and its log.
static bool database_has(Fixture *f, const char *text)
{
    static const char *const files[] = { "hall.db", "hall.db-wal" };
    bool found = false;
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(f->dir, files[i], NULL), *bytes = NULL;
        gsize size = 0;
        assert_true(g_file_get_contents(path, &bytes, &size, NULL));
        found |= memmem(bytes, size, text, strlen(text)) != NULL;
    }
    return found;
}

static void nothing_of_a_person_is_in_the_database(void **state)
{
    static const char *const secrets[] = { "张小三", "13812345678", "12345678", "李四光",
                                           "370102199001011234" };
    Fixture *f = *state;
    rate(f, "named", 1, &zhang);
    put_case(f, "A-1", ",'applicant':'李四光','phone':'13812345678'", CASE_CREATED);
    assert_true(database_has(f, "138****5678")); // it is there, and this would find it
    for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++)
        if (database_has(f, secrets[i]))
            fail_msg("%s is in the clear", secrets[i]);
}

static void another_key_or_a_moved_row_opens_nothing(void **state)
{
    Fixture *f = *state;
    rate(f, "one", 1, &zhang);
    rate(f, "two", 1, &(PersonInput){ .phone = "13900001111" });
    SealKey other = f->seal;
    other.box[0] ^= 1;
    f->hall.seal = &other;
    assert_refused(f, "rating:one", -EBADMSG);
    f->hall.seal = NULL;
    assert_refused(f, "rating:one", -ENOKEY);
    f->hall.seal = &f->seal;
    assert_person(f, "rating:one", "张小三", "13812345678");
    store_exec(f->store,
               "UPDATE person SET sealed = (SELECT sealed FROM person WHERE subject = 'rating:one')"
               " WHERE subject = 'rating:two'",
               "");
    assert_refused(f, "rating:two", -EBADMSG);
}

static void a_case_keeps_what_it_is_not_told_again(void **state)
{
    Fixture *f = *state;
    put_case(f, "A-1", ",'applicant':'张三','phone_tail':'5678'", CASE_CREATED);
    put_case(f, "A-1", ",'applicant':'张三'", CASE_UNCHANGED);
    json_t *found = case_get(f->store, &f->hall, "A-1", PRESS);
    assert_look(found, "applicant", "张*");
    assert_look(found, "phone_tail", "5678");
    json_decref(found);
    put_case(f, "A-1", ",'phone':'139-0000-1111'", CASE_UPDATED);
    put_case(f, "A-1", ",'phone':'13900001111'", CASE_UNCHANGED);
    assert_person(f, "case:A-1", "张三", "13900001111");
    found = case_get(f->store, &f->hall, "A-1", PRESS);
    assert_look(found, "phone_tail", "1111");
    json_decref(found);
    assert_int_equal(count(f, "SELECT count(*) FROM case_file WHERE applicant IS NOT NULL"
                              " OR phone_tail IS NOT NULL"),
                     0);
}

static void applicants_in_the_clear_are_moved(void **state)
{
    Fixture *f = *state;
    put_case(f, "A-1", "", CASE_CREATED);
    put_case(f, "A-2", "", CASE_CREATED);
    put_case(f, "A-3", "", CASE_CREATED);
    store_exec(f->store,
               "UPDATE case_file SET applicant = '王五', phone_tail = '9999'"
               " WHERE number IN ('A-1', 'A-3')",
               "");
    assert_int_equal(person_adopt(f->store, &f->hall, PRESS), 2);
    assert_int_equal(person_adopt(f->store, &f->hall, PRESS), 0);
    assert_person(f, "case:A-3", "王五", NULL);
    assert_refused(f, "case:A-2", -ENOENT);
    json_t *found = case_get(f->store, &f->hall, "A-3", PRESS);
    assert_look(found, "applicant", "王*");
    assert_look(found, "phone_tail", "9999");
    json_decref(found);
}

// By the clock, but never while something is in hand; the rating and that it was named stay.
static void erased_after_its_days(void **state)
{
    Fixture *f = *state;
    int64_t days = f->hall.config->rules.person_days;
    assert_int_equal(days, 180);
    int64_t last_ms = PRESS + days * INT64_C(86400000);
    rate(f, "good", 5, &zhang);
    rate(f, "bad", 1, &zhang);
    put_case(f, "open", ",'applicant':'张三'", CASE_CREATED);
    put_case(f, "done", ",'applicant':'张三'", CASE_CREATED);
    store_exec(f->store, "UPDATE case_file SET is_open = 0, finished_at = ? WHERE number = 'done'",
               "i", PRESS + 1000);
    assert_int_equal(person_sweep(f->store, &f->hall, last_ms), 0);
    assert_int_equal(person_sweep(f->store, &f->hall, last_ms + 1), 1);
    assert_refused(f, "rating:good", -ENOENT);
    assert_int_equal(person_sweep(f->store, &f->hall, last_ms + 1001), 1); // "done", from its end
    assert_refused(f, "case:done", -ENOENT);
    store_exec(f->store,
               "UPDATE rectification SET is_open = 0, closed_at = ?, due_at = NULL,"
               " next_notice_at = NULL WHERE rating = 'bad'",
               "i", PRESS + 5000);
    assert_int_equal(person_sweep(f->store, &f->hall, last_ms + 5000), 0);
    assert_int_equal(person_sweep(f->store, &f->hall, last_ms + 5001), 1);
    json_t *rating = rating_get(f->store, "bad", PRESS);
    assert_look(rating, "level", "1");
    assert_look(rating, "is_named", "true");
    assert_look(rating, "rater/name", "null");
    assert_look(rating, "rater/phone", "null");
    json_decref(rating);
    assert_int_equal(count(f, "SELECT count(*) FROM person WHERE sealed IS NOT NULL"), 1);
}

static void whoever_is_rated_may_not_look(void **state)
{
    static const struct {
        const char *subject, *staff;
        bool may;
    } ROWS[] = {
        { "rating:r", "007", false }, { "rating:r", "008", true }, { "rating:r", NULL, true },
        { "case:A-1", "007", false }, { "case:A-1", "008", true }, { "case:A-2", "007", true },
    };
    Fixture *f = *state;
    rate(f, "r", 1, &zhang);
    store_exec(f->store, "UPDATE rating SET staff_number = '007', case_number = 'A-1'", "");
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++)
        if (person_may_look(f->store, ROWS[i].subject, ROWS[i].staff) != ROWS[i].may)
            fail_msg("%s by %s", ROWS[i].subject, ROWS[i].staff);
}

static void what_is_read_of_a_rater(void **state)
{
    static const struct {
        const char *body, *error; // a part of it; NULL: well
    } ROWS[] = {
        { "{'phone':'13812345678'}", NULL },
        { "{'name':'张三','phone':'13812345678','id_number':'37010219900101123X'}", NULL },
        { "{'name':'张三'}", "phone is missing" },
        { "{'phone':'12'}", "11 digits of a mobile" },
        { "{'phone':'13812345678','id_number':'1'}", "5 to 20 letters" },
        { "{'phone':'13812345678','id_number':'1234567 8'}", "5 to 20 letters" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        json_t *body = json_of(ROWS[i].body);
        Fields fields = fields_of(body);
        PersonInput input;
        person_read(&fields, &input);
        if (ROWS[i].error ? !strstr(fields.error, ROWS[i].error) : fields.error[0])
            fail_msg("%s: \"%s\"", ROWS[i].body, fields.error);
        json_decref(body);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(telephone_numbers),
        cmocka_unit_test(names),
        TEST(who_is_known_by_the_last_digits),
        TEST(a_named_rating_is_listed_masked),
        TEST(nothing_of_a_person_is_in_the_database),
        TEST(another_key_or_a_moved_row_opens_nothing),
        TEST(a_case_keeps_what_it_is_not_told_again),
        TEST(applicants_in_the_clear_are_moved),
        TEST(erased_after_its_days),
        TEST(whoever_is_rated_may_not_look),
        cmocka_unit_test(what_is_read_of_a_rater),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
