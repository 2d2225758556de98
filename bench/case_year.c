// SPDX-License-Identifier: Apache-2.0
// Years of a made-up town (tests/unit/rating/case_year.h): flags that were missed, and that were
// too many, beside a count by hand. A line a year, fields with tabs between: seed, cases, events,
// flags, missed, too many, CPU seconds of it all, flags by kind. Usage: bench_case_year [CASES]
// [YEARS]
#include "tests/unit/rating/hall_fixture.h"

#include "tests/unit/rating/case_year_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void print_kinds(GHashTable *by_kind)
{
    g_autoptr(GList) kinds = g_list_sort(g_hash_table_get_keys(by_kind), (GCompareFunc)strcmp);
    for (GList *kind = kinds; kind; kind = kind->next)
        printf("%s%s %d", kind == kinds ? "" : ", ", (const char *)kind->data,
               GPOINTER_TO_INT(g_hash_table_lookup(by_kind, kind->data)));
}

static int print_year(int cases, uint32_t seed)
{
    void *state;
    TownResult result;
    fixture_setup(&state);
    Fixture *f = state;
    f->hall.changed = NULL;
    clock_t begun = clock();
    int err = town_year(f->store, &f->hall, cases, seed, &result);
    printf("%u\t%d\t%d\t%d\t%d\t%d\t%.1f\t", seed, cases, result.deeds, result.expected,
           result.missed, result.extra, (double)(clock() - begun) / CLOCKS_PER_SEC);
    print_kinds(result.by_kind);
    printf("\n%s", result.first->str);
    fflush(stdout);
    bool differs = err < 0 || result.missed > 0 || result.extra > 0;
    town_result_done(&result);
    fixture_teardown(&state);
    return differs;
}

int main(int argc, char **argv)
{
    int cases = argc > 1 ? atoi(argv[1]) : 60000, years = argc > 2 ? atoi(argv[2]) : 1;
    int differ = 0;
    for (int i = 0; i < years; i++)
        differ += print_year(cases, 2025 + (uint32_t)i);
    return differ > 0;
}
