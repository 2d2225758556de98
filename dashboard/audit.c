// SPDX-License-Identifier: Apache-2.0
#include "dashboard/audit.h"

#include "rating/shape.h"

#include <stdlib.h>

int audit_add(Store *store, int64_t now_ms, const char *who, const char *action,
              const char *subject, const char *detail)
{
    int err = store_exec(
        store, "INSERT INTO audit(at, who, action, subject, detail) VALUES(?, ?, ?, ?, ?)", "issss",
        now_ms, who, action, subject, detail);
    return err < 0 ? err : 0;
}

#define AUDIT_FILTER                                                                               \
    " FROM audit WHERE (?1 IS NULL OR who = ?1) AND (?2 IS NULL OR action = ?2)"                   \
    " AND audit.at >= ?3 AND audit.at < ?4"                                                        \
    " AND (?5 IS NULL OR instr(who, ?5) OR instr(subject, ?5) OR instr(detail, ?5))"

json_t *audit_list(Store *store, const AuditFilter *filter)
{
    const AuditFilter *f = filter;
    int64_t before = f->cursor.before_id ? strtoll(f->cursor.before_id, NULL, 10) : INT64_MAX;
    int64_t total = store_value(store, 0, "SELECT count(*)" AUDIT_FILTER, "ssiis", f->who,
                                f->action, f->from_ms, f->to_ms, f->q);
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT CAST(id AS TEXT) AS id, at AS done_at, who, action, subject, detail, at AS "
        "cursor_ms" AUDIT_FILTER " AND audit.id < ?6 ORDER BY audit.id DESC LIMIT ?7",
        "ssiisii", f->who, f->action, f->from_ms, f->to_ms, f->q, before, (int64_t)f->limit + 1);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row) shape_rename(row, "done_at", "at");
    return shape_page(rows, "id", f->limit, total);
}
