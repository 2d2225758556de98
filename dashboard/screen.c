// SPDX-License-Identifier: Apache-2.0
#include "dashboard/screen.h"

#include "base/secret.h"

#include <errno.h>

const char *const screen_pages[] = { "take", "call", NULL };

enum { TOKEN_BYTES = 24 };

int screen_add(Store *store, const char *label, const char *page, const char *who, int64_t now_ms,
               int64_t *ret_id, char **ret_token)
{
    g_autofree char *random = secret_token(TOKEN_BYTES);
    g_autofree char *token = g_strconcat("hws_", random, NULL);
    g_autofree char *digest = secret_digest(token);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "INSERT INTO screen(label, page, digest, created_by, created_at) "
                    "VALUES(?,?,?,?,?) RETURNING id",
                    "ssssi", label, page, digest, who, now_ms);
    if (store_step(query)) {
        *ret_id = store_int(query, 0);
        *ret_token = g_steal_pointer(&token);
    }
    return store_query_result(query);
}

int screen_revoke(Store *store, int64_t id, int64_t now_ms)
{
    int n =
        store_exec(store, "UPDATE screen SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL",
                   "ii", id, now_ms);
    return n == 0 ? -ENOENT : MIN(n, 0);
}

int screen_seen(Store *store, int64_t id, int64_t now_ms)
{
    return MIN(store_exec(store, "UPDATE screen SET seen_at = ?2 WHERE id = ?1", "ii", id, now_ms),
               0);
}

bool screen_find(Store *store, const char *token, const char *page, Screen *ret_screen)
{
    g_autofree char *digest = secret_digest(token);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id, label, seen_at FROM screen WHERE digest = ? AND page = ? AND "
                    "revoked_at IS NULL",
                    "ss", digest, page);
    if (!store_step(query))
        return false;
    *ret_screen = (Screen){ .id = store_int(query, 0),
                            .label = g_strdup(store_text(query, 1)),
                            .seen_ms = store_int_or_null(query, 2) };
    return true;
}

void screen_done(Screen *screen)
{
    g_clear_pointer(&screen->label, g_free);
}

json_t *screen_list(Store *store)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id, label, page, created_by, created_at, seen_at, revoked_at "
                    "FROM screen ORDER BY id DESC LIMIT 200",
                    "");
    return store_rows_json(query);
}
