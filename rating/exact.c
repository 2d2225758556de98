// SPDX-License-Identifier: Apache-2.0
#include "rating/exact.h"

#include <glib.h>
#include <math.h>
#include <stdbool.h>

// ln of n over k.
static double ln_choose(int64_t n, int64_t k)
{
    int sign;
    double a = (double)n, b = (double)k;
    return lgamma_r(a + 1, &sign) - lgamma_r(b + 1, &sign) - lgamma_r(a - b + 1, &sign);
}

// Adds terms until they no longer count: term(i + 1) = term(i) * ratio(i), falling from here on.
#define IS_SPENT(term, sum) ((term) < (sum)*1e-17)

// The sum of terms from k up, in units of the term at k.
static double binomial_sum(int64_t k, int64_t n, double odds)
{
    double term = 1, sum = 1;
    for (int64_t i = k; i < n && !IS_SPENT(term, sum); i++) {
        term *= (double)(n - i) / (double)(i + 1) * odds;
        sum += term;
    }
    return sum;
}

double exact_binomial(int64_t k, int64_t n, double p)
{
    if (k <= 0 || p >= 1)
        return k <= n ? 1 : 0;
    if (k > n || p <= 0)
        return 0;
    // The terms must fall from k on: below the mean the other tail is the small one.
    if ((double)k < (double)n * p)
        return 1 - exact_binomial(n - k + 1, n, 1 - p);
    double first = ln_choose(n, k) + (double)k * log(p) + (double)(n - k) * log1p(-p);
    return MIN(1, exp(first) * binomial_sum(k, n, p / (1 - p)));
}

static double poisson_term(int64_t k, double mean)
{
    int sign;
    return exp((double)k * log(mean) - mean - lgamma_r((double)k + 1, &sign));
}

double exact_poisson(int64_t k, double mean)
{
    if (k <= 0)
        return 1;
    if (mean <= 0)
        return 0;
    double term = 1, sum = 1;
    if ((double)k > mean) {
        for (int64_t i = k + 1; !IS_SPENT(term, sum); i++) {
            term *= mean / (double)i;
            sum += term;
        }
        return MIN(1, poisson_term(k, mean) * sum);
    }
    for (int64_t i = k - 1; i > 0 && !IS_SPENT(term, sum); i--) { // fewer than k, from k - 1 down
        term *= (double)i / mean;
        sum += term;
    }
    return 1 - MIN(1, poisson_term(k - 1, mean) * sum);
}

// ln of the weight of x odd ones here.
static double groups_weight(const ExactGroups *g, double odds, int64_t x)
{
    int64_t odd = g->odd + g->other_odd;
    return ln_choose(g->of, x) + ln_choose(g->other_of, odd - x) + (double)x * log(odds);
}

// The sum of weights from x towards the end, in units of exp(top).
static double groups_sum(const ExactGroups *g, double odds, int64_t from, int64_t to, double top)
{
    int64_t odd = g->odd + g->other_odd;
    double weight = groups_weight(g, odds, from) - top, sum = 0;
    for (int64_t x = from; x <= to; x++) {
        sum += exp(weight);
        weight += log((double)(g->of - x)) + log((double)(odd - x)) - log((double)(x + 1)) -
                  log((double)(g->other_of - odd + x + 1)) + log(odds);
    }
    return sum;
}

double exact_groups(const ExactGroups *groups, double odds)
{
    int64_t odd = groups->odd + groups->other_odd;
    int64_t low = MAX(0, odd - groups->other_of), high = MIN(odd, groups->of);
    if (groups->odd <= low)
        return 1;
    double top = -INFINITY;
    for (int64_t x = low; x <= high; x++) {
        double weight = groups_weight(groups, odds, x);
        if (weight < top)
            break; // the weights rise to one peak and fall
        top = weight;
    }
    double below = groups_sum(groups, odds, low, groups->odd - 1, top);
    double above = groups_sum(groups, odds, groups->odd, high, top);
    return above / (above + below);
}

// --- runs

