// SPDX-License-Identifier: Apache-2.0
// A small town's year: no flag is missed and none is too many, each at its minute. 60,000 cases:
// ./dev bench case_year.
#include "hall_fixture.h"

#include "case_year_run.h"

enum { CASES = 1000, SEED = 1231422130 }; // in which silence becomes acceptance on a rest day

static void flags_are_those_of_the_pencil(void **state)
{
    Fixture *f = *state;
    TownResult result;
    int err = town_year(f->store, &f->hall, CASES, SEED, &result);
    if (err < 0 || result.missed > 0 || result.extra > 0)
        fail_msg("error %d, of %d flags %d missed, %d too many\n%s", err, result.expected,
                 result.missed, result.extra, result.first->str);
    assert_true(result.expected > CASES / 10);
    assert_true(g_hash_table_size(result.by_kind) == 8); // each kind has come up
    town_result_done(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(flags_are_those_of_the_pencil, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
