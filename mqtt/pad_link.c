// SPDX-License-Identifier: Apache-2.0
#include "mqtt/pad_link.h"
#include "base/log.h"
#include "mqtt/broker_files.h"
#include <errno.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <string.h>

// A dot stands in no pad's id, so no pad can have this client id.
#define CLIENT_ID         "hallwatch.desk"
#define KEEPALIVE_SECONDS 20
#define LOOP_MS           500
#define BACKOFF_MIN_MS    200
#define BACKOFF_MAX_MS    5000
#define RECEIVE_MAXIMUM   2000
#define SEND_MAXIMUM      500

struct PadLink {
    struct mosquitto *client; // has locks of its own
    GThread *thread;
    char *host, *hall; // constant
    int port;
    void (*changed)(void *ctx, bool is_up);
    void (*message)(void *ctx, const PadLinkMessage *message);
    void (*seen)(void *ctx, const char *camera, const char *bytes, size_t size);
    void *ctx;

    unsigned failures; // link's thread: since it was last up
    int is_up;         // atomic; written on the link's thread

    GMutex lock;
    GCond wake;
    bool ending; // under lock
};

static int errno_of(int rc)
{
    switch (rc) {
    case MOSQ_ERR_SUCCESS:
        return 0;
    case MOSQ_ERR_NOMEM:
        return -ENOMEM;
    case MOSQ_ERR_NO_CONN:
    case MOSQ_ERR_CONN_LOST:
        return -ENOTCONN;
    case MOSQ_ERR_CONN_REFUSED:
    case MOSQ_ERR_AUTH:
    case MOSQ_ERR_ACL_DENIED:
        return -EACCES;
    case MOSQ_ERR_PAYLOAD_SIZE:
    case MOSQ_ERR_OVERSIZE_PACKET:
        return -EMSGSIZE;
    case MOSQ_ERR_INVAL:
        return -EINVAL;
    default:
        return -EIO;
    }
}

static bool is_ending(PadLink *link)
{
    g_mutex_lock(&link->lock);
    bool ending = link->ending;
    g_mutex_unlock(&link->lock);
    return ending;
}

// --- callbacks, on the link's thread

static void set_up(PadLink *link, bool is_up)
{
    if (g_atomic_int_get(&link->is_up) == is_up)
        return;
    g_atomic_int_set(&link->is_up, is_up);
    if (is_up)
        log_info("broker: connected after %u failed tries", link->failures);
    else if (!is_ending(link))
        log_warn("broker: connection lost");
    link->failures = 0;
    link->changed(link->ctx, is_up);
}

static void on_connect(struct mosquitto *client, void *ctx, int reason, int flags,
                       const mosquitto_property *properties)
{
    PadLink *link = ctx;
    if (reason != MQTT_RC_SUCCESS) {
        // Each try says the same: once is enough until it has worked again.
        if (link->failures == 0)
            log_err("broker refused the desk: %s", mosquitto_reason_string(reason));
        return;
    }
    g_autofree char *state = g_strdup_printf("hall/v1/%s/+/state", link->hall);
    g_autofree char *up = g_strdup_printf("hall/v1/%s/+/up/#", link->hall);
    g_autofree char *seen = g_strdup_printf("hall/v1/%s/" EYE_TOPIC_PREFIX "/+/obs", link->hall);
    char *const topics[] = { state, up, seen };
    mosquitto_subscribe_multiple(client, NULL, G_N_ELEMENTS(topics), topics, 1, 0, NULL);
}

static void on_subscribe(struct mosquitto *client, void *ctx, int id, int n_granted,
                         const int *granted, const mosquitto_property *properties)
{
    set_up(ctx, true);
}

static void on_disconnect(struct mosquitto *client, void *ctx, int reason,
                          const mosquitto_property *properties)
{
    set_up(ctx, false);
}

static void on_message(struct mosquitto *client, void *ctx, const struct mosquitto_message *sent,
                       const mosquitto_property *properties)
{
    PadLink *link = ctx;
    char pad[PAD_ID_MAX + 1], camera[EYE_CAMERA_MAX + 1];
    if (eye_topic_parse(link->hall, sent->topic, camera)) {
        if (!sent->retain)
            link->seen(link->ctx, camera, sent->payload ? sent->payload : "",
                       (size_t)sent->payloadlen);
        return;
    }
    PadLinkMessage message = {
        .pad = pad,
        .topic = pad_topic_parse(link->hall, sent->topic, pad),
        .bytes = sent->payload ? sent->payload : "",
        .size = (size_t)sent->payloadlen,
        .is_retained = sent->retain,
    };
    if (pad[0])
        link->message(link->ctx, &message);
}

// --- the thread

