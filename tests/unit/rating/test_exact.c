// SPDX-License-Identifier: Apache-2.0
// Each test of exact.h against a slow count of every case, and against known values.
#include "rating/exact.h"

#include <glib.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_near(double found, double expected, const char *what)
{
    if (fabs(found - expected) > 1e-9 * fmax(fabs(expected), 1e-3))
        fail_msg("%s: %.12g, expected %.12g", what, found, expected);
}

// n over k by Pascal's triangle: no gamma function.
static long double choose(int n, int k)
{
    long double value = 1;
    if (k < 0 || k > n)
        return 0;
    for (int i = 1; i <= k; i++)
        value = value * (n - k + i) / i;
    return value;
}

static void binomial_is_the_slow_sum(void **state)
{
    static const double shares[] = { 0, 0.001, 0.01, 0.2, 0.5, 0.93, 1 };
    for (int n = 1; n <= 60; n += 7) {
        for (size_t i = 0; i < G_N_ELEMENTS(shares); i++) {
            long double tail = 0, p = shares[i];
            for (int k = n; k >= 0; k--) {
                tail += choose(n, k) * powl(p, k) * powl(1 - p, n - k);
                g_autofree char *what = g_strdup_printf("%d or more of %d at %g", k, n, shares[i]);
                assert_near(exact_binomial(k, n, shares[i]), (double)tail, what);
            }
        }
    }
    assert_near(exact_binomial(11, 10, 0.5), 0, "more than all");
    // 0.01 to the hundredth power: nothing is rounded to 0.
    assert_near(log10(exact_binomial(100, 100, 0.01)), -200, "1e-200");
    assert_near(exact_binomial(5100, 10000, 0.5), 0.023292763852473693,
                "10,000 throws"); // by the sum in Python
}

static void poisson_is_the_slow_sum(void **state)
{
    static const double means[] = { 0.01, 0.7, 3, 25 };
    for (size_t i = 0; i < G_N_ELEMENTS(means); i++) {
        long double term = expl(-(long double)means[i]), below = 0;
        for (int k = 0; k < 60 && below < 1 - 1e-7L; k++) {
            g_autofree char *what = g_strdup_printf("%d or more at %g", k, means[i]);
            assert_near(exact_poisson(k, means[i]), (double)(1 - below), what);
            below += term;
            term = term * means[i] / (k + 1);
        }
    }
    assert_near(exact_poisson(0, 0), 1, "none of none");
    assert_near(exact_poisson(1, 0), 0, "one of none");
    assert_true(exact_poisson(150, 1) > 0 && exact_poisson(150, 1) < 1e-260);
}

static double slow_groups(const ExactGroups *g, double odds)
{
    long double all = 0, above = 0;
    int odd = (int)(g->odd + g->other_odd);
    for (int x = 0; x <= odd; x++) {
        long double weight =
            choose((int)g->of, x) * choose((int)g->other_of, odd - x) * powl(odds, x);
        all += weight;
        above += x >= g->odd ? weight : 0;
    }
    return (double)(above / all);
}

static void groups_are_the_slow_sum(void **state)
{
    static const double odds[] = { 0.3, 1, 2.5 };
    for (int n = 1; n <= 16; n += 5) {
        for (int m = 1; m <= 25; m += 6) {
            for (int a = 0; a <= n; a++) {
                for (int b = 0; b <= m; b += 2) {
                    ExactGroups g = { a, n, b, m };
                    for (size_t i = 0; i < G_N_ELEMENTS(odds); i++) {
                        g_autofree char *what =
                            g_strdup_printf("%d/%d, %d/%d, %g", a, n, b, m, odds[i]);
                        assert_near(exact_groups(&g, odds[i]), slow_groups(&g, odds[i]), what);
                    }
                }
            }
        }
    }
    // The lady who tastes tea (R. A. Fisher, The Design of Experiments, 1935): 3 of 4 right.
    assert_near(exact_groups(&(ExactGroups){ 3, 4, 1, 4 }, 1), 17 / 70.0, "tea");
}

