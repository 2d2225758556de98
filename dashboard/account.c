// SPDX-License-Identifier: Apache-2.0
#include "dashboard/account.h"

#include "base/secret.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define KEY_PREFIX "hwk_"

static const struct {
    Role role;
    const char *name;
} roles[] = {
    { ROLE_ADMIN, "admin" },   { ROLE_DIRECTOR, "director" }, { ROLE_STAFF, "staff" },
    { ROLE_VIEWER, "viewer" }, { ROLE_SYSTEM, "system" },     { ROLE_OBSERVER, "observer" },
};

// What people choose first when ten characters are asked for. Compared without case.
static const char *const common_passwords[] = {
    "1234567890",  "0123456789",   "0987654321",  "12345678910",   "123456789a",  "1111111111",
    "0000000000",  "8888888888",   "6666666666",  "1122334455",    "1234512345",  "1231231231",
    "qwertyuiop",  "1q2w3e4r5t",   "qwerty12345", "qwerty123456",  "asdfghjkl;",  "abcd123456",
    "abc1234567",  "a123456789",   "aa12345678",  "password12",    "password123", "password1234",
    "passw0rd123", "admin12345",   "admin123456", "administrator", "hallwatch1",  "hallwatch123",
    "woaini1314",  "woaini520520", "5201314520",  "iloveyou123",   "letmein123",  "welcome123",
    "changeme123", "test123456",   "root123456",  "qazwsxedcr",    "zhongguo123", "woaizhongguo",
};

const char *role_name(Role role)
{
    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++)
        if (roles[i].role == role)
            return roles[i].name;
    return "none";
}

bool role_parse(const char *name, Role *ret_role)
{
    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++) {
        if (strcmp(roles[i].name, name) == 0) {
            *ret_role = roles[i].role;
            return true;
        }
    }
    return false;
}

static int refuse(char *error, const char *sentence)
{
    g_strlcpy(error, sentence, 200);
    return -EINVAL;
}

static bool has_control_character(const char *text)
{
    for (const char *at = text; *at; at = g_utf8_next_char(at))
        if (g_unichar_iscntrl(g_utf8_get_char(at)))
            return true;
    return false;
}

static int check_name(const char *name, char *error)
{
    size_t size = strlen(name);
    if (size == 0 || size > ACCOUNT_NAME_MAX)
        return refuse(error, "The name must have 1 to 64 bytes.");
    if (!g_utf8_validate(name, -1, NULL) || has_control_character(name))
        return refuse(error, "The name must be UTF-8 text without control characters.");
    if (g_ascii_isspace(name[0]) || g_ascii_isspace(name[size - 1]))
        return refuse(error, "The name must not begin or end with a space.");
    return 0;
}

static int check_password(const char *name, const char *password, char *error)
{
    if (!g_utf8_validate(password, -1, NULL))
        return refuse(error, "The password must be UTF-8 text.");
    if (g_utf8_strlen(password, -1) < ACCOUNT_PASSWORD_MIN)
        return refuse(error, "The password must have at least 10 characters.");
    if (strlen(password) > ACCOUNT_PASSWORD_MAX)
        return refuse(error, "The password must have at most 256 bytes.");
    if (strcasecmp(password, name) == 0)
        return refuse(error, "The password must not be the name.");
    for (size_t i = 0; i < G_N_ELEMENTS(common_passwords); i++)
        if (strcasecmp(password, common_passwords[i]) == 0)
            return refuse(error,
                          "This password is one of the first that are guessed. Choose another.");
    return 0;
}

int account_add_user(Store *store, const char *name, Role role, const char *password,
                     int64_t now_ms, char *error)
{
    int err = check_name(name, error);
    if (err == 0)
        err = check_password(name, password, error);
    if (err < 0)
        return err;
    if (role == ROLE_SYSTEM)
        return refuse(error, "The role system is for API keys only.");
    g_autofree char *hash = secret_hash_password(password);
    if (!hash)
        return -ENOMEM;
    err = store_exec(store,
                     "INSERT INTO user(name, role, password_hash, created_at) VALUES(?, ?, ?, ?)",
                     "sssi", name, role_name(role), hash, now_ms);
    if (err == -EEXIST)
        g_strlcpy(error, "There is already a user with this name.", 200);
    return err < 0 ? err : 0;
}

