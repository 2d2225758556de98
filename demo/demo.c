// SPDX-License-Identifier: Apache-2.0
#include "demo/demo.h"
#include "base/file.h"
#include "base/log.h"
#include "base/secret.h"
#include "demo/plan.h"
#include "demo/play.h"
#include <errno.h>
#include <string.h>

enum { CREDENTIALS_MAX = 1 << 16 };

// What the commands share; each takes a part of it.
typedef struct {
    char *data_dir, *address, *key, *pads_path;
    PlanPorts ports;
    int seed, minutes;
    double speed;
} Options;

static void options_done(Options *options)
{
    g_free(options->data_dir);
    g_free(options->address);
    g_free(options->key);
    g_free(options->pads_path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_done)

enum { TAKES_HALL = 1, TAKES_PLAY = 2, TAKES_KEYS = 4 };

static bool read_options(Options *options, unsigned takes, const char *summary, int argc,
                         char **argv)
{
    const GOptionEntry always[] = {
        { "data", 0, 0, G_OPTION_ARG_FILENAME, &options->data_dir, "the box's data folder", "DIR" },
        { "camera-port", 0, 0, G_OPTION_ARG_INT, &options->ports.camera,
          "first of the four simulated cameras' ports (18554)", "PORT" },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    const GOptionEntry hall[] = {
        { "address", 0, 0, G_OPTION_ARG_STRING, &options->address,
          "where the box listens (0.0.0.0)", "IP" },
        { "door-port", 0, 0, G_OPTION_ARG_INT, &options->ports.door, "HTTPS (8443)", "PORT" },
        { "broker-port", 0, 0, G_OPTION_ARG_INT, &options->ports.broker, "MQTT over TLS (8883)",
          "PORT" },
        { "plain-port", 0, 0, G_OPTION_ARG_INT, &options->ports.broker_plain,
          "MQTT on 127.0.0.1 (1883)", "PORT" },
        { "relay-port", 0, 0, G_OPTION_ARG_INT, &options->ports.relay, "RTSP relay (8554)",
          "PORT" },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    const GOptionEntry play[] = {
        { "seed", 0, 0, G_OPTION_ARG_INT, &options->seed, "who comes and what they do (1)", "N" },
        { "speed", 0, 0, G_OPTION_ARG_DOUBLE, &options->speed, "of people (1)", "X" },
        { "minutes", 0, 0, G_OPTION_ARG_INT, &options->minutes, "end after so long", "N" },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    const GOptionEntry keys[] = {
        { "key", 0, 0, G_OPTION_ARG_STRING, &options->key, "an API key of role system", "KEY" },
        { "pads", 0, 0, G_OPTION_ARG_FILENAME, &options->pads_path,
          "file with a pad's id and its password on each line", "FILE" },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    g_option_context_set_summary(context, summary);
    g_option_context_add_main_entries(context, always, NULL);
    if (takes & TAKES_HALL)
        g_option_context_add_main_entries(context, hall, NULL);
    if (takes & TAKES_PLAY)
        g_option_context_add_main_entries(context, play, NULL);
    if (takes & TAKES_KEYS)
        g_option_context_add_main_entries(context, keys, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc > 1 || !options->data_dir ||
        options->speed <= 0) {
        g_printerr("%s; see --help\n", error ? error->message : "--data is needed, nothing else");
        return false;
    }
    return true;
}

// --- credentials of the demonstration: {"key", "staff_key", "director_key", "pads": {id:
// password}}

static char *make_key(const Stage *stage, const char *data_dir, const char *role, const char *label)
{
    const char *ask[] = {
        "key", "add", "--role", role, "--label", label, "--data", data_dir, NULL
    };
    return stage_ask(stage, ask);
}

static json_t *make_credentials(const Stage *stage, const char *data_dir)
{
    g_autofree char *key = make_key(stage, data_dir, "system", "demo");
    g_autofree char *staff_key = make_key(stage, data_dir, "staff", "演示窗口");
    g_autofree char *director_key = make_key(stage, data_dir, "director", "演示主任");
    if (!key || !staff_key || !director_key)
        return NULL;
    json_t *pads = json_object();
    for (int i = 0; i < PLAN_COUNTERS; i++) {
        const char *ask_pad[] = {
            "pad", "password", plan_counters[i].pad, "--data", data_dir, NULL
        };
        g_autofree char *password = stage_ask(stage, ask_pad);
        if (password)
            json_object_set_new(pads, plan_counters[i].pad, json_string(password));
    }
    return json_pack("{ss ss ss so}", "key", key, "staff_key", staff_key, "director_key",
                     director_key, "pads", pads);
}

// Made at the first start and kept beside the box's own secrets.
static json_t *credentials(const Stage *stage, const char *data_dir)
{
    g_autofree char *path = g_build_filename(data_dir, "demo.json", NULL);
    g_autofree char *text = NULL;
    size_t size = 0;
    if (file_read(path, CREDENTIALS_MAX, &text, &size) == 0)
        return json_loadb(text, size, 0, NULL);
    json_t *made = make_credentials(stage, data_dir);
    char *dump = made ? json_dumps(made, JSON_INDENT(2)) : NULL;
    if (dump && file_write_atomic(path, dump, strlen(dump), 0600) < 0)
        log_warn("%s cannot be written; the next start makes new passwords", path);
    free(dump);
    return made;
}

static json_t *read_pads(const char *path)
{
    g_autofree char *text = NULL;
    size_t size = 0;
    int err = file_read(path, CREDENTIALS_MAX, &text, &size);
    if (err < 0) {
        g_printerr("%s cannot be read: %s\n", path, g_strerror(-err));
        return NULL;
    }
    json_t *pads = json_object();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) words = g_strsplit_set(g_strstrip(*line), " \t", 2);
        if (words[0] && words[1])
            json_object_set_new(pads, words[0], json_string(g_strstrip(words[1])));
    }
    return pads;
}

// --- commands

// known: {"key", "staff_key"?, "director_key"?, "pads"}
static int play(const Options *options, Stage *stage, json_t *known)
{
    PlayOptions what = { .data_dir = options->data_dir,
                         .key = json_string_value(json_object_get(known, "key")),
                         .staff_key = json_string_value(json_object_get(known, "staff_key")),
                         .director_key = json_string_value(json_object_get(known, "director_key")),
                         .passwords = json_object_get(known, "pads"),
                         .seed = (guint32)options->seed,
                         .speed = options->speed,
                         .minutes = options->minutes,
                         .stage = stage };
    g_autoptr(Play) play = NULL;
    int err = play_new(&what, &play);
    return err || play_run(play) ? 1 : 0;
}

static int write_config(const Options *options)
{
    int err = plan_write_config(options->data_dir, options->address ? options->address : "0.0.0.0",
                                &options->ports);
    if (err)
        g_printerr("%s/hallwatch.yaml cannot be written: %s\n", options->data_dir,
                   g_strerror(-err));
    return err ? 1 : 0;
}

static int command_play(const Options *options)
{
    g_autoptr(Stage) stage = stage_new();
    if (!options->key || !options->pads_path || !stage) {
        g_printerr("--key and --pads are needed; see --help\n");
        return 2;
    }
    json_t *passwords = read_pads(options->pads_path);
    if (!passwords)
        return 1;
    if (options->ports.camera)
        stage_add_cameras(stage, options->ports.camera);
    json_t *known = json_pack("{ss so}", "key", options->key, "pads", passwords);
    int status = play(options, stage, known);
    json_decref(known);
    return status;
}

static int command_run(const Options *options)
{
    g_autoptr(Stage) stage = stage_new();
    g_autofree char *config = g_build_filename(options->data_dir, "hallwatch.yaml", NULL);
    if (!stage)
        return 1;
    if (!g_file_test(config, G_FILE_TEST_EXISTS) && write_config(options) != 0)
        return 1;
    stage_add_cameras(stage, options->ports.camera);
    int err = stage_add_box(stage, config, options->data_dir);
    if (err) {
        g_printerr("the box did not get ready: %s\n", g_strerror(-err));
        return 1;
    }
    json_t *known = credentials(stage, options->data_dir);
    int status = json_object_get(known, "key") ? play(options, stage, known) : 1;
    json_decref(known);
    return status;
}

static const struct {
    const char *word, *help;
    unsigned takes;
    int (*run)(const Options *options);
} commands[] = {
    { "run", "Starts a box with the demonstration hall, its cameras and its people.",
      TAKES_HALL | TAKES_PLAY, command_run },
    { "play",
      "Plays the hall's cameras and people on a box that runs with the demonstration's config.",
      TAKES_PLAY | TAKES_KEYS, command_play },
    { "config", "Writes the demonstration hall's hallwatch.yaml into the folder.", TAKES_HALL,
      write_config },
};

int demo_main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(argv[1], commands[i].word) != 0)
            continue;
        g_auto(Options)
            options = { .ports = { 8443, 8883, 1883, 8554, 18554 }, .seed = 1, .speed = 1 };
        g_setenv("TZ", PLAN_ZONE, TRUE); // days, and the clocks that the cameras draw
        log_init("demo", LOG_LEVEL_INFO);
        if (secret_init() < 0 ||
            !read_options(&options, commands[i].takes, commands[i].help, argc - 1, argv + 1))
            return 2;
        return commands[i].run(&options);
    }
    bool asks = argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
    FILE *out = asks ? stdout : stderr;
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        fprintf(out, "hallwatch demo %s --data DIR ...   (--help)\n      %s\n", commands[i].word,
                commands[i].help);
    return asks ? 0 : 2;
}
