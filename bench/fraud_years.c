// SPDX-License-Identifier: Apache-2.0
// Years of a hall, with nothing wrong and with one counter that presses for its citizens or leaves
// out those who may be cross: how many clues were false, and after how many working days the one
// was found. A line a row, fields with tabs between: what, years, false clues (a year where nothing
// is wrong; else until it was found), share found within 10 working days, share found in the time
// that was left (130 days, 250 from the first day on), median of the working days (-1: fewer than
// half were found), false clues by kind, found by. Usage: bench_fraud_years [YEARS]
#include "tests/unit/rating/hall_year.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *what;
    YearFraud fraud;
} rows[] = {
    { "honest", { .presses = 0 } },
    { "presses 5 %", { .presses = 0.05, .median_s = 1.6, .spread = 0.4 } },
    { "presses 10 %", { .presses = 0.1, .median_s = 1.6, .spread = 0.4 } },
    { "presses 20 %", { .presses = 0.2, .median_s = 1.6, .spread = 0.4 } },
    { "presses 20 % from the first day",
      { .presses = 0.2, .median_s = 1.6, .spread = 0.4, .from_start = true } },
    { "presses 40 %", { .presses = 0.4, .median_s = 1.6, .spread = 0.4 } },
    { "presses 20 %, takes 2.5 s", { .presses = 0.2, .median_s = 2.5, .spread = 0.4 } },
    { "presses 20 %, takes 4 s", { .presses = 0.2, .median_s = 4, .spread = 0.4 } },
    { "presses 20 %, as citizens do", { .presses = 0.2, .median_s = 5.5, .spread = 0.55 } },
    { "presses 40 %, takes 2.5 s", { .presses = 0.4, .median_s = 2.5, .spread = 0.4 } },
    { "leaves out 40 % of hard visits", { .skips = 0.4 } },
    { "leaves out 80 % of hard visits", { .skips = 0.8 } },
};

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void count_in(gpointer key, gpointer value, gpointer sums)
{
    gpointer n = g_hash_table_lookup(sums, key);
    g_hash_table_replace(sums, key, GINT_TO_POINTER(GPOINTER_TO_INT(n) + GPOINTER_TO_INT(value)));
}

static void print_counts(GHashTable *counts)
{
    GHashTableIter iter;
    gpointer key, value;
    g_hash_table_iter_init(&iter, counts);
    putchar('\t');
    while (g_hash_table_iter_next(&iter, &key, &value))
        printf("%s:%d ", (const char *)key, GPOINTER_TO_INT(value));
}

static void measure(const char *what, const YearFraud *fraud, const FraudOptions *options,
                    int years)
{
    g_autoptr(GHashTable) kinds = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) by = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree int *days = g_new(int, years);
    int false_clues = 0, in_ten = 0, in_time = 0;
    for (int i = 0; i < years; i++) {
        Year year;
        YearFound found = { 0 };
        year_make(&year, (uint64_t)i + 1, fraud);
        year_look(&year, options, &found);
        false_clues += found.false_clues;
        in_ten += found.found_after >= 0 && found.found_after <= 10;
        in_time += found.found_after >= 0;
        days[i] = found.found_after < 0 ? INT_MAX : found.found_after;
        g_hash_table_foreach(found.by_kind, count_in, kinds);
        if (found.found_by)
            count_in((gpointer)found.found_by, GINT_TO_POINTER(1), by);
        year_found_done(&found);
        conduct_done(&year.all);
    }
    qsort(days, (size_t)years, sizeof *days, compare);
    int median = days[(years - 1) / 2];
    printf("%s\t%d\t%.2f\t%.2f\t%.2f\t%d", what, years, (double)false_clues / years,
           (double)in_ten / years, (double)in_time / years, median == INT_MAX ? -1 : median);
    print_counts(kinds);
    print_counts(by);
    putchar('\n');
    fflush(stdout);
}

int main(int argc, char **argv)
{
    int years = argc > 1 ? atoi(argv[1]) : 20;
    FraudOptions options = { .false_clues_per_year = 12, .quick_press_ms = 1500, .days = 10 };
    if (years <= 0)
        return EXIT_FAILURE;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        measure(rows[i].what, &rows[i].fraud, &options, years);
    return EXIT_SUCCESS;
}
