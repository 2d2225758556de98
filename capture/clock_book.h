// SPDX-License-Identifier: Apache-2.0
// Clock book: what media.db knows of the box's clock: its steps, and how far it is believed.
//
// A step says something of all segments that were recorded since the machine's start: their times
// come from a clock that was then set by so much. Steps add up: a leap that is taken back leaves
// nothing against what came before it (ARCHIVE_CLOCK_US in archive.h reads them).
//
// Thread: the one that has the write connection. Errors are negative errno, store_error tells them.
#pragma once
#include "base/store.h"
#include "capture/clock_judge.h"

// When media.db is opened, before a segment is begun: which segments are the machine's since its
// start.
int clock_book_begin(Store *store);
// The box's clock was set, and no segment has been begun since. Steps of which no segment is left
// are forgotten.
int clock_book_add_step(Store *store, int64_t step_us);
ClockBelief clock_book_belief(Store *store);
int clock_book_put_belief(Store *store, ClockBelief belief);
