// SPDX-License-Identifier: Apache-2.0
// Halls: the config and calendar in force, lent to requests, and replaced while requests are in
// flight.
#pragma once
#include "rating/hall.h"

typedef struct Halls Halls;

Halls *halls_new(const Hall *hall); // copies the struct, refs the config
void halls_free(Halls *halls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Halls, halls_free)

// Any thread.
const Hall *halls_take(Halls *halls);
void halls_give_back(Halls *halls, const Hall *hall);

// Waits until all that took the one before have given it back. One thread at a time.
void halls_replace(Halls *halls, const Hall *hall);
