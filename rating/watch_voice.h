// SPDX-License-Identifier: Apache-2.0
// Watch voice: the rules of conduct about what citizens said: a bad rating that nobody takes up,
// and complaints about papers or charges beyond the guide. Pure functions.
#pragma once
#include "rating/watch_rule.h"

// A bad rating's life (rectification.h).
typedef struct {
    const char *rating, *counter, *staff;
    bool is_verifying; // nobody has verified it yet
    int64_t event_ms, due_ms;
} WatchBad;

typedef struct {
    const char *category; // category.h
    const char *counter, *staff;
    int64_t number, taken_ms;
} WatchComplaint;

void watch_bad_judge(const WatchBad *bad, WatchFindings *findings);
void watch_complaint_judge(const WatchComplaint *complaint, WatchFindings *findings);

const WatchKind *watch_voice_kind(size_t i); // NULL after the last
