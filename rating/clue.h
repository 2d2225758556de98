// SPDX-License-Identifier: Apache-2.0
// Clue: one look at the conduct of the weeks before a day (fraud.h), and the flags that follow.
//
// Each clue is a flag of its kind (fraud_quick ...) for "counter:ID", "staff:NUMBER" or
// "telephone:RATING", with its numbers as evidence. While one is open no other of its kind and
// subject is raised; once it is dismissed or closed, only what came after it counts for the next.
// So a look may be repeated for any day: it raises nothing twice.
#pragma once
#include "rating/calendar.h"
#include "rating/hall.h"

typedef struct Clues Clues;

// Reads and judges; any connection. now_ms: the day may still be going on. 0 or negative errno.
int clue_find(Store *store, const Hall *hall, CalendarDay day, int64_t now_ms, Clues **ret_clues);
void clue_free(Clues *clues);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Clues, clue_free)

// Inside a writer job: raises a flag for each, and notes a day that has ended as looked at. Flags
// raised, or negative errno.
int clue_keep(Store *store, const Hall *hall, const Clues *clues, int64_t now_ms);

// Whether the flag is a clue about this person, or rests on ratings of them: then they take no part
// in deciding it.
bool clue_is_about(Store *store, const char *flag, const char *staff_number);

// The next working day that has ended and was not looked at, a month back at most; -1: none.
CalendarDay clue_next_day(Store *store, const Hall *hall, int64_t now_ms);
