// SPDX-License-Identifier: Apache-2.0
// Ticket: a queue number at a counter (叫号), and duty: who sits at a counter, from when to when.
#pragma once
#include "rating/hall.h"

// PUT /api/v1/tickets/{id}: {"number","counter","case","issued","called","served","finished",
// "state"}, the moments as times, state issued | called | served | finished | missed. Idempotent; a
// field that is left out keeps what was known; number is wanted the first time. A state without its
// moment happens now; no state: the latest moment tells it. -EINVAL with a sentence in error (at
// least 200 bytes). Inside a writer job.
int ticket_put(Store *store, const Hall *hall, const char *id, json_t *body, int64_t now_ms,
               char *error);
// What a hall's queue machine tells of a number. Messages may come twice and out of order: the
// first issue, call and service count, the last end; who was missed is called again by a later
// call.
typedef struct {
    const char *id, *number;
    const char *event;                 // issued | called | served | finished | missed
    const char *counter, *case_number; // NULL: not said, stays
    int64_t at_ms;
} TicketEvent;
// 1: something changed; 0: nothing new; -EEXIST: the id is one of the hall's own queue (queue.h),
// with a sentence in error (at least 200 bytes). Inside a writer job.
int ticket_event(Store *store, const Hall *hall, const TicketEvent *event, int64_t now_ms,
                 char *error);
// PUT /api/v1/counters/{id}/duty: {"staff":{"number","name"},"at"}; staff null: nobody. The name is
// that of the master data where the number is known there. Ends the
// duty before it, and the same person's duty at another counter. at: default now. -ENOENT: no such
// counter; -EINVAL; both with a sentence in error. Inside a writer job.
int duty_put(Store *store, const Hall *hall, const char *counter, json_t *body, int64_t now_ms,
             char *error);
// [{"counter","staff_number","staff_name","since"}] now.
json_t *duty_list(Store *store);

// The ticket in service at the counter at the moment: called or served within 4 hours before it,
// and not finished more than 10 minutes before it. NULLs: none. The caller frees both.
int ticket_in_service(Store *store, const char *counter, int64_t at_ms, char **ret_id,
                      char **ret_case_number);
// Who sat there at the moment; NULLs: nobody. The caller frees both.
int duty_at(Store *store, const char *counter, int64_t at_ms, char **ret_number, char **ret_name);
