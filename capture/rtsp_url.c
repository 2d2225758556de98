// SPDX-License-Identifier: Apache-2.0
#include "capture/rtsp_url.h"

#include <string.h>

#define SCHEME "rtsp://"
enum { DEFAULT_PORT = 554 };

// A % that begins no code stands for itself.
static char *decode(const char *text, size_t size)
{
    GString *out = g_string_sized_new(size);
    for (size_t i = 0; i < size; i++) {
        bool is_code = text[i] == '%' && i + 2 < size && g_ascii_isxdigit(text[i + 1]) &&
                       g_ascii_isxdigit(text[i + 2]);
        int code = is_code
                       ? g_ascii_xdigit_value(text[i + 1]) * 16 + g_ascii_xdigit_value(text[i + 2])
                       : 0;
        if (code > 0)
            i += 2;
        g_string_append_c(out, code > 0 ? (char)code : text[i]);
    }
    return g_string_free(out, FALSE);
}

static void take_credentials(RtspUrl *url, const char *text, size_t size)
{
    const char *colon = memchr(text, ':', size);
    size_t user = colon ? (size_t)(colon - text) : size;
    url->user = decode(text, user);
    url->password = colon ? decode(colon + 1, size - user - 1) : g_strdup("");
}

static bool take_host(RtspUrl *url, const char *text, size_t size)
{
    const char *end = text + size, *colon = memrchr(text, ':', size);
    if (size > 0 && text[0] == '[') {
        const char *bracket = memchr(text, ']', size);
        if (!bracket)
            return false;
        colon = bracket + 1 < end ? bracket + 1 : NULL;
        if (colon && *colon != ':')
            return false;
        url->host = g_strndup(text + 1, (size_t)(bracket - text - 1));
    } else {
        const char *host_end = colon ? colon : end;
        url->host = g_strndup(text, (size_t)(host_end - text));
    }
    url->port = DEFAULT_PORT;
    if (colon && colon + 1 < end) {
        char *rest = NULL;
        guint64 port = g_ascii_strtoull(colon + 1, &rest, 10);
        if (rest != end || port == 0 || port > 65535)
            return false;
        url->port = (int)port;
    }
    return url->host[0] != '\0';
}

static bool is_plain(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || *text == 0x7f)
            return false;
    return true;
}

bool rtsp_url_parse(const char *text, RtspUrl *ret_url)
{
    *ret_url = (RtspUrl){ 0 };
    if (g_ascii_strncasecmp(text, SCHEME, strlen(SCHEME)) != 0 || !is_plain(text))
        return false;
    const char *authority = text + strlen(SCHEME);
    size_t size = strcspn(authority, "/?");
    const char *at = memrchr(authority, '@', size);
    const char *host = at ? at + 1 : authority;
    if (at)
        take_credentials(ret_url, authority, (size_t)(at - authority));
    if (!take_host(ret_url, host, (size_t)(authority + size - host))) {
        rtsp_url_done(ret_url);
        return false;
    }
    ret_url->request = g_strconcat(SCHEME, host, NULL);
    return true;
}

void rtsp_url_done(RtspUrl *url)
{
    g_free(url->host);
    g_free(url->user);
    g_free(url->password);
    g_free(url->request);
    *url = (RtspUrl){ 0 };
}

char *rtsp_url_control(const char *base, const char *control)
{
    if (!control || !control[0] || strcmp(control, "*") == 0)
        return g_strdup(base);
    if (g_ascii_strncasecmp(control, SCHEME, strlen(SCHEME)) == 0)
        return g_strdup(control);
    bool has_slash = g_str_has_suffix(base, "/") || control[0] == '/';
    return g_strconcat(base, has_slash ? "" : "/", control, NULL);
}
