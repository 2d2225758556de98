// SPDX-License-Identifier: Apache-2.0
#include "rating/shape.h"

#include "base/clock.h"
#include "base/store.h"

#include <string.h>

void shape_nest(json_t *row, const char *name)
{
    g_autofree char *prefix = g_strconcat(name, "_", NULL);
    json_t *object = json_object();
    bool all_null = true;
    const char *key;
    json_t *value;
    json_object_foreach(row, key, value)
    {
        if (!g_str_has_prefix(key, prefix))
            continue;
        json_object_set(object, key + strlen(prefix), value);
        all_null = all_null && json_is_null(value);
    }
    json_object_foreach(object, key, value)
    {
        g_autofree char *flat = g_strconcat(prefix, key, NULL);
        json_object_del(row, flat);
    }
    if (all_null) {
        json_decref(object);
        object = json_null();
    }
    json_object_set_new(row, name, object);
}

void shape_rename(json_t *row, const char *from, const char *to)
{
    json_object_set(row, to, json_object_get(row, from));
    json_object_del(row, from);
}

json_t *shape_time(int64_t wall_ms)
{
    if (wall_ms == STORE_NULL)
        return json_null();
    g_autofree char *text = clock_format(wall_ms);
    return json_string(text);
}

static json_t *next_of(json_t *row, const char *id_key)
{
    return json_sprintf("%lld:%s", (long long)json_integer_value(json_object_get(row, "cursor_ms")),
                        json_string_value(json_object_get(row, id_key)));
}

json_t *shape_page(json_t *take_rows, const char *id_key, int limit, int64_t total)
{
    json_t *next = json_null(), *row;
    size_t i;
    if (json_array_size(take_rows) > (size_t)limit) {
        json_array_remove(take_rows, (size_t)limit);
        next = next_of(json_array_get(take_rows, (size_t)limit - 1), id_key);
    }
    json_array_foreach(take_rows, i, row) json_object_del(row, "cursor_ms");
    return json_pack("{s:o, s:o, s:I}", "items", take_rows, "next", next, "total",
                     (json_int_t)total);
}
