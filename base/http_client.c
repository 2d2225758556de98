// SPDX-License-Identifier: Apache-2.0
#include "base/http_client.h"

#include <curl/curl.h>
#include <errno.h>

enum { MAX_ANSWER = 8 << 20 };

static size_t collect(char *bytes, size_t size, size_t n, void *data)
{
    GByteArray *into = data;
    if (into->len + size * n > MAX_ANSWER)
        return 0;
    g_byte_array_append(into, (const guint8 *)bytes, (guint)(size * n));
    return size * n;
}

static int errno_of(CURLcode code)
{
    switch (code) {
    case CURLE_OK:
        return 0;
    case CURLE_OPERATION_TIMEDOUT:
        return -ETIMEDOUT;
    case CURLE_COULDNT_CONNECT:
        return -ECONNREFUSED;
    case CURLE_WRITE_ERROR:
        return -EFBIG;
    default:
        return -EIO;
    }
}

int http_call(const char *socket_path, const char *method, const char *path, json_t *body,
              int timeout_ms, HttpAnswer *ret_answer)
{
    CURL *curl = curl_easy_init();
    if (!curl)
        return -ENOMEM;
    g_autofree char *url = g_strconcat("http://localhost", path, NULL);
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    GByteArray *answer = g_byte_array_new();

    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket_path);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L); // callers have threads
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    if (text) {
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text);
    }
    CURLcode code = curl_easy_perform(curl);
    ret_answer->status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &ret_answer->status);
    ret_answer->body = g_byte_array_free_to_bytes(answer);
    curl_slist_free_all(headers);
    free(text);
    curl_easy_cleanup(curl);
    if (code != CURLE_OK)
        http_answer_done(ret_answer);
    return errno_of(code);
}

void http_answer_done(HttpAnswer *answer)
{
    g_clear_pointer(&answer->body, g_bytes_unref);
    answer->status = 0;
}

json_t *http_answer_json(const HttpAnswer *answer)
{
    gsize size;
    const char *bytes = g_bytes_get_data(answer->body, &size);
    return json_loadb(bytes, size, 0, NULL);
}
