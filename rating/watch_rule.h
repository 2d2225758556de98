// SPDX-License-Identifier: Apache-2.0
// Watch rule: what all rules of conduct share: their kinds and classes, and what a rule says.
//
// A rule is a pure function over facts. It does not judge anybody: it names a fact, the moment from
// which it is one, and the numbers that show it. What lies ahead of now is kept as the next moment
// to look, so that the same function finds a fact at its minute, or later when the box was off.
// Source: domain rules "Conduct"; docs/conduct.md says for each what is a hit and what is not.
#pragma once
#include "rating/calendar.h"

#include <jansson.h>

#define WATCH_NEVER INT64_MIN // a moment that is not known or does not come; the same as STORE_NULL

typedef enum {
    WATCH_INACTION,   // 不作为
    WATCH_SLOWNESS,   // 慢作为
    WATCH_MISCONDUCT, // 乱作为
    N_WATCH_CLASSES,
} WatchClass;

// "inaction" | "slow" | "misconduct": a kind begins with its class and "_".
const char *watch_class_name(WatchClass class);
// The class of a kind of flag. False: it is no clue of conduct.
bool watch_class_of(const char *kind, WatchClass *ret_class);

typedef struct {
    const char *kind; // of the flag
    const char *chinese, *english;
    const char *option; // of rules.* that moves its threshold; NULL: it has none
} WatchKind;

// One fact that a rule names. Text is owned.
typedef struct {
    const WatchKind *kind;
    char *fact;    // what tells it from another fact of the same kind and subject; "": there is one
    char *subject; // NULL: of what the rule looked at
    char *staff, *counter, *rating; // NULL: of what the rule looked at
    int64_t at_ms;                  // since when it is one
    json_t *evidence;
} WatchHit;

typedef struct {
    int64_t now_ms;
    int64_t next_ms; // when one of the rules says more by time alone; WATCH_NEVER: none does
    GPtrArray *hits; // WatchHit
} WatchFindings;

void watch_findings_init(WatchFindings *findings, int64_t now_ms);
void watch_findings_done(WatchFindings *findings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WatchFindings, watch_findings_done)

// The rule's fact is one from at_ms on: a hit, or the next moment to look. Borrowed, and good until
// the next call; NULL: it lies ahead.
WatchHit *watch_find(WatchFindings *findings, const WatchKind *kind, const char *fact,
                     int64_t at_ms, json_t *take_evidence);
