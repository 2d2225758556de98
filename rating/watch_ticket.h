// SPDX-License-Identifier: Apache-2.0
// Watch ticket: the rules of conduct about one queue number, as pure functions. One table
// (watch_ticket.c).
#pragma once
#include "rating/watch_rule.h"

typedef struct {
    const char *number, *counter, *staff;
    bool has_case; // names one, or something was done on a case at the counter during the service
    bool gives_advice;          // a counter for questions, collections or complaints
    int64_t since_ms;           // what happened before it is not judged: the box did not look yet
    int64_t began_ms, ended_ms; // of the service; WATCH_NEVER: not yet
    int usual, usual_of;        // of the counter's last tickets before, so many had a case
} WatchTicket;

void watch_ticket_judge(const WatchTicket *ticket, const Config *config, const Calendar *calendar,
                        WatchFindings *findings);

const WatchKind *watch_ticket_kind(size_t i); // NULL after the last
