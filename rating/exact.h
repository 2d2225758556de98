// SPDX-License-Identifier: Apache-2.0
// Exact: tests of small numbers. Each gives the chance of what was seen, or of something further
// off, if nothing is wrong; no test here leans on large numbers, but for ranks (see there).
//
// Pure, any thread. Sums run over logarithms and terms of one sign, so that a chance of 1e-300 is
// as good as one of 0.1. Numbers are counts: callers keep them below 1e9.
#pragma once
#include <stddef.h>
#include <stdint.h>

// k or more of n, each with the chance p.
double exact_binomial(int64_t k, int64_t n, double p);
// k or more events where `mean` are expected.
double exact_poisson(int64_t k, double mean);

// A share here and a share elsewhere: `odd` of `of`.
typedef struct {
    int64_t odd, of;
    int64_t other_odd, other_of;
} ExactGroups;

// So large a share here, or a larger one, when the odds here are at most `odds` times those
// elsewhere (1: the same; Fisher's test). The true shares need not be known: all is conditional on
// the totals (Fisher's noncentral hypergeometric distribution).
double exact_groups(const ExactGroups *groups, double odds);

// One stretch (a day) of a row of two kinds of things: how many of each, and in how many runs.
typedef struct {
    int ones, zeros, runs;
} ExactRuns;

// So few runs, or fewer, over all stretches together, given how many of each kind each one has: a
// day that is good or bad as a whole tells nothing. (A. Wald and J. Wolfowitz, Annals of
// Mathematical Statistics 11, 1940.) Stretches with more than EXACT_RUNS_MAX are left out.
enum { EXACT_RUNS_MAX = 2000 };
double exact_few_runs(const ExactRuns *stretches, size_t n);

// So low ranks, or lower, of `here` among both (H. B. Mann and D. R. Whitney, ibid. 18, 1947). Both
// ascending. Exact where neither has more than EXACT_RANKS_MAX values and all differ; else by the
// normal distribution with the correction for ties, whose tails are heavier than the exact ones.
enum { EXACT_RANKS_MAX = 20 };
double exact_low_ranks(const double *here, size_t n, const double *there, size_t m);
