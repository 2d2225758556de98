// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"
#include "dashboard/session.h"
#include "rating/hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#define NOW  INT64_C(1795484000000)
#define HOUR INT64_C(3600000)

static int open_store(void **state)
{
    Store *store;
    if (secret_init() < 0 || store_open(":memory:", STORE_WRITE, &store) < 0)
        return -1;
    *state = store;
    int err = store_migrate(store, hall_schema, hall_schema_steps);
    return err < 0
               ? err
               : store_script(store, "INSERT INTO user(id, name, role, password_hash, created_at) "
                                     "VALUES(7, 'wang', 'viewer', 'x', 0)");
}

static int close_store(void **state)
{
    store_free(*state);
    return 0;
}

static char *begin(void **state, int64_t now_ms)
{
    char *token;
    g_autofree char *csrf = NULL;
    assert_int_equal(session_new(*state, 7, now_ms, &token, &csrf), 0);
    return token;
}

static bool is_alive(void **state, const char *token, int64_t now_ms)
{
    g_auto(Session) session = { 0 };
    return session_find(*state, token, now_ms, &session);
}

// A session that begins at NOW is used at these hours after it, and is asked for at the last.
static const struct {
    int used[16]; // ends with 0
    int asked;
    bool is_alive;
} lives[] = {
    { { 0 }, 0, true },
    { { 0 }, 11, true },
    { { 0 }, 12, false },
    { { 11, 0 }, 22, true },
    { { 11, 0 }, 23, false },
    { { 11, 22, 33, 44, 55, 66, 77, 88, 99, 110, 121, 132, 143, 154, 165, 0 }, 167, true },
    { { 11, 22, 33, 44, 55, 66, 77, 88, 99, 110, 121, 132, 143, 154, 165, 0 }, 168, false },
};

static void it_ends_when_idle_and_after_a_week(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lives); i++) {
        g_autofree char *token = begin(state, NOW);
        g_autofree char *digest = secret_digest(token);
        for (const int *used = lives[i].used; *used; used++)
            assert_int_equal(session_touch(*state, digest, NOW + *used * HOUR), 0);
        assert_int_equal(is_alive(state, token, NOW + lives[i].asked * HOUR), lives[i].is_alive);
    }
}

static void it_tells_who_and_the_token_against_forgery(void **state)
{
    g_autofree char *token = NULL, *csrf = NULL, *digest = NULL;
    g_auto(Session) session = { 0 };
    assert_int_equal(session_new(*state, 7, NOW, &token, &csrf), 0);
    assert_true(session_find(*state, token, NOW + 5, &session));
    digest = secret_digest(token);
    assert_string_equal(session.user, "wang");
    assert_int_equal(session.role, ROLE_VIEWER);
    assert_string_equal(session.csrf, csrf);
    assert_string_equal(session.digest, digest);
    assert_int_equal(session.seen_ms, NOW);
    assert_int_equal(session.expires_ms, NOW + 168 * HOUR);
}

static void the_token_itself_is_not_stored(void **state)
{
    g_autofree char *token = begin(state, NOW);
    assert_int_equal(strlen(token), 64);
    assert_int_equal(
        store_value(*state, -1, "SELECT count(*) FROM session WHERE digest = ?", "s", token), 0);
    g_autofree char *digest = secret_digest(token);
    assert_false(is_alive(state, digest, NOW));
}

static void it_ends_at_logout(void **state)
{
    g_autofree char *token = begin(state, NOW), *other = begin(state, NOW);
    g_autofree char *digest = secret_digest(token);
    assert_int_equal(session_end(*state, digest), 0);
    assert_false(is_alive(state, token, NOW));
    assert_true(is_alive(state, other, NOW));
}

static void it_ends_with_its_user(void **state)
{
    g_autofree char *token = begin(state, NOW);
    store_exec(*state, "UPDATE user SET disabled_at = ?", "i", NOW);
    assert_false(is_alive(state, token, NOW));
    store_exec(*state, "DELETE FROM user", "");
    assert_int_equal(store_value(*state, -1, "SELECT count(*) FROM session", ""), 0);
}

static void a_clock_that_steps_back_does_not_shorten_it(void **state)
{
    g_autofree char *token = begin(state, NOW);
    g_autofree char *digest = secret_digest(token);
    session_touch(*state, digest, NOW + 11 * HOUR);
    session_touch(*state, digest, NOW + HOUR);
    assert_true(is_alive(state, token, NOW + 22 * HOUR));
}

static void a_login_sweeps_those_that_are_over(void **state)
{
    g_autofree char *old = begin(state, NOW);
    g_autofree char *young = begin(state, NOW + 13 * HOUR);
    assert_int_equal(store_value(*state, -1, "SELECT count(*) FROM session", ""), 1);
    assert_false(is_alive(state, old, NOW));
    assert_true(is_alive(state, young, NOW + 13 * HOUR));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_store, close_store)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_ends_when_idle_and_after_a_week),
        TEST(it_tells_who_and_the_token_against_forgery),
        TEST(the_token_itself_is_not_stored),
        TEST(it_ends_at_logout),
        TEST(it_ends_with_its_user),
        TEST(a_clock_that_steps_back_does_not_shorten_it),
        TEST(a_login_sweeps_those_that_are_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
