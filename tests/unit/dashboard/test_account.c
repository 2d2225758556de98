// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"
#include "dashboard/account.h"
#include "rating/hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#define NOW  INT64_C(1795484000000)
#define GOOD "correct horse"

static int open_store(void **state)
{
    Store *store;
    if (secret_init() < 0 || store_open(":memory:", STORE_WRITE, &store) < 0)
        return -1;
    *state = store;
    return store_migrate(store, hall_schema, hall_schema_steps);
}

static int close_store(void **state)
{
    store_free(*state);
    return 0;
}

// What is wrong with name, role or password; error NULL: it is taken.
static const struct {
    const char *name;
    Role role;
    const char *password;
    const char *error;
} rules[] = {
    { "wang", ROLE_ADMIN, GOOD, NULL },
    { "王芳", ROLE_STAFF, "密码密码密码密码密码", NULL },
    { "li", ROLE_VIEWER, "ten chars!", NULL },
    { "", ROLE_ADMIN, GOOD, "The name must have 1 to 64 bytes." },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ROLE_ADMIN, GOOD,
      "The name must have 1 to 64 bytes." },
    { " wang", ROLE_ADMIN, GOOD, "The name must not begin or end with a space." },
    { "wa\nng", ROLE_ADMIN, GOOD, "The name must be UTF-8 text without control characters." },
    { "\xff\xfe", ROLE_ADMIN, GOOD, "The name must be UTF-8 text without control characters." },
    { "wang", ROLE_ADMIN, "nine char", "The password must have at least 10 characters." },
    { "wang", ROLE_ADMIN, "密码密码密码", "The password must have at least 10 characters." },
    { "director-wang", ROLE_ADMIN, "Director-Wang", "The password must not be the name." },
    { "wang", ROLE_ADMIN, "Password123",
      "This password is one of the first that are guessed. Choose another." },
    { "wang", ROLE_ADMIN, "1234567890",
      "This password is one of the first that are guessed. Choose another." },
    { "wang", ROLE_SYSTEM, GOOD, "The role system is for API keys only." },
};

static void names_and_passwords_have_rules(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        char error[200] = "";
        store_script(*state, "SAVEPOINT rule");
        int err =
            account_add_user(*state, rules[i].name, rules[i].role, rules[i].password, NOW, error);
        store_script(*state, "ROLLBACK TO rule; RELEASE rule");
        assert_int_equal(err, rules[i].error ? -EINVAL : 0);
        assert_string_equal(error, rules[i].error ? rules[i].error : "");
    }
}

static void a_name_is_given_once(void **state)
{
    char error[200] = "";
    assert_int_equal(account_count_users(*state), 0);
    assert_int_equal(account_add_user(*state, "wang", ROLE_ADMIN, GOOD, NOW, error), 0);
    assert_int_equal(account_add_user(*state, "wang", ROLE_VIEWER, GOOD, NOW, error), -EEXIST);
    assert_string_equal(error, "There is already a user with this name.");
    assert_int_equal(account_count_users(*state), 1);
}

static void a_user_is_found_until_disabled(void **state)
{
    char error[200];
    g_auto(Account) account = { 0 };
    assert_int_equal(account_add_user(*state, "wang", ROLE_DIRECTOR, GOOD, NOW, error), 0);
    assert_true(account_find_user(*state, "wang", &account));
    assert_string_equal(account.name, "wang");
    assert_int_equal(account.role, ROLE_DIRECTOR);
    assert_true(secret_verify_password(account.password_hash, GOOD));
    assert_false(account_find_user(*state, "WANG", &(Account){ 0 }));
    store_exec(*state, "UPDATE user SET disabled_at = ?", "i", NOW);
    assert_false(account_find_user(*state, "wang", &(Account){ 0 }));
}

static void a_key_is_stored_as_a_digest_and_found_until_revoked(void **state)
{
    g_autofree char *key = NULL;
    g_auto(Account) account = { 0 };
    assert_int_equal(account_add_key(*state, "tickets", ROLE_SYSTEM, NOW, &key), 0);
    assert_true(g_str_has_prefix(key, "hwk_"));
    assert_int_equal(strlen(key), 4 + 48);
    assert_true(account_find_key(*state, key, &account));
    assert_string_equal(account.name, "tickets");
    assert_int_equal(account.role, ROLE_SYSTEM);
    assert_int_equal(
        store_value(*state, -1, "SELECT count(*) FROM api_key WHERE digest = ?", "s", key), 0);
    key[10] ^= 1;
    assert_false(account_find_key(*state, key, &(Account){ 0 }));
    key[10] ^= 1;
    assert_false(account_find_key(*state, key + 4, &(Account){ 0 }));
    store_exec(*state, "UPDATE api_key SET revoked_at = ?", "i", NOW);
    assert_false(account_find_key(*state, key, &(Account){ 0 }));
}

static void roles_have_names(void **state)
{
    static const char *const names[] = { "admin", "director", "staff", "viewer", "system" };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        Role role;
        assert_true(role_parse(names[i], &role));
        assert_string_equal(role_name(role), names[i]);
    }
    assert_false(role_parse("root", &(Role){ 0 }));
    assert_string_equal(role_name(0), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_and_passwords_have_rules, open_store, close_store),
        cmocka_unit_test_setup_teardown(a_name_is_given_once, open_store, close_store),
        cmocka_unit_test_setup_teardown(a_user_is_found_until_disabled, open_store, close_store),
        cmocka_unit_test_setup_teardown(a_key_is_stored_as_a_digest_and_found_until_revoked,
                                        open_store, close_store),
        cmocka_unit_test(roles_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