int account_add_key(Store *store, const char *label, Role role, int64_t now_ms, char **ret_key)
{
    g_autofree char *token = secret_token(24);
    g_autofree char *key = g_strconcat(KEY_PREFIX, token, NULL);
    g_autofree char *digest = secret_digest(key);
    int err =
        store_exec(store, "INSERT INTO api_key(label, role, digest, created_at) VALUES(?, ?, ?, ?)",
                   "sssi", label, role_name(role), digest, now_ms);
    if (err < 0)
        return err;
    *ret_key = g_steal_pointer(&key);
    return 0;
}

int64_t account_count_users(Store *store)
{
    return store_value(store, 0, "SELECT count(*) FROM user", "");
}

int account_set_staff(Store *store, const char *name, const char *staff)
{
    int changed =
        store_exec(store, "UPDATE user SET staff_number = ? WHERE name = ?", "ss", staff, name);
    return changed == 0 ? -ENOENT : MIN(changed, 0);
}

int account_set_unit(Store *store, const char *name, const char *unit)
{
    int changed = store_exec(store, "UPDATE user SET unit = ? WHERE name = ?", "ss", unit, name);
    return changed == 0 ? -ENOENT : MIN(changed, 0);
}

int account_set_end(Store *store, const char *name, int64_t ends_ms)
{
    int changed =
        store_exec(store, "UPDATE user SET ends_at = ? WHERE name = ?", "ns", ends_ms, name);
    return changed == 0 ? -ENOENT : MIN(changed, 0);
}

bool account_is_in_term(Store *store, const char *name, int64_t now_ms)
{
    return store_value(store, 0,
                       "SELECT 1 FROM user WHERE name = ? AND (ends_at IS NULL OR ends_at > ?)",
                       "si", name, now_ms) != 0;
}

char *account_staff(Store *store, const char *name)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT staff_number FROM user WHERE name = ?", "s", name);
    return store_step(query) ? g_strdup(store_text(query, 0)) : NULL;
}

json_t *account_list(Store *store)
{
    g_autoptr(StoreQuery) query = store_query(store,
                                              "SELECT name, role, staff_number, unit, ends_at FROM "
                                              "user WHERE disabled_at IS NULL ORDER BY name",
                                              "");
    return store_rows_json(query);
}

// Columns: id, name, role, password_hash. A role that this program does not know gives no access.
static bool account_read(StoreQuery *query, Account *ret_account)
{
    if (!store_step(query))
        return false;
    Role role;
    const char *name_of_role = store_text(query, 2);
    if (!name_of_role || !role_parse(name_of_role, &role))
        return false;
    *ret_account = (Account){ .id = store_int(query, 0),
                              .name = g_strdup(store_text(query, 1)),
                              .role = role,
                              .password_hash = g_strdup(store_text(query, 3)) };
    return true;
}

bool account_find_user(Store *store, const char *name, Account *ret_account)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT id, name, role, password_hash FROM user WHERE name = ? AND disabled_at IS NULL",
        "s", name);
    return account_read(query, ret_account);
}

bool account_find_key(Store *store, const char *key, Account *ret_account)
{
    if (!g_str_has_prefix(key, KEY_PREFIX))
        return false;
    g_autofree char *digest = secret_digest(key);
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT id, label, role, NULL FROM api_key WHERE digest = ? AND revoked_at IS NULL",
        "s", digest);
    return account_read(query, ret_account);
}

void account_done(Account *account)
{
    g_free(account->name);
    g_free(account->password_hash);
    *account = (Account){ 0 };
}
