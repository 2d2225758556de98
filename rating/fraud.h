// SPDX-License-Identifier: Apache-2.0
// Fraud: rules that find, by figures, what looks like ratings given for citizens or kept from them.
// Each is a clue, never a verdict. Source: domain rules "Conduct: Rating fraud". How each test
// works and how often it is wrong: docs/fraud.md.
//
// False clues are rationed. rules.false_clues_per_year is what a hall in which nothing is wrong may
// expect; it is dealt out over the looks of a year, the rules (by their share) and the counters
// or people that each rule judges. A clue is raised where the chance of what was seen is below that
// part. The expectation holds however much the tests have to do with one another (looks overlap by
// days), since expectations add up.
//
// Pure functions over a Conduct; any thread.
#pragma once
#include "rating/conduct.h"

typedef enum { FRAUD_COUNTER, FRAUD_PERSON, FRAUD_TELEPHONE } FraudSubject;

typedef struct {
    const char *kind;    // of the flag
    const char *chinese; // its name
    FraudSubject subject;
} FraudKind;

// What the numbers count: presses, visits, runs, bad ratings ...; the page has words for each kind.
typedef struct {
    const FraudKind *kind;
    int subject; // index into the conduct's counters, people or telephones
    CalendarDay from, to;
    int64_t odd, of;             // here
    int64_t other_odd, other_of; // where it was compared with; 0, 0: with a fixed share
    double expected;             // of the `of` here, if it were as elsewhere
    double chance, limit;        // of so many or more; below which it is a clue
    double months;  // how often that comes in a hall in which nothing is wrong: once in so many
    GPtrArray *ids; // const char * of the conduct's: ratings or visits, newest first, some
} FraudClue;

enum {
    FRAUD_IDS_MAX = 20,
    FRAUD_LOOKS_PER_YEAR = 500 /* each working day's end, and one by hand */
};

typedef struct {
    double false_clues_per_year; // in the whole hall
    int quick_press_ms;          // nobody reads five faces in less
    int days;                    // working days that most rules look at
    // Where the last clue of this kind and subject ended: what is older was judged then. Unix ms;
    // 0: none; INT64_MAX: one is open. May be NULL.
    int64_t (*since)(void *ctx, const char *kind, const Conduct *conduct, int subject);
    void *ctx;
} FraudOptions;

// Appends a FraudClue * to the array (which frees with fraud_clue_free) for each that is found.
void fraud_judge(const Conduct *conduct, const FraudOptions *options, GPtrArray *clues);
void fraud_clue_free(FraudClue *clue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FraudClue, fraud_clue_free)

const FraudKind *fraud_kind(const char *kind); // of a flag; NULL: it is none of these
