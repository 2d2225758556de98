// SPDX-License-Identifier: Apache-2.0
// Docket: the demonstration hall's cases: files them at the box, and moves the open ones on as
// offices do.
#pragma once
#include "demo/api.h"
#include "demo/plan.h"

typedef struct Docket Docket;

// api and chance are borrowed.
Docket *docket_new(Api *api, GRand *chance);
void docket_free(Docket *docket);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Docket, docket_free)

// Cases of days ago, some of them due today, yellow or red. Files only what the box does not know
// yet.
void docket_file_history(Docket *docket);

// A citizen files at a counter. The case's number, or NULL where the papers did not suffice; the
// caller frees.
char *docket_file(Docket *docket, const PlanCounter *counter, const PlanItem *item);
// The counter is done with it: instant items are finished, others go to their office.
void docket_leave_counter(Docket *docket, const PlanCounter *counter, const char *number,
                          const PlanItem *item);
// One open case gets on: a step, a pause, a resumption, its end.
void docket_move_on(Docket *docket);
// The number of a finished case that waits to be picked up; NULL: none. The caller frees.
char *docket_pick_up(Docket *docket, const PlanCounter *counter);
