// SPDX-License-Identifier: Apache-2.0
// Verification: an exported zip that is looked over for a person, one of a few at a time, each by a
// process of its own (`hallwatch verify-lines`: the code of `hallwatch verify`), so that a zip that
// was made to do harm harms nobody.
//
// The zip is an export that lies on the box, or a file that only the person has. Of that one the
// box keeps nothing: it says which bytes it wants to look at next, and is fed them.
#pragma once
#include <glib.h>
#include <jansson.h>
#include <stdint.h>

typedef struct Verifications Verifications;

enum {
    VERIFICATION_FEED_MAX = 4 << 20, // bytes of one feeding
    VERIFICATIONS_AT_ONCE = 4,
};

// program: of this process, as it is started again with verify-lines.
Verifications *verifications_new(const char *program);
void verifications_free(Verifications *verifications); // ends those under way
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Verifications, verifications_free)

typedef struct {
    const char *who;  // only they may ask for it and feed it
    const char *path; // of an export on the box; NULL: it is fed
    int64_t bytes;    // of one that is fed
    const char *key;  // hex: the box that must have signed it; NULL: any
} VerificationInput;

// Any thread, as are the next ones. Each waits a little for news, so that a feeder need not ask for
// what is wanted next. JSON (new reference):
//     {"id","state":"running|done|failed","bytes","percent","want":{"at","bytes"}|null,
//      "manifest":{...}|null,"findings":[...],"problems":n|null,"error":text|null}
// error: not_export, unreadable, gone (the process ended, or nobody fed it).
// -EBUSY: VERIFICATIONS_AT_ONCE are under way.
int verification_start(Verifications *verifications, const VerificationInput *input,
                       json_t **ret_json);
// NULL: unknown. Finished ones are known for a while.
json_t *verification_get(Verifications *verifications, const char *who, const char *id);
// The bytes that were wanted. -ENOENT: unknown; -EINVAL: others are wanted.
int verification_feed(Verifications *verifications, const char *who, const char *id, int64_t at,
                      const void *bytes, size_t size, json_t **ret_json);
// -ENOENT.
int verification_end(Verifications *verifications, const char *who, const char *id);
