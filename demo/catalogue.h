// SPDX-License-Identifier: Apache-2.0
// Catalogue: the demonstration hall's master data: items, units, staff, villages and agents, from
// tables as any hall would import them (demo/master/), and a roster of this week and the next. All
// names and numbers are invented.
#pragma once
#include "demo/api.h"

// director: with a key of that role. Harmless again: what is there already stays.
void catalogue_lay_out(Api *director);
