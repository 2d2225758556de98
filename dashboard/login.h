// SPDX-License-Identifier: Apache-2.0
// Login: checks a name and password with limits: per name and per address (attempts.h), and on how
// many hashes are computed at once (64 MiB each, Argon2id). Any thread.
//
// An unknown name costs and answers the same as a wrong password.
#pragma once
#include "dashboard/account.h"

typedef struct Login Login;

typedef enum {
    LOGIN_OK,
    LOGIN_WRONG,
    LOGIN_WAIT, // too many failures before: nothing was checked
    LOGIN_BUSY, // too many logins at this moment: nothing was checked
} LoginOutcome;

Login *login_new(void); // NULL: no memory for a hash
void login_free(Login *login);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Login, login_free)

// mono_ms: monotonic. ret_account is filled for LOGIN_OK, ret_wait_ms for LOGIN_WAIT.
LoginOutcome login_check(Login *login, Store *store, const char *name, const char *password,
                         const char *address, int64_t mono_ms, Account *ret_account,
                         int64_t *ret_wait_ms);

// Before the set-up code is looked at: 0, or the milliseconds to wait.
int64_t login_begin_setup(Login *login, int64_t mono_ms);

// A place among those who may hash a password now (all who hash ask). False: none is free soon.
bool login_enter(Login *login);
void login_leave(Login *login);
