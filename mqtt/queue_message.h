// SPDX-License-Identifier: Apache-2.0
// Queue message: the JSON by which a hall's own queue machine tells what happened to a number
// (docs/queue.md is the contract). Topic hall/v1/{hall}/queue/up/ticket, user "queue"; answered as
// pads are, on queue/down/stored.
//
// Pure functions over bytes. Any thread. Every size from outside is capped here.
#pragma once
#include "mqtt/pad_message.h"

#define QUEUE_USER        "queue" // no pad has this id
#define QUEUE_NUMBER_MAX  32
#define QUEUE_COUNTER_MAX 32
#define QUEUE_CASE_MAX    50
#define QUEUE_TICKET_MAX  64

// Text is borrowed from root, which the struct owns: queue_message_done frees it.
typedef struct {
    json_t *root;
    const char *id;          // of the message: sent again, it changes nothing
    const char *ticket;      // the machine's own name for it, unique over days
    const char *number;      // what the slip says
    const char *event;       // issued | called | served | finished | missed
    const char *counter;     // NULL: not said
    const char *case_number; // NULL: not said
    int64_t clock_ms;        // when, by the machine's clock; PAD_TIME_UNKNOWN: it said none
    int64_t age_ms;          // from the event to this send; 0..PAD_AGE_MAX_MS
    bool has_age;            // an age goes before a clock
} QueueMessage;

// 0, or -EINVAL with ret_bad filled (the struct is then empty, nothing to free).
int queue_message_parse(const char *bytes, size_t size, QueueMessage *ret_message, PadBad *ret_bad);
void queue_message_done(QueueMessage *message);
// When it happened, for one that came in at the moment: never after it.
int64_t queue_message_at(const QueueMessage *message, int64_t received_ms);
