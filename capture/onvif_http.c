// SPDX-License-Identifier: Apache-2.0
#include "capture/onvif_http.h"

#include "capture/onvif_soap.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>

enum { HEADERS_MAX = 16 << 10, CONNECT_MS = 4000 };

typedef struct {
    OnvifReply *reply;
    size_t header_bytes;
} Taking;

static size_t take_body(char *bytes, size_t size, size_t n, void *ctx)
{
    GByteArray *body = ((Taking *)ctx)->reply->body;
    if (body->len + size * n > SOAP_ANSWER_MAX)
        return 0;
    g_byte_array_append(body, (const guint8 *)bytes, (guint)(size * n));
    return size * n;
}

// The header's value where it has this name. The caller frees.
static char *value_of(const char *line, size_t size, const char *name)
{
    size_t length = strlen(name);
    if (size <= length || line[length] != ':' || g_ascii_strncasecmp(line, name, length) != 0)
        return NULL;
    return g_strstrip(g_strndup(line + length + 1, size - length - 1));
}

static size_t take_header(char *bytes, size_t size, size_t n, void *ctx)
{
    Taking *taking = ctx;
    if ((taking->header_bytes += size * n) > HEADERS_MAX)
        return 0;
    char *challenge = value_of(bytes, size * n, "WWW-Authenticate");
    char *location = value_of(bytes, size * n, "Location");
    if (challenge)
        g_ptr_array_add(taking->reply->challenges, challenge);
    if (location) {
        g_free(taking->reply->location);
        taking->reply->location = location;
    }
    return size * n;
}

static int errno_of(CURLcode code)
{
    static const struct {
        CURLcode code;
        int err;
    } rows[] = {
        { CURLE_OK, 0 },
        { CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT },
        { CURLE_COULDNT_CONNECT, -ECONNREFUSED },
        { CURLE_COULDNT_RESOLVE_HOST, -EHOSTUNREACH },
        { CURLE_WRITE_ERROR, -EFBIG },
        { CURLE_OUT_OF_MEMORY, -ENOMEM },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].code == code)
            return rows[i].err;
    return -EPROTO;
}

// No connection: whether the port is closed or there is no way there, the system knows.
static int connect_errno(CURL *curl)
{
    long os = 0;
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &os);
    return os == 0 || os == ECONNREFUSED ? -ECONNREFUSED
           : os == ETIMEDOUT             ? -ETIMEDOUT
                                         : -EHOSTUNREACH;
}

static void set_options(CURL *curl, const char *url, const char *text, int timeout_ms,
                        struct curl_slist *headers, Taking *taking)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L); // callers have threads
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)MIN(timeout_ms, CONNECT_MS));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, taking);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, taking);
}

static int perform(CURL *curl, OnvifReply *reply)
{
    CURLcode code = curl_easy_perform(curl);
    const char *number = NULL;
    curl_off_t connected_us = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply->status);
    curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &number);
    curl_easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected_us);
    reply->number = connected_us > 0 ? g_strdup(number) : NULL;
    return code == CURLE_COULDNT_CONNECT ? connect_errno(curl) : errno_of(code);
}

int onvif_http_post(const char *url, const char *authorization, const char *text, int timeout_ms,
                    OnvifReply *ret_reply)
{
    *ret_reply = (OnvifReply){ .body = g_byte_array_new(),
                               .challenges = g_ptr_array_new_with_free_func(g_free) };
    CURL *curl = curl_easy_init();
    if (!curl)
        return -ENOMEM;
    g_autofree char *login =
        authorization ? g_strconcat("Authorization: ", authorization, NULL) : NULL;
    struct curl_slist *headers =
        curl_slist_append(NULL, "Content-Type: application/soap+xml; charset=utf-8");
    if (login)
        headers = curl_slist_append(headers, login);
    Taking taking = { .reply = ret_reply };
    set_options(curl, url, text, timeout_ms, headers, &taking);
    int err = perform(curl, ret_reply);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return err;
}

void onvif_reply_done(OnvifReply *reply)
{
    g_clear_pointer(&reply->body, g_byte_array_unref);
    g_clear_pointer(&reply->challenges, g_ptr_array_unref);
    g_clear_pointer(&reply->location, g_free);
    g_clear_pointer(&reply->number, g_free);
}
