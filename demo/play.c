// SPDX-License-Identifier: Apache-2.0
#include "demo/play.h"
#include "demo/catalogue.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "demo/booth.h"
#include "demo/crowd.h"
#include "demo/ledger.h"
#include "demo/office.h"
#include <errno.h>
#include <glib-unix.h>
#include <mosquitto.h>

enum {
    TICK_MS = 50,
    BOX_JSON_MAX = 1 << 16,
    STEP_MIN_S = 10, // between two steps of open cases
    STEP_MAX_S = 25,
    OUTAGE_MIN_S = 40, // how long a pad is without network, and how long all have it
    OUTAGE_MAX_S = 100,
};

struct Play {
    PlayOptions options;
    GMainLoop *loop;
    GRand *chance;
    Api *api, *staff_api, *director_api; // the latter two may be NULL
    Docket *docket;
    Crowd *crowd;
    Booth *booths[PLAN_COUNTERS];
    Pad *pads[PLAN_COUNTERS];
    int64_t end_ms; // monotonic; 0: never
    int64_t next_step_ms;
    int64_t next_outage_ms; // of a pad's network: its begin or its end
    Pad *unplugged;
    int result;
};

typedef struct {
    char *url, *ca, *hall, *host;
    int port;
} Place;

static void place_done(Place *place)
{
    g_free(place->url);
    g_free(place->ca);
    g_free(place->hall);
    g_free(place->host);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_done)

static int read_place(const char *data_dir, Place *ret_place)
{
    g_autofree char *path = g_build_filename(data_dir, "box.json", NULL);
    g_autofree char *text = NULL;
    size_t size = 0;
    int err = file_read(path, BOX_JSON_MAX, &text, &size);
    if (err < 0) {
        log_err("%s cannot be read, is the box running? %s", path, g_strerror(-err));
        return err;
    }
    const char *url, *ca, *hall, *host;
    json_t *box = json_loadb(text, size, 0, NULL);
    err = json_unpack(box, "{ss s{ss} s{ss si ss}}", "hall", &hall, "door", "url", &url, "broker",
                      "host", &host, "tls_port", &ret_place->port, "ca", &ca);
    if (err == 0) {
        ret_place->url = g_strdup(url);
        ret_place->ca = g_strdup(ca);
        ret_place->hall = g_strdup(hall);
        ret_place->host = g_strdup(host);
    } else {
        log_err("%s does not say where the door and the broker are", path);
    }
    json_decref(box);
    return err ? -EBADMSG : 0;
}

static void furnish(Play *play, const Place *place)
{
    for (int i = 0; i < PLAN_COUNTERS; i++) {
        const PlanCounter *counter = &plan_counters[i];
        play->booths[i] = booth_new(
            &(BoothOptions){ counter, play->api, play->docket, play->chance, play->options.speed });
        const char *password =
            json_string_value(json_object_get(play->options.passwords, counter->pad));
        play->pads[i] =
            pad_new(&(PadOptions){ place->hall, counter->pad, password ? password : "", place->host,
                                   place->port, place->ca, booth_invited, play->booths[i] });
        booth_set_pad(play->booths[i], play->pads[i]);
    }
}

int play_new(const PlayOptions *options, Play **ret_play)
{
    g_auto(Place) place = { 0 };
    int err = read_place(options->data_dir, &place);
    if (err)
        return err;
    mosquitto_lib_init();
    Play *play = g_new0(Play, 1);
    play->options = *options;
    play->loop = g_main_loop_new(NULL, FALSE);
    play->chance = g_rand_new_with_seed(options->seed);
    play->api = api_new(place.url, place.ca, options->key);
    if (options->staff_key)
        play->staff_api = api_new(place.url, place.ca, options->staff_key);
    if (options->director_key)
        play->director_api = api_new(place.url, place.ca, options->director_key);
    play->docket = docket_new(play->api, play->chance);
    play->crowd = crowd_new(play->api, play->chance, options->speed);
    furnish(play, &place);
    *ret_play = play;
    return 0;
}

