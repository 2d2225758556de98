// SPDX-License-Identifier: Apache-2.0
// Board: results of cases as everybody may read them (结果公示): the name's mask, item, unit,
// result and day; never a number, a reason or who worked on it. Pure reading, any connection.
#pragma once
#include "base/config.h"
#include "base/store.h"
#include <jansson.h>

enum { BOARD_RESULTS_MAX = 200 };

// Whether board.shows has it.
bool board_shows(const Config *config, const char *what);
// [{"applicant":mask|null,"item","unit","result":"finished|refused|returned|withdrawn",
//   "on":"2026-11-24"}] of the last board.days days, newest first, at most BOARD_RESULTS_MAX.
json_t *board_results(Store *store, const Config *config, int64_t now_ms);
