// SPDX-License-Identifier: Apache-2.0
#include "capture/onvif_address.h"

#include <string.h>

#define DEVICE_PATH "/onvif/device_service"
#define PARSING     (G_URI_FLAGS_PARSE_RELAXED | G_URI_FLAGS_ENCODED)

typedef struct {
    char *scheme, *host, *path, *query;
    int port; // -1: not said
} Split;

static void split_done(Split *split)
{
    g_free(split->scheme);
    g_free(split->host);
    g_free(split->path);
    g_free(split->query);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Split, split_done)

static bool is_host_text(const char *host)
{
    return host && *host && strlen(host) <= 253 &&
           strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:") ==
               strlen(host);
}

static bool is_visible(const char *text)
{
    for (; *text; text++)
        if ((guchar)*text <= ' ' || (guchar)*text >= 0x7f)
            return false;
    return true;
}

// Empty, or with its slash: what follows a host without one would become part of it
// ("http://cam;.other/").
static bool is_path_text(const char *path)
{
    return (!*path || *path == '/') && is_visible(path);
}

static bool split(const char *text, Split *ret_split)
{
    *ret_split = (Split){ 0 };
    return strlen(text) <= ONVIF_ADDRESS_MAX &&
           g_uri_split(text, PARSING, &ret_split->scheme, NULL, &ret_split->host, &ret_split->port,
                       &ret_split->path, &ret_split->query, NULL, NULL) &&
           ret_split->scheme && is_host_text(ret_split->host) && is_path_text(ret_split->path) &&
           (!ret_split->query || is_visible(ret_split->query)) && ret_split->port != 0;
}

static char *path_of(const Split *parts, const char *fallback)
{
    const char *path = *parts->path && strcmp(parts->path, "/") != 0 ? parts->path : fallback;
    return parts->query ? g_strconcat(path, "?", parts->query, NULL) : g_strdup(path);
}

bool onvif_address_parse(const char *text, OnvifAddress *ret_address)
{
    g_auto(Split) parts = { 0 };
    g_autofree char *given = g_strstrip(g_strdup(text));
    g_autofree char *whole =
        strstr(given, "://") ? g_strdup(given) : g_strconcat("http://", given, NULL);
    *ret_address = (OnvifAddress){ 0 };
    if (!split(whole, &parts) ||
        (strcmp(parts.scheme, "http") != 0 && strcmp(parts.scheme, "https") != 0))
        return false;
    ret_address->is_https = strcmp(parts.scheme, "https") == 0;
    ret_address->host = g_steal_pointer(&parts.host);
    ret_address->port = MAX(parts.port, 0);
    ret_address->path = path_of(&parts, DEVICE_PATH);
    return true;
}

void onvif_address_done(OnvifAddress *address)
{
    g_clear_pointer(&address->host, g_free);
    g_clear_pointer(&address->path, g_free);
}

static void append_host(GString *out, const char *host, int port)
{
    g_string_append_printf(out, strchr(host, ':') ? "[%s]" : "%s", host);
    if (port > 0)
        g_string_append_printf(out, ":%d", port);
}

char *onvif_address_url(const OnvifAddress *address)
{
    GString *out = g_string_new(address->is_https ? "https://" : "http://");
    append_host(out, address->host, address->port);
    g_string_append(out, address->path);
    return g_string_free(out, FALSE);
}

bool onvif_is_host(const OnvifAddress *reached, const char *number, const char *host)
{
    return g_ascii_strcasecmp(reached->host, host) == 0 ||
           (number && g_ascii_strcasecmp(number, host) == 0);
}

bool onvif_service_address(const OnvifAddress *reached, const char *number, const char *told,
                           OnvifAddress *ret_address)
{
    g_auto(OnvifAddress) service = { 0 };
    *ret_address = (OnvifAddress){ 0 };
    if (!strstr(told, "://") || !onvif_address_parse(told, &service))
        return false;
    bool is_there = onvif_is_host(reached, number, service.host);
    *ret_address = (OnvifAddress){ .is_https = is_there ? service.is_https : reached->is_https,
                                   .host = g_strdup(reached->host),
                                   .port = is_there ? service.port : reached->port,
                                   .path = g_steal_pointer(&service.path) };
    return true;
}

char *onvif_stream_address(const OnvifAddress *reached, const char *number, const char *told,
                           char **ret_host)
{
    g_auto(Split) parts = { 0 };
    *ret_host = NULL;
    if (!split(told, &parts) || g_ascii_strcasecmp(parts.scheme, "rtsp") != 0)
        return NULL;
    if (!onvif_is_host(reached, number, parts.host))
        *ret_host = g_steal_pointer(&parts.host);
    GString *out = g_string_new("rtsp://");
    append_host(out, reached->host, parts.port);
    g_autofree char *path = path_of(&parts, "/");
    g_string_append(out, path);
    return g_string_free(out, FALSE);
}
