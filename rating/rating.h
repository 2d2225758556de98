// SPDX-License-Identifier: Apache-2.0
// Rating: what a citizen pressed, joined to invitation, case, counter, staff and clip.
//
// A rating is never dropped and never edited. What could not be joined or looks odd is kept as a
// mark. Sources: domain rules "Ratings" (levels 5..1; one press for one invitation; follow-up is a
// record of its own).
#pragma once
#include "rating/hall.h"
#include "rating/person.h"

typedef enum {
    MARK_NO_INVITATION = 1 << 0,      // no invitation id
    MARK_UNKNOWN_INVITATION = 1 << 1, // an id that this box never gave
    MARK_EXPIRED = 1 << 2,            // pressed after the invitation's window
    MARK_REPEATED = 1 << 3,           // the invitation was already used, or the case
                                      // rated online or by its code: not counted
    MARK_OTHER_PAD = 1 << 4,          // the invitation was given to another counter
    MARK_UNKNOWN_CASE = 1 << 5,       // no case known for it
    MARK_INFERRED = 1 << 6,    // case or ticket joined by counter and time, not by invitation
    MARK_CLOCK_SKEW = 1 << 7,  // pad's clock differs by more than 120 s
    MARK_NO_CAMERA = 1 << 8,   // no recording camera sees the counter
    MARK_UNKNOWN_TAG = 1 << 9, // a tag code that the tag table does not have
    MARK_VOID = 1 << 10,       // found mistaken or malicious (rectification.h): not counted
    MARK_FOLLOW_UP = 1 << 11,  // a second one of the same service (follow_up.h): not counted
} RatingMark;                  // in JSON the name in lower case without MARK_

// Borrowed text. event_ms = received_ms - age_ms is worked out by the caller (see docs/pads.md).
typedef struct {
    const char *id;      // UUID by the pad
    const char *pad;     // NULL for other channels
    const char *counter; // of the pad at the time
    const char *channel; // "pad", "qr" (a telephone), "card" (on paper),
                         // "callback" (said when called back)
    const char *origin;  // of a telephone: what its ratings of a day have in common; NULL: none
    const char *boot;
    int64_t seq;
    const char *invitation;  // NULL: none
    const char *case_number; // said by another system; NULL: by the invitation, or inferred
    // A card's: event_ms tells the day alone, so that nothing is inferred from the moment; who was
    // rated is said.
    bool is_of_day;
    const char *staff_number, *staff_name;
    bool is_afterwards;      // said when called back: nothing is inferred from that moment either
    int level;               // 5..1
    const char *const *tags; // codes
    size_t n_tags;
    const char *text; // NULL: none
    int64_t event_ms;
    int64_t received_ms;
    int64_t pad_clock_ms; // STORE_NULL: the pad said none
    int64_t age_ms;
    const char *clock_kind;    // ntp | rtc | none
    const char *follows;       // the first rating that this one follows up; NULL: it is a first
    bool has_receipt;          // a follow-up by the telephone that gave the first
    const PersonInput *person; // who rated, where the citizen says so; NULL: anonymous
} RatingInput;

typedef enum {
    RATING_STORED,
    RATING_DUPLICATE, // is known by its id
    RATING_OTHER,     // so is another one, of another level, counter or channel
} RatingOutcome;      // only the first changes anything

// Inside a writer job. 0 or negative errno (nothing is stored then). A bad rating (2, 1) asks for a
// hold on its clip in the same transaction (hold.h).
// -EINVAL: a level outside 1..5, or no id, counter or channel; of a follow-up also as
// follow_up_find (follow_up.h).
int rating_store(Store *store, const Hall *hall, const RatingInput *input,
                 RatingOutcome *ret_outcome);
// Takes a rating out of the figures: it stays, marked void, with all that was said about it. Inside
// a writer job.
int rating_take_out(Store *store, const Hall *hall, const char *id);
// A case became known: ratings that name it lose MARK_UNKNOWN_CASE (the join itself is by number,
// at reading). Inside a writer job.
int rating_case_known(Store *store, const Hall *hall, const char *number);

// Reading: any connection. JSON is the API's (docs/api/openapi.yaml); new references.
typedef struct {
    int64_t from_ms, to_ms; // by event time; STORE_NULL: open
    int level;              // 0: all; 10: good (5,4,3); 20: bad (2,1)
    const char *counter, *staff, *pad, *case_number, *mark, *text; // NULL: all
    const char *within;    // JSON array of ids, of which all are taken; NULL: all
    int64_t before_ms;     // page: older than this event time ...
    const char *before_id; // ... and id; NULL: first page
    int limit;             // 1..200
} RatingFilter;
json_t *rating_list(Store *store,
                    const RatingFilter *filter); // {"items","next":"MS:ID"|null,"total"}
// With "rectification" (rectification.h). NULL: unknown.
json_t *rating_get(Store *store, const char *id, int64_t now_ms);
json_t *rating_of_case(Store *store, const char *number); // list rows, newest first
// {"levels":{"5":n,...},"good":{"n","of"},"bad":{"n","of"},"active":{"n","of"}}; what counts is one
// table in figures.c. from_ms <= event time < to_ms.
json_t *rating_figures(Store *store, int64_t from_ms, int64_t to_ms);