void play_free(Play *play)
{
    if (!play)
        return;
    for (int i = 0; i < PLAN_COUNTERS; i++) {
        pad_free(play->pads[i]);
        booth_free(play->booths[i]);
    }
    crowd_free(play->crowd);
    docket_free(play->docket);
    api_free(play->api);
    if (play->staff_api)
        api_free(play->staff_api);
    if (play->director_api)
        api_free(play->director_api);
    g_rand_free(play->chance);
    g_main_loop_unref(play->loop);
    g_free(play);
    mosquitto_lib_cleanup();
}

static void sign_on(Play *play)
{
    for (int i = 0; i < PLAN_COUNTERS; i++) {
        const PlanCounter *counter = &plan_counters[i];
        g_autofree char *path = g_strdup_printf("/api/v1/counters/%s/duty", counter->id);
        api_send(play->api, "PUT", path,
                 json_pack("{s{ssss}}", "staff", "number", counter->staff_number, "name",
                           counter->staff_name));
    }
}

static int64_t in_some_seconds(Play *play, int min_s, int max_s)
{
    double seconds = g_rand_double_range(play->chance, min_s, max_s) / play->options.speed;
    return clock_mono_ms() + (int64_t)(seconds * 1000);
}

// One pad loses its network for a while; its presses wait in it.
static void change_outage(Play *play)
{
    if (play->unplugged) {
        log_info("a pad comes back with %zu ratings", pad_queue(play->unplugged));
        pad_set_cable(play->unplugged, true);
        play->unplugged = NULL;
    } else {
        play->unplugged = play->pads[g_rand_int_range(play->chance, 0, PLAN_COUNTERS)];
        pad_set_cable(play->unplugged, false);
        log_info("a pad loses its network");
    }
    play->next_outage_ms = in_some_seconds(play, OUTAGE_MIN_S, OUTAGE_MAX_S);
}

static void end(Play *play, int result)
{
    play->result = result;
    g_main_loop_quit(play->loop);
}

static gboolean on_tick(gpointer ctx)
{
    Play *play = ctx;
    int64_t now_ms = clock_mono_ms();
    crowd_tick(play->crowd);
    for (int i = 0; i < PLAN_COUNTERS; i++) {
        pad_tick(play->pads[i]);
        booth_tick(play->booths[i]);
    }
    if (now_ms >= play->next_step_ms) {
        docket_move_on(play->docket);
        play->next_step_ms = in_some_seconds(play, STEP_MIN_S, STEP_MAX_S);
    }
    if (now_ms >= play->next_outage_ms)
        change_outage(play);
    if (!stage_tick(play->options.stage))
        end(play, -ECHILD);
    else if (play->end_ms && now_ms >= play->end_ms)
        end(play, 0);
    return G_SOURCE_CONTINUE;
}

static gboolean on_signal(gpointer ctx)
{
    end(ctx, 0);
    return G_SOURCE_CONTINUE;
}

int play_run(Play *play)
{
    guint sources[] = { g_unix_signal_add(SIGINT, on_signal, play),
                        g_unix_signal_add(SIGTERM, on_signal, play),
                        g_timeout_add(TICK_MS, on_tick, play) };
    sign_on(play);
    if (play->director_api)
        catalogue_lay_out(play->director_api);
    if (play->staff_api)
        ledger_lay_out(play->staff_api);
    if (play->staff_api && play->director_api)
        office_open(play->api, play->staff_api, play->director_api);
    docket_file_history(play->docket);
    play->next_outage_ms = in_some_seconds(play, OUTAGE_MIN_S, OUTAGE_MAX_S);
    if (play->options.minutes)
        play->end_ms = clock_mono_ms() + play->options.minutes * 60000LL;
    g_main_loop_run(play->loop);
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
        g_source_remove(sources[i]);
    return play->result;
}
