// SPDX-License-Identifier: Apache-2.0
#include "demo/pad.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include <jansson.h>
#include <mosquitto.h>
#include <string.h>
#include <sys/socket.h>

enum {
    KEEP_ALIVE_S = 30,
    RECONNECT_MIN_MS = 1000,
    RECONNECT_MAX_MS = 60000,
    TRY_MIN_MS = 5000,
    TRY_MAX_MS = 60000,
    UNDER_WAY_MAX = 20,
    TELEMETRY_MS = 60000,
    PACKETS_A_TICK = 20,
};

// A rating that is not known to be stored.
typedef struct {
    char *id;
    json_t *message;    // without age
    int64_t pressed_ms; // monotonic, as all times here
    int64_t next_try_ms;
    int64_t wait_ms; // after the next try
} Press;

struct Pad {
    char *base; // "hall/v1/{hall}/{id}/"
    char *id, *host;
    int port;
    void (*invited)(void *ctx);
    void *ctx;
    struct mosquitto *mqtt;
    bool is_unplugged, is_connected;
    int64_t next_connect_ms, reconnect_ms;
    char *boot;
    int64_t presses;
    GPtrArray *queue; // Press, oldest first
    bool told_queue;  // in the last telemetry
    int64_t next_telemetry_ms;
    char *invitation, *command; // on the screen; NULL: none
    int64_t screen_until_ms;
};

static void press_free(gpointer pointer)
{
    Press *press = pointer;
    g_free(press->id);
    json_decref(press->message);
    g_free(press);
}

static char *topic(const Pad *pad, const char *tail)
{
    return g_strconcat(pad->base, tail, NULL);
}

static void publish(Pad *pad, const char *tail, json_t *take_message, bool is_retained)
{
    g_autofree char *name = topic(pad, tail);
    char *text = json_dumps(take_message, JSON_COMPACT);
    if (pad->is_connected)
        mosquitto_publish(pad->mqtt, NULL, name, (int)strlen(text), text, 1, is_retained);
    free(text);
    json_decref(take_message);
}

static char *wall_now(void)
{
    return clock_format(clock_wall_ms());
}

static void send_telemetry(Pad *pad)
{
    g_autofree char *now = wall_now();
    pad->told_queue = pad->queue->len > 0;
    pad->next_telemetry_ms = clock_mono_ms() + TELEMETRY_MS;
    publish(pad, "up/tele",
            json_pack("{si si ss ss ss}", "v", 1, "queue", (int)pad->queue->len, "t", now, "clk",
                      "ntp", "fw", "demo"),
            false);
}

static void send_all_again(Pad *pad)
{
    for (guint i = 0; i < pad->queue->len; i++) {
        Press *press = pad->queue->pdata[i];
        press->next_try_ms = 0;
        press->wait_ms = TRY_MIN_MS;
    }
}

static void on_connect(struct mosquitto *mqtt, void *ctx, int code)
{
    Pad *pad = ctx;
    if (code != 0) {
        log_warn("pad=%s refused by the broker: %s", pad->id, mosquitto_connack_string(code));
        return;
    }
    g_autofree char *down = topic(pad, "down/#");
    pad->is_connected = true;
    pad->reconnect_ms = RECONNECT_MIN_MS;
    mosquitto_subscribe(mqtt, NULL, down, 1);
    publish(pad, "state",
            json_pack("{si sb ss ss}", "v", 1, "online", 1, "boot", pad->boot, "fw", "demo"), true);
    send_telemetry(pad);
    send_all_again(pad);
}

static void on_disconnect(struct mosquitto *mqtt, void *ctx, int code)
{
    Pad *pad = ctx;
    pad->is_connected = false;
}

static void acknowledge(Pad *pad, const char *command, const char *invitation, const char *state)
{
    publish(pad, "up/ack",
            json_pack("{si ss* ss ss}", "v", 1, "id", command, "inv", invitation, "state", state),
            false);
}

