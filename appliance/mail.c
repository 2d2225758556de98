// SPDX-License-Identifier: Apache-2.0
#include "appliance/mail.h"

#include <glib.h>
#include <string.h>
#include <time.h>

// An encoded word has at most 75 characters, and no character of the text is split between two.
enum { WORD_BYTES = 42, LINE_BYTES = 57 };

// RFC 2047.
static void append_words(GString *mail, const char *text)
{
    while (*text) {
        const char *end = text;
        while (*end && g_utf8_next_char(end) - text <= WORD_BYTES)
            end = g_utf8_next_char(end);
        g_autofree char *word = g_base64_encode((const guchar *)text, (gsize)(end - text));
        g_string_append_printf(mail, "=?UTF-8?B?%s?=%s", word, *end ? "\r\n " : "");
        text = end;
    }
}

// RFC 2045: lines of 76 characters.
static void append_base64(GString *mail, const char *text)
{
    size_t size = strlen(text);
    for (size_t at = 0; at < size; at += LINE_BYTES) {
        g_autofree char *line =
            g_base64_encode((const guchar *)text + at, MIN(LINE_BYTES, size - at));
        g_string_append_printf(mail, "%s\r\n", line);
    }
}

// Day and month are English in every language.
static void append_date(GString *mail, int64_t at_ms)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t seconds = (time_t)(at_ms / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    g_string_append_printf(mail, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d +0000\r\n",
                           days + 3 * tm.tm_wday, tm.tm_mday, months + 3 * tm.tm_mon,
                           tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

char *mail_text(const Mail *mail)
{
    g_autofree char *to = g_strjoinv(",\r\n ", (char **)mail->to);
    GString *text = g_string_new(NULL);
    g_autofree char *valid = g_utf8_make_valid(mail->subject, -1);
    append_date(text, mail->at_ms);
    g_string_append_printf(text,
                           "From: %s\r\nTo: %s\r\nMessage-ID: <%s@%s>\r\nSubject: ", mail->from, to,
                           mail->id, mail->host);
    append_words(text, valid);
    g_string_append(text, "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                          "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n"
                          "\r\n");
    append_base64(text, mail->text);
    return g_string_free(text, FALSE);
}
