// SPDX-License-Identifier: Apache-2.0
// Template: text with places, written ${name}, that are filled in, each value escaped for where the
// text goes. Pure.
#pragma once
#include <stdbool.h>

typedef enum {
    TEMPLATE_PLAIN,
    TEMPLATE_URL,    // percent-encoded, also for bodies of forms
    TEMPLATE_JSON,   // inside a JSON string
    TEMPLATE_HEADER, // one line: control characters become spaces
} TemplateEscape;

// The value of a place; NULL: it has none and stays empty. Borrowed until the next call.
typedef const char *(*TemplateLook)(void *ctx, const char *name);

// The caller frees. A "$" without "{name}" behind it stays as it is.
char *template_fill(const char *text, TemplateEscape escape, TemplateLook look, void *ctx);
// Whether all places have one of the names (NULL-terminated).
bool template_is_known(const char *text, const char *const *names);
