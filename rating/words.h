// SPDX-License-Identifier: Apache-2.0
// Words: what a citizen wrote with a rating, for whoever was rated: who wrote it does not stand in
// it any more. Source: domain rules "Ratings" (personal data of the rater).
#pragma once
#include "rating/hall.h"

// Without longer numbers (redact.h), and without the names that the rater and the applicant of the
// case are known by here. case_number NULL: none. NULL stays NULL; the caller frees. Any
// connection.
char *words_unsigned(Store *store, const Hall *hall, const char *rating, const char *case_number,
                     const char *text);
// What the office wrote about a case (papers asked for, why it was refused), likewise without
// longer numbers and the applicant's name: for a screen that others may see.
char *words_of_case(Store *store, const Hall *hall, const char *case_number, const char *text);
