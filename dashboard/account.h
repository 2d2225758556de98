// SPDX-License-Identifier: Apache-2.0
// Account: users, API keys and their roles in hall.db. (Sessions: session.h.)
#pragma once
#include "base/store.h"

typedef enum {
    ROLE_ADMIN = 1 << 0,    // everything
    ROLE_DIRECTOR = 1 << 1, // reads all, acts on flags and holds
    ROLE_STAFF = 1 << 2,    // cases, tickets, invitations; no ratings of persons
    ROLE_VIEWER = 1 << 3,   // reads
    // 政务督办员, 两代表一委员: figures, flags and orders without persons; no files, no video.
    ROLE_OBSERVER = 1 << 5,
    ROLE_SYSTEM = 1 << 4, // API keys of other systems: cases, tickets, invitations in
} Role;

enum { ACCOUNT_NAME_MAX = 64, ACCOUNT_PASSWORD_MIN = 10, ACCOUNT_PASSWORD_MAX = 256 };

const char *role_name(Role role);
bool role_parse(const char *name, Role *ret_role);

// Inside a transaction of the caller. -EEXIST: the name is taken; -EINVAL: name, role or password
// not allowed (sentence in error, at least 200 bytes). ROLE_SYSTEM is for keys only.
int account_add_user(Store *store, const char *name, Role role, const char *password,
                     int64_t now_ms, char *error);
// The key's text ("hwk_" and 48 hex digits) is returned once and stored as a digest.
int account_add_key(Store *store, const char *label, Role role, int64_t now_ms, char **ret_key);
int64_t account_count_users(Store *store);
// The number under which a user is rated at a counter. -ENOENT: no such user. NULL: none; the
// caller frees.
int account_set_staff(Store *store, const char *name, const char *staff);
char *account_staff(Store *store, const char *name);
// The unit that a user answers for. -ENOENT: no such user. NULL: none.
int account_set_unit(Store *store, const char *name, const char *unit);
// Until when the user may log in; STORE_NULL: without end. -ENOENT: no such user.
int account_set_end(Store *store, const char *name, int64_t ends_ms);
// [{"name","role","staff_number","unit","ends_at"}] of all who may log in.
json_t *account_list(Store *store);

// A user or key as found. The owner of the struct frees with account_done.
typedef struct {
    int64_t id;
    char *name; // the user's name, or the key's label
    Role role;
    char *password_hash; // NULL for a key
} Account;

// False: there is none, or it is disabled (revoked). Any connection.
bool account_find_user(Store *store, const char *name, Account *ret_account);
// As the same, and the user's term has not ended.
bool account_is_in_term(Store *store, const char *name, int64_t now_ms);
bool account_find_key(Store *store, const char *key, Account *ret_account);
void account_done(Account *account);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Account, account_done)
