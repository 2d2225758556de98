// SPDX-License-Identifier: Apache-2.0
#include "rating/step.h"

#include "rating/shape.h"

#define ADD(table, owner)                                                                          \
    "INSERT INTO " table "(" owner                                                                 \
    ", at, user, action, choice, from_state, to_state, why, due_at,"                               \
    " is_late) VALUES(?,?,?,?,?,?,?,?,?,?)"
#define LAST(table, owner) "SELECT max(id) FROM " table " WHERE " owner " = ?"
#define LIST(table, owner)                                                                         \
    "SELECT at AS step_at, user, action, choice, from_state AS \"from\", to_state AS \"to\","      \
    " why, due_at, is_late FROM " table " WHERE " owner " = ? ORDER BY id"
#define TABLE(table, owner)                                                                        \
    {                                                                                              \
        ADD(table, owner), LAST(table, owner), LIST(table, owner)                                  \
    }

static const struct {
    const char *add, *last, *list;
} tables[] = {
    [STEP_RECTIFICATION] = TABLE("rectification_step", "rating"),
    [STEP_COMPLAINT] = TABLE("complaint_step", "complaint"),
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
