// SPDX-License-Identifier: Apache-2.0
// Hall: what the domain's functions need to know besides the store: the config, the calendar, and
// where to note what they changed. Passed to every function that decides something; owned by the
// desk's wiring.
#pragma once
#include "base/config.h"
#include "base/store.h"

typedef struct Calendar Calendar; // rating/calendar.h
typedef struct SealKey SealKey;   // base/seal.h

typedef struct {
    Config *config;
    Calendar *calendar;
    // Notes that a thing changed (kind: rating, complaint, card, case, flag, invitation, hold,
    // duty, roster, master, ticket), for pages that watch. Called inside the transaction, on the
    // writer's thread; the wiring publishes after the commit. May be NULL.
    void (*changed)(void *ctx, const char *kind, const char *id);
    void *ctx;
    const SealKey *seal; // names and telephones are encrypted with it; NULL: none are taken
} Hall;

// The schema of hall.db, oldest step first. The dashboard's tables (user, session, api_key, audit)
// are in it too: one file, one history.
extern const StoreStep hall_schema[];
extern const size_t hall_schema_steps;
