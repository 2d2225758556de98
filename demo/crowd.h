// SPDX-License-Identifier: Apache-2.0
// Crowd: people who come to the demonstration hall and take a number, each at the machine by the
// door, some of them with priority. No more than a few wait in any lane.
#pragma once
#include "demo/api.h"

typedef struct Crowd Crowd;

// api and chance are borrowed. speed: as of booths.
Crowd *crowd_new(Api *api, GRand *chance, double speed);
void crowd_free(Crowd *crowd);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Crowd, crowd_free)

void crowd_tick(Crowd *crowd);
