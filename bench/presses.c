// SPDX-License-Identifier: Apache-2.0
// bench_presses: pads that are pressed as fast as a window of unanswered ratings allows, or at a
// steady rate. Each is answered once: by the box's `stored`, or with --bare by the same message's
// arrival at a subscriber of our own. One thread for all connections. Prints one JSON line: how
// many, how fast, and how long an answer took.
#include <glib.h>
#include <jansson.h>
#include <mosquitto.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#define TOPIC       "hall/v1/h1/"
#define PATIENCE_US (20 * G_USEC_PER_SEC) // without any answer
#define ID_SIZE     36

typedef struct {
    gint64 sent_us; // or was due, at a steady rate
    gint64 took_us; // 0: not answered yet
} Press;

typedef struct {
    int port, seconds, window, rate, bare;

    GPtrArray *clients; // struct mosquitto; the first n_pads publish
    GPtrArray *topics;  // of each pad
    guint n_pads;
    unsigned n_up; // connected, and subscribed where that is wanted

    GArray *presses; // Press; an id's last digits say which
    guint n_answered, n_duplicates, n_bad;
    gint64 last_us; // of the newest answer
} Load;

static _Noreturn void give_up(const char *what)
{
    g_printerr("bench_presses: %s\n", what);
    exit(1);
}

static void need(int rc)
{
    if (rc != MOSQ_ERR_SUCCESS)
        give_up(mosquitto_strerror(rc));
}

// --- Answers

static void answered(Load *load, const char *id)
{
    size_t size = strlen(id);
    guint64 number = size >= ID_SIZE ? g_ascii_strtoull(id + ID_SIZE - 12, NULL, 16) : G_MAXUINT64;
    if (number >= load->presses->len)
        give_up("an answer to something that was not sent");
    Press *press = &g_array_index(load->presses, Press, number);
    if (press->took_us) {
        load->n_duplicates++;
        return;
    }
    load->last_us = g_get_monotonic_time();
    press->took_us = MAX(load->last_us - press->sent_us, 1);
    load->n_answered++;
}

static void on_stored(struct mosquitto *client, void *ctx, const struct mosquitto_message *message)
{
    Load *load = ctx;
    json_t *answer = json_loadb(message->payload, (size_t)message->payloadlen, 0, NULL);
    if (!answer)
        give_up("an answer that is not JSON");
    size_t i;
    json_t *id;
    json_array_foreach(json_object_get(answer, "ids"), i, id) answered(load, json_string_value(id));
    load->n_duplicates += (guint)json_array_size(json_object_get(answer, "dup"));
    load->n_bad += (guint)json_array_size(json_object_get(answer, "bad"));
    json_decref(answer);
}

// The subscriber without a box: it looks no further than at the id.
static void on_rating(struct mosquitto *client, void *ctx, const struct mosquitto_message *message)
{
    static const char key[] = "\"id\":\"";
    const char *at = memmem(message->payload, (size_t)message->payloadlen, key, sizeof key - 1);
    if (!at)
        give_up("a rating without an id");
    g_autofree char *id = g_strndup(at + sizeof key - 1, ID_SIZE);
    answered(ctx, id);
}

// --- Connections

static void on_subscribed(struct mosquitto *client, void *ctx, int mid, int n, const int *granted)
{
    Load *load = ctx;
    if (granted[0] > 2)
        give_up("a subscription was refused");
    load->n_up++;
}

static void on_connected(struct mosquitto *client, void *ctx, int rc)
{
    if (rc != 0)
        give_up(mosquitto_connack_string(rc));
    Load *load = ctx;
    load->n_up++;
}

static struct mosquitto *add_client(Load *load, const char *user, const char *password)
{
    struct mosquitto *client = mosquitto_new(NULL, true, load);
    mosquitto_connect_callback_set(client, on_connected);
    mosquitto_subscribe_callback_set(client, on_subscribed);
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    need(mosquitto_max_inflight_messages_set(client, 0));
    if (password)
        need(mosquitto_username_pw_set(client, user, password));
    need(mosquitto_connect(client, "127.0.0.1", load->port, 60));
    g_ptr_array_add(load->clients, client);
    return client;
}

