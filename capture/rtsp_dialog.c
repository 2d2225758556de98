// SPDX-License-Identifier: Apache-2.0
#include "capture/rtsp_dialog.h"

#include "base/clock.h"
#include "capture/rtsp_auth.h"
#include <errno.h>
#include <string.h>

// Some cameras hold the answer to PLAY back until all of their tracks have begun.
enum { ANSWER_MS = 8000, SLICE_MS = 100, ATTEMPTS = 3, OTHERS_MAX = 4, UNAUTHORIZED = 401 };
enum { BURST_BYTES = 48 << 10, IDLE_TICKS = 3 };

struct RtspDialog {
    RtspConnection *connection;
    RtspDialogEvents events;
    RtspAuth auth;
    unsigned cseq; // of the last request
    bool is_rtsp;
    ssize_t got;     // bytes of the last read
    unsigned n_idle; // ticks in a row that brought nothing
    // The answer that is waited for.
    unsigned awaited; // its CSeq; 0: none
    GByteArray *bytes;
    RtspMessage answer; // within bytes
};

int rtsp_dialog_new(const RtspUrl *url, const RtspDialogEvents *events, RtspDialog **ret_dialog)
{
    g_autoptr(RtspConnection) connection = NULL;
    int err = rtsp_connection_new(url->host, url->port, events->give_up, events->ctx, &connection);
    if (err < 0)
        return err;
    RtspDialog *dialog = g_new0(RtspDialog, 1);
    dialog->connection = g_steal_pointer(&connection);
    dialog->events = *events;
    dialog->bytes = g_byte_array_new();
    rtsp_auth_init(&dialog->auth, url->user, url->password);
    *ret_dialog = dialog;
    return 0;
}

void rtsp_dialog_free(RtspDialog *dialog)
{
    if (!dialog)
        return;
    rtsp_connection_free(dialog->connection);
    g_byte_array_unref(dialog->bytes);
    rtsp_auth_done(&dialog->auth);
    g_free(dialog);
}

RtspConnection *rtsp_dialog_connection(RtspDialog *dialog)
{
    return dialog->connection;
}

bool rtsp_dialog_is_rtsp(const RtspDialog *dialog)
{
    return dialog->is_rtsp;
}

static int send_request(RtspDialog *dialog, const char *method, const char *uri,
                        const RtspHeader *headers)
{
    g_autoptr(GString) request = rtsp_request_new(method, uri, ++dialog->cseq);
    g_autofree char *authorization = rtsp_auth_answer(&dialog->auth, method, uri);
    rtsp_request_add(request, "Authorization", authorization);
    for (; headers && headers->name; headers++)
        rtsp_request_add(request, headers->name, headers->value);
    rtsp_request_end(request);
    return rtsp_connection_send(dialog->connection, request->str, request->len);
}

int rtsp_dialog_tell(RtspDialog *dialog, const char *method, const char *uri,
                     const RtspHeader *headers)
{
    return send_request(dialog, method, uri, headers);
}

static int answer_request(RtspDialog *dialog, const RtspMessage *request)
{
    static const char *const harmless[] = { "OPTIONS", "GET_PARAMETER", "SET_PARAMETER" };
    bool is_harmless = false;
    for (size_t i = 0; i < G_N_ELEMENTS(harmless); i++)
        is_harmless |= strcmp(request->method, harmless[i]) == 0;
    g_autoptr(GString) answer = is_harmless ? rtsp_answer_new(request, 200, "OK")
                                            : rtsp_answer_new(request, 501, "Not Implemented");
    return rtsp_connection_send(dialog->connection, answer->str, answer->len);
}

static bool take_challenge(RtspDialog *dialog, const RtspMessage *answer)
{
    bool is_stale = false;
    rtsp_auth_forget(&dialog->auth);
    for (unsigned i = 0;; i++) {
        g_autofree char *header = rtsp_message_header(answer, "WWW-Authenticate", i);
        if (!header)
            return is_stale;
        rtsp_auth_take(&dialog->auth, header, &is_stale);
    }
}

// The message lies in the connection's buffer, which goes on moving.
static void keep_answer(RtspDialog *dialog, const RtspMessage *message)
{
    size_t head = message->head_size, body = message->body_size;
    g_byte_array_set_size(dialog->bytes, 0);
    g_byte_array_append(dialog->bytes, (const guint8 *)message->head, (guint)head);
    g_byte_array_append(dialog->bytes, message->body, (guint)body);
    dialog->answer = *message;
    dialog->answer.head = (const char *)dialog->bytes->data;
    dialog->answer.body = dialog->bytes->data + head;
    dialog->awaited = 0;
}

