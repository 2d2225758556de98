// SPDX-License-Identifier: Apache-2.0
// Card 评议卡: a rating on paper, entered by people. One table of transitions (card.c); entries are
// never edited: a wrong card is voided with a reason and entered again.
//
//     good one (5, 4, 3) ──▶ counted 已计入 ──▶ void 已作废
//     bad one (2, 1) ──▶ waiting 待复核 ──▶ counted, when a second person has entered the same
//                                    └──▶ differing 不一致 ──▶ counted, as a director decides
//                        waiting, differing ──▶ void, by a director who did not enter it
//
// The second person does not see the first entry. Whoever was rated takes no part in confirming,
// deciding or voiding. Once it counts it is a rating with the card's id and channel "card"; a bad
// one's rectification begins then, and it leaves the figures only that way (rectification.h).
#pragma once
#include "rating/actor.h"
#include "rating/hall.h"

enum { CARD_NUMBER_MAX = 32 };

typedef struct {
    const char *id;     // of the entry, a UUID; the first one's is the card's
    const char *number; // printed on the card
    const char *day;    // "2026-11-24": a card knows no moment
    const char *counter;
    int level;               // 5..1
    const char *const *tags; // codes
    size_t n_tags;
    const char *text, *case_number;
    const char *staff; // number of who is named on it; NULL: whoever had duty alone on that day
    const char *scan;  // attachment; NULL: none
    const char *why;   // decide and void
} CardInput;

// The first entry of a card, or, of one that waits, the second one: the number decides. Idempotent
// by id. -EEXIST: the number has been entered, or the id is another entry's; -EINVAL; -EACCES: not
// by this person; -ENOENT: no such scan; all with a sentence in error (at least 200 bytes).
// ret_is_new: false for an entry that was known. The caller frees ret_card. Inside a writer job.
int card_enter(Store *store, const Hall *hall, const CardInput *input, const Actor *actor,
               int64_t now_ms, char **ret_card, bool *ret_is_new, char *error);
// action: decide (an entry of the director's own, but number and scan) or void. -ENOENT.
int card_act(Store *store, const Hall *hall, const char *card, const char *action,
             const CardInput *input, const Actor *actor, int64_t now_ms, char *error);

typedef struct {
    const char *state; // NULL: all
    bool is_mine;      // entered or confirmed by who asks
    bool waits_for_me; // what who asks may enter a second time, or decide
    int64_t before_ms; // page: entered before this ...
    const char *before_id;
    int limit;
} CardFilter;
// {"items":[{"id","number","state","day","counter":{"id","name"},"level","tags","text",
//  "case_number","staff":{"number","name"}|null,"scan","entered_by","entered_at","confirmed_by",
//  "decided_by","ended_at","rating","actions":[]}],"next","total"}, the newest first. Of one that
//  does not count yet who asks sees but the own entry; whoever is no director, but own cards and
//  those that wait.
json_t *card_list(Store *store, const Hall *hall, const CardFilter *filter, const Actor *actor);
// With "entries" (of one that differs, for a director) and "steps". NULL: unknown, or not for the
// actor.
json_t *card_get(Store *store, const Hall *hall, const char *id, const Actor *actor);
// {"number","entered_by","confirmed_by","decided_by","scan"} of a rating; json null: by no card.
json_t *card_of_rating(Store *store, const char *rating);
// Whether the scan may be seen: as the card itself.
bool card_shows_scan(Store *store, const char *id, const Actor *actor);
