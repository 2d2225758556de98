// SPDX-License-Identifier: Apache-2.0
// Profile: what one place's interface looks like, as data: fields with their sources and codes,
// headers, what its answers mean. data/province-profiles.tsv is what ratings are told in,
// data/one-window-profiles.tsv what cases come in. Pure; immutable after loading.
#pragma once
#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

typedef struct Profile Profile;

// text NULL: the built-in table of provinces. NULL: it has no such profile.
Profile *profile_new(const char *text, const char *id);
void profile_free(Profile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Profile, profile_free)

// After so many days without a rating a finished case counts as rated with this level; 0 days: it
// does not.
int profile_default_days(const Profile *profile);
int profile_default_level(const Profile *profile);

// The record: all values are text, "" where nothing is known. facts: source names with text,
// numbers, booleans, lists of text, or null. New reference.
json_t *profile_record(const Profile *profile, const json_t *facts);

// The way back: what a record says, by sources: text, whole numbers (codec number), Unix
// milliseconds (codec time). A value that its codec cannot read stays text; one without a value is
// left out. Of several names of one source the first counts. New reference.
json_t *profile_facts(const Profile *profile, const json_t *record);
// The source of a field; NULL: it has none. Borrowed.
const char *profile_source(const Profile *profile, const char *name);
// The first name of a source, for people; else the source. Borrowed.
const char *profile_name(const Profile *profile, const char *source);

// "Name: value" for each of its headers; look gives the values by their sources (NULL: the header
// is left out). The caller frees.
char **profile_headers(const Profile *profile, const char *(*look)(void *ctx, const char *source),
                       void *ctx);

typedef enum {
    PROFILE_TAKEN,
    PROFILE_KNOWN,   // it had it already
    PROFILE_BUSY,    // later
    PROFILE_REFUSED, // for good
    PROFILE_NONSENSE // no answer in its form: it may have taken it or not
} ProfileAnswer;
// ret_words: what it says, for people; NULL: nothing. The caller frees.
ProfileAnswer profile_judge(const Profile *profile, long status, const char *text, size_t size,
                            char **ret_words);
