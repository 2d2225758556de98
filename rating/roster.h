// SPDX-License-Identifier: Apache-2.0
// Roster (排班): when a counter is to be open and who is to sit there, when it is closed although
// it would be open, and who is on leave. Duty (ticket.h) is what really happened; the roster is
// what was meant to.
//
// An entry has a span of time, at most a year, and a kind:
//   open    counter, with or without a person: it is served. A tidal counter that is opened for a
//           time has such an entry.
//   closed  counter: it is not (machine broken, meeting); stronger than open
//   leave   person: away, wherever the person would sit
// On a day with an open entry a counter is closed outside its entries. On a day without one nothing
// is said, and duty decides.
#pragma once
#include "rating/hall.h"

typedef enum {
    ROSTER_UNKNOWN, // nothing is said: duty decides
    ROSTER_OPEN,
    ROSTER_CLOSED,
    ROSTER_LEAVE, // it would be open, but everybody who is to sit there is on leave
} RosterState;

const char *roster_state_name(RosterState state); // "unknown", "open", "closed", "leave"
// How the counter is to be at the moment. Where nothing is said of the counter and the one who is
// on duty there has leave: ROSTER_LEAVE. Any connection. 0, or negative errno of the store.
int roster_state_at(Store *store, const char *counter, int64_t at_ms, RosterState *ret_state);
// Who is to sit there, and is not on leave; NULLs: nobody is named. The caller frees both.
int roster_person_at(Store *store, const char *counter, int64_t at_ms, char **ret_number,
                     char **ret_name);
// Whether the person has leave then. 1, 0 or negative errno.
int roster_is_on_leave(Store *store, const char *staff_number, int64_t at_ms);

// PUT /api/v1/roster/{id} (id: UUID of the page's own):
// {"kind","counter","staff":{"number","name"}, "from","to","note","version"}. version: of the entry
// that the caller has looked at; 0 or absent: a new one. The same again changes nothing. ret_row:
// the entry as roster_list has it. -EINVAL; -ENOENT: no such counter, or the entry was removed;
// -EEXIST: it is another version by now, or the person is to sit at another counter then; each with
// a sentence in error (at least 200 bytes). Inside a writer job.
int roster_put(Store *store, const Hall *hall, const char *id, json_t *body, const char *who,
               int64_t now_ms, json_t **ret_row, char *error);
// -ENOENT; -EEXIST: it is another version by now, with a sentence in error. Inside a writer job.
int roster_remove(Store *store, const Hall *hall, const char *id, int64_t version, char *error);

typedef struct {
    const char *counter, *staff_number; // NULL: all
    int64_t from_ms, to_ms;             // entries that touch [from, to)
} RosterFilter;
enum { ROSTER_ROWS_MAX = 5000 };
// [{"id","kind","counter","staff":{"number","name"}|null,"from","to","note","version","by",
// "changed_at"}] in order of time, at most ROSTER_ROWS_MAX.
json_t *roster_list(Store *store, const RosterFilter *filter);

// The open entries of the week that begins with the day are put into the week that begins with the
// other, for counters and working days of which nothing is said there; people on leave are left
// out. Entries made, or negative errno; -EINVAL with a sentence in error. Inside a writer job.
int roster_copy_week(Store *store, const Hall *hall, int32_t from_day, int32_t to_day,
                     const char *who, int64_t now_ms, char *error);
