// SPDX-License-Identifier: Apache-2.0
#include "appliance/hold_delivery.h"
#include "appliance/worker.h"
#include "base/clock.h"
#include "base/http_client.h"
#include "base/log.h"
#include "dashboard/audit.h"
#include "rating/hold.h"
#include <errno.h>
#include <stdatomic.h>

#define PERIOD_MS  1000
#define TIMEOUT_MS 1500 // the desk must be able to end within 2 s

struct HoldDelivery {
    char *video_socket;
    Writer *writer;
    const Hall *hall;
    Store *store;      // worker's thread
    int64_t failed_ms; // worker's thread: when "not delivered" was last logged
    atomic_bool ending;
    Worker *worker;
};

typedef struct {
    const Hall *hall;
    const HoldErrand *errand;
    int err;
} AnsweredJob;

static int answered_run(Store *store, void *data)
{
    AnsweredJob *job = data;
    return hold_errand_answered(store, job->hall, job->errand, job->err, clock_wall_ms());
}

// What video does not know (any more) is not held: as good as lifted.
static int ask(const HoldDelivery *delivery, const HoldErrand *hold)
{
    g_auto(HttpAnswer) answer = { 0 };
    g_autofree char *path = g_strconcat("/holds/", hold->id, NULL);
    json_t *body = hold->is_lifting
                       ? NULL
                       : json_pack("{s:s,s:I,s:I,s:s,s:s?}", "camera", hold->camera, "from",
                                   (json_int_t)hold->from_ms, "to", (json_int_t)hold->to_ms,
                                   "reason", hold->reason, "ref", hold->ref);
    int err = http_call(delivery->video_socket, hold->is_lifting ? "DELETE" : "PUT", path, body,
                        TIMEOUT_MS, &answer);
    json_decref(body);
    if (err < 0)
        return err;
    bool is_done = answer.status == 200 || (hold->is_lifting && answer.status == 404);
    return is_done ? 0 : -EREMOTEIO;
}

static void deliver_one(HoldDelivery *delivery, const HoldErrand *hold)
{
    AnsweredJob job = { delivery->hall, hold, ask(delivery, hold) };
    if (job.err < 0 && clock_mono_ms() - delivery->failed_ms > 60000) {
        log_warn("hold=%s camera=%s not %s by video yet (try %d): %s", hold->id, hold->camera,
                 hold->is_lifting ? "lifted" : "taken", hold->tries + 1, g_strerror(-job.err));
        delivery->failed_ms = clock_mono_ms();
    }
    writer_call(delivery->writer, answered_run, &job);
}

// --- the end of a hold that was placed until a day

typedef struct {
    const Hall *hall;
    const char *id;
} EndJob;

static int end_run(Store *store, void *data)
{
    static const char why[] = "保留期限已到 / its end has come";
    EndJob *job = data;
    int64_t now_ms = clock_wall_ms();
    int err = hold_end(store, job->hall, job->id, why, now_ms);
    return err < 0 ? err : audit_add(store, now_ms, HOLD_SYSTEM, "hold.end", job->id, why);
}

static void end_those_over(HoldDelivery *delivery)
{
    g_autoptr(GPtrArray) ended = hold_ended(delivery->store, clock_wall_ms());
    for (guint i = 0; i < ended->len && !atomic_load(&delivery->ending); i++) {
        EndJob job = { delivery->hall, g_ptr_array_index(ended, i) };
        int err = writer_call(delivery->writer, end_run, &job);
        if (err < 0 && err != -EEXIST)
            log_warn("hold=%s not ended: %s", job.id, g_strerror(-err));
        else if (err == 0)
            log_info("hold=%s ended: its time is over", job.id);
    }
}

static void deliver(void *ctx)
{
    HoldDelivery *delivery = ctx;
    end_those_over(delivery);
    g_autoptr(GPtrArray) due = hold_errands_due(delivery->store, clock_wall_ms());
    for (guint i = 0; i < due->len && !atomic_load(&delivery->ending); i++)
        deliver_one(delivery, g_ptr_array_index(due, i));
}

int hold_delivery_new(const HoldDeliveryOptions *options, HoldDelivery **ret_delivery)
{
    Store *store = NULL;
    int err = store_open(options->store_path, STORE_READ, &store);
    if (err < 0)
        return err;
    HoldDelivery *delivery = g_new0(HoldDelivery, 1);
    delivery->video_socket = g_strdup(options->video_socket);
    delivery->writer = options->writer;
    delivery->hall = options->hall;
    delivery->store = store;
    delivery->failed_ms = -60001;
    delivery->worker = worker_new("holds", PERIOD_MS, deliver, delivery);
    *ret_delivery = delivery;
    return 0;
}

void hold_delivery_free(HoldDelivery *delivery)
{
    if (!delivery)
        return;
    atomic_store(&delivery->ending, true);
    worker_free(delivery->worker);
    store_free(delivery->store);
    g_free(delivery->video_socket);
    g_free(delivery);
}

void hold_delivery_wake(HoldDelivery *delivery)
{
    worker_wake(delivery->worker);
}