static void add_pad(Load *load, const char *pad, const char *password)
{
    add_client(load, pad, password);
    g_ptr_array_add(load->topics, g_strdup_printf(TOPIC "%s/up/rating", pad));
    load->n_pads++;
}

static void serve(Load *load, int wait_ms)
{
    struct pollfd polled[64];
    guint n = load->clients->len;
    for (guint i = 0; i < n; i++) {
        struct mosquitto *client = load->clients->pdata[i];
        short wants = mosquitto_want_write(client) ? POLLIN | POLLOUT : POLLIN;
        polled[i] = (struct pollfd){ .fd = mosquitto_socket(client), .events = wants };
    }
    poll(polled, n, wait_ms);
    for (guint i = 0; i < n; i++) {
        struct mosquitto *client = load->clients->pdata[i];
        if (polled[i].revents & ~POLLOUT)
            need(mosquitto_loop_read(client, 1));
        if (polled[i].revents & POLLOUT)
            need(mosquitto_loop_write(client, 1));
        need(mosquitto_loop_misc(client));
    }
}

static void wait_up(Load *load, unsigned n)
{
    gint64 end = g_get_monotonic_time() + PATIENCE_US;
    while (load->n_up < n) {
        if (g_get_monotonic_time() > end)
            give_up("the broker does not answer");
        serve(load, 100);
    }
}

static void subscribe(struct mosquitto *client, const char *topic,
                      void (*take)(struct mosquitto *, void *, const struct mosquitto_message *))
{
    mosquitto_message_callback_set(client, take);
    need(mosquitto_subscribe(client, NULL, topic, 1));
}

static void connect_all(Load *load, char **pads, int n_pads)
{
    for (int i = 0; i < n_pads; i++) {
        g_auto(GStrv) words = g_strsplit(pads[i], ":", 2);
        add_pad(load, words[0], words[1]);
    }
    struct mosquitto *subscriber = load->bare ? add_client(load, NULL, NULL) : NULL;
    wait_up(load, load->clients->len);
    load->n_up = 0;
    if (subscriber)
        subscribe(subscriber, TOPIC "+/up/rating", on_rating);
    for (guint i = 0; !subscriber && i < load->n_pads; i++) {
        g_auto(GStrv) words = g_strsplit(pads[i], ":", 2);
        g_autofree char *topic = g_strdup_printf(TOPIC "%s/down/stored", words[0]);
        subscribe(load->clients->pdata[i], topic, on_stored);
    }
    wait_up(load, subscriber ? 1 : load->n_pads);
}

// --- Presses

static void press(Load *load, guint32 run, gint64 due_us)
{
    guint number = load->presses->len;
    guint pad = number % load->n_pads;
    char text[256];
    int size =
        g_snprintf(text, sizeof text,
                   "{\"v\":1,\"id\":\"%08x-0000-4000-8000-%012x\",\"boot\":\"%08x\",\"seq\":%u,"
                   "\"lvl\":%u,\"tags\":[],\"age\":0,\"clk\":\"none\"}",
                   run, number, run, number, 5 - number % 5);
    Press entry = { .sent_us = due_us };
    g_array_append_val(load->presses, entry);
    need(mosquitto_publish(load->clients->pdata[pad], NULL, load->topics->pdata[pad], size, text, 1,
                           false));
}

static bool may_press(const Load *load, gint64 began_us, gint64 now_us)
{
    guint n = load->presses->len;
    if (n - load->n_answered >= (guint)load->window)
        return false;
    return !load->rate || now_us - began_us >= (gint64)n * G_USEC_PER_SEC / load->rate;
}

