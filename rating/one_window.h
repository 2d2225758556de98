// SPDX-License-Identifier: Apache-2.0
// One-window 一窗受理: messages of the one-window system about cases, taken and kept.
//
// What holds:
//  - Each message is kept as it came, encrypted (seal.h), for one_window.keep_days and at most
//    one_window.max_messages; its persons for rules.person_days at most. In the clear stay only
//    what names no person, and masks.
//  - The same message again changes nothing and gets the same answer. One that was refused is tried
//    again.
//  - A message about a case that is not known waits, and is told in the transaction in which the
//    case becomes known, whoever makes it so.
//  - What contradicts what is known (another acceptance time, another limit, an end told twice with
//    different results, a step after the end) overwrites nothing: it is kept, and shown as the clue
//    case_contradiction with both versions.
// In whatever order the messages of a case come, it ends the same (case_story.h).
#pragma once
#include "rating/hall.h"
#include "rating/one_window_event.h"

enum { ONE_WINDOW_BYTES_MAX = 32 * 1024 };

typedef enum {
    ONE_WINDOW_TAKEN,
    ONE_WINDOW_WAITING,      // for its case
    ONE_WINDOW_CONTRADICTED, // kept, nothing overwritten
    ONE_WINDOW_REFUSED,      // with why
} OneWindowState;
const char *one_window_state_name(OneWindowState state);

// A message as it was read.
typedef struct OneWindowMessage OneWindowMessage;
// Never NULL: bytes that are no message are one that will be refused. Pure; any thread.
OneWindowMessage *one_window_message_new(const Profile *profile, const SealKey *seal,
                                         OneWindowCall call, const char *bytes, size_t size);
void one_window_message_free(OneWindowMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OneWindowMessage, one_window_message_free)

typedef struct {
    int64_t id;
    OneWindowState state;
    char why[ONE_WINDOW_ERROR_SIZE]; // a sentence for the sender; empty: nothing to say
} OneWindowAnswer;

// sender: whose key it came with. Inside a writer job, which must be undone on any error: 0 or
// negative errno of the store; a message that is refused is no error. -ENOKEY: the box has no key
// to keep it with.
int one_window_take(Store *store, const Hall *hall, const Profile *profile,
                    const OneWindowMessage *message, const char *sender, int64_t now_ms,
                    OneWindowAnswer *ret_answer);
// The profile of the config. The caller frees.
Profile *one_window_profile(const Config *config);

// A case has become known: what waited for it is told. Inside a writer job.
int one_window_case_known(Store *store, const Hall *hall, const char *number, int64_t now_ms);

// Ends what has waited too long, removes what is over, a bounded number at a time. Inside a writer
// job. Their number, or negative errno.
int one_window_sweep(Store *store, const Hall *hall, int64_t now_ms);

// --- reading (one_window_read.c): any connection; JSON is the API's, new references

typedef struct {
    const char *state, *call, *text; // NULL: all; text: of a case number
    int64_t before_id;               // page; STORE_NULL: first
    int limit;
} OneWindowFilter;
json_t *one_window_list(Store *store, const OneWindowFilter *filter);
json_t *one_window_get(Store *store, int64_t id); // NULL: unknown
// {"profile","counts":{state:n},"senders":[{"sender","last_at","messages"}],"oldest_waiting_at"}
json_t *one_window_standing(Store *store, const Config *config);
// As it came. -ENOENT; -ENODATA: erased; -EBADMSG: kept under another key. The caller frees.
int one_window_raw(Store *store, const Hall *hall, int64_t id, char **ret_text);
