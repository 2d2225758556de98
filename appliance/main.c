// SPDX-License-Identifier: Apache-2.0
// The program: one table of commands.
#include "appliance/commands.h"
#include "appliance/desk.h"
#include "appliance/video.h"
#include "base/secret.h"
#include "demo/demo.h"
#include <glib.h>
#include <locale.h>
#include <string.h>

#define DATA_DEFAULT  "hallwatch-data"
#define DATA_VARIABLE "HALLWATCH_DATA"

enum {
    TAKES_OPERAND = 1 << 0,
    TAKES_CONFIG = 1 << 1,
    TAKES_DATA = 1 << 2,
    TAKES_ROLE = 1 << 3,
    TAKES_LABEL = 1 << 4,
    TAKES_PASSWORD = 1 << 5,
    TAKES_DEEP = 1 << 6,
    TAKES_KEY = 1 << 7,
    TAKES_STAFF = 1 << 8,
    TAKES_FROM_TO = 1 << 9,
    TAKES_REPAIR = 1 << 10,
    TAKES_DAYS = 1 << 11, // a second operand
    TAKES_UNIT = 1 << 12,
    TAKES_UNTIL = 1 << 13,
};

static int command_desk(const Arguments *arguments)
{
    return desk_main(arguments->data_dir);
}

static int command_video(const Arguments *arguments)
{
    return video_main(arguments->data_dir);
}

static const struct {
    const char *words; // one or two
    unsigned takes;
    int (*run)(const Arguments *arguments);
    const char *usage;
    const char *help; // NULL: not for people
} commands[] = {
    { "run", TAKES_CONFIG | TAKES_DATA, command_run, "[--config FILE] [--data DIR]",
      "start the box and keep it running; without FILE: DIR/hallwatch.yaml" },
    { "reload", TAKES_DATA, command_reload, "[--data DIR]",
      "put the changed config of a running box in force" },
    { "check-config", TAKES_OPERAND, command_check_config, "FILE",
      "name every mistake in a config" },
    { "check", TAKES_DATA | TAKES_DEEP | TAKES_REPAIR, command_check,
      "[--data DIR] [--deep] [--repair]",
      "check the databases, figures and recordings; --deep reads and hashes every recording and "
      "counts figures of all years anew; --repair has wrong figures counted anew" },
    { "verify", TAKES_OPERAND | TAKES_KEY, command_verify, "FILE.zip [--key HEX]",
      "say for each part of an exported zip whether it is whole; 2: not an export" },
    { "box-key", TAKES_DATA, command_box_key, "[--data DIR]",
      "print the public key with which this box signs its exports" },
    { "user add",
      TAKES_OPERAND | TAKES_ROLE | TAKES_PASSWORD | TAKES_STAFF | TAKES_UNIT | TAKES_UNTIL |
          TAKES_DATA,
      command_user_add,
      "NAME --role ROLE --password-stdin [--staff NUMBER] [--unit UNIT] [--until DAY] "
      "[--data DIR]",
      "add a person: admin, director, staff, viewer or observer; DAY: the last of the term; "
      "NUMBER: under which the person is rated; "
      "UNIT: for which the person answers" },
    { "key add", TAKES_ROLE | TAKES_LABEL | TAKES_DATA, command_key_add,
      "--role ROLE [--label TEXT] [--data DIR]",
      "make an API key for another system and print it once" },
    { "pad password", TAKES_OPERAND | TAKES_DATA, command_pad_password, "ID [--data DIR]",
      "give a pad a new password and print it once" },
    { "notify test", TAKES_OPERAND | TAKES_DATA, command_notify_test, "ID [--data DIR]",
      "send a message that says that it arrives to a receiver of a running box" },
    { "province replay", TAKES_FROM_TO | TAKES_DATA, command_province_replay,
      "--from TIME --to TIME [--data DIR]",
      "tell the province again of the ratings of a stretch, as the same messages" },
    { "calendar due", TAKES_OPERAND | TAKES_DAYS | TAKES_DATA, command_calendar_due,
      "DATE N [--data DIR]",
      "print the end of the N-th working day after DATE, as cases are reckoned" },
    { "desk", TAKES_DATA, command_desk, "[--data DIR]",
      "started by run: ratings, cases and the API" },
    { "video", TAKES_DATA, command_video, "[--data DIR]",
      "started by run: cameras, recordings and the relay" },
    { "verify-lines", TAKES_OPERAND | TAKES_KEY, command_verify_lines, "FILE.zip|BYTES [--key HEX]",
      NULL },
    { "config-reference", 0, command_config_reference, "", NULL },
};

