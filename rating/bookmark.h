// SPDX-License-Identifier: Apache-2.0
// Bookmark: a moment of a camera's recording that a person has marked, with a few words.
#pragma once
#include "rating/hall.h"

enum { BOOKMARK_TEXT_MAX = 200 }; // bytes

typedef struct {
    const char *camera;
    int64_t at_ms;
    const char *text;
    const char *who; // user, or "key:LABEL"
    int64_t now_ms;
} BookmarkInput;

// Inside a writer job. The caller frees ret_id.
int bookmark_add(Store *store, const Hall *hall, const BookmarkInput *input, char **ret_id);
// Inside a writer job. who NULL: whoever it is. -ENOENT: unknown; -EPERM: another person's.
int bookmark_remove(Store *store, const Hall *hall, const char *id, const char *who);
// {"id","camera","at","text","by","created_at"}; NULL: unknown. Any connection.
json_t *bookmark_get(Store *store, const char *id);
