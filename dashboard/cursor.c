// SPDX-License-Identifier: Apache-2.0
#include "dashboard/cursor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ID_MAX 200

bool cursor_parse(const char *text, Cursor *ret_cursor)
{
    *ret_cursor = (Cursor){ 0 };
    if (!text)
        return true;
    if (!g_ascii_isdigit(text[0]) && text[0] != '-')
        return false;
    char *end;
    errno = 0;
    int64_t ms = strtoll(text, &end, 10);
    if (errno || *end != ':' || end[1] == '\0' || strlen(end + 1) > ID_MAX)
        return false;
    *ret_cursor = (Cursor){ .before_ms = ms, .before_id = end + 1 };
    return true;
}

char *cursor_format(int64_t before_ms, const char *before_id)
{
    return g_strdup_printf("%" G_GINT64_FORMAT ":%s", before_ms, before_id);
}
