// SPDX-License-Identifier: Apache-2.0
// Booth: a counter at work: its queue number is called, a citizen is served, asked, and goes.
#pragma once
#include "demo/docket.h"
#include "demo/pad.h"

typedef struct Booth Booth;

typedef struct {
    const PlanCounter *counter;
    Api *api; // borrowed, as the next two
    Docket *docket;
    GRand *chance;
    double speed; // 2: people do everything twice as fast
} BoothOptions;

Booth *booth_new(const BoothOptions *options);
void booth_free(Booth *booth);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Booth, booth_free)

// The booth's pad; borrowed, set before the first tick.
void booth_set_pad(Booth *booth, Pad *pad);
// For PadOptions.invited.
void booth_invited(void *booth);
void booth_tick(Booth *booth);
