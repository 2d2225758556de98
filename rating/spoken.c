// SPDX-License-Identifier: Apache-2.0
#include "rating/spoken.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

static const char *const digits[] = { "零", "一", "二", "三", "四", "五", "六", "七", "八", "九" };

// As people in China say them; Pinyin with tones.
static const char *const letters[26] = {
    "ei1",   "bi4",  "xi1",   "di4",   "yi4",   "ai2fu5",  "ji4",  "ei1qi4", "ai4",
    "zhei4", "kei4", "ai2le", "ai2mu", "en1",   "ou1",     "pi4",  "kiu1",   "a4",
    "ai2si", "ti4",  "you1",  "wei1",  "da2bu", "ai2kesi", "wai1", "zei4",
};

static void add_letter(GString *text, char letter)
{
    g_string_append_printf(text, " %s ", letters[g_ascii_toupper(letter) - 'A']);
}

// "12" -> "十二"; three digits and more one by one.
static void add_count(GString *text, const char *run, size_t size)
{
    int n = size <= 2 ? (int)g_ascii_strtoull(run, NULL, 10) : 0;
    if (size > 2 || n == 0) {
        for (size_t i = 0; i < size; i++)
            g_string_append_printf(text, "%s ", digits[run[i] - '0']);
        return;
    }
    if (n >= 20)
        g_string_append(text, digits[n / 10]);
    if (n >= 10)
        g_string_append(text, "十");
    if (n % 10)
        g_string_append(text, digits[n % 10]);
}

static bool is_chinese(gunichar c)
{
    return g_unichar_get_script(c) == G_UNICODE_SCRIPT_HAN;
}

static void add_name(GString *text, const char *name)
{
    for (const char *p = name; *p; p = g_utf8_next_char(p)) {
        size_t n = strspn(p, G_CSET_DIGITS);
        if (n > 0) {
            add_count(text, p, n);
            p += n - 1;
        } else if (g_ascii_isalpha(*p)) {
            add_letter(text, *p);
        } else if (is_chinese(g_utf8_get_char(p))) {
            g_string_append_unichar(text, g_utf8_get_char(p));
        } else {
            g_string_append_c(text, ' ');
        }
    }
}

char *spoken_zh(const char *number, const char *counter)
{
    GString *text = g_string_new("请");
    for (const char *p = number; *p; p++) {
        if (g_ascii_isdigit(*p))
            g_string_append_printf(text, " %s", digits[*p - '0']);
        else if (g_ascii_isalpha(*p))
            add_letter(text, *p);
    }
    g_string_append(text, " 号，到 ");
    add_name(text, counter);
    return g_string_free(text, FALSE);
}

char *spoken_en(const char *number, const char *counter)
{
    GString *text = g_string_new("Number");
    for (const char *p = number; *p; p++) {
        if (g_ascii_isalpha(*p))
            g_string_append_printf(text, " %c,", g_ascii_toupper(*p));
        else if (g_ascii_isdigit(*p))
            g_string_append_printf(text, " %c", *p);
    }
    const char *run = strpbrk(counter, G_CSET_DIGITS);
    if (run)
        g_string_append_printf(text, ", please go to counter %.*s.",
                               (int)MIN(strspn(run, G_CSET_DIGITS), (size_t)4), run);
    else
        g_string_append(text, ", please look at the screen for your counter.");
    return g_string_free(text, FALSE);
}
