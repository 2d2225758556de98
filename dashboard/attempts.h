// SPDX-License-Identifier: Apache-2.0
// Attempts: how soon a name or an address may try a password (or the set-up code) again. In memory,
// bounded, any thread.
//
// An attempt is counted when it begins, so that many at once gain nothing; success takes the count
// back. The first `free` ones cost nothing, then each doubles the wait, from 1 s up to the longest.
// A key that was quiet for a while (quiet_ms) is forgotten; when the table is full, the one that
// was quiet longest is.
#pragma once
#include <glib.h>
#include <stdint.h>

typedef struct Attempts Attempts;

#define ATTEMPTS_QUIET_MS (15 * INT64_C(60000)) // as a rule

Attempts *attempts_new(size_t capacity, unsigned free, int64_t longest_ms, int64_t quiet_ms);
void attempts_free(Attempts *attempts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Attempts, attempts_free)

// 0: go on, and it counts. Otherwise the milliseconds to wait (nothing is counted). Time is
// monotonic.
int64_t attempts_begin(Attempts *attempts, const char *key, int64_t now_ms);
// It was no failure: one is taken back (an address), or all are (a name).
void attempts_take_back(Attempts *attempts, const char *key);
void attempts_forget(Attempts *attempts, const char *key);
// Keys known now.
size_t attempts_size(Attempts *attempts);
