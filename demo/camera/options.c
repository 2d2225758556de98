// SPDX-License-Identifier: Apache-2.0
#include "demo/camera/options.h"

#define SUMMARY                                                                                    \
    "A simulated RTSP camera: draws a scene, or plays a file in a loop without encoding it."
#define DESCRIPTION                                                                                \
    "Once it listens it prints one line: ready, and the address of each path.\n"                   \
    "It ends with its parent, on SIGTERM, and with --stdin at the end of its input.\n\n"           \
    "Faults, as lines on the input (--stdin) or as signals:\n"                                     \
    "  stall   SIGUSR1  sends nothing more, connections stay open\n"                               \
    "  resume  SIGUSR2  sends again\n"                                                             \
    "  drop    SIGHUP   closes all connections\n"                                                  \
    "  quit    SIGTERM  ends\n\n"                                                                  \
    "A drawn picture shows the time for people, and for programs as 32 squares along its\n"        \
    "lower edge (16x16 at 1280x720, white is 1, highest bit first): tenths of a second since\n"    \
    "1970, lowest 32 bits.\n"

// As typed, before it is understood.
typedef struct {
    char *draw, *codec, *audio, *size, *auth;
    char **troubles;
    int seed, fps, bitrate, gop_s, b_frames;
    gboolean reads_stdin;
} Raw;

typedef struct {
    const char *word;
    int value;
} Word;

static const Word scenes[] = { { "counter", SCENE_COUNTER }, { "hall", SCENE_HALL }, { NULL, 0 } };
static const Word codecs[] = { { "h264", AV_CODEC_ID_H264 },
                               { "h265", AV_CODEC_ID_HEVC },
                               { NULL, 0 } };
static const Word sounds[] = { { "none", AV_CODEC_ID_NONE },
                               { "aac", AV_CODEC_ID_AAC },
                               { "pcma", AV_CODEC_ID_PCM_ALAW },
                               { "pcmu", AV_CODEC_ID_PCM_MULAW },
                               { NULL, 0 } };

static const Word auths[] = { { "digest", AUTH_DIGEST }, { "basic", AUTH_BASIC }, { NULL, 0 } };

static bool word_value(const Word *words, const char *option, const char *text, int *ret_value)
{
    for (const Word *word = words; word->word; word++)
        if (g_str_equal(word->word, text)) {
            *ret_value = word->value;
            return true;
        }
    g_printerr("--%s %s is not known; see --help\n", option, text);
    return false;
}

static bool understand_size(const char *text, EncoderOptions *main)
{
    char rest;
    bool is_size = sscanf(text, "%dx%d%c", &main->width, &main->height, &rest) == 2 &&
                   main->width >= 64 && main->width <= 3840 && main->height >= 64 &&
                   main->height <= 2160 && main->width % 4 == 0 && main->height % 4 == 0;
    if (!is_size)
        g_printerr("--size is WIDTHxHEIGHT, from 64x64 to 3840x2160, both divisible by 4\n");
    return is_size;
}

static bool understand_troubles(char *const *texts, Trouble *trouble)
{
    bool is_fine = true;
    for (; texts && *texts && is_fine; texts++)
        is_fine = trouble_parse(trouble, *texts);
    return is_fine;
}

static bool understand_numbers(const Options *options, const Raw *raw)
{
    if (raw->fps < 1 || raw->fps > 60 || raw->bitrate < 32 || raw->bitrate > 50000 ||
        options->paths < 0 || options->paths > 256 || options->port < 0 || options->port > 65535) {
        g_printerr("--fps is 1 to 60, --bitrate 32 to 50000 (kbit/s), --paths up to 256\n");
        return false;
    }
    if (raw->gop_s < 1 || raw->gop_s > 600 || raw->b_frames < 0 || raw->b_frames > 8 ||
        options->change_s < 0 || options->drop_every_s < 0) {
        g_printerr(
            "--gop is 1 to 600, --b-frames up to 8, --change and --drop-every are seconds\n");
        return false;
    }
    return true;
}

static bool understand(Options *options, const Raw *raw)
{
    int scene = SCENE_COUNTER, codec = AV_CODEC_ID_H264, audio = AV_CODEC_ID_NONE;
    int auth = AUTH_DIGEST;
    if (!word_value(scenes, "draw", raw->draw, &scene) ||
        !word_value(codecs, "codec", raw->codec, &codec) ||
        !word_value(sounds, "audio", raw->audio, &audio) ||
        !word_value(auths, "auth", raw->auth, &auth) ||
        !understand_size(raw->size, &options->main) || !understand_numbers(options, raw) ||
        !understand_troubles(raw->troubles, &options->trouble))
        return false;
    if (!g_utf8_validate(options->name, -1, NULL)) {
        g_printerr("--name is not UTF-8\n");
        return false;
    }
    if ((options->paths && !options->file) || (options->user && !options->password)) {
        g_printerr("--paths needs --file, --user needs --password\n");
        return false;
    }
    options->scene = scene;
    options->seed = (guint32)raw->seed;
    options->audio = audio;
    options->auth = auth;
    options->main.codec = codec;
    options->main.fps = raw->fps;
    options->main.kbit = raw->bitrate;
    options->reads_stdin = raw->reads_stdin;
    options->main.gop = raw->fps * raw->gop_s;
    options->main.b_frames = raw->b_frames;
    options->sub = options->main;
    options->sub.codec = AV_CODEC_ID_H264;
    options->sub.width /= 2;
    options->sub.height /= 2;
    options->sub.kbit = MAX(raw->bitrate / 4, 32);
    return true;
}

