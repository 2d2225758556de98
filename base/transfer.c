// SPDX-License-Identifier: Apache-2.0
#include "base/transfer.h"

#include "base/log.h"

#include <curl/curl.h>
#include <string.h>

// What one receiver's certificate check costs is paid once: connections are kept and used again.
#define CONNECTIONS_MAX 16L
#define CONNECT_SHARE   2 // of the whole time, that connecting may take: half

struct Transfers {
    CURLM *multi;
    GHashTable *running; // Transfer *, owned
};

typedef struct {
    CURL *curl;
    struct curl_slist *headers, *mail_to;
    char *body;
    size_t body_sent; // of a mail
    GString *answer;
    char failure[CURL_ERROR_SIZE];
    TransferDone done;
    void *ctx;
} Transfer;

static void transfer_free(gpointer data)
{
    Transfer *transfer = data;
    curl_easy_cleanup(transfer->curl);
    curl_slist_free_all(transfer->headers);
    curl_slist_free_all(transfer->mail_to);
    g_string_free(transfer->answer, TRUE);
    g_free(transfer->body);
    g_free(transfer);
}

Transfers *transfers_new(void)
{
    CURLM *multi = curl_multi_init();
    if (!multi)
        return NULL;
    Transfers *transfers = g_new0(Transfers, 1);
    transfers->multi = multi;
    transfers->running = g_hash_table_new_full(NULL, NULL, transfer_free, NULL);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_MAX);
    return transfers;
}

void transfers_free(Transfers *transfers)
{
    if (!transfers)
        return;
    GHashTableIter iter;
    gpointer transfer;
    g_hash_table_iter_init(&iter, transfers->running);
    while (g_hash_table_iter_next(&iter, &transfer, NULL))
        curl_multi_remove_handle(transfers->multi, ((Transfer *)transfer)->curl);
    g_hash_table_unref(transfers->running);
    curl_multi_cleanup(transfers->multi);
    g_free(transfers);
}

static size_t collect(char *bytes, size_t size, size_t n, void *data)
{
    GString *answer = data;
    if (answer->len + size * n > TRANSFER_ANSWER_MAX)
        return 0;
    g_string_append_len(answer, bytes, (gssize)(size * n));
    return size * n;
}

static size_t read_body(char *into, size_t size, size_t n, void *data)
{
    Transfer *transfer = data;
    size_t left = strlen(transfer->body) - transfer->body_sent, take = MIN(size * n, left);
    memcpy(into, transfer->body + transfer->body_sent, take);
    transfer->body_sent += take;
    return take;
}

static void set_up_mail(Transfer *transfer, const TransferOrder *order)
{
    CURL *curl = transfer->curl;
    for (const char *const *to = order->mail_to; to && *to; to++)
        transfer->mail_to = curl_slist_append(transfer->mail_to, *to);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, order->mail_from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, transfer->mail_to);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_body);
    curl_easy_setopt(curl, CURLOPT_READDATA, transfer);
    if (order->user) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, order->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, order->password ? order->password : "");
    }
}

static void set_up_request(Transfer *transfer, const TransferOrder *order)
{
    CURL *curl = transfer->curl;
    if (order->body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(transfer->body));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, transfer->body);
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, order->method ? order->method : "POST");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer->headers);
}

static void set_up(Transfer *transfer, const TransferOrder *order)
{
    CURL *curl = transfer->curl;
    curl_easy_setopt(curl, CURLOPT_URL, order->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)order->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)order->timeout_ms / CONNECT_SHARE);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->failure);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer->answer);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "hallwatch/" HALLWATCH_VERSION);
    curl_easy_setopt(curl, CURLOPT_PRIVATE, transfer);
    if (order->ca)
        curl_easy_setopt(curl, CURLOPT_CAINFO, order->ca);
    if (order->mail_from)
        set_up_mail(transfer, order);
    else
        set_up_request(transfer, order);
}

void transfers_start(Transfers *transfers, const TransferOrder *order, TransferDone done, void *ctx)
{
    Transfer *transfer = g_new0(Transfer, 1);
    transfer->curl = curl_easy_init();
    if (!transfer->curl)
        g_error("out of memory");
    transfer->answer = g_string_new(NULL);
    transfer->body = g_strdup(order->body);
    transfer->done = done;
    transfer->ctx = ctx;
    // The answer to "Expect: 100-continue" would be waited for, and many do not give it.
    transfer->headers = curl_slist_append(NULL, "Expect:");
    for (const char *const *header = order->headers; header && *header; header++)
        transfer->headers = curl_slist_append(transfer->headers, *header);
    set_up(transfer, order);
    g_hash_table_add(transfers->running, transfer);
    curl_multi_add_handle(transfers->multi, transfer->curl);
}

static const char *failure_of(const Transfer *transfer, CURLcode code)
{
    if (code == CURLE_OK)
        return NULL;
    if (code == CURLE_WRITE_ERROR)
        return "the answer is too long";
    return transfer->failure[0] ? transfer->failure : curl_easy_strerror(code);
}

static void finish(Transfers *transfers, CURL *curl, CURLcode code)
{
    char *private = NULL;
    curl_off_t wait_s = 0;
    TransferAnswer answer = { 0 };
    curl_easy_getinfo(curl, CURLINFO_PRIVATE, &private);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait_s);
    Transfer *transfer = (Transfer *)(void *)private;
    answer.failure = failure_of(transfer, code);
    answer.text = transfer->answer->str;
    answer.size = transfer->answer->len;
    answer.wait_s = (int)CLAMP(wait_s, 0, G_MAXINT);
    curl_multi_remove_handle(transfers->multi, curl);
    transfer->done(transfer->ctx, &answer);
    g_hash_table_remove(transfers->running, transfer);
}

// True: some ended.
static bool finish_those_over(Transfers *transfers)
{
    bool any = false;
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(transfers->multi, &left))) {
        if (message->msg == CURLMSG_DONE) {
            finish(transfers, message->easy_handle, message->data.result);
            any = true;
        }
    }
    return any;
}

void transfers_run(Transfers *transfers, int wait_ms)
{
    int running;
    CURLMcode code = curl_multi_perform(transfers->multi, &running);
    if (code == CURLM_OK && !finish_those_over(transfers))
        code = curl_multi_poll(transfers->multi, NULL, 0, wait_ms, NULL);
    if (code != CURLM_OK) {
        log_err("transfers: %s", curl_multi_strerror(code));
        g_usleep(G_USEC_PER_SEC); // it would be so again at once
    }
}

void transfers_wake(Transfers *transfers)
{
    curl_multi_wakeup(transfers->multi);
}