static void press_all(Load *load)
{
    guint32 run = g_random_int();
    gint64 began = g_get_monotonic_time(), now = began;
    gint64 end = began + load->seconds * G_USEC_PER_SEC;
    load->last_us = began;
    for (; now < end || load->n_answered < load->presses->len; now = g_get_monotonic_time()) {
        // A pad writes at once; the turn to read comes after a few.
        for (int i = 0; i < 64 && now < end && may_press(load, began, now); i++) {
            gint64 n = load->presses->len;
            press(load, run, load->rate ? began + n * G_USEC_PER_SEC / load->rate : now);
            now = g_get_monotonic_time();
        }
        serve(load, now < end && may_press(load, began, now) ? 0 : 1);
        if (now - load->last_us > PATIENCE_US) {
            g_autofree char *what =
                g_strdup_printf("%u of %u were answered", load->n_answered, load->presses->len);
            give_up(what);
        }
    }
    load->last_us -= began;
}

static int by_took(const void *a, const void *b)
{
    gint64 x = ((const Press *)a)->took_us, y = ((const Press *)b)->took_us;
    return (x > y) - (x < y);
}

static double quantile_ms(const Load *load, double share)
{
    guint i = (guint)(share * (load->presses->len - 1));
    return (double)g_array_index(load->presses, Press, i).took_us / 1000;
}

static void print_result(Load *load)
{
    g_array_sort(load->presses, by_took);
    double seconds = (double)load->last_us / G_USEC_PER_SEC;
    printf("{\"sent\":%u,\"answered\":%u,\"duplicates\":%u,\"bad\":%u,\"seconds\":%.3f,\"per_"
           "second\":%.1f,"
           "\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f}\n",
           load->presses->len, load->n_answered, load->n_duplicates, load->n_bad, seconds,
           load->n_answered / seconds, quantile_ms(load, 0.5), quantile_ms(load, 0.99),
           quantile_ms(load, 1));
}

static void load_done(Load *load)
{
    for (guint i = 0; i < load->clients->len; i++) {
        mosquitto_disconnect(load->clients->pdata[i]);
        mosquitto_destroy(load->clients->pdata[i]);
    }
    g_ptr_array_unref(load->clients);
    g_ptr_array_unref(load->topics);
    g_array_unref(load->presses);
}

static bool read_line(Load *load, int *argc, char ***argv)
{
    const GOptionEntry entries[] = {
        { "port", 0, 0, G_OPTION_ARG_INT, &load->port, "of the broker, without TLS", "PORT" },
        { "seconds", 0, 0, G_OPTION_ARG_INT, &load->seconds, "to press (default 10)", "S" },
        { "window", 0, 0, G_OPTION_ARG_INT, &load->window, "unanswered at most (default 512)",
          "N" },
        { "rate", 0, 0, G_OPTION_ARG_INT, &load->rate, "presses a second (default: all that go)",
          "N" },
        { "bare", 0, 0, G_OPTION_ARG_NONE, &load->bare, "no box: subscribe to the ratings", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new("PAD[:PASSWORD]...");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    bool is_fine = g_option_context_parse(context, argc, argv, &error) && *argc > 1 && *argc < 60 &&
                   load->port > 0 && load->window > 0 && load->seconds > 0;
    if (!is_fine)
        g_printerr("bench_presses: %s\n", error ? error->message : "see --help");
    return is_fine;
}

int main(int argc, char **argv)
{
    Load load = { .seconds = 10, .window = 512 };
    if (!read_line(&load, &argc, &argv))
        return 2;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    signal(SIGPIPE, SIG_IGN);
    mosquitto_lib_init();
    load.clients = g_ptr_array_new();
    load.topics = g_ptr_array_new_with_free_func(g_free);
    load.presses = g_array_new(FALSE, FALSE, sizeof(Press));
    connect_all(&load, argv + 1, argc - 1);
    press_all(&load);
    print_result(&load);
    load_done(&load);
    mosquitto_lib_cleanup();
    return 0;
}
