// SPDX-License-Identifier: Apache-2.0
#include "rating/hold.h"

#include "base/secret.h"
#include "rating/shape.h"

#include <errno.h>

enum { FIRST_DELAY_MS = 1000, MAX_DELAY_MS = 60 * 1000, MAX_DOUBLINGS = 6, BATCH = 32 };

#define RATING_REF    "rating:"
#define COMPLAINT_REF "complaint:"

void hold_errand_free(HoldErrand *errand)
{
    if (!errand)
        return;
    g_free(errand->id);
    g_free(errand->camera);
    g_free(errand->reason);
    g_free(errand->ref);
    g_free(errand);
}

// A rating and a complaint show the state of their hold, so they have changed as well.
static void note(const Hall *hall, const char *id, const char *ref)
{
    if (!hall->changed)
        return;
    hall->changed(hall->ctx, "hold", id);
    if (ref && g_str_has_prefix(ref, RATING_REF))
        hall->changed(hall->ctx, "rating", ref + sizeof RATING_REF - 1);
    else if (ref && g_str_has_prefix(ref, COMPLAINT_REF))
        hall->changed(hall->ctx, "complaint", ref + sizeof COMPLAINT_REF - 1);
}

static bool is_rating(const char *ref)
{
    return g_str_has_prefix(ref, RATING_REF);
}

// A rating has one clip, which is held once; a case or flag may have several stretches.
static char *find_live(Store *store, const HoldInput *input)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id FROM hold WHERE ref = ? AND camera = ?"
                    " AND (? OR (from_at = ? AND to_at = ?)) AND state IN ('wanted', 'held')",
                    "ssiii", input->ref, input->camera, (int64_t)is_rating(input->ref),
                    input->from_ms, input->to_ms);
    return store_step(query) ? g_strdup(store_text(query, 0)) : NULL;
}

static int insert(Store *store, const char *id, const HoldInput *input)
{
    return store_exec(store,
                      "INSERT INTO hold(id, camera, from_at, to_at, reason, ref, state, placed_by,"
                      " placed_at, until_at, next_try_at) VALUES(?,?,?,?,?,?,'wanted',?,?,?,0)",
                      "ssiisssin", id, input->camera, input->from_ms, input->to_ms, input->reason,
                      input->ref, input->who, input->now_ms, input->until_ms);
}

static int prolong(Store *store, const char *id, int64_t until_ms)
{
    return store_exec(store,
                      "UPDATE hold SET until_at = ?2 WHERE id = ?1 AND until_at IS NOT NULL"
                      " AND (?2 IS NULL OR ?2 > until_at)",
                      "sn", id, until_ms);
}

static bool is_to_come(int64_t until_ms, int64_t now_ms)
{
    return until_ms == STORE_NULL || until_ms > now_ms;
}

int hold_want(Store *store, const Hall *hall, const HoldInput *input, char **ret_id)
{
    if (input->to_ms <= input->from_ms || input->to_ms - input->from_ms > HOLD_LENGTH_MAX_MS)
        return -EINVAL;
    if (!is_to_come(input->until_ms, input->now_ms))
        return -EINVAL;
    g_autofree char *id = input->ref ? find_live(store, input) : NULL;
    bool is_new = !id;
    if (is_new)
        id = secret_uuid();
    int changed = is_new ? insert(store, id, input) : prolong(store, id, input->until_ms);
    if (changed < 0)
        return changed;
    if (changed > 0)
        note(hall, id, input->ref);
    if (ret_id)
        *ret_id = g_steal_pointer(&id);
    return 0;
}

typedef struct {
    char *ref;
    char *state;
    int64_t tries;
} Row;

static void row_done(Row *row)
{
    g_free(row->ref);
    g_free(row->state);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Row, row_done)

static int load(Store *store, const char *id, Row *ret_row)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT ref, state, tries FROM hold WHERE id = ?", "s", id);
    if (!store_step(query))
        return store_query_result(query) < 0 ? store_query_result(query) : -ENOENT;
    ret_row->ref = g_strdup(store_text(query, 0));
    ret_row->state = g_strdup(store_text(query, 1));
    ret_row->tries = store_int(query, 2);
    return 0;
}

// over_ms: only one whose end has come by then; STORE_NULL: any.
static int lift(Store *store, const Hall *hall, const char *id, const char *who, const char *why,
                int64_t over_ms, int64_t now_ms)
{
    g_auto(Row) row = { 0 };
    int err = load(store, id, &row);
    if (err < 0)
        return err;
    int changed = store_exec(store,
                             "UPDATE hold SET state = 'lifting', lifted_by = ?, lift_why = ?,"
                             " lift_at = ?, tries = 0, next_try_at = 0"
                             " WHERE id = ? AND state IN ('wanted', 'held')"
                             " AND (?5 IS NULL OR until_at <= ?5)",
                             "ssisn", who, why, now_ms, id, over_ms);
    if (changed <= 0)
        return changed < 0 ? changed : -EEXIST;
    note(hall, id, row.ref);
    return 0;
}

int hold_lift(Store *store, const Hall *hall, const char *id, const char *who, const char *why,
              int64_t now_ms)
{
    return lift(store, hall, id, who, why, STORE_NULL, now_ms);
}

int hold_end(Store *store, const Hall *hall, const char *id, const char *why, int64_t now_ms)
{
    return lift(store, hall, id, HOLD_SYSTEM, why, now_ms, now_ms);
}

