// SPDX-License-Identifier: Apache-2.0
#include "rating/redact.h"

#include <glib.h>
#include <stdbool.h>

enum { DIGITS_MAX = 4 }; // a year stays

static bool is_digit(gunichar c)
{
    return (c >= '0' && c <= '9') || (c >= 0xff10 && c <= 0xff19);
}

// Where the run that begins at text ends; its digits.
static const char *run_end(const char *text, int *ret_digits)
{
    const char *end = text;
    for (*ret_digits = 0; is_digit(g_utf8_get_char(end)); (*ret_digits)++) {
        end = g_utf8_next_char(end);
        if ((*end == ' ' || *end == '-') && is_digit(g_utf8_get_char(end + 1)))
            end++;
    }
    return end;
}

char *redact_text(const char *text)
{
    if (!text)
        return NULL;
    GString *clean = g_string_new(NULL);
    while (*text) {
        int digits;
        const char *end = run_end(text, &digits);
        if (digits > DIGITS_MAX)
            g_string_append(clean, "***");
        else if (digits > 0)
            g_string_append_len(clean, text, end - text);
        else
            g_string_append_len(clean, text, (end = g_utf8_next_char(text)) - text);
        text = end;
    }
    return g_string_free(clean, FALSE);
}
