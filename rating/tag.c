// SPDX-License-Identifier: Apache-2.0
#include "rating/tag.h"

#include "rating/data.h"

#include <stdio.h>
#include <string.h>

#define VERSION_KEY "#version\t"

enum { CODE_MAX = 8 };

char *tag_version(void)
{
    const char *start = strstr(data_rating_tags, VERSION_KEY);
    if (!start)
        return g_strdup("");
    start += strlen(VERSION_KEY);
    return g_strndup(start, strcspn(start, "\r\n"));
}

// The text behind "LEVEL TAB CODE TAB"; the table is 40 lines, so a search of the bytes is the
// quick way.
static const char *find(const char *code)
{
    char needle[CODE_MAX + 3];
    size_t size = strlen(code);
    if (size == 0 || size > CODE_MAX || strspn(code, "0123456789") != size)
        return NULL;
    snprintf(needle, sizeof needle, "\t%s\t", code);
    const char *hit = strstr(data_rating_tags, needle);
    return hit ? hit + strlen(needle) : NULL;
}

bool tag_is_known(const char *code)
{
    return find(code) != NULL;
}

char *tag_text(const char *code)
{
    const char *text = find(code);
    return text ? g_strndup(text, strcspn(text, "\t\r\n")) : NULL;
}

json_t *tag_table(void)
{
    json_t *table = json_object();
    g_auto(GStrv) lines = g_strsplit(data_rating_tags, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) cells = g_strsplit(g_strchomp(*line), "\t", -1);
        if (**line == '#' || g_strv_length(cells) < 3)
            continue;
        if (!json_object_get(table, cells[0]))
            json_object_set_new(table, cells[0], json_array());
        json_array_append_new(json_object_get(table, cells[0]),
                              json_pack("{s:s, s:s}", "code", cells[1], "text", cells[2]));
    }
    return table;
}

json_t *tag_describe(json_t *codes, const char *version)
{
    g_autofree char *current = tag_version();
    bool same = version && strcmp(current, version) == 0;
    json_t *tags = json_array(), *code;
    size_t i;
    json_array_foreach(codes, i, code)
    {
        const char *given = json_string_value(code);
        g_autofree char *text = same && given ? tag_text(given) : NULL;
        json_array_append_new(tags, json_pack("{s:O, s:s?}", "code", code, "text", text));
    }
    return tags;
}
