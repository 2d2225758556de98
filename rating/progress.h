// SPDX-License-Identifier: Apache-2.0
// Progress: what a citizen may know of a case (办件查询), and what everybody may of those that
// ended (结果公示). Names are masked; texts that the office wrote to the citizen have names and
// long numbers masked (person_mask_text). Pure reading, any connection.
#pragma once
#include "rating/hall.h"
#include <jansson.h>

// Of the case with this number and these last four digits (person_has_tail). NULL: the two do not
// belong together, whatever the reason, and the work was the same for each reason.
//   {"number","item","unit","kind","applicant":mask|null,"state" (case_story.h),"accepted_at",
//    "due_at","is_provisional","limit_days","days_left","finished_at","why":text|null (refused,
//    returned),
//    "wants":[{"what":"papers|pick_up","text"|null,"due_on":"2026-11-30"|null,
//              "counter":name|null}],
//    "steps":[{"step":"received|accepted|in_hand|finished|picked_up|refused|returned|withdrawn",
//              "at"|null,"state":"done|now|ahead"}]}
json_t *progress_read(Store *store, const Hall *hall, const char *number, const char *tail);
