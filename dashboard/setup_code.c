// SPDX-License-Identifier: Apache-2.0
#include "dashboard/setup_code.h"

#include "base/file.h"
#include "base/secret.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CODE_BYTES    8
#define CODE_FILE_MAX 256

static char *code_path(const char *data_dir)
{
    return g_build_filename(data_dir, "setup-code", NULL);
}

// Hex digits in lower case, all else left out: people type a code with dashes, spaces and capitals.
static char *code_digits(const char *text)
{
    GString *digits = g_string_new(NULL);
    for (; *text && digits->len <= 2 * CODE_BYTES; text++)
        if (g_ascii_isxdigit(*text))
            g_string_append_c(digits, g_ascii_tolower(*text));
    return g_string_free(digits, FALSE);
}

int setup_code_make(const char *data_dir)
{
    g_autofree char *path = code_path(data_dir);
    if (access(path, F_OK) == 0)
        return 0;
    g_autofree char *token = secret_token(CODE_BYTES);
    g_autofree char *text =
        g_strdup_printf("%.4s-%.4s-%.4s-%.4s\n", token, token + 4, token + 8, token + 12);
    return file_write_atomic(path, text, strlen(text), 0600);
}

bool setup_code_matches(const char *data_dir, const char *code)
{
    g_autofree char *path = code_path(data_dir);
    g_autofree char *text = NULL;
    size_t size;
    if (file_read(path, CODE_FILE_MAX, &text, &size) < 0)
        return false;
    g_autofree char *wanted = code_digits(text);
    g_autofree char *given = code_digits(code);
    return strlen(wanted) == 2 * CODE_BYTES && secret_equal(wanted, given);
}

int setup_code_remove(const char *data_dir)
{
    g_autofree char *path = code_path(data_dir);
    return unlink(path) == 0 || errno == ENOENT ? 0 : -errno;
}
