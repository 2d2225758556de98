// SPDX-License-Identifier: Apache-2.0
#include "rating/bookmark.h"

#include "base/secret.h"
#include "rating/shape.h"

#include <errno.h>

static void note(const Hall *hall, const char *id)
{
    if (hall->changed)
        hall->changed(hall->ctx, "bookmark", id);
}

int bookmark_add(Store *store, const Hall *hall, const BookmarkInput *input, char **ret_id)
{
    g_autofree char *id = secret_uuid();
    int err = store_exec(store,
                         "INSERT INTO bookmark(id, camera, at, text, by, created_at)"
                         " VALUES(?,?,?,?,?,?)",
                         "ssissi", id, input->camera, input->at_ms, input->text, input->who,
                         input->now_ms);
    if (err < 0)
        return err;
    note(hall, id);
    *ret_id = g_steal_pointer(&id);
    return 0;
}

int bookmark_remove(Store *store, const Hall *hall, const char *id, const char *who)
{
    int n = store_exec(store, "DELETE FROM bookmark WHERE id = ?1 AND (?2 IS NULL OR by = ?2)",
                       "ss", id, who);
    if (n == 0)
        return store_value(store, 0, "SELECT 1 FROM bookmark WHERE id = ?", "s", id) ? -EPERM
                                                                                     : -ENOENT;
    if (n > 0)
        note(hall, id);
    return MIN(n, 0);
}

json_t *bookmark_get(Store *store, const char *id)
{
    g_autoptr(StoreQuery) query = store_query(
        store, "SELECT id, camera, at AS _at, text, by, created_at FROM bookmark WHERE id = ?", "s",
        id);
    if (!store_step(query))
        return NULL;
    json_t *row = store_row_json(query);
    shape_rename(row, "_at", "at");
    return row;
}