int hold_set_until(Store *store, const Hall *hall, const char *id, int64_t until_ms, int64_t now_ms)
{
    g_auto(Row) row = { 0 };
    int err = load(store, id, &row);
    if (err < 0)
        return err;
    if (!is_to_come(until_ms, now_ms))
        return -EINVAL;
    int changed = store_exec(
        store, "UPDATE hold SET until_at = ? WHERE id = ? AND state IN ('wanted', 'held')", "ns",
        until_ms, id);
    if (changed <= 0)
        return changed < 0 ? changed : -EEXIST;
    note(hall, id, row.ref);
    return 0;
}

GPtrArray *hold_ended(Store *store, int64_t now_ms)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id FROM hold WHERE state IN ('wanted', 'held') AND until_at <= ?"
                    " ORDER BY until_at LIMIT ?",
                    "ii", now_ms, (int64_t)BATCH);
    while (store_step(query))
        g_ptr_array_add(ids, g_strdup(store_text(query, 0)));
    return ids;
}

// --- the outbox

GPtrArray *hold_errands_due(Store *store, int64_t now_ms)
{
    GPtrArray *errands = g_ptr_array_new_with_free_func((GDestroyNotify)hold_errand_free);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT id, camera, reason, ref, from_at, to_at, tries, state = 'lifting'"
                    " FROM hold WHERE state IN ('wanted', 'lifting') AND next_try_at <= ?"
                    " ORDER BY next_try_at LIMIT ?",
                    "ii", now_ms, (int64_t)BATCH);
    while (store_step(query)) {
        HoldErrand *errand = g_new0(HoldErrand, 1);
        errand->id = g_strdup(store_text(query, 0));
        errand->camera = g_strdup(store_text(query, 1));
        errand->reason = g_strdup(store_text(query, 2));
        errand->ref = g_strdup(store_text(query, 3));
        errand->from_ms = store_int(query, 4);
        errand->to_ms = store_int(query, 5);
        errand->tries = (int)store_int(query, 6);
        errand->is_lifting = store_int(query, 7);
        g_ptr_array_add(errands, errand);
    }
    return errands;
}

static int confirm(Store *store, const HoldErrand *errand, int64_t now_ms)
{
    if (errand->is_lifting)
        return store_exec(store, "UPDATE hold SET state = 'lifted', lifted_at = ? WHERE id = ?",
                          "is", now_ms, errand->id);
    return store_exec(store, "UPDATE hold SET state = 'held', held_at = ? WHERE id = ?", "is",
                      now_ms, errand->id);
}

static int put_off(Store *store, const char *id, int64_t tries, int64_t now_ms)
{
    int64_t delay = MIN((int64_t)FIRST_DELAY_MS << MIN(tries, MAX_DOUBLINGS), MAX_DELAY_MS);
    return store_exec(store, "UPDATE hold SET tries = ?, next_try_at = ? WHERE id = ?", "iis",
                      tries + 1, now_ms + delay, id);
}

int hold_errand_answered(Store *store, const Hall *hall, const HoldErrand *errand, int err,
                         int64_t now_ms)
{
    g_auto(Row) row = { 0 };
    int result = load(store, errand->id, &row);
    if (result < 0)
        return result;
    // Lifted while video was asked to hold it: that answer is no longer the one that is waited for.
    if (g_strcmp0(row.state, errand->is_lifting ? "lifting" : "wanted") != 0)
        return 0;
    result =
        err == 0 ? confirm(store, errand, now_ms) : put_off(store, errand->id, row.tries, now_ms);
    if (result < 0)
        return result;
    // What a page shows changes with success and at the try that makes it "failed", not at each.
    if (err == 0 || row.tries + 1 == HOLD_TRIES_FAILED)
        note(hall, errand->id, row.ref);
    return 0;
}

// --- reading

// A state of the API is one of the row's, but for "failed".
#define HOLD_STATE "CASE WHEN state = 'wanted' AND tries >= 5 THEN 'failed' ELSE state END"
G_STATIC_ASSERT(HOLD_TRIES_FAILED == 5);
#define HOLD_COLUMNS                                                                               \
    "id, camera, from_at, to_at, reason, ref, " HOLD_STATE " AS state, placed_by, placed_at, "     \
    "until_at, held_at, lifted_by, lift_why, lift_at, lifted_at"
#define HOLD_FILTER                                                                                \
    " FROM hold WHERE ((?1 IS NULL AND state <> 'lifted') OR ?1 = " HOLD_STATE ")"                 \
    " AND (?2 IS NULL OR camera = ?2) AND (?3 IS NULL OR ref = ?3)"

json_t *hold_list(Store *store, const HoldFilter *filter)
{
    const HoldFilter *f = filter;
    int64_t total =
        store_value(store, 0, "SELECT count(*)" HOLD_FILTER, "sss", f->state, f->camera, f->ref);
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT " HOLD_COLUMNS ", placed_at AS cursor_ms" HOLD_FILTER
        " AND (?4 IS NULL OR (placed_at, id) < (?5, ?4))"
        " ORDER BY placed_at DESC, id DESC LIMIT ?6",
        "ssssii", f->state, f->camera, f->ref, f->before_id, f->before_ms, (int64_t)f->limit + 1);
    return shape_page(store_rows_json(query), "id", f->limit, total);
}

json_t *hold_get(Store *store, const char *id)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT " HOLD_COLUMNS " FROM hold WHERE id = ?", "s", id);
    return store_step(query) ? store_row_json(query) : NULL;
}
