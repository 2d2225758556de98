// SPDX-License-Identifier: Apache-2.0
// Queue: the hall's own queue (叫号), for halls that have no machine for it. A lane (config queue)
// is a group of services with its counters; a number is the lane's letter and the number of the
// day. Tickets are rows of ticket.h, so that ratings, cases and figures see the same ones; a ticket
// with a lane is one of this queue.
//
// What may be done with a ticket is one table (queue.c); each step is a row with who and when. All
// functions that write run inside a writer job, one after another: two counters that call at the
// same moment never get the same ticket. Errors: -ENOENT; -EINVAL and -EEXIST (not from this state)
// with a sentence in error (at least 200 bytes).
#pragma once
#include "rating/hall.h"
#include "rating/queue_estimate.h"

// Why somebody goes before others, NULL-terminated: elder, disabled, soldier, pregnant.
extern const char *const queue_priorities[];

typedef struct {
    const char *id;       // a UUID that whoever takes it makes: sent again, it is the same ticket
    const char *lane;     // -ENOENT: no such lane
    const char *priority; // of queue_priorities; NULL: none
    const char *user;     // who let it be taken: a screen, a person
} QueueTake;
int queue_take(Store *store, const Hall *hall, const QueueTake *take, int64_t now_ms, char *error);

// Calls whoever is next for the counter (queue_choice.h); what is in service there is finished
// first. -EEXIST: the one that was called has not come yet: start, recall or miss it. ret_ticket:
// NULL: nobody waits. The caller frees.
int queue_call_next(Store *store, const Hall *hall, const char *counter, const char *user,
                    int64_t now_ms, char **ret_ticket, char *error);

typedef struct {
    const char *action;     // call | recall | start | finish | miss | return | pass
    const char *counter;    // where it is done; call wants it, others must agree with the ticket's
    const char *lane;       // pass: to this lane; NULL: stays
    const char *to_counter; // pass: only to this counter; NULL: any of the lane
    const char *why;        // pass; may be NULL
    const char *user;
} QueueStep;
int queue_act(Store *store, const Hall *hall, const char *ticket, const QueueStep *step,
              int64_t now_ms, char *error);

// --- reading; any connection

// [{"id","name","prefix","takes_priority","waiting","priority_waiting","longest_at","taken",
// "served","missed","counters_open","estimate":{"low","high"}|null,"counters":[{"id","name",
// "is_open","staff","ticket"}]}] of today. The estimate is for who takes a number now.
json_t *queue_lanes(Store *store, const Hall *hall, int64_t now_ms);
// What a clerk works with: {"counter","current":ticket|null,"waiting":[ticket],"missed":[ticket],
// "lanes":[{"id","name"}]}. NULL: no such counter.
json_t *queue_at_counter(Store *store, const Hall *hall, const char *counter, int64_t now_ms);
// For the screen: {"calls":[{"number","priority","counter":{"id","name"},"state","called_at",
// "calls"}],"lanes":[{"name","waiting"}]}: what is at the counters now, the last call first.
json_t *queue_screen(Store *store, const Hall *hall, int64_t now_ms);
// For whoever has the ticket: {"id","number","lane","state","priority","counter","issued_at",
// "before","waiting","estimate"}. NULL: it is none of this queue's.
json_t *queue_ticket(Store *store, const Hall *hall, const char *id, int64_t now_ms);
// Its steps: [{"at","user","action","from","to","counter","lane","why"}].
json_t *queue_steps(Store *store, const char *id);
// The wait of who would come now behind those who wait; waiting: how many there are.
QueueEstimate queue_estimate_of(Store *store, const Hall *hall, const ConfigLane *lane,
                                int64_t now_ms, int *ret_waiting);
