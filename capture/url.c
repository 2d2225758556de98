// SPDX-License-Identifier: Apache-2.0
#include "capture/url.h"

#include "base/url_secret.h"

#include <string.h>

// rest: what follows "://", up to the end of its word.
static void append_redacted(GString *out, const char *rest, size_t size)
{
    const char *from = rest, *end = rest + size;
    UrlSpan user_info;
    UrlSecret secret;
    if (url_user_info(rest, size, &user_info)) {
        g_string_append(out, "***");
        from = user_info.to;
    }
    while (url_next_secret(rest, size, from, &secret)) {
        g_string_append_len(out, from, secret.value.from - from);
        g_string_append(out, "***");
        from = secret.value.to;
    }
    g_string_append_len(out, from, end - from);
}

char *url_redact(const char *text)
{
    GString *out = g_string_new(NULL);
    const char *scheme;
    while ((scheme = strstr(text, "://"))) {
        const char *rest = scheme + 3;
        g_string_append_len(out, text, rest - text);
        size_t word = strcspn(rest, " \t\r\n\"'<>");
        append_redacted(out, rest, word);
        text = rest + word;
    }
    g_string_append(out, text);
    return g_string_free(out, FALSE);
}
