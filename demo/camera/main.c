// SPDX-License-Identifier: Apache-2.0
// hallwatch-camera: a simulated RTSP camera for the demonstration hall and for tests.
#include "demo/camera/film.h"
#include "demo/camera/options.h"
#include "demo/camera/server.h"
#include "demo/camera/studio.h"
#include <glib-unix.h>
#include <gst/gst.h>
#include <sys/prctl.h>

typedef struct {
    GMainLoop *loop;
    Server *server;
    GPtrArray *feeds; // Feed; the first is main
} Camera;

#ifdef __SANITIZE_ADDRESS__
// Fontconfig, x265 and GLib's quarks keep what they allocate until the end, and their frames cannot
// be named in suppressions (they are built without frame pointers).
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}
#endif

static void set_stalled(Camera *camera, bool stalled)
{
    for (guint i = 0; i < camera->feeds->len; i++)
        feed_set_stalled(camera->feeds->pdata[i], stalled);
}

static gboolean on_stall(gpointer ctx)
{
    set_stalled(ctx, true);
    return G_SOURCE_CONTINUE;
}

static gboolean on_resume(gpointer ctx)
{
    set_stalled(ctx, false);
    return G_SOURCE_CONTINUE;
}

static gboolean on_drop(gpointer ctx)
{
    Camera *camera = ctx;
    server_drop(camera->server);
    return G_SOURCE_CONTINUE;
}

static gboolean on_quit(gpointer ctx)
{
    Camera *camera = ctx;
    g_main_loop_quit(camera->loop);
    return G_SOURCE_CONTINUE;
}

static const struct {
    const char *word;
    int number;
    GSourceFunc act;
} faults[] = {
    { "stall", SIGUSR1, on_stall }, { "resume", SIGUSR2, on_resume }, { "drop", SIGHUP, on_drop },
    { "quit", SIGTERM, on_quit },   { "quit", SIGINT, on_quit },
};

static void obey(Camera *camera, const char *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++)
        if (g_str_equal(faults[i].word, word)) {
            faults[i].act(camera);
            return;
        }
    g_printerr("%s is not known; see --help\n", word);
}

static gboolean on_input(GIOChannel *channel, GIOCondition condition, gpointer ctx)
{
    g_autofree char *line = NULL;
    GIOStatus status = g_io_channel_read_line(channel, &line, NULL, NULL, NULL);
    if (status == G_IO_STATUS_NORMAL)
        obey(ctx, g_strstrip(line));
    else if (status != G_IO_STATUS_AGAIN)
        return on_quit(ctx) && G_SOURCE_REMOVE;
    return G_SOURCE_CONTINUE;
}

static void listen_to_faults(Camera *camera, bool reads_stdin)
{
    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++)
        g_unix_signal_add(faults[i].number, faults[i].act, camera);
    if (!reads_stdin)
        return;
    g_autoptr(GIOChannel) input = g_io_channel_unix_new(0);
    g_io_channel_set_flags(input, G_IO_FLAG_NONBLOCK, NULL);
    g_io_add_watch(input, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, camera);
}

static void say_ready(const Camera *camera, const char *address)
{
    g_autoptr(GString) line = g_string_new("ready");
    for (guint i = 0; i < camera->feeds->len; i++)
        g_string_append_printf(line, " rtsp://%s:%d%s", address, server_port(camera->server),
                               feed_path(camera->feeds->pdata[i]));
    puts(line->str);
    fflush(stdout);
}

static void add_feed(GPtrArray *feeds, const Trouble *trouble, const char *path,
                     const AVCodecParameters *video, Tone *tone)
{
    AVCodecParameters *audio = tone ? tone_parameters(tone) : NULL;
    g_ptr_array_add(feeds, feed_new(path, video, audio, trouble));
    avcodec_parameters_free(&audio);
}

// Serves until it is told to end.
static int serve(Camera *camera, const Options *options)
{
    ServerOptions where = { options->address, options->port, options->user, options->password,
                            options->auth };
    camera->server = server_new(&where, camera->feeds);
    if (!camera->server)
        return 1;
    listen_to_faults(camera, options->reads_stdin);
    if (options->drop_every_s)
        g_timeout_add_seconds((guint)options->drop_every_s, on_drop, camera);
    say_ready(camera, options->address);
    g_main_loop_run(camera->loop);
    return 0;
}

static int draw(Camera *camera, const Options *options, Tone *take_tone)
{
    g_autoptr(Tone) tone = take_tone;
    StudioOptions what = { options->scene, options->seed, options->name,
                           options->main,  options->sub,  options->change_s };
    g_autoptr(Studio) studio = studio_new(&what);
    if (!studio)
        return 1;
    AVCodecParameters *main = studio_main_parameters(studio);
    AVCodecParameters *sub = studio_sub_parameters(studio);
    add_feed(camera->feeds, &options->trouble, options->path, main, tone);
    add_feed(camera->feeds, &options->trouble, options->sub_path, sub, NULL);
    avcodec_parameters_free(&main);
    avcodec_parameters_free(&sub);
    studio_play(studio, camera->feeds->pdata[0], camera->feeds->pdata[1], g_steal_pointer(&tone));
    return serve(camera, options);
}

static void add_film_feeds(GPtrArray *feeds, const Options *options, const Film *film, Tone *tone)
{
    for (int i = 1; i <= options->paths; i++) {
        g_autofree char *path = g_strdup_printf("/cam%d", i);
        add_feed(feeds, &options->trouble, path, film_parameters(film), tone);
    }
    if (!options->paths)
        add_feed(feeds, &options->trouble, options->path, film_parameters(film), tone);
}

static int play(Camera *camera, const Options *options, Tone *take_tone)
{
    g_autoptr(Tone) tone = take_tone;
    g_autoptr(GPtrArray) sub_feeds = g_ptr_array_new();
    g_autoptr(GPtrArray) main_feeds = g_ptr_array_new();
    g_autoptr(Film) film = film_new(options->file);
    g_autoptr(Film) sub_film = options->sub_file ? film_new(options->sub_file) : NULL;
    if (!film || (options->sub_file && !sub_film))
        return 1;
    add_film_feeds(camera->feeds, options, film, tone);
    g_ptr_array_extend(main_feeds, camera->feeds, NULL, NULL);
    film_play(film, main_feeds, g_steal_pointer(&tone));
    if (sub_film) {
        add_feed(camera->feeds, &options->trouble, options->sub_path, film_parameters(sub_film),
                 NULL);
        g_ptr_array_add(sub_feeds, camera->feeds->pdata[camera->feeds->len - 1]);
        film_play(sub_film, sub_feeds, NULL);
    }
    return serve(camera, options);
}

static void free_feed(gpointer feed)
{
    feed_free(feed);
}

int main(int argc, char **argv)
{
    g_auto(Options) options;
    if (!options_parse(&options, argc, argv))
        return 2;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    gst_init(NULL, NULL);
    av_log_set_level(AV_LOG_ERROR);
    Tone *tone = options.audio != AV_CODEC_ID_NONE ? tone_new(options.audio) : NULL;
    if (options.audio != AV_CODEC_ID_NONE && !tone)
        return 1;
    Camera camera = { .loop = g_main_loop_new(NULL, FALSE),
                      .feeds = g_ptr_array_new_with_free_func(free_feed) };
    int status = options.file ? play(&camera, &options, tone) : draw(&camera, &options, tone);
    server_free(camera.server);
    g_ptr_array_unref(camera.feeds);
    g_main_loop_unref(camera.loop);
    return status;
}
