// SPDX-License-Identifier: Apache-2.0
#include "dashboard/code.h"

#include "base/clock.h"
#include "dashboard/call.h"
#include "dashboard/qr_code.h"

#include <string.h>

char *code_place(HttpRequest *request)
{
    const char *configured = call_of(request)->hall->config->door.public_url;
    if (configured) {
        char *place = g_strdup(configured);
        for (size_t n = strlen(place); n > 0 && place[n - 1] == '/'; n--)
            place[n - 1] = '\0';
        return place;
    }
    const char *host = http_header(request, "Host");
    bool is_host = host && *host && strlen(host) < 256 &&
                   strspn(host, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS ".-:[]") == strlen(host);
    return g_strconcat("https://", is_host ? host : "localhost", NULL);
}

json_t *code_json(HttpRequest *request, const char *path, int64_t expires_ms)
{
    g_autofree char *place = code_place(request);
    g_autofree char *url = g_strconcat(place, path, NULL);
    g_autofree char *svg = qr_code_svg(url);
    if (!svg)
        return NULL;
    g_autofree char *expires = expires_ms == STORE_NULL ? NULL : clock_format(expires_ms);
    return json_pack("{s:s, s:s, s:s?}", "url", url, "svg", svg, "expires_at", expires);
}

void code_reply(HttpRequest *request, int status, const char *path, int64_t expires_ms)
{
    json_t *code = code_json(request, path, expires_ms);
    if (code)
        http_reply_json(request, status, code);
    else
        http_reply_error(request, 500, "code", "door.public_url is too long for a QR code");
}
