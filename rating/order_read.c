// SPDX-License-Identifier: Apache-2.0
// Reading of orders: the list and one with its steps.
#include "rating/deadline.h"
#include "rating/order.h"
#include "rating/shape.h"
#include "rating/step.h"

#define HEAD_COLUMNS                                                                               \
    "id, issued_by, number, ref, case_number, unit, person, facts, demand, state, is_open,"        \
    " issued_user, issued_at, due_at, is_provisional, is_late,"                                    \
    " coalesce(is_open = 1 AND due_at < ?1, 0) AS is_overdue, reply, closed_at"
#define FROM_SEEN                                                                                  \
    " FROM supervise_order WHERE (?4 = 1 OR person = ?2 OR (unit IS NOT NULL AND unit = ?3))"
// A reply by the unit or person; a judgement of it by a director whom it does not go to.
#define WAITS                                                                                      \
    "((state IN ('issued', 'received', 'returned') AND (person = ?2 OR unit = ?3))"                \
    " OR (state IN ('replied', 'accepted') AND ?5 = 1 AND coalesce(person, '') <> ?2"              \
    " AND (unit IS NULL OR ?3 IS NULL OR unit <> ?3)))"
#define FILTER                                                                                     \
    FROM_SEEN " AND (?6 = 0 OR is_open = 1) AND (?7 IS NULL OR state = ?7)"                        \
              " AND (?8 IS NULL OR unit = ?8) AND (?9 IS NULL OR ref = ?9)"                        \
              " AND (?10 IS NULL OR case_number = ?10) AND (?11 = 0 OR (is_open = 1 AND"           \
              " due_at < ?1)) AND (?12 = 0 OR " WAITS ") AND (?13 IS NULL OR instr(number, ?13)"   \
              " OR instr(coalesce(unit, person), ?13) OR instr(facts, ?13) OR"                     \
              " instr(demand, ?13))"

json_t *order_list(Store *store, const Hall *hall, const OrderFilter *filter,
                   const OrderReader *reader, int64_t now_ms)
{
    const OrderFilter *f = filter;
    const Actor *actor = &reader->actor;
    int64_t all = reader->sees_all, director = actor->is_director, is_open = f->is_open;
    int64_t late = f->late_only, waits = f->waits_for_me;
    int64_t total = store_value(store, 0, "SELECT count(*)" FILTER, "issiiissssiis", now_ms,
                                actor->user, actor->unit, all, director, is_open, f->state, f->unit,
                                f->ref, f->case_number, late, waits, f->q);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT " HEAD_COLUMNS ", issued_at AS cursor_ms" FILTER
                    " AND (?14 IS NULL OR (issued_at, id) < (?15, ?14))"
                    " ORDER BY issued_at DESC, id DESC LIMIT ?16",
                    "issiiissssiissii", now_ms, actor->user, actor->unit, all, director, is_open,
                    f->state, f->unit, f->ref, f->case_number, late, waits, f->q, f->before_id,
                    f->before_ms, (int64_t)f->limit + 1);
    json_t *page = shape_page(store_rows_json(query), "id", f->limit, total);
    Deadline due = deadline_in(hall, now_ms, hall->config->rules.order_reply_days);
    json_object_set_new(page, "suggested_due_at", shape_time(due.due_ms));
    return page;
}

json_t *order_get(Store *store, const char *id, const OrderReader *reader, int64_t now_ms)
{
    const Actor *actor = &reader->actor;
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT " HEAD_COLUMNS FROM_SEEN " AND id = ?5", "issis", now_ms,
                    actor->user, actor->unit, (int64_t)reader->sees_all, id);
    if (!store_step(query))
        return NULL;
    json_t *order = store_row_json(query);
    json_object_set_new(order, "steps", step_list(store, STEP_ORDER, id));
    json_object_set_new(order, "actions", order_actions(store, id, actor));
    return order;
}
