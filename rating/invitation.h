// SPDX-License-Identifier: Apache-2.0
// Invitation: the box asks a pad to ask. One-shot, expires by the box's clock, tied to counter,
// case and staff.
#pragma once
#include "rating/hall.h"

typedef struct {
    const char *counter;                   // must exist
    const char *case_number;               // NULL: none; one that is not known yet is kept
    const char *staff_number, *staff_name; // NULL: who is on duty at the counter
    int64_t now_ms;
} InvitationInput;

// What the pad's command needs. The owner of the struct frees with invitation_done.
typedef struct {
    char *id, *counter, *case_number, *item_name, *staff_number, *staff_name;
    int64_t created_ms, expires_ms;
} Invitation;

// Inside a writer job. -ENOENT: no such counter. The id is a UUID; the ticket in service is noted
// with it.
int invitation_new(Store *store, const Hall *hall, const InvitationInput *input,
                   Invitation *ret_invitation);
// For the telephone: by the code of a finished case, until the end of rules.late_rating_days. One
// that is still good is given again. -ENOENT: no such case; -EINVAL: it is not finished, or no
// counter is known of it; -EEXIST: it was rated, or its days are over (all with a sentence in
// error, at least 200 bytes).
int invitation_of_case(Store *store, const Hall *hall, const char *case_number, int64_t now_ms,
                       Invitation *ret_invitation, char *error);
void invitation_done(Invitation *invitation);
// Pad's acknowledgement: state is shown | refused | expired | busy. -ENOENT: unknown id; -EACCES: a
// pad of another counter; -EINVAL: no such state. After the rating it changes nothing.
int invitation_acknowledge(Store *store, const Hall *hall, const char *id, const char *pad,
                           const char *state, int64_t now_ms);
// {"id","counter","case_number","item_name","staff","state","pad","created_at","expires_at","rating"};
// state: waiting | shown | refused | busy | expired | rated. NULL: unknown.
json_t *invitation_get(Store *store, const char *id);
