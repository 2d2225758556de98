// SPDX-License-Identifier: Apache-2.0
#include "base/template.h"

#include <glib.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz_"

// The next place at or after text: its name, and what follows it. NULL: there is none.
static const char *next_place(const char *text, char **ret_name, const char **ret_rest)
{
    for (const char *at = strstr(text, "${"); at; at = strstr(at + 2, "${")) {
        size_t size = strspn(at + 2, NAME_LETTERS);
        if (size == 0 || at[2 + size] != '}')
            continue;
        *ret_name = g_strndup(at + 2, size);
        *ret_rest = at + 2 + size + 1;
        return at;
    }
    return NULL;
}

static void append_json(GString *filled, const char *value)
{
    json_t *string = json_string(value);
    char *quoted = json_dumps(string, JSON_ENCODE_ANY);
    if (quoted) // without its quotes
        g_string_append_len(filled, quoted + 1, (gssize)strlen(quoted) - 2);
    free(quoted);
    json_decref(string);
}

static void append_line(GString *filled, const char *value)
{
    for (; *value; value++)
        g_string_append_c(filled, g_ascii_iscntrl(*value) ? ' ' : *value);
}

static void append(GString *filled, TemplateEscape escape, const char *value)
{
    switch (escape) {
    case TEMPLATE_PLAIN:
        g_string_append(filled, value);
        break;
    case TEMPLATE_URL:
        g_string_append_uri_escaped(filled, value, NULL, FALSE);
        break;
    case TEMPLATE_JSON:
        append_json(filled, value);
        break;
    case TEMPLATE_HEADER:
        append_line(filled, value);
        break;
    }
}

char *template_fill(const char *text, TemplateEscape escape, TemplateLook look, void *ctx)
{
    GString *filled = g_string_new(NULL);
    for (;;) {
        g_autofree char *name = NULL;
        const char *rest = NULL, *place = next_place(text, &name, &rest);
        if (!place)
            break;
        g_string_append_len(filled, text, place - text);
        const char *value = look(ctx, name);
        append(filled, escape, value ? value : "");
        text = rest;
    }
    g_string_append(filled, text);
    return g_string_free(filled, FALSE);
}

bool template_is_known(const char *text, const char *const *names)
{
    for (;;) {
        g_autofree char *name = NULL;
        if (!next_place(text, &name, &text))
            return true;
        if (!g_strv_contains(names, name))
            return false;
    }
}
