// SPDX-License-Identifier: Apache-2.0
#include "dashboard/camera_address.h"

#include "base/url_secret.h"

#include <string.h>

#define MASK "***"

enum { MAX_PASSWORDS = 8 };

// Borrowed from an address.
typedef struct {
    UrlSpan user; // empty where there is none
    UrlSpan host; // with the @ before it and the port
    // In the order of the address. The name of the one before the host is empty.
    UrlSecret passwords[MAX_PASSWORDS];
    size_t n;
} Parts;

static const char *find_in(UrlSpan span, char sought)
{
    return memchr(span.from, sought, (size_t)(span.to - span.from));
}

static void read_user_info(UrlSpan user_info, Parts *parts)
{
    const char *colon = find_in(user_info, ':');
    parts->user = (UrlSpan){ user_info.from, colon ? colon : user_info.to };
    parts->host.from = user_info.to;
    if (colon)
        parts->passwords[parts->n++] = (UrlSecret){ .value = { colon + 1, user_info.to } };
}

// Of more passwords than there is room for, the last one is taken up to the end.
static void parts_of(const char *address, Parts *ret_parts)
{
    const char *scheme = strstr(address, "://");
    const char *rest = scheme ? scheme + 3 : address + strlen(address);
    size_t size = strlen(rest);
    UrlSpan user_info;
    UrlSecret secret;
    *ret_parts = (Parts){ .user = { rest, rest }, .host = { rest, rest } };
    if (url_user_info(rest, size, &user_info))
        read_user_info(user_info, ret_parts);
    ret_parts->host.to = ret_parts->host.from + strcspn(ret_parts->host.from, "/?");
    const char *from = ret_parts->host.to;
    while (ret_parts->n < MAX_PASSWORDS && url_next_secret(rest, size, from, &secret)) {
        ret_parts->passwords[ret_parts->n++] = secret;
        from = secret.value.to;
    }
    if (ret_parts->n == MAX_PASSWORDS)
        ret_parts->passwords[MAX_PASSWORDS - 1].value.to = rest + size;
}

static void append_span(GString *out, UrlSpan span)
{
    g_string_append_len(out, span.from, span.to - span.from);
}

char *camera_address_mask(const char *address)
{
    Parts parts;
    parts_of(address, &parts);
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < parts.n; i++) {
        append_span(out, (UrlSpan){ address, parts.passwords[i].value.from });
        g_string_append(out, MASK);
        address = parts.passwords[i].value.to;
    }
    g_string_append(out, address);
    return g_string_free(out, FALSE);
}

static bool same(UrlSpan a, UrlSpan b)
{
    size_t size = (size_t)(a.to - a.from);
    return size == (size_t)(b.to - b.from) && (size == 0 || memcmp(a.from, b.from, size) == 0);
}

static bool is_masked(const UrlSecret *password)
{
    static const char mask[] = MASK;
    return same(password->value, (UrlSpan){ mask, mask + strlen(mask) });
}

// The password of this name, the one at this place if several have it. NULL: there is none.
static const UrlSecret *find_password(const Parts *known, UrlSpan name, size_t place)
{
    if (place < known->n && same(known->passwords[place].name, name))
        return &known->passwords[place];
    for (size_t i = 0; i < known->n; i++)
        if (same(known->passwords[i].name, name))
            return &known->passwords[i];
    return NULL;
}

char *camera_address_unmask(const char *given, const char *known)
{
    Parts parts, from;
    parts_of(given, &parts);
    parts_of(known ? known : "", &from);
    bool is_same_door = same(parts.user, from.user) && same(parts.host, from.host);
    g_autoptr(GString) out = g_string_new(NULL);
    for (size_t i = 0; i < parts.n; i++) {
        UrlSecret *password = &parts.passwords[i];
        if (!is_masked(password))
            continue;
        const UrlSecret *whole = is_same_door ? find_password(&from, password->name, i) : NULL;
        if (!whole)
            return NULL;
        append_span(out, (UrlSpan){ given, password->value.from });
        append_span(out, whole->value);
        given = password->value.to;
    }
    g_string_append(out, given);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

// Read narrowly: what another reader might take for another host is none.
static bool is_at_host(const char *address, const char *host)
{
    const char *scheme_end = strstr(address, "://"), *rest = address;
    size_t size = strlen(host);
    if (g_str_has_prefix(address, "http://") || g_str_has_prefix(address, "https://"))
        rest = scheme_end + 3;
    if (size == 0 || strpbrk(address, "@\\") || g_ascii_strncasecmp(rest, host, size) != 0)
        return false;
    rest += size;
    if (*rest == ':')
        rest += 1 + strspn(rest + 1, "0123456789");
    return *rest == '\0' || *rest == '/';
}

// Without its port.
static char *host_of(const Parts *parts)
{
    const char *from = parts->host.from + (*parts->host.from == '@');
    char *host = g_strndup(from, (size_t)(parts->host.to - from));
    char *port = strrchr(host, ':');
    if (port && strspn(port + 1, "0123456789") == strlen(port + 1))
        *port = '\0';
    return host;
}

char *camera_address_host(const char *address)
{
    Parts parts;
    parts_of(address, &parts);
    return host_of(&parts);
}

char *camera_address_password(const char *known, const char *address, const char *user)
{
    Parts parts;
    parts_of(known ? known : "", &parts);
    if (parts.n == 0 || parts.passwords[0].name.from || *parts.host.from != '@')
        return NULL;
    g_autofree char *door = host_of(&parts);
    g_autofree char *its_user = g_uri_unescape_segment(parts.user.from, parts.user.to, NULL);
    if (g_strcmp0(its_user, user) != 0 || !is_at_host(address, door))
        return NULL;
    UrlSpan password = parts.passwords[0].value;
    return g_uri_unescape_segment(password.from, password.to, NULL);
}