static void wait_backoff(PadLink *link)
{
    gint64 ms = BACKOFF_MIN_MS << MIN(link->failures, 5u);
    gint64 until = g_get_monotonic_time() + MIN(ms, BACKOFF_MAX_MS) * 1000;
    link->failures++;
    g_mutex_lock(&link->lock);
    while (!link->ending && g_cond_wait_until(&link->wake, &link->lock, until))
        ;
    g_mutex_unlock(&link->lock);
}

static gpointer link_thread(gpointer data)
{
    PadLink *link = data;
    while (!is_ending(link)) {
        int rc = mosquitto_connect_bind_v5(link->client, link->host, link->port, KEEPALIVE_SECONDS,
                                           NULL, NULL);
        while (rc == MOSQ_ERR_SUCCESS && !is_ending(link))
            rc = mosquitto_loop(link->client, LOOP_MS, 1);
        set_up(link, false); // a loop that fails without a disconnect packet calls nothing back
        if (!is_ending(link))
            wait_backoff(link);
    }
    return NULL;
}

// --- made and ended

static int client_set_up(PadLink *link, const PadLinkOptions *options)
{
    struct mosquitto *client = link->client;
    int rc = mosquitto_username_pw_set(client, BROKER_DESK_USER, options->password);
    if (rc == MOSQ_ERR_SUCCESS)
        rc = mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    if (rc == MOSQ_ERR_SUCCESS)
        rc = mosquitto_int_option(client, MOSQ_OPT_RECEIVE_MAXIMUM, RECEIVE_MAXIMUM);
    if (rc == MOSQ_ERR_SUCCESS)
        rc = mosquitto_int_option(client, MOSQ_OPT_SEND_MAXIMUM, SEND_MAXIMUM);
    if (rc == MOSQ_ERR_SUCCESS)
        rc = mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    if (rc == MOSQ_ERR_SUCCESS)
        rc = mosquitto_threaded_set(client, true); // others publish while our thread sleeps in poll
    mosquitto_connect_v5_callback_set(client, on_connect);
    mosquitto_subscribe_v5_callback_set(client, on_subscribe);
    mosquitto_disconnect_v5_callback_set(client, on_disconnect);
    mosquitto_message_v5_callback_set(client, on_message);
    return errno_of(rc);
}

int pad_link_new(const PadLinkOptions *options, PadLink **ret_link)
{
    mosquitto_lib_init();
    PadLink *link = g_new0(PadLink, 1);
    link->host = g_strdup(options->host);
    link->hall = g_strdup(options->hall);
    link->port = options->port;
    link->changed = options->changed;
    link->message = options->message;
    link->seen = options->seen;
    link->ctx = options->ctx;
    g_mutex_init(&link->lock);
    g_cond_init(&link->wake);
    link->client = mosquitto_new(CLIENT_ID, true, link);
    int err = link->client ? client_set_up(link, options) : -ENOMEM;
    if (err < 0) {
        pad_link_free(link);
        return err;
    }
    *ret_link = link;
    return 0;
}

void pad_link_start(PadLink *link)
{
    link->thread = g_thread_new("pad-link", link_thread, link);
}

void pad_link_stop(PadLink *link)
{
    if (!link->thread)
        return;
    g_mutex_lock(&link->lock);
    link->ending = true;
    g_cond_signal(&link->wake);
    g_mutex_unlock(&link->lock);
    mosquitto_disconnect_v5(link->client, MQTT_RC_NORMAL_DISCONNECTION, NULL);
    g_thread_join(g_steal_pointer(&link->thread));
    g_atomic_int_set(&link->is_up, false);
}

void pad_link_free(PadLink *link)
{
    if (!link)
        return;
    pad_link_stop(link);
    mosquitto_destroy(link->client);
    g_mutex_clear(&link->lock);
    g_cond_clear(&link->wake);
    g_free(link->host);
    g_free(link->hall);
    g_free(link);
    mosquitto_lib_cleanup();
}

bool pad_link_is_up(PadLink *link)
{
    return g_atomic_int_get(&link->is_up);
}

int pad_link_send(PadLink *link, const char *pad, const char *leaf, const char *text,
                  bool is_retained, int expires_in_s)
{
    if (!pad_link_is_up(link))
        return -ENOTCONN;
    mosquitto_property *properties = NULL;
    if (expires_in_s > 0)
        mosquitto_property_add_int32(&properties, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL,
                                     (uint32_t)expires_in_s);
    g_autofree char *topic = g_strdup_printf("hall/v1/%s/%s/down/%s", link->hall, pad, leaf);
    int rc = mosquitto_publish_v5(link->client, NULL, topic, (int)strlen(text), text, 1,
                                  is_retained, properties);
    mosquitto_property_free_all(&properties);
    return errno_of(rc);
}
