// SPDX-License-Identifier: Apache-2.0
#include "dashboard/session.h"

#include "base/secret.h"

int session_new(Store *store, int64_t user_id, int64_t now_ms, char **ret_token, char **ret_csrf)
{
    int err = store_exec(store, "DELETE FROM session WHERE expires_at <= ? OR seen_at <= ?", "ii",
                         now_ms, now_ms - SESSION_IDLE_MS);
    if (err < 0)
        return err;
    g_autofree char *token = secret_token(32);
    g_autofree char *csrf = secret_token(16);
    g_autofree char *digest = secret_digest(token);
    err = store_exec(store,
                     "INSERT INTO session(digest, user_id, csrf, created_at, seen_at, expires_at) "
                     "VALUES(?, ?, ?, ?, ?, ?)",
                     "sisiii", digest, user_id, csrf, now_ms, now_ms, now_ms + SESSION_LIFE_MS);
    if (err < 0)
        return err;
    *ret_token = g_steal_pointer(&token);
    *ret_csrf = g_steal_pointer(&csrf);
    return 0;
}

bool session_find(Store *store, const char *token, int64_t now_ms, Session *ret_session)
{
    g_autofree char *digest = secret_digest(token);
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT u.name, u.role, s.csrf, s.seen_at, s.expires_at, u.unit FROM session s "
        "JOIN user u ON u.id = s.user_id "
        "WHERE s.digest = ? AND s.expires_at > ? AND s.seen_at > ? AND u.disabled_at IS NULL "
        "AND (u.ends_at IS NULL OR u.ends_at > ?)",
        "siii", digest, now_ms, now_ms - SESSION_IDLE_MS, now_ms);
    Role role;
    if (!store_step(query) || !role_parse(store_text(query, 1), &role))
        return false;
    *ret_session = (Session){ .digest = g_steal_pointer(&digest),
                              .user = g_strdup(store_text(query, 0)),
                              .role = role,
                              .unit = g_strdup(store_text(query, 5)),
                              .csrf = g_strdup(store_text(query, 2)),
                              .seen_ms = store_int(query, 3),
                              .expires_ms = store_int(query, 4) };
    return true;
}

int session_touch(Store *store, const char *digest, int64_t now_ms)
{
    int err = store_exec(store, "UPDATE session SET seen_at = max(seen_at, ?) WHERE digest = ?",
                         "is", now_ms, digest);
    return err < 0 ? err : 0;
}

int session_end(Store *store, const char *digest)
{
    int err = store_exec(store, "DELETE FROM session WHERE digest = ?", "s", digest);
    return err < 0 ? err : 0;
}

void session_done(Session *session)
{
    g_free(session->digest);
    g_free(session->user);
    g_free(session->unit);
    g_free(session->csrf);
    *session = (Session){ 0 };
}
