// SPDX-License-Identifier: Apache-2.0
// Account: users, API keys and sessions in hall.db, and their roles.
#pragma once
#include "base/store.h"

typedef enum {
    ROLE_ADMIN = 1 << 0,    // everything
    ROLE_DIRECTOR = 1 << 1, // reads all, acts on flags and holds
    ROLE_STAFF = 1 << 2,    // cases, tickets, invitations; no ratings of persons
    ROLE_VIEWER = 1 << 3,   // reads
    ROLE_SYSTEM = 1 << 4,   // API keys of other systems: cases, tickets, invitations in
} Role;

const char *role_name(Role role);
bool role_parse(const char *name, Role *ret_role);

// Inside a transaction of the caller. -EEXIST: the name is taken; -EINVAL: name or password not allowed (sentence in
// error, at least 200 bytes).
int account_add_user(Store *store, const char *name, Role role, const char *password, int64_t now_ms, char *error);
// The key's text is returned once and stored as a digest.
int account_add_key(Store *store, const char *label, Role role, int64_t now_ms, char **ret_key);
int64_t account_count_users(Store *store);