static int take_message(RtspDialog *dialog, const RtspMessage *message)
{
    dialog->is_rtsp = true;
    if (message->status == 0)
        return answer_request(dialog, message);
    if (message->status < 200) // it is working on it
        return 0;
    // A camera that leaves out CSeq answers in order.
    bool is_awaited =
        dialog->awaited != 0 && (!message->has_cseq || message->cseq == dialog->awaited);
    if (is_awaited) {
        keep_answer(dialog, message);
        return 0;
    }
    if (message->status == UNAUTHORIZED)
        take_challenge(dialog, message);
    if (dialog->events.answer)
        dialog->events.answer(dialog->events.ctx, message);
    return 0;
}

int rtsp_dialog_next(RtspDialog *dialog)
{
    InterleaveItem item;
    if (!rtsp_connection_next(dialog->connection, &item))
        return 0;
    if (!item.is_message) {
        dialog->events.packet(dialog->events.ctx, item.channel, item.data, item.size);
        return 1;
    }
    int err = take_message(dialog, &item.message);
    return err < 0 ? err : 1;
}

int rtsp_dialog_wait(RtspDialog *dialog, struct pollfd *others, nfds_t n_others, int timeout_ms)
{
    struct pollfd fds[1 + OTHERS_MAX];
    bool is_sending = rtsp_connection_is_sending(dialog->connection);
    fds[0] = (struct pollfd){ .fd = rtsp_connection_fd(dialog->connection),
                              .events = (short)(is_sending ? POLLIN | POLLOUT : POLLIN) };
    for (nfds_t i = 0; i < n_others; i++)
        fds[1 + i] = others[i];
    int n = poll(fds, 1 + n_others, timeout_ms);
    if (n < 0)
        return errno == EINTR ? 0 : -errno;
    for (nfds_t i = 0; i < n_others; i++)
        others[i].revents = fds[1 + i].revents;
    if (fds[0].revents & POLLOUT) {
        int err = rtsp_connection_flush(dialog->connection);
        if (err < 0)
            return err;
    }
    if (!(fds[0].revents & ~POLLOUT))
        return 0;
    ssize_t got = rtsp_connection_fill(dialog->connection);
    dialog->got = MAX(got, 0);
    return got < 0 ? (int)got : 0;
}

// A picture's packets come in a burst of some milliseconds. Woken by the first one, a thread would
// sleep and wake for each; on a common beat of the clock it wakes once for a picture, and the
// threads of many cameras share the clock's interrupt.
static void sleep_until_tick(void)
{
    g_usleep((gulong)(DIALOG_TICK_US - g_get_monotonic_time() % DIALOG_TICK_US));
}

int rtsp_dialog_wait_tick(RtspDialog *dialog, int timeout_ms)
{
    // Much at once is a key frame: more of it waits, or is held back by the camera until there is
    // room. Nothing at all, several times, is a camera of few pictures.
    bool is_steady = dialog->got < BURST_BYTES && dialog->n_idle < IDLE_TICKS;
    if (!is_steady) {
        dialog->n_idle = 0;
        dialog->got = 0;
        return rtsp_dialog_wait(dialog, NULL, 0, timeout_ms);
    }
    sleep_until_tick();
    int err = rtsp_connection_flush(dialog->connection);
    ssize_t got = err < 0 ? err : rtsp_connection_fill(dialog->connection);
    dialog->got = MAX(got, 0);
    dialog->n_idle = got == 0 ? dialog->n_idle + 1 : 0;
    return got < 0 ? (int)got : 0;
}

static int await(RtspDialog *dialog)
{
    int64_t until_ms = clock_mono_ms() + ANSWER_MS;
    dialog->awaited = dialog->cseq;
    while (dialog->awaited != 0) {
        int n = rtsp_dialog_next(dialog);
        if (n == 0 && (dialog->events.give_up(dialog->events.ctx) || clock_mono_ms() > until_ms))
            n = -ETIMEDOUT;
        if (n == 0)
            n = rtsp_dialog_wait(dialog, NULL, 0, SLICE_MS);
        if (n < 0) {
            dialog->awaited = 0;
            return n;
        }
    }
    return 0;
}

int rtsp_dialog_ask(RtspDialog *dialog, const char *method, const char *uri,
                    const RtspHeader *headers, const RtspMessage **ret_answer)
{
    *ret_answer = &dialog->answer;
    for (int i = 0; i < ATTEMPTS; i++) {
        int err = send_request(dialog, method, uri, headers);
        if (err == 0)
            err = await(dialog);
        if (err < 0 || dialog->answer.status != UNAUTHORIZED)
            return err;
        bool is_stale = take_challenge(dialog, &dialog->answer);
        bool may_retry =
            dialog->auth.user && dialog->auth.scheme != AUTH_NONE && (i == 0 || is_stale);
        if (!may_retry)
            return 0;
    }
    return 0;
}
