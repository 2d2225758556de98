// SPDX-License-Identifier: Apache-2.0
// Mood: many unhappy citizens at one counter at once, which is worth a look now and not tomorrow:
// half or more bad of at least four ratings within a quarter of an hour (practice of a maker of
// rating kiosks; docs of this domain, "the first alert worth having"); of more than sixty the
// newest sixty count.
#pragma once
#include "rating/hall.h"

// A bad rating of the counter was stored: raises "mood" where it is one too many, once until the
// flag is no longer open. A rating that comes late (of a pad that was away) is no news of the
// hour. Inside its writer job. Flags raised, or negative errno.
int mood_judge(Store *store, const Hall *hall, const char *counter, int64_t event_ms,
               int64_t now_ms);
