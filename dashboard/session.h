// SPDX-License-Identifier: Apache-2.0
// Session: a browser that has logged in. The token is in the cookie, only its digest is in hall.db.
//
// A session ends 12 h after its last use and 7 days after the login, whichever is first. Time is
// passed in.
#pragma once
#include "base/store.h"
#include "dashboard/account.h"

#define SESSION_COOKIE  "hw_session"
#define SESSION_IDLE_MS (12 * INT64_C(3600000))
#define SESSION_LIFE_MS (7 * 24 * INT64_C(3600000))
// How stale seen_at may be: reads do not cost a commit each.
#define SESSION_TOUCH_MS INT64_C(60000)

// The owner of the struct frees with session_done.
typedef struct {
    char *digest; // of the token: the row's key
    char *user;
    Role role;
    char *unit; // NULL: of none
    char *csrf; // what X-CSRF-Token must say
    int64_t seen_ms;
    int64_t expires_ms; // 7 days after the login
} Session;

// Inside a writer job; the ended ones of all users are removed with it. Both texts are the caller's
// to free.
int session_new(Store *store, int64_t user_id, int64_t now_ms, char **ret_token, char **ret_csrf);
// False: unknown, over, or its user is disabled. Any connection.
bool session_find(Store *store, const char *token, int64_t now_ms, Session *ret_session);
// Inside a writer job.
int session_touch(Store *store, const char *digest, int64_t now_ms);
int session_end(Store *store, const char *digest);
void session_done(Session *session);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Session, session_done)
