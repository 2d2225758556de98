// SPDX-License-Identifier: Apache-2.0
#include "rating/hold.h"

#include "base/secret.h"

#include <errno.h>

enum { FIRST_DELAY_MS = 1000, MAX_DELAY_MS = 60 * 1000, MAX_DOUBLINGS = 6, BATCH = 32 };

#define RATING_REF "rating:"

void hold_wanted_free(HoldWanted *hold)
{
    if (!hold)
        return;
    g_free(hold->id);
    g_free(hold->camera);
    g_free(hold->reason);
    g_free(hold->ref);
    g_free(hold);
}

// A rating shows the state of its hold, so it has changed as well.
static void note(const Hall *hall, const char *id, const char *ref)
{
    if (!hall->changed)
        return;
    hall->changed(hall->ctx, "hold", id);
    if (g_str_has_prefix(ref, RATING_REF))
        hall->changed(hall->ctx, "rating", ref + sizeof RATING_REF - 1);
}

int hold_want(Store *store, const Hall *hall, const char *camera, int64_t from_ms, int64_t to_ms,
              const char *reason, const char *ref)
{
    if (to_ms <= from_ms)
        return -EINVAL;
    g_autofree char *id = secret_uuid();
    int changed =
        store_exec(store,
                   "INSERT INTO hold_wanted(id, camera, from_at, to_at, reason, ref, state, "
                   "next_try_at) VALUES(?,?,?,?,?,?,'wanted',0) "
                   "ON CONFLICT(ref, camera) DO NOTHING",
                   "ssiiss", id, camera, from_ms, to_ms, reason, ref);
    if (changed < 0)
        return changed;
    if (changed > 0)
        note(hall, id, ref);
    return 0;
}

GPtrArray *hold_wanted_due(Store *store, int64_t now_ms)
{
    GPtrArray *holds = g_ptr_array_new_with_free_func((GDestroyNotify)hold_wanted_free);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id, camera, reason, ref, from_at, to_at, tries FROM hold_wanted "
                    "WHERE state = 'wanted' AND next_try_at <= ? ORDER BY next_try_at LIMIT ?",
                    "ii", now_ms, (int64_t)BATCH);
    while (store_step(query)) {
        HoldWanted *hold = g_new0(HoldWanted, 1);
        hold->id = g_strdup(store_text(query, 0));
        hold->camera = g_strdup(store_text(query, 1));
        hold->reason = g_strdup(store_text(query, 2));
        hold->ref = g_strdup(store_text(query, 3));
        hold->from_ms = store_int(query, 4);
        hold->to_ms = store_int(query, 5);
        hold->tries = (int)store_int(query, 6);
        g_ptr_array_add(holds, hold);
    }
    return holds;
}

static int confirm(Store *store, const char *id, int64_t now_ms)
{
    return store_exec(store, "UPDATE hold_wanted SET state = 'held', held_at = ? WHERE id = ?",
                      "is", now_ms, id);
}

static int put_off(Store *store, const char *id, int64_t tries, int64_t now_ms)
{
    int64_t delay = MIN((int64_t)FIRST_DELAY_MS << MIN(tries, MAX_DOUBLINGS), MAX_DELAY_MS);
    return store_exec(store, "UPDATE hold_wanted SET tries = ?, next_try_at = ? WHERE id = ?",
                      "iis", tries + 1, now_ms + delay, id);
}

int hold_wanted_answered(Store *store, const Hall *hall, const char *id, int err, int64_t now_ms)
{
    g_autofree char *ref = NULL;
    int64_t tries;
    {
        g_autoptr(StoreQuery) query =
            store_query(store, "SELECT ref, tries FROM hold_wanted WHERE id = ?", "s", id);
        if (!store_step(query))
            return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
        ref = g_strdup(store_text(query, 0));
        tries = store_int(query, 1);
    }
    int result = err == 0 ? confirm(store, id, now_ms) : put_off(store, id, tries, now_ms);
    if (result < 0)
        return result;
    // What a page shows changes with success and at the try that makes it "failed", not at each.
    if (err == 0 || tries + 1 == HOLD_TRIES_FAILED)
        note(hall, id, ref);
    return 0;
}
