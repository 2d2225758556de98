// SPDX-License-Identifier: Apache-2.0
#include "rating/step.h"

#include "base/clock.h"
#include "rating/actor.h"
#include "rating/shape.h"

#include <errno.h>
#include <string.h>

#define ADD(table, owner)                                                                          \
    "INSERT INTO " table "(" owner                                                                 \
    ", at, user, action, choice, from_state, to_state, why, due_at,"                               \
    " is_late) VALUES(?,?,?,?,?,?,?,?,?,?)"
#define LAST(table, owner) "SELECT max(id) FROM " table " WHERE " owner " = ?"
#define NEWEST(table, owner)                                                                       \
    "SELECT user, action, why, at FROM " table " WHERE " owner " = ? ORDER BY id DESC LIMIT 1"
#define LIST(table, owner)                                                                         \
    "SELECT at AS step_at, user, action, choice, from_state AS \"from\", to_state AS \"to\","      \
    " why, due_at, is_late FROM " table " WHERE " owner " = ? ORDER BY id"
#define TABLE(table, owner)                                                                        \
    {                                                                                              \
        ADD(table, owner), LAST(table, owner), NEWEST(table, owner), LIST(table, owner)            \
    }

static const struct {
    const char *add, *last, *newest, *list;
} tables[] = {
    [STEP_RECTIFICATION] = TABLE("rectification_step", "rating"),
    [STEP_COMPLAINT] = TABLE("complaint_step", "complaint"),
    [STEP_FLAG] = TABLE("flag_step", "flag"),
    [STEP_ORDER] = TABLE("order_step", "supervise_order"),
};

int step_add(Store *store, StepKind kind, const char *id, const StepInput *step)
{
    return MIN(0, store_exec(store, tables[kind].add, "sissssssni", id, step->now_ms, step->user,
                             step->action, step->choice, step->from, step->to, step->why,
                             step->due_ms, (int64_t)step->is_late));
}

int64_t step_last(Store *store, StepKind kind, const char *id)
{
    return store_value(store, 0, tables[kind].last, "s", id);
}

bool step_is_repeat(Store *store, StepKind kind, const char *id, const char *user,
                    const char *action, const char *why)
{
    g_autoptr(StoreQuery) query = store_query(store, tables[kind].newest, "s", id);
    return store_step(query) && g_strcmp0(store_text(query, 0), user) == 0 &&
           g_strcmp0(store_text(query, 1), action) == 0 &&
           g_strcmp0(store_text(query, 2), why) == 0;
}

int step_refuse(Store *store, StepKind kind, const char *id, const char *action, const char *state,
                char *error)
{
    g_autoptr(StoreQuery) query = store_query(store, tables[kind].newest, "s", id);
    if (!store_step(query))
        return actor_refuse(error, -EEXIST, "\"%.40s\" is not possible: it is %s", action, state);
    g_autofree char *when = clock_format(store_int(query, 3));
    return actor_refuse(error, -EEXIST, "\"%.20s\" is not possible: it is %s (%.40s, %s, %.16s)",
                        action, state, store_text(query, 0), store_text(query, 1), when);
}

json_t *step_list(Store *store, StepKind kind, const char *id)
{
    g_autoptr(StoreQuery) query = store_query(store, tables[kind].list, "s", id);
    json_t *steps = store_rows_json(query), *step;
    size_t i;
    json_array_foreach(steps, i, step) shape_rename(step, "step_at", "at");
    return steps;
}

json_t *step_offer(json_t *actions, const StepOffer *offer)
{
    json_t *last = json_array_get(actions, json_array_size(actions) - 1);
    const char *action = json_string_value(json_object_get(last, "action"));
    if (g_strcmp0(action, offer->action) != 0) {
        last = json_pack("{s:s, s:[], s:b, s:b, s:b}", "action", offer->action, "choices",
                         "wants_why", offer->wants_why, "wants_second", offer->wants_second,
                         "wants_owner", offer->wants_owner);
        json_array_append_new(actions, last);
    }
    if (offer->choice)
        json_array_append_new(json_object_get(last, "choices"),
                              json_pack("{s:s, s:b, s:b}", "choice", offer->choice, "wants_why",
                                        offer->wants_why, "wants_due", offer->wants_due));
    return last;
}
