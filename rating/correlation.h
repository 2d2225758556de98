// SPDX-License-Identifier: Apache-2.0
// Correlation: what a rating belongs to: invitation, then the ticket in service, then the case with
// the latest work at the counter; who was on duty; and which minute of which camera shows it.
#pragma once
#include "rating/rating.h"

typedef struct {
    char *case_number, *ticket, *staff_number, *staff_name; // NULL: none
    const char *camera;                                     // the config's; NULL: none
    int64_t clip_from_ms, clip_to_ms;                       // STORE_NULL without a camera
    unsigned marks;                                         // of RatingMark
    bool uses_invitation; // the one press that the invitation was for
} Correlation;

// Reads only. 0 or negative errno.
int correlation_find(Store *store, const Hall *hall, const RatingInput *input,
                     Correlation *ret_correlation);
void correlation_done(Correlation *correlation);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Correlation, correlation_done)
