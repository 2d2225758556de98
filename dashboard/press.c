// SPDX-License-Identifier: Apache-2.0
#include "dashboard/press.h"

#include "base/log.h"
#include "dashboard/call.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct Press {
    Readers *readers;
    Halls *halls;
    GThread *thread;
    GAsyncQueue *orders; // Order; an end is one without make
    gint n_orders;       // atomic: those that wait, and the one that is made
    gint is_ending;      // atomic
};

typedef enum { AHEAD, MADE, FAILED } Progress;

// Referenced by the press and by the answer.
typedef struct {
    gint refs; // atomic
    PressJob job;
    HttpStream *stream; // the press's reference
    gint progress;      // atomic; fd is the answer's from MADE on, the press's before
    int fd;
    off_t at; // the answer's
} Order;

static void order_unref(void *data)
{
    Order *order = data;
    if (!g_atomic_int_dec_and_test(&order->refs))
        return;
    if (order->job.free_ctx)
        order->job.free_ctx(order->job.ctx);
    if (order->fd >= 0)
        close(order->fd);
    g_free(order->job.name);
    g_free(order);
}

static Order *order_new(const PressJob *take_job)
{
    Order *order = g_new0(Order, 1);
    order->refs = 1;
    order->fd = -1;
    if (take_job)
        order->job = *take_job;
    return order;
}

// --- the press's thread

static int make(Press *press, Order *order)
{
    order->fd = open(g_get_tmp_dir(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (order->fd < 0)
        return -errno;
    Store *store = readers_take(press->readers);
    if (!store)
        return -EIO;
    int err = order->job.make(order->job.ctx, store, press->halls, order->fd);
    readers_give_back(press->readers, store);
    return err;
}

static void finish(Press *press, Order *order)
{
    int err = g_atomic_int_get(&press->is_ending) ? -ECANCELED : make(press, order);
    if (err < 0 && err != -ECANCELED)
        log_err("file=%s was not made: %s", order->job.name, strerror(-err));
    g_atomic_int_set(&order->progress, err < 0 ? FAILED : MADE);
    g_atomic_int_add(&press->n_orders, -1);
    http_stream_wake(order->stream);
    http_stream_unref(order->stream);
    order_unref(order);
}

static gpointer run(gpointer data)
{
    Press *press = data;
    for (;;) {
        Order *order = g_async_queue_pop(press->orders);
        if (!order->job.make) {
            order_unref(order);
            return NULL;
        }
        finish(press, order);
    }
}

Press *press_new(Readers *readers, Halls *halls)
{
    Press *press = g_new0(Press, 1);
    press->readers = readers;
    press->halls = halls;
    press->orders = g_async_queue_new();
    press->thread = g_thread_new("press", run, press);
    return press;
}

void press_free(Press *press)
{
    if (!press)
        return;
    g_atomic_int_set(&press->is_ending, 1);
    g_async_queue_push(press->orders, order_new(NULL));
    g_thread_join(press->thread);
    g_async_queue_unref(press->orders);
    g_free(press);
}

// --- the answer

static ssize_t read_file(void *ctx, char *buffer, size_t max)
{
    Order *order = ctx;
    int progress = g_atomic_int_get(&order->progress);
    if (progress == AHEAD)
        return 0;
    if (progress == FAILED)
        return -EIO;
    ssize_t n = pread(order->fd, buffer, max, order->at);
    if (n < 0)
        return -EIO;
    order->at += n;
    return n > 0 ? n : -1;
}

void press_reply(Press *press, HttpRequest *request, const PressJob *take_job)
{
    Order *order = order_new(take_job);
    if (g_atomic_int_add(&press->n_orders, 1) > PRESS_WAITING_MAX) {
        g_atomic_int_add(&press->n_orders, -1);
        order_unref(order);
        g_autofree char *wait_s = g_strdup_printf("%d", PRESS_BUSY_S);
        http_add_header(request, "Retry-After", wait_s);
        http_reply_error(request, 503, "busy",
                         "Other files are just being made. Try again in a moment.");
        return;
    }
    g_autofree char *escaped = g_uri_escape_string(order->job.name, NULL, FALSE);
    g_autofree char *disposition = g_strdup_printf("attachment; filename*=UTF-8''%s", escaped);
    http_add_header(request, "Content-Disposition", disposition);
    HttpStream *stream = http_stream_new(read_file, order, order_unref);
    const char *type = order->job.type;
    order->stream = http_stream_ref(stream);
    g_atomic_int_inc(&order->refs);
    call_release(call_of(request));
    g_async_queue_push(press->orders, order);
    http_reply_stream(request, 200, type, stream);
}