// The chances of 0, 1, 2 ... runs of one stretch.
static GArray *run_chances(const ExactRuns *s)
{
    int most = 2 * MIN(s->ones, s->zeros) + 1;
    GArray *chances = g_array_new(FALSE, TRUE, sizeof(double));
    g_array_set_size(chances, (guint)most + 1);
    double *chance = (double *)(void *)chances->data;
    if (most == 1) { // all alike
        chance[1] = 1;
        return chances;
    }
    double all = ln_choose(s->ones + s->zeros, s->ones);
    for (int runs = 2; runs <= most; runs++) {
        int k = runs / 2; // pairs of runs
        if (runs % 2 == 0) {
            chance[runs] =
                2 * exp(ln_choose(s->ones - 1, k - 1) + ln_choose(s->zeros - 1, k - 1) - all);
            continue;
        }
        if (s->ones > k)
            chance[runs] += exp(ln_choose(s->ones - 1, k) + ln_choose(s->zeros - 1, k - 1) - all);
        if (s->zeros > k)
            chance[runs] += exp(ln_choose(s->ones - 1, k - 1) + ln_choose(s->zeros - 1, k) - all);
    }
    return chances;
}

// The chances of the sum of both.
static GArray *convolve(const GArray *a, const GArray *b)
{
    GArray *sum = g_array_new(FALSE, TRUE, sizeof(double));
    g_array_set_size(sum, a->len + b->len - 1);
    double *out = (double *)(void *)sum->data;
    const double *one = (const double *)(const void *)a->data;
    const double *other = (const double *)(const void *)b->data;
    for (guint i = 0; i < a->len; i++) {
        for (guint j = 0; j < b->len; j++)
            out[i + j] += one[i] * other[j];
    }
    return sum;
}

double exact_few_runs(const ExactRuns *stretches, size_t n)
{
    g_autoptr(GArray) chances = g_array_new(FALSE, TRUE, sizeof(double));
    const double certain = 1;
    int64_t seen = 0;
    g_array_append_val(chances, certain);
    for (size_t i = 0; i < n; i++) {
        const ExactRuns *s = &stretches[i];
        if (s->ones + s->zeros == 0 || s->ones + s->zeros > EXACT_RUNS_MAX)
            continue;
        g_autoptr(GArray) of_one = run_chances(s);
        GArray *sum = convolve(chances, of_one);
        g_array_unref(chances);
        chances = sum;
        seen += s->runs;
    }
    double chance = 0;
    for (int64_t runs = 0; runs <= seen && runs < (int64_t)chances->len; runs++)
        chance += g_array_index(chances, double, runs);
    return MIN(1, chance);
}

// --- ranks

// How often a value here lies above one there (ties: half), and the ties' part of the variance:
// the sum of t^3 - t over groups of t equal values.
static double count_above(const double *here, size_t n, const double *there, size_t m,
                          double *ret_ties)
{
    double above = 0;
    size_t i = 0, j = 0;
    *ret_ties = 0;
    while (i < n || j < m) {
        double value = j >= m || (i < n && here[i] < there[j]) ? here[i] : there[j];
        size_t begin_here = i, begin_there = j;
        while (i < n && here[i] <= value)
            i++;
        while (j < m && there[j] <= value)
            j++;
        double n_here = (double)(i - begin_here), n_there = (double)(j - begin_there);
        double tied = n_here + n_there;
        above += n_here * ((double)begin_there + n_there / 2);
        *ret_ties += tied * tied * tied - tied;
    }
    return above;
}

// Of n + m different values, the share of orders in which those here lie above those there at most
// u times. ways[i][v]: orders of i values here and the first j there that do so v times; j grows.
static double exact_ranks(size_t n, size_t m, size_t u)
{
    size_t width = n * m + 1;
    g_autofree double *ways = g_new0(double, (n + 1) * width);
    for (size_t i = 0; i <= n; i++)
        ways[i * width] = 1;
    for (size_t j = 1; j <= m; j++) {
        // The largest is there (j - 1 there are left), or here, above all j of there.
        for (size_t i = 1; i <= n; i++) {
            for (size_t v = i * j; v >= j; v--)
                ways[i * width + v] += ways[(i - 1) * width + v - j];
        }
    }
    double few = 0;
    for (size_t v = 0; v <= u && v < width; v++)
        few += ways[n * width + v];
    return MIN(1, few / exp(ln_choose((int64_t)(n + m), (int64_t)n)));
}

double exact_low_ranks(const double *here, size_t n, const double *there, size_t m)
{
    if (n == 0 || m == 0)
        return 1;
    double ties, above = count_above(here, n, there, m, &ties);
    if (ties == 0 && n <= EXACT_RANKS_MAX && m <= EXACT_RANKS_MAX)
        return exact_ranks(n, m, (size_t)above);
    double size = (double)n + (double)m, pairs = (double)n * (double)m;
    double variance = pairs / 12 * (size + 1 - ties / (size * (size - 1)));
    if (variance <= 0)
        return 1;
    return erfc(-(above + 0.5 - pairs / 2) / sqrt(2 * variance)) / 2;
}
