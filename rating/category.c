// SPDX-License-Identifier: Apache-2.0
#include "rating/category.h"

#include "rating/data.h"

#include <glib.h>
#include <string.h>

json_t *category_table(void)
{
    json_t *table = json_array();
    g_auto(GStrv) lines = g_strsplit(data_complaint_categories, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) cells = g_strsplit(g_strchomp(*line), "\t", -1);
        if (**line != '#' && g_strv_length(cells) == 3)
            json_array_append_new(table, json_pack("{s:s, s:s, s:s}", "code", cells[0], "zh",
                                                   cells[1], "en", cells[2]));
    }
    return table;
}

// New reference; NULL: none.
static json_t *find(const char *code)
{
    json_t *table = category_table(), *row, *found = NULL;
    size_t i;
    json_array_foreach(table, i, row) if (strcmp(json_string_value(json_object_get(row, "code")),
                                                 code) == 0) found = json_incref(row);
    json_decref(table);
    return found;
}

bool category_is_known(const char *code)
{
    json_t *found = find(code);
    json_decref(found);
    return found != NULL;
}

json_t *category_get(const char *code)
{
    json_t *found = find(code);
    return found ? found : json_pack("{s:s, s:s, s:s}", "code", code, "zh", code, "en", code);
}
