// SPDX-License-Identifier: Apache-2.0
// Screen: a tablet or display of the hall that shows one page without anybody's login. Its token
// ("hws_" and 48 hex digits) is made by an administrator, shown once, kept as a digest, and can be
// revoked; it is good for that page's addresses alone.
#pragma once
#include "base/store.h"

// "take" (取号) and "call" (叫号屏), NULL-terminated.
extern const char *const screen_pages[];

enum {
    SCREEN_LABEL_MAX = 64,
    SCREEN_SEEN_MS = 60000 /* how often it is noted that one is there */
};

// Inside a writer job. The caller frees ret_token.
int screen_add(Store *store, const char *label, const char *page, const char *who, int64_t now_ms,
               int64_t *ret_id, char **ret_token);
// -ENOENT: no such screen, or it is revoked.
int screen_revoke(Store *store, int64_t id, int64_t now_ms);
int screen_seen(Store *store, int64_t id, int64_t now_ms);

typedef struct {
    int64_t id, seen_ms; // seen_ms: STORE_NULL: never
    char *label;
} Screen;

// False: there is none for this page, or it is revoked. Any connection.
bool screen_find(Store *store, const char *token, const char *page, Screen *ret_screen);
void screen_done(Screen *screen);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Screen, screen_done)
// [{"id","label","page","created_by","created_at","seen_at","revoked_at"}], the newest first.
json_t *screen_list(Store *store);
