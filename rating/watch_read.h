// SPDX-License-Identifier: Apache-2.0
// Watch read: the facts that the rules of conduct judge, from the store. A case costs a handful of
// indexed questions, whatever else there is.
#pragma once
#include "rating/hall.h"
#include "rating/watch_case.h"
#include "rating/watch_ticket.h"
#include "rating/watch_voice.h"

// Owns the text that the facts borrow.
typedef struct {
    GStringChunk *text;
    WatchCase facts;
} WatchCaseRead;

// -ENOENT: no such case.
int watch_case_read(Store *store, const char *number, int64_t now_ms, WatchCaseRead *ret_read);
void watch_case_read_done(WatchCaseRead *read);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WatchCaseRead, watch_case_read_done)

// Text goes into the chunk. -ENOENT: there is none.
int watch_bad_read(Store *store, const char *rating, GStringChunk *text, WatchBad *ret_bad);
int watch_ticket_read(Store *store, const Hall *hall, const char *id, GStringChunk *text,
                      WatchTicket *ret_ticket);
int watch_complaint_read(Store *store, const char *id, GStringChunk *text,
                         WatchComplaint *ret_complaint);
