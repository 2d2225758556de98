// SPDX-License-Identifier: Apache-2.0
// What is asked of the rules: few false clues in an honest hall, and soon found where one
// counter presses for its citizens. More years and other frauds: ./dev bench fraud.
#include "hall_year.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { HONEST_YEARS = 2, FRAUD_YEARS = 7, FALSE_CLUES_PER_YEAR = 12 };

static const FraudOptions options = { .false_clues_per_year = FALSE_CLUES_PER_YEAR,
                                      .quick_press_ms = 1500,
                                      .days = 10 };

static int look_at_year(uint64_t seed, const YearFraud *fraud, int *ret_false)
{
    Year year;
    YearFound found = { 0 };
    year_make(&year, seed, fraud);
    year_look(&year, &options, &found);
    *ret_false = found.false_clues;
    year_found_done(&found);
    conduct_done(&year.all);
    return found.found_after;
}

static void an_honest_hall_is_left_alone(void **state)
{
    int sum = 0, n;
    for (int i = 0; i < HONEST_YEARS; i++) {
        assert_int_equal(look_at_year(1000 + (uint64_t)i, &(YearFraud){ 0 }, &n), -1);
        sum += n;
    }
    if (sum > FALSE_CLUES_PER_YEAR * HONEST_YEARS)
        fail_msg("%d false clues in %d years", sum, HONEST_YEARS);
}

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void find(const YearFraud *fraud)
{
    int days[FRAUD_YEARS], n;
    for (int i = 0; i < FRAUD_YEARS; i++) {
        days[i] = look_at_year(2000 + (uint64_t)i, fraud, &n);
        if (days[i] < 0)
            days[i] = YEAR_DAYS;
    }
    qsort(days, FRAUD_YEARS, sizeof *days, compare);
    if (days[FRAUD_YEARS / 2] > 10)
        fail_msg("found after %d working days in the median", days[FRAUD_YEARS / 2]);
}

static void who_presses_for_citizens_is_found_in_ten_days(void **state)
{
    find(&(YearFraud){ .presses = 0.2, .median_s = 1.6, .spread = 0.4 });
}

static void who_leaves_out_cross_citizens_is_found_in_ten_days(void **state)
{
    find(&(YearFraud){ .skips = 0.8 });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_honest_hall_is_left_alone),
        cmocka_unit_test(who_presses_for_citizens_is_found_in_ten_days),
        cmocka_unit_test(who_leaves_out_cross_citizens_is_found_in_ten_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
