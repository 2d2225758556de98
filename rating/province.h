// SPDX-License-Identifier: Apache-2.0
// Province: each rating goes to the province's platform (province: in the config), in the fields
// and codes of a profile (profile.h), through the outbox. So does what changes later: its case
// became known, its rectification went on, it is not counted any more. Where a province counts
// silence as a level, that is done here alone, and marked: the box's own figures never have it.
// Source: domain rules "Ratings", "Fields that the provinces' interfaces ask for".
//
// A row names what is told of; the record is made at each try, from what is known by then, so that
// a record never says less than the box knows, and what was erased is not sent. Ids of messages
// follow from what they tell of: told again, they are the same messages.
//
//     UUID            the rating
//     UUID.case       its case became known
//     UUID.void       it is not counted any more
//     UUID.STEP       a step of its rectification
//     default.NUMBER  a case that nobody rated
#pragma once
#include "rating/outbox.h"

// Something about a rating; change: as above, NULL: the rating itself. Nothing where no province is
// configured. Inside a writer job. 0 or negative errno.
int province_tell(Store *store, const Hall *hall, const char *rating, const char *change,
                  int64_t now_ms);
// Finished cases whose time to be rated has run out, by the profile. Inside a writer job. Cases
// told of, or negative errno.
int province_sweep(Store *store, const Hall *hall, int64_t now_ms);

#define PROVINCE_REPLAY_MAX_DAYS 92
// Tells again of the ratings of a stretch (by their own time), at most a day of it: as the same
// messages. Those that wait already stay as they are. Inside a writer job. Messages, or negative
// errno.
int province_replay(Store *store, const Hall *hall, int64_t from_ms, int64_t to_ms, int64_t now_ms);

// What is known of a row's rating or case, by the names of the profiles' sources; NULL: it has
// gone. New reference. Any connection.
json_t *province_facts(Store *store, const Hall *hall, const OutboxRow *row, int64_t now_ms);
