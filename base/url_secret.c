// SPDX-License-Identifier: Apache-2.0
#include "base/url_secret.h"

#include <glib.h>
#include <string.h>

static bool is_password(const UrlSpan *name)
{
    static const char *const signs[] = { "pas", "pwd", "psw" };
    size_t size = (size_t)(name->to - name->from);
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        for (size_t at = 0; at + strlen(signs[i]) <= size; at++)
            if (g_ascii_strncasecmp(name->from + at, signs[i], strlen(signs[i])) == 0)
                return true;
    return size == 2 && g_ascii_strncasecmp(name->from, "pw", 2) == 0;
}

static const char *end_of_value(const char *value, const char *end)
{
    static const char *const ends[] = { "&", "_channel=", "_stream=" };
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        const char *at = memmem(value, (size_t)(end - value), ends[i], strlen(ends[i]));
        if (at)
            end = at;
    }
    return end;
}

static const char *begin_of_path(const char *rest, const char *end)
{
    while (rest < end && *rest != '/' && *rest != '?')
        rest++;
    return rest;
}

bool url_next_secret(const char *rest, size_t size, const char *from, UrlSecret *ret_secret)
{
    const char *end = rest + size, *path = begin_of_path(rest, end);
    if (from < path)
        from = path;
    for (const char *equals; (equals = memchr(from, '=', (size_t)(end - from)));
         from = equals + 1) {
        const char *name = equals;
        while (name > path && g_ascii_isalnum(name[-1]))
            name--;
        ret_secret->name = (UrlSpan){ name, equals };
        if (!is_password(&ret_secret->name))
            continue;
        ret_secret->value = (UrlSpan){ equals + 1, end_of_value(equals + 1, end) };
        return true;
    }
    return false;
}

// The last one from here on.
static const char *last_at(const char *from, const char *to, const char *was)
{
    for (; from < to; from++)
        if (*from == '@')
            was = from;
    return was;
}

bool url_user_info(const char *rest, size_t size, UrlSpan *ret_span)
{
    const char *from = rest, *at = NULL;
    UrlSecret secret;
    while (url_next_secret(rest, size, from, &secret)) {
        at = last_at(from, secret.value.from, at);
        from = secret.value.to;
    }
    at = last_at(from, rest + size, at);
    *ret_span = (UrlSpan){ rest, at };
    return at;
}
