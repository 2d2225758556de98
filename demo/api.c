// SPDX-License-Identifier: Apache-2.0
#include "demo/api.h"
#include "base/log.h"
#include <curl/curl.h>
#include <errno.h>

#define ANSWER_MAX (4 << 20)
#define TIMEOUT_MS 5000L

struct Api {
    CURL *curl;
    struct curl_slist *headers;
    char *url;
    GByteArray *answer;
    unsigned failures; // in a row
};

static size_t on_bytes(char *bytes, size_t size, size_t n, void *ctx)
{
    Api *api = ctx;
    if (api->answer->len + n > ANSWER_MAX)
        return 0;
    g_byte_array_append(api->answer, (const guint8 *)bytes, (guint)n);
    return n;
}

Api *api_new(const char *url, const char *ca, const char *key)
{
    Api *api = g_new0(Api, 1);
    g_autofree char *bearer = g_strdup_printf("Authorization: Bearer %s", key);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    api->url = g_strdup(url);
    api->answer = g_byte_array_new();
    api->headers = curl_slist_append(NULL, bearer);
    api->headers = curl_slist_append(api->headers, "Content-Type: application/json");
    api->curl = curl_easy_init();
    curl_easy_setopt(api->curl, CURLOPT_CAINFO, ca);
    curl_easy_setopt(api->curl, CURLOPT_HTTPHEADER, api->headers);
    curl_easy_setopt(api->curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    curl_easy_setopt(api->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(api->curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(api->curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(api->curl, CURLOPT_WRITEDATA, api);
    return api;
}

void api_free(Api *api)
{
    if (!api)
        return;
    curl_easy_cleanup(api->curl);
    curl_slist_free_all(api->headers);
    g_byte_array_unref(api->answer);
    g_free(api->url);
    g_free(api);
}

static void note(Api *api, const char *method, const char *path, int status)
{
    bool is_fine = status >= 200 && status < 300;
    if (is_fine && api->failures)
        log_info("the box answers again after %u failures", api->failures);
    if (!is_fine && api->failures == 0 && status != 404)
        log_warn("%s %s: %d %.*s", method, path, status, (int)api->answer->len,
                 (const char *)api->answer->data);
    api->failures = is_fine || status == 404 ? 0 : api->failures + 1;
}

static int call_text(Api *api, const char *method, const char *path, const char *text,
                     json_t **ret_body)
{
    g_autofree char *url = g_strconcat(api->url, path, NULL);
    g_byte_array_set_size(api->answer, 0);
    curl_easy_setopt(api->curl, CURLOPT_URL, url);
    curl_easy_setopt(api->curl, CURLOPT_HTTPGET, 1L); // forgets the call before
    if (text)
        curl_easy_setopt(api->curl, CURLOPT_COPYPOSTFIELDS, text);
    curl_easy_setopt(api->curl, CURLOPT_CUSTOMREQUEST, method);
    CURLcode code = curl_easy_perform(api->curl);
    long status = -EIO;
    if (code == CURLE_OK)
        curl_easy_getinfo(api->curl, CURLINFO_RESPONSE_CODE, &status);
    else
        g_byte_array_append(api->answer, (const guint8 *)curl_easy_strerror(code),
                            (guint)strlen(curl_easy_strerror(code)));
    note(api, method, path, (int)status);
    if (ret_body)
        *ret_body = json_loadb((const char *)api->answer->data, api->answer->len, 0, NULL);
    return (int)status;
}

int api_call(Api *api, const char *method, const char *path, json_t *take_body, json_t **ret_body)
{
    char *text = take_body ? json_dumps(take_body, JSON_COMPACT) : NULL;
    json_decref(take_body);
    int status = call_text(api, method, path, text, ret_body);
    free(text);
    return status;
}

int api_post_text(Api *api, const char *path, const char *text, json_t **ret_body)
{
    return call_text(api, "POST", path, text, ret_body);
}

bool api_send(Api *api, const char *method, const char *path, json_t *take_body)
{
    int status = api_call(api, method, path, take_body, NULL);
    return status >= 200 && status < 300;
}
