// SPDX-License-Identifier: Apache-2.0
// Citizen: who comes to the hall, and what they say about it. Drawn from tables by a seeded chance.
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef enum { VERDICT_RATES, VERDICT_IS_SILENT, VERDICT_REFUSES } VerdictKind;

typedef struct {
    VerdictKind kind;
    int level;           // 1 to 5
    const char *tags[4]; // NULL-terminated
    const char *text;    // NULL: nothing written
    double delay_s;      // until the press
} Verdict;

Verdict verdict_random(GRand *chance);
// An invented name; the caller frees.
char *citizen_name(GRand *chance);