// Every order of the stretches' ones and zeros.
static double slow_runs(const ExactRuns *s, size_t n, int seen)
{
    if (n == 0)
        return seen >= 0 ? 1 : 0;
    int size = s->ones + s->zeros;
    double share = 0, orders = 0;
    for (unsigned order = 0; order < 1u << size; order++) {
        if (__builtin_popcount(order) != s->ones)
            continue;
        int runs = 1 + __builtin_popcount((order ^ order >> 1) & ((1u << (size - 1)) - 1));
        share += slow_runs(s + 1, n - 1, seen - runs);
        orders++;
    }
    return share / orders;
}

static void runs_are_every_order(void **state)
{
    static const ExactRuns rows[][3] = {
        { { 3, 3, 2 }, { 0, 0, 0 }, { 0, 0, 0 } },
        { { 6, 1, 2 }, { 2, 4, 3 }, { 5, 0, 1 } },
        { { 4, 4, 8 }, { 1, 1, 2 }, { 3, 2, 4 } },
        { { 2, 7, 3 }, { 3, 3, 3 }, { 1, 5, 2 } },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ExactRuns some[3];
        int seen = 0;
        size_t n = 0;
        for (size_t j = 0; j < 3; j++) {
            if (rows[i][j].runs)
                some[n++] = rows[i][j];
            seen += rows[i][j].runs;
        }
        g_autofree char *what = g_strdup_printf("runs of row %zu", i);
        assert_near(exact_few_runs(rows[i], 3), slow_runs(some, n, seen), what);
    }
    assert_near(exact_few_runs(NULL, 0), 1, "nothing");
    assert_near(exact_few_runs(&(ExactRuns){ 40, 0, 1 }, 1), 1, "all alike tells nothing");
}

// Every choice of n places of n + m for those here.
static double slow_ranks(int n, int m, int above)
{
    double few = 0, all = 0;
    for (unsigned places = 0; places < 1u << (n + m); places++) {
        int there = 0, passed = 0;
        if (__builtin_popcount(places) != n)
            continue;
        for (int i = 0; i < n + m; i++) {
            if (places & 1u << i)
                passed += there;
            else
                there++;
        }
        few += passed <= above;
        all++;
    }
    return few / all;
}

static void ranks_are_every_choice(void **state)
{
    static const double here[] = { 1, 2.5, 6.5, 7.5 }, there[] = { 2, 3, 4, 5, 6, 7, 8, 9 };
    // Above one there: 0 + 1 + 5 + 6.
    assert_near(exact_low_ranks(here, 4, there, 8), slow_ranks(4, 8, 12), "ranks");
    assert_near(exact_low_ranks(there, 8, here, 4), slow_ranks(8, 4, 20), "the other way");
    assert_near(exact_low_ranks(here, 0, there, 8), 1, "none");
}

static void many_ranks_are_near_the_exact_ones(void **state)
{
    double here[20], there[20], tied[20];
    for (int shift = -12; shift <= 12; shift += 3) {
        for (int i = 0; i < 20; i++) {
            here[i] = 2 * i + shift + 0.5;
            there[i] = tied[i] = 2 * i;
        }
        tied[10] = tied[9]; // two alike: not counted exactly
        double exact = exact_low_ranks(here, 20, there, 20);
        double normal = exact_low_ranks(here, 20, tied, 20);
        if (fabs(exact - normal) > 0.02)
            fail_msg("shift %d: %g and %g", shift, exact, normal);
    }
    double same[40] = { 0 };
    assert_near(exact_low_ranks(same, 40, same, 40), 1, "all alike");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binomial_is_the_slow_sum),
        cmocka_unit_test(poisson_is_the_slow_sum),
        cmocka_unit_test(groups_are_the_slow_sum),
        cmocka_unit_test(runs_are_every_order),
        cmocka_unit_test(ranks_are_every_choice),
        cmocka_unit_test(many_ranks_are_near_the_exact_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
