// SPDX-License-Identifier: Apache-2.0
// Reading of flags: the list, one with its history and what may be done, and counts.
#include "rating/flag.h"

#include "rating/flag_evidence.h"
#include "rating/flag_kind.h"
#include "rating/shape.h"
#include "rating/step.h"

#include <string.h>

#define FLAG_COLUMNS                                                                               \
    "id, kind, state, subject, case_number, (SELECT item_name FROM case_file"                      \
    " WHERE number = flag.case_number) AS item, rating, counter, camera, staff_number, raised_at," \
    " closed_at, evidence AS evidence_json, unit, owner, due_at, is_provisional, is_late,"         \
    " coalesce(due_at < ?1, 0) AS is_overdue"
// Clues of conduct that rest on what citizens rated or complained of.
#define OF_CITIZENS                                                                                \
    "'inaction_rating', 'misconduct_early_rating', 'misconduct_papers_beyond', "                   \
    "'misconduct_charges'"
#define FLAG_FILTER                                                                                \
    " FROM flag WHERE (?2 IS NULL OR kind = ?2"                                                    \
    "  OR (?2 IN ('fraud', 'inaction', 'slow', 'misconduct') AND kind GLOB ?2 || '_*')) AND "      \
    "(?3 IS NULL OR state = ?3)"                                                                   \
    " AND (?4 IS NULL OR case_number = ?4) AND (?5 IS NULL OR counter = ?5)"                       \
    " AND (?6 = 0 OR is_open = 1) AND (?7 = 0 OR (kind NOT GLOB 'fraud_*'"                         \
    "  AND kind NOT IN ('mood', " OF_CITIZENS ")))"                                                \
    " AND (?8 IS NULL OR unit = ?8) AND (?9 IS NULL OR owner = ?9)"                                \
    " AND (?10 = 0 OR (is_open = 1 AND due_at < ?1))"                                              \
    " AND (?11 = 0 OR NOT (" FLAG_KIND_INSIDE_SQL "))"                                             \
    " AND (?12 IS NULL OR id IN (SELECT value FROM json_each(?12)))"

json_t *flag_list(Store *store, const FlagFilter *filter)
{
    const FlagFilter *f = filter;
    int64_t open = f->open_only, no_clues = f->no_clues, late = f->late_only;
    int64_t is_public = f->public_only;
    int64_t total = store_value(store, 0, "SELECT count(*)" FLAG_FILTER, "issssiissiis", f->now_ms,
                                f->kind, f->state, f->case_number, f->counter, open, no_clues,
                                f->unit, f->owner, late, is_public, f->within);
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT " FLAG_COLUMNS ", raised_at AS cursor_ms" FLAG_FILTER
                    " AND (?13 IS NULL OR (raised_at, id) < (?14, ?13))"
                    " ORDER BY raised_at DESC, id DESC LIMIT ?15",
                    "issssiissiissii", f->now_ms, f->kind, f->state, f->case_number, f->counter,
                    open, no_clues, f->unit, f->owner, late, is_public, f->within, f->before_id,
                    f->before_ms, (int64_t)f->limit + 1);
    return shape_page(store_rows_json(query), "id", f->limit, total);
}

json_t *flag_get(Store *store, const char *id, const Actor *actor, int64_t now_ms)
{
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT " FLAG_COLUMNS " FROM flag WHERE id = ?2", "is", now_ms, id);
    if (!store_step(query))
        return NULL;
    json_t *flag = store_row_json(query);
    const FlagKind *kind = flag_kind(json_string_value(json_object_get(flag, "kind")));
    json_object_set_new(flag, "class", json_string(flag_class_name(kind->class)));
    json_object_set_new(flag, "history", step_list(store, STEP_FLAG, id));
    json_object_set_new(flag, "actions", actor ? flag_actions(store, id, actor) : json_array());
    json_object_set_new(flag, "related", flag_evidence_of(store, flag));
    return flag;
}

bool flag_is_clue(const json_t *flag)
{
    const char *kind = json_string_value(json_object_get(flag, "kind"));
    return g_str_has_prefix(kind, "fraud_") || g_str_equal(kind, "mood") ||
           strstr(OF_CITIZENS, kind) != NULL;
}

json_t *flag_of_case(Store *store, const char *number, int64_t now_ms)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT " FLAG_COLUMNS " FROM flag WHERE case_number = ?2 ORDER BY raised_at DESC, id",
        "is", now_ms, number);
    return store_rows_json(query);
}

json_t *flag_counts(Store *store)
{
    json_t *counts = json_object();
    g_autoptr(StoreQuery) query =
        store_query(store, "SELECT kind, count(*) FROM flag WHERE is_open = 1 GROUP BY kind", "");
    while (store_step(query))
        json_object_set_new(counts, store_text(query, 0), json_integer(store_int(query, 1)));
    return counts;
}
