// SPDX-License-Identifier: Apache-2.0
// Roll-up: what the hall has done, counted beforehand by hour, day, 8, 64 and 512 days, so that
// five years answer as fast as a day.
//
// Whatever changes a count (a rating comes, also late; is voided; is joined to another case; a case
// is finished, an invitation answered ...) marks the hours that it belongs to as stale, by triggers
// in the same transaction (rollup_schema.c), so that no writer can forget it. A reader takes the
// roll-ups and, for stale hours and the ends of its range, counts the rows themselves by the same
// SQL: its answer is right at once, whether or not rollup_fold() has come by. Triggers only mark,
// since a rating moves five counts of five grains each: a mark is one short row, and the hour is
// counted once when it is over.
//
// Grains begin at multiples of UTC hours, and days at the hall's 00:00 where that is UTC+8; another
// zone's day is put together from hours, which costs a little time and is as right.
#pragma once
#include "base/store.h"

// What is counted. In this order the columns of figure_cell.
#define ROLLUP_MEASURES(M)                                                                         \
    M(n5)                                                                                          \
    M(n4)                                                                                          \
    M(n3)                                                                                          \
    M(n2)                                                                                          \
    M(n1)        /* ratings that count, by their event time */                                     \
    M(rectified) /* bad ones that were verified, put right and told in time */                     \
    M(to_call)   /* bad ones whose citizen left a number */                                        \
    M(called)    /* of these: the citizen was reached */                                           \
    M(services)  /* visits, by the moment at which they became known (rollup.c) */                 \
    M(rated)     /* of these: a person has rated them */                                           \
    M(filed)     /* cases, by their filing */                                                      \
    M(online)    /* of these: filed online */                                                      \
    M(done)      /* cases, by their end */                                                         \
    M(on_time)   /* of these: not after their limit */                                             \
    M(promise_of)                                                                                  \
    M(promise_saved) /* statutory days, and of these: not promised (done cases with both) */       \
    M(used_of)                                                                                     \
    M(used_saved) /* statutory days, and of these: not used */

typedef enum {
#define ROLLUP_ENUM(name) ROLLUP_##name,
    ROLLUP_MEASURES(ROLLUP_ENUM)
#undef ROLLUP_ENUM
        ROLLUP_N_MEASURES
} RollupMeasure;

extern const char rollup_schema[], rollup_visits[]; // steps of hall_schema (hall.h)

// Part of a query of ?1 <= moment < ?2, from its FROM on: services (visits) one by one as v(id, at,
// case_number, unit, counter, staff, staff_name, item, item_name, services, rated); it ends in a
// condition, so that others may follow.
extern const char rollup_services_sql[];

// By what rows are kept. key and sub are "" where a thing belongs to none.
typedef enum {
    ROLLUP_PLACE,   // key: counter, sub: hour of the hall's day, "09"
    ROLLUP_STAFF,   // key: staff number
    ROLLUP_ITEM,    // key: service item, sub: unit
    ROLLUP_CHANNEL, // key: channel of the ratings; "" has all that is no rating
    ROLLUP_TAG,     // key: tag that a bad rating gave, sub: its table's version; n2 and n1 only
    ROLLUP_N_KINDS
} RollupKind;

typedef struct {
    char *key, *sub, *name; // name: NULL where none is known
    int64_t n[ROLLUP_N_MEASURES];
} RollupRow;

// from_ms <= moment < to_ms; only: one key, NULL: all. An array of RollupRow with its free
// function, without rows that are all zero, in no order. Any connection; one snapshot.
GPtrArray *rollup_rows(Store *store, RollupKind kind, const char *only, int64_t from_ms,
                       int64_t to_ms);
// The same, counted from the rows themselves: slow; for tests and bench.
GPtrArray *rollup_count(Store *store, RollupKind kind, int64_t from_ms, int64_t to_ms);

// Counts up to max_hours stale hours anew that are over by now, the oldest first. Inside a writer
// job. How many; 0: none is left; or negative errno.
int rollup_fold(Store *store, int64_t now_ms, int max_hours);
// The hours of the day that are kept belong to a zone: where it is another one than before,
// everything is stale. Inside a writer job, at the start.
int rollup_follow_zone(Store *store, const char *zone);
