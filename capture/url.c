// SPDX-License-Identifier: Apache-2.0
#include "capture/url.h"

#include <string.h>

char *url_redact(const char *text)
{
    GString *out = g_string_new(NULL);
    for (;;) {
        const char *scheme = strstr(text, "://");
        if (!scheme)
            break;
        const char *rest = scheme + 3;
        g_string_append_len(out, text, rest - text);
        size_t word = strcspn(rest, " \t\r\n\"'<>");
        const char *at = memrchr(rest, '@', word);
        if (at)
            g_string_append(out, "***");
        text = at ? at : rest;
        // A second address inside the word was cut off with it, or comes in the next round.
    }
    g_string_append(out, text);
    return g_string_free(out, FALSE);
}
