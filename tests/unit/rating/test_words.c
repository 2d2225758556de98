// SPDX-License-Identifier: Apache-2.0
#include "hall_fixture.h"

#include "rating/person.h"
#include "rating/words.h"

static void put_person(Fixture *f, const char *subject, const char *name)
{
    PersonInput person = { .name = name, .phone = "13800001111" };
    assert_int_equal(person_put(f->store, &f->hall, subject, &person, at("2026-11-24 09:00")), 1);
}

static void who_wrote_does_not_stand_in_it(void **state)
{
    static const struct {
        const char *rating, *case_number, *text, *clean;
    } ROWS[] = {
        { "r1", NULL, "我是王小五，电话13800001111，王小五等了很久",
          "我是***，电话***，***等了很久" },
        { "r1", "A", "替李四办的", "替***办的" },
        { "r2", NULL, "王小五等了很久", "王小五等了很久" }, // nobody is known of it
        { "r3", NULL, "王师傅等了很久", "王师傅等了很久" }, // a name of one character
        { "r1", NULL, "", "" },
    };
    Fixture *f = *state;
    put_person(f, "rating:r1", "王小五");
    put_person(f, "rating:r3", "王");
    put_person(f, "case:A", "李四");
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autofree char *clean =
            words_unsigned(f->store, &f->hall, ROWS[i].rating, ROWS[i].case_number, ROWS[i].text);
        assert_string_equal(clean, ROWS[i].clean);
    }
    assert_null(words_unsigned(f->store, &f->hall, "r1", NULL, NULL));
    g_autofree char *asked =
        words_of_case(f->store, &f->hall, "A", "李四的户口簿，电话13800001111");
    assert_string_equal(asked, "***的户口簿，电话***");
    assert_null(words_of_case(f->store, &f->hall, "A", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(
        who_wrote_does_not_stand_in_it, fixture_setup, fixture_teardown) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