static const struct {
    const char *name;
    unsigned bit;
    size_t text;   // offset in Arguments of its value
    size_t is_set; // or of a flag without a value; 0: it has a value
} switches[] = {
    { "--config", TAKES_CONFIG, offsetof(Arguments, config), 0 },
    { "--data", TAKES_DATA, offsetof(Arguments, data_dir), 0 },
    { "--role", TAKES_ROLE, offsetof(Arguments, role), 0 },
    { "--staff", TAKES_STAFF, offsetof(Arguments, staff), 0 },
    { "--unit", TAKES_UNIT, offsetof(Arguments, unit), 0 },
    { "--until", TAKES_UNTIL, offsetof(Arguments, until), 0 },
    { "--label", TAKES_LABEL, offsetof(Arguments, label), 0 },
    { "--password-stdin", TAKES_PASSWORD, 0, offsetof(Arguments, is_password_on_stdin) },
    { "--key", TAKES_KEY, offsetof(Arguments, key), 0 },
    { "--from", TAKES_FROM_TO, offsetof(Arguments, from), 0 },
    { "--to", TAKES_FROM_TO, offsetof(Arguments, to), 0 },
    { "--deep", TAKES_DEEP, 0, offsetof(Arguments, is_deep) },
    { "--repair", TAKES_REPAIR, 0, offsetof(Arguments, is_repair) },
};

static void print_help(FILE *out)
{
    fputs("usage: hallwatch COMMAND [...]\n\n", out);
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (commands[i].help)
            fprintf(out, "  %s %s\n      %s\n", commands[i].words, commands[i].usage,
                    commands[i].help);
    }
    fputs("  demo [...]\n      play a demonstration hall; hallwatch demo --help says more\n"
          "  --version, --help\n\n"
          "DIR is where everything is kept: --data, or else $" DATA_VARIABLE
          ", or else ./" DATA_DEFAULT ".\n"
          "Exit status: 0 done, 1 failed, 2 wrong usage.\n",
          out);
}

static int wrong_usage(size_t command, const char *what, const char *word)
{
    fprintf(stderr, "%s: %s\nusage: hallwatch %s %s\n", word, what, commands[command].words,
            commands[command].usage);
    return EXIT_USAGE;
}

// Number of words of the command line that the command's name takes; 0: it is another one.
static int match_words(const char *words, int argc, char **argv)
{
    g_auto(GStrv) wanted = g_strsplit(words, " ", -1);
    int n = (int)g_strv_length(wanted);
    for (int i = 0; i < n; i++) {
        if (i >= argc || strcmp(argv[i], wanted[i]) != 0)
            return 0;
    }
    return n;
}

// Words taken: 1 or 2. 0: unknown, or its value is missing.
static int take_switch(unsigned takes, int argc, char **argv, Arguments *arguments)
{
    for (size_t i = 0; i < G_N_ELEMENTS(switches); i++) {
        if (strcmp(argv[0], switches[i].name) != 0 || !(takes & switches[i].bit))
            continue;
        if (switches[i].is_set) {
            *(bool *)((char *)arguments + switches[i].is_set) = true;
            return 1;
        }
        if (argc < 2)
            return 0;
        *(const char **)((char *)arguments + switches[i].text) = argv[1];
        return 2;
    }
    return 0;
}

static int read_arguments(size_t command, int argc, char **argv, Arguments *arguments)
{
    unsigned takes = commands[command].takes;
    for (int i = 0; i < argc;) {
        if (argv[i][0] == '-') {
            int n = take_switch(takes, argc - i, argv + i, arguments);
            if (n == 0)
                return wrong_usage(
                    command, "not an option of this command, or its value is missing", argv[i]);
            i += n;
        } else if (takes & TAKES_OPERAND && !arguments->operand) {
            arguments->operand = argv[i++];
        } else if (takes & TAKES_DAYS && !arguments->days) {
            arguments->days = argv[i++];
        } else {
            return wrong_usage(command, "one argument too many", argv[i]);
        }
    }
    if ((takes & TAKES_OPERAND && !arguments->operand) || (takes & TAKES_DAYS && !arguments->days))
        return wrong_usage(command, "something is missing", commands[command].words);
    return EXIT_DONE;
}

static int run_command(size_t command, int argc, char **argv)
{
    Arguments arguments = { .data_dir = g_getenv(DATA_VARIABLE) };
    if (!arguments.data_dir || !*arguments.data_dir)
        arguments.data_dir = DATA_DEFAULT;
    int status = read_arguments(command, argc, argv, &arguments);
    if (status != EXIT_DONE)
        return status;
    g_autofree char *data_dir = g_canonicalize_filename(arguments.data_dir, NULL);
    arguments.data_dir = data_dir;
    return commands[command].run(&arguments);
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    if (secret_init() < 0) {
        fputs("the system's source of random numbers cannot be used\n", stderr);
        return EXIT_FAILED;
    }
    if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
        printf("hallwatch %s\n", HALLWATCH_VERSION);
        return EXIT_DONE;
    }
    if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        print_help(stdout);
        return EXIT_DONE;
    }
    if (argc >= 2 && strcmp(argv[1], "demo") == 0)
        return demo_main(argc - 1, argv + 1);
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        int words = match_words(commands[i].words, argc - 1, argv + 1);
        if (words > 0)
            return run_command(i, argc - 1 - words, argv + 1 + words);
    }
    if (argc >= 2)
        fprintf(stderr, "%s: not a command\n\n", argv[1]);
    print_help(stderr);
    return EXIT_USAGE;
}