static void clear_screen(Pad *pad)
{
    g_clear_pointer(&pad->invitation, g_free);
    g_clear_pointer(&pad->command, g_free);
}

static void obey(Pad *pad, json_t *message)
{
    const char *op = NULL, *invitation = NULL, *command = NULL;
    int expires_s = 0;
    if (json_unpack(message, "{ss ss s?s si}", "op", &op, "inv", &invitation, "id", &command,
                    "expires_in", &expires_s) < 0 ||
        strcmp(op, "invite") != 0)
        return;
    if (pad->invitation && strcmp(pad->invitation, invitation) == 0)
        return; // a repetition
    if (pad->invitation) {
        acknowledge(pad, command, invitation, "busy");
        return;
    }
    pad->invitation = g_strdup(invitation);
    pad->command = g_strdup(command);
    pad->screen_until_ms = clock_mono_ms() + expires_s * 1000LL;
    acknowledge(pad, command, invitation, "shown");
    pad->invited(pad->ctx);
}

static void take_out(Pad *pad, const char *id)
{
    for (guint i = 0; id && i < pad->queue->len; i++)
        if (strcmp(((Press *)pad->queue->pdata[i])->id, id) == 0) {
            g_ptr_array_remove_index(pad->queue, i);
            return;
        }
}

static void take_answer(Pad *pad, json_t *message)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(message, "ids"), i, item)
        take_out(pad, json_string_value(item));
    json_array_foreach(json_object_get(message, "dup"), i, item)
        take_out(pad, json_string_value(item));
    json_array_foreach(json_object_get(message, "bad"), i, item)
    {
        log_warn("pad=%s refused as bad: %s", pad->id,
                 json_string_value(json_object_get(item, "why")));
        take_out(pad, json_string_value(json_object_get(item, "id")));
    }
}

static void on_message(struct mosquitto *mqtt, void *ctx, const struct mosquitto_message *received)
{
    Pad *pad = ctx;
    const char *tail = received->topic + MIN(strlen(pad->base), strlen(received->topic));
    json_t *message = json_loadb(received->payload, (size_t)received->payloadlen, 0, NULL);
    if (strcmp(tail, "down/cfg") == 0)
        send_all_again(pad);
    else if (strcmp(tail, "down/cmd") == 0)
        obey(pad, message);
    else if (strcmp(tail, "down/stored") == 0)
        take_answer(pad, message);
    json_decref(message);
}

Pad *pad_new(const PadOptions *options)
{
    Pad *pad = g_new0(Pad, 1);
    pad->base = g_strdup_printf("hall/v1/%s/%s/", options->hall, options->id);
    pad->id = g_strdup(options->id);
    pad->host = g_strdup(options->host);
    pad->port = options->port;
    pad->invited = options->invited;
    pad->ctx = options->ctx;
    pad->boot = secret_token(4);
    pad->queue = g_ptr_array_new_with_free_func(press_free);
    pad->reconnect_ms = RECONNECT_MIN_MS;

    static const char will[] = "{\"v\":1,\"online\":false}";
    g_autofree char *state = topic(pad, "state");
    pad->mqtt = mosquitto_new(options->id, true, pad);
    mosquitto_username_pw_set(pad->mqtt, options->id, options->password);
    mosquitto_will_set(pad->mqtt, state, (int)strlen(will), will, 1, true);
    mosquitto_tls_set(pad->mqtt, options->ca, NULL, NULL, NULL, NULL);
    mosquitto_connect_callback_set(pad->mqtt, on_connect);
    mosquitto_disconnect_callback_set(pad->mqtt, on_disconnect);
    mosquitto_message_callback_set(pad->mqtt, on_message);
    return pad;
}

