// SPDX-License-Identifier: Apache-2.0
#include "dashboard/query.h"

#include "dashboard/call.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CURSOR_MAX 224

Query query_of(HttpRequest *request)
{
    return (Query){ .request = request };
}

void query_done(Query *query)
{
    g_clear_pointer(&query->kept, g_string_chunk_free);
    if (query->asked)
        g_string_free(query->asked, TRUE);
    query->asked = NULL;
}

const char *query_format(Query *query, const char *const *formats)
{
    enum { CHUNK = 256 };
    bool is_asked = http_query(query->request, "format") != NULL;
    if (is_asked && call_is_observer(call_of(query->request)))
        query_fail(query, "format: observers save no files");
    if (is_asked) {
        query->kept = g_string_chunk_new(CHUNK);
        query->asked = g_string_new(NULL);
    }
    return query_choice(query, "format", formats);
}

const char *query_keep(Query *query, const char *text)
{
    return text && query->kept ? g_string_chunk_insert_const(query->kept, text) : text;
}

bool query_is_english(Query *query)
{
    static const char *const languages[] = { "zh", "en", NULL };
    const char *language = query_choice(query, "language", languages);
    return language && language[0] == 'e';
}

void query_fail(Query *query, const char *format, ...)
{
    if (query->error[0])
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(query->error, sizeof query->error, format, args);
    va_end(args);
}

const char *query_text(Query *query, const char *name, size_t max)
{
    const char *value = http_query(query->request, name);
    if (query->error[0] || !value || !value[0])
        return NULL;
    if (strlen(value) > max) {
        query_fail(query, "%s: at most %zu bytes are allowed", name, max);
        return NULL;
    }
    if (query->asked)
        g_string_append_printf(query->asked, "%s%s=%s", query->asked->len ? " " : "", name, value);
    return query_keep(query, value);
}

const char *query_choice(Query *query, const char *name, const char *const *choices)
{
    const char *value = query_text(query, name, 64);
    if (!value || g_strv_contains(choices, value))
        return value;
    g_autofree char *allowed = g_strjoinv(", ", (char **)choices);
    query_fail(query, "%s: '%s' is not one of %s", name, value, allowed);
    return NULL;
}

bool query_bool(Query *query, const char *name)
{
    static const char *const choices[] = { "1", "0", "true", "false", NULL };
    const char *value = query_choice(query, name, choices);
    return value && (value[0] == '1' || value[0] == 't');
}

int64_t query_time(Query *query, const char *name, int64_t fallback)
{
    const char *value = query_text(query, name, 64);
    int64_t ms;
    if (!value)
        return fallback;
    if (clock_parse(value, &ms))
        return ms;
    query_fail(query, "%s: '%s' is not a time; give RFC 3339 with an offset, or Unix milliseconds",
               name, value);
    return fallback;
}

int query_limit(Query *query)
{
    const char *value = query_text(query, "limit", 16);
    guint64 limit;
    if (!value)
        return QUERY_LIMIT_DEFAULT;
    if (g_ascii_string_to_unsigned(value, 10, 1, QUERY_LIMIT_MAX, &limit, NULL))
        return (int)limit;
    query_fail(query, "limit: '%s' is not a whole number from 1 to %d", value, QUERY_LIMIT_MAX);
    return QUERY_LIMIT_DEFAULT;
}

Cursor query_cursor(Query *query)
{
    Cursor cursor = { 0 };
    if (!cursor_parse(query_text(query, "cursor", CURSOR_MAX), &cursor))
        query_fail(query, "cursor: take it unchanged from \"next\" of the page before");
    return cursor;
}

bool query_check(Query *query)
{
    if (!query->error[0])
        return true;
    http_reply_error(query->request, 400, "invalid", "%s", query->error);
    return false;
}
