// SPDX-License-Identifier: Apache-2.0
#include "appliance/export_delivery.h"
#include "appliance/worker.h"
#include "base/clock.h"
#include "base/http_client.h"
#include "rating/export.h"
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#define PERIOD_MS  500
#define TIMEOUT_MS 1500 // the desk must be able to end within 2 s

struct ExportDelivery {
    char *video_socket;
    Writer *writer;
    const Hall *hall;
    json_t *names; // the hall, as an order has it
    Store *store;  // worker's thread
    atomic_bool ending;
    Worker *worker;
};

typedef struct {
    const Hall *hall;
    ExportNews news;
} NewsJob;

static int told_run(Store *store, void *data)
{
    NewsJob *job = data;
    return export_told(store, job->hall, &job->news, clock_wall_ms());
}

static int swept_run(Store *store, void *data)
{
    NewsJob *job = data;
    return export_swept(store, job->hall, job->news.id);
}

// NULL: no answer that can be used; it is asked again.
static json_t *ask(const ExportDelivery *delivery, const char *method, const char *id, json_t *body)
{
    g_auto(HttpAnswer) answer = { 0 };
    g_autofree char *path = g_strconcat("/exports/", id, NULL);
    if (http_call(delivery->video_socket, method, path, body, TIMEOUT_MS, &answer) < 0 ||
        answer.status != 200)
        return NULL;
    return http_answer_json(&answer);
}

static void sweep(const ExportDelivery *delivery, const ExportErrand *errand)
{
    NewsJob job = { delivery->hall, { .id = errand->id } };
    json_t *answer = ask(delivery, "DELETE", errand->id, NULL);
    if (answer)
        writer_call(delivery->writer, swept_run, &job);
    json_decref(answer);
}

// Telling of it again changes nothing where video knows it, and starts it where video was
// restarted.
static void drive(const ExportDelivery *delivery, const ExportErrand *errand)
{
    json_object_set(errand->order, "hall", delivery->names);
    json_t *answer = ask(delivery, "PUT", errand->id, errand->order);
    const char *state = json_string_value(json_object_get(answer, "state"));
    int percent = (int)json_integer_value(json_object_get(answer, "percent"));
    const json_t *bytes = json_object_get(answer, "bytes");
    NewsJob job = { delivery->hall,
                    { .id = errand->id,
                      .state = state,
                      .percent = percent,
                      .error = json_string_value(json_object_get(answer, "error")),
                      .sha256 = json_string_value(json_object_get(answer, "sha256")),
                      .bytes = json_is_integer(bytes) ? json_integer_value(bytes) : STORE_NULL } };
    if (state && (strcmp(state, errand->state) != 0 || percent != errand->percent))
        writer_call(delivery->writer, told_run, &job);
    json_decref(answer);
}

static void deliver(void *ctx)
{
    ExportDelivery *delivery = ctx;
    g_autoptr(GPtrArray) errands = export_errands(delivery->store);
    for (guint i = 0; i < errands->len && !atomic_load(&delivery->ending); i++) {
        const ExportErrand *errand = g_ptr_array_index(errands, i);
        if (errand->must_sweep)
            sweep(delivery, errand);
        else if (errand->is_active)
            drive(delivery, errand);
    }
}

int export_delivery_new(const ExportDeliveryOptions *options, ExportDelivery **ret_delivery)
{
    Store *store = NULL;
    int err = store_open(options->store_path, STORE_READ, &store);
    if (err < 0)
        return err;
    ExportDelivery *delivery = g_new0(ExportDelivery, 1);
    delivery->video_socket = g_strdup(options->video_socket);
    delivery->writer = options->writer;
    delivery->hall = options->hall;
    delivery->names = json_pack("{s:s, s:s, s:s}", "id", options->config->hall.id, "name",
                                options->config->hall.name, "zone", options->config->hall.zone);
    delivery->store = store;
    delivery->worker = worker_new("exports", PERIOD_MS, deliver, delivery);
    *ret_delivery = delivery;
    return 0;
}

void export_delivery_free(ExportDelivery *delivery)
{
    if (!delivery)
        return;
    atomic_store(&delivery->ending, true);
    worker_free(delivery->worker);
    store_free(delivery->store);
    json_decref(delivery->names);
    g_free(delivery->video_socket);
    g_free(delivery);
}