static void set_default(char **text, const char *value)
{
    if (!*text)
        *text = g_strdup(value);
}

static void set_defaults(Options *options, Raw *raw)
{
    set_default(&raw->draw, "counter");
    set_default(&raw->codec, "h264");
    set_default(&raw->audio, "none");
    set_default(&raw->size, "1280x720");
    set_default(&raw->auth, "digest");
    set_default(&options->name, "Camera");
    set_default(&options->address, "127.0.0.1");
    set_default(&options->path, "/main");
    set_default(&options->sub_path, "/sub");
}

static bool read_line(Options *options, Raw *raw, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        { "draw", 0, 0, G_OPTION_ARG_STRING, &raw->draw, "counter (default) or hall", "SCENE" },
        { "seed", 0, 0, G_OPTION_ARG_INT, &raw->seed, "who comes and when (default 1)", "N" },
        // FILENAME: bytes as they are; STRING would convert them from the locale, which is often C
        { "name", 0, 0, G_OPTION_ARG_FILENAME, &options->name, "shown in the picture (UTF-8)",
          "TEXT" },
        { "file", 0, 0, G_OPTION_ARG_FILENAME, &options->file, "H.264 or H.265 to play", "FILE" },
        { "sub-file", 0, 0, G_OPTION_ARG_FILENAME, &options->sub_file, "the same for the sub path",
          "FILE" },
        { "paths", 0, 0, G_OPTION_ARG_INT, &options->paths,
          "serve --file as /cam1 to /camN instead", "N" },
        { "codec", 0, 0, G_OPTION_ARG_STRING, &raw->codec, "h264 (default) or h265; sub is H.264",
          "CODEC" },
        { "audio", 0, 0, G_OPTION_ARG_STRING, &raw->audio, "none (default), aac, pcma or pcmu",
          "CODEC" },
        { "size", 0, 0, G_OPTION_ARG_STRING, &raw->size,
          "main's size (default 1280x720); sub is half", "WxH" },
        { "fps", 0, 0, G_OPTION_ARG_INT, &raw->fps, "pictures a second (default 10)", "N" },
        { "bitrate", 0, 0, G_OPTION_ARG_INT, &raw->bitrate,
          "main's kbit/s (default 1000); sub has a quarter", "N" },
        { "address", 0, 0, G_OPTION_ARG_STRING, &options->address, "default 127.0.0.1", "ADDRESS" },
        { "port", 0, 0, G_OPTION_ARG_INT, &options->port, "default 0: a free one", "PORT" },
        { "path", 0, 0, G_OPTION_ARG_STRING, &options->path, "default /main", "PATH" },
        { "sub-path", 0, 0, G_OPTION_ARG_STRING, &options->sub_path, "default /sub", "PATH" },
        { "gop", 0, 0, G_OPTION_ARG_INT, &raw->gop_s, "seconds between key frames (default 2)",
          "S" },
        { "b-frames", 0, 0, G_OPTION_ARG_INT, &raw->b_frames, "B frames in a row (default 0)",
          "N" },
        { "change", 0, 0, G_OPTION_ARG_INT, &options->change_s,
          "main's size changes every S seconds, to half and back", "S" },
        { "drop-every", 0, 0, G_OPTION_ARG_INT, &options->drop_every_s,
          "close all connections every S seconds", "S" },
        { "trouble", 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->troubles, "see below", "NAME[:N]" },
        { "user", 0, 0, G_OPTION_ARG_STRING, &options->user, "ask for authentication", "NAME" },
        { "auth", 0, 0, G_OPTION_ARG_STRING, &raw->auth, "digest (default) or basic", "KIND" },
        { "password", 0, 0, G_OPTION_ARG_STRING, &options->password, "for --user", "TEXT" },
        { "stdin", 0, 0, G_OPTION_ARG_NONE, &raw->reads_stdin, "take faults from the input", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(context, SUMMARY);
    g_autofree char *troubles = trouble_help();
    g_autofree char *description = g_strconcat(DESCRIPTION, "\n", troubles, NULL);
    g_option_context_set_description(context, description);
    bool is_fine = g_option_context_parse(context, &argc, &argv, &error) && argc == 1;
    if (!is_fine)
        g_printerr("%s; see --help\n", error ? error->message : "only options are taken");
    return is_fine;
}

bool options_parse(Options *options, int argc, char **argv)
{
    Raw raw = { .seed = 1, .fps = 10, .bitrate = 1000, .gop_s = 2 };
    *options = (Options){ 0 };
    bool is_fine = read_line(options, &raw, argc, argv);
    set_defaults(options, &raw);
    is_fine = is_fine && understand(options, &raw);
    g_free(raw.draw);
    g_free(raw.codec);
    g_free(raw.audio);
    g_free(raw.size);
    g_free(raw.auth);
    g_strfreev(raw.troubles);
    return is_fine;
}

void options_done(Options *options)
{
    char *texts[] = { options->file, options->sub_file, options->name, options->address,
                      options->path, options->sub_path, options->user, options->password };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}