void pad_free(Pad *pad)
{
    if (!pad)
        return;
    mosquitto_disconnect(pad->mqtt);
    mosquitto_destroy(pad->mqtt);
    g_ptr_array_unref(pad->queue);
    clear_screen(pad);
    g_free(pad->base);
    g_free(pad->id);
    g_free(pad->host);
    g_free(pad->boot);
    g_free(pad);
}

// After 1 s, doubling to 60 s, each time varied by up to a quarter.
static void connect_if_due(Pad *pad, int64_t now_ms)
{
    if (pad->is_unplugged || now_ms < pad->next_connect_ms)
        return;
    double spread = g_random_double_range(0.75, 1.25);
    pad->next_connect_ms = now_ms + (int64_t)((double)pad->reconnect_ms * spread);
    pad->reconnect_ms = MIN(pad->reconnect_ms * 2, RECONNECT_MAX_MS);
    mosquitto_connect(pad->mqtt, pad->host, pad->port, KEEP_ALIVE_S);
}

static void send_press(Pad *pad, Press *press, int64_t now_ms)
{
    json_t *message = json_copy(press->message);
    json_object_set_new(message, "age", json_integer(now_ms - press->pressed_ms));
    press->next_try_ms = now_ms + press->wait_ms;
    press->wait_ms = MIN(press->wait_ms * 2, TRY_MAX_MS);
    publish(pad, "up/rating", message, false);
}

static void send_due(Pad *pad, int64_t now_ms)
{
    for (guint i = 0; i < pad->queue->len && i < UNDER_WAY_MAX; i++) {
        Press *press = pad->queue->pdata[i];
        if (now_ms >= press->next_try_ms)
            send_press(pad, press, now_ms);
    }
    if (now_ms >= pad->next_telemetry_ms || pad->told_queue != (pad->queue->len > 0))
        send_telemetry(pad);
}

void pad_tick(Pad *pad)
{
    int64_t now_ms = clock_mono_ms();
    if (mosquitto_socket(pad->mqtt) < 0)
        connect_if_due(pad, now_ms);
    else
        mosquitto_loop(pad->mqtt, 0, PACKETS_A_TICK);
    if (pad->is_connected)
        send_due(pad, now_ms);
    if (pad->invitation && now_ms > pad->screen_until_ms) {
        acknowledge(pad, pad->command, pad->invitation, "expired");
        clear_screen(pad);
    }
}

// Without MQTT's DISCONNECT, so that the broker tells the last will.
void pad_set_cable(Pad *pad, bool is_plugged)
{
    pad->is_unplugged = !is_plugged;
    pad->next_connect_ms = 0;
    if (is_plugged || mosquitto_socket(pad->mqtt) < 0)
        return;
    shutdown(mosquitto_socket(pad->mqtt), SHUT_RDWR);
    clear_screen(pad);
}

bool pad_is_online(const Pad *pad)
{
    return pad->is_connected;
}

size_t pad_queue(const Pad *pad)
{
    return pad->queue->len;
}

void pad_press(Pad *pad, int level, const char *const *tags, const char *text)
{
    Press *press = g_new0(Press, 1);
    g_autofree char *now = wall_now();
    json_t *codes = json_array();
    for (size_t i = 0; tags && tags[i]; i++)
        json_array_append_new(codes, json_string(tags[i]));
    press->id = secret_uuid();
    press->pressed_ms = clock_mono_ms();
    press->wait_ms = TRY_MIN_MS;
    press->message = json_pack("{si ss ss sI ss* si so ss* ss ss}", "v", 1, "id", press->id, "boot",
                               pad->boot, "seq", (json_int_t)++pad->presses, "inv", pad->invitation,
                               "lvl", level, "tags", codes, "text", text, "t", now, "clk", "ntp");
    g_ptr_array_add(pad->queue, press);
    clear_screen(pad);
}

void pad_refuse(Pad *pad)
{
    if (!pad->invitation)
        return;
    acknowledge(pad, pad->command, pad->invitation, "refused");
    clear_screen(pad);
}
