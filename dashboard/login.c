// SPDX-License-Identifier: Apache-2.0
#include "dashboard/login.h"

#include "base/clock.h"
#include "base/secret.h"
#include "dashboard/attempts.h"

enum {
    TABLE_SIZE = 4096,
    NAME_FREE = 5,
    ADDRESS_FREE = 20, // a hall's desks may share one address
    SETUP_FREE = 5,
    HASHES_AT_ONCE = 2,
    WAITING_MAX = 2, // those who wait hold a server thread each
};

// A name's longest wait is short: whoever guesses must not lock the owner out for long.
#define NAME_LONGEST_MS    INT64_C(60000)
#define ADDRESS_LONGEST_MS (15 * INT64_C(60000))
#define SETUP_LONGEST_MS   (5 * INT64_C(60000))

struct Login {
    // Set once.
    Attempts *by_name;
    Attempts *by_address;
    Attempts *by_setup; // one key
    char *nobody_hash;  // verified for unknown names
    // Under lock (a leaf).
    GMutex lock;
    GCond left;
    int hashing, waiting;
};

Login *login_new(void)
{
    g_autofree char *nobody = secret_token(16);
    char *hash = secret_hash_password(nobody);
    if (!hash)
        return NULL;
    Login *login = g_new0(Login, 1);
    login->by_name = attempts_new(TABLE_SIZE, NAME_FREE, NAME_LONGEST_MS, ATTEMPTS_QUIET_MS);
    login->by_address =
        attempts_new(TABLE_SIZE, ADDRESS_FREE, ADDRESS_LONGEST_MS, ATTEMPTS_QUIET_MS);
    login->by_setup = attempts_new(1, SETUP_FREE, SETUP_LONGEST_MS, ATTEMPTS_QUIET_MS);
    login->nobody_hash = hash;
    g_mutex_init(&login->lock);
    g_cond_init(&login->left);
    return login;
}

void login_free(Login *login)
{
    if (!login)
        return;
    attempts_free(login->by_name);
    attempts_free(login->by_address);
    attempts_free(login->by_setup);
    g_free(login->nobody_hash);
    g_cond_clear(&login->left);
    g_mutex_clear(&login->lock);
    g_free(login);
}

bool login_enter(Login *login)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&login->lock);
    if (login->hashing >= HASHES_AT_ONCE && login->waiting >= WAITING_MAX)
        return false;
    login->waiting++;
    while (login->hashing >= HASHES_AT_ONCE)
        g_cond_wait(&login->left, &login->lock);
    login->waiting--;
    login->hashing++;
    return true;
}

void login_leave(Login *login)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&login->lock);
    login->hashing--;
    g_cond_signal(&login->left);
}

static bool verify(Login *login, Store *store, const char *name, const char *password,
                   Account *ret_account)
{
    g_auto(Account) account = { 0 };
    bool is_known = account_find_user(store, name, &account);
    bool is_right =
        secret_verify_password(is_known ? account.password_hash : login->nobody_hash, password);
    if (!is_known || !is_right || !account_is_in_term(store, name, clock_wall_ms()))
        return false;
    *ret_account = account;
    account = (Account){ 0 };
    return true;
}

LoginOutcome login_check(Login *login, Store *store, const char *name, const char *password,
                         const char *address, int64_t mono_ms, Account *ret_account,
                         int64_t *ret_wait_ms)
{
    *ret_wait_ms = attempts_begin(login->by_address, address, mono_ms);
    if (*ret_wait_ms > 0)
        return LOGIN_WAIT;
    *ret_wait_ms = attempts_begin(login->by_name, name, mono_ms);
    if (*ret_wait_ms > 0) {
        attempts_take_back(login->by_address, address);
        return LOGIN_WAIT;
    }
    if (!login_enter(login)) {
        attempts_take_back(login->by_address, address);
        attempts_take_back(login->by_name, name);
        return LOGIN_BUSY;
    }
    bool is_right = verify(login, store, name, password, ret_account);
    login_leave(login);
    if (!is_right)
        return LOGIN_WRONG;
    attempts_take_back(login->by_address, address);
    attempts_forget(login->by_name, name);
    return LOGIN_OK;
}

int64_t login_begin_setup(Login *login, int64_t mono_ms)
{
    return attempts_begin(login->by_setup, "setup", mono_ms);
}
