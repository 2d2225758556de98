// SPDX-License-Identifier: Apache-2.0
// `hallwatch run` and `hallwatch reload`: the wiring of the supervisor.
#include "appliance/box.h"
#include "appliance/commands.h"
#include "appliance/ports.h"
#include "appliance/supervisor.h"
#include "base/file.h"
#include "base/http_client.h"
#include "base/log.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define ANSWER_MS      400
#define FILES_MAX      65536
#define SETUP_CODE_MAX 200

typedef struct {
    Box *box;
    bool is_announced;
} Run;

static void print_errors(const GPtrArray *errors)
{
    for (guint i = 0; i < errors->len; i++)
        fprintf(stderr, "%s\n", (const char *)errors->pdata[i]);
}

// What each child is asked to know that it does its work.

static bool socket_answers(const Box *box, const char *name, const char *path)
{
    g_autofree char *socket = box_run_path(box, name);
    g_auto(HttpAnswer) answer = { 0 };
    return http_call(socket, "GET", path, NULL, ANSWER_MS, &answer) == 0 && answer.status == 200;
}

static bool child_is_up(void *ctx, size_t child)
{
    const Box *box = ((Run *)ctx)->box;
    switch ((BoxChild)child) {
    case BOX_BROKER:
        return port_answers("127.0.0.1", box->config->broker.plain_port);
    case BOX_DOOR:
        return port_answers(box->config->door.address, box->config->door.port);
    case BOX_VIDEO:
        return socket_answers(box, "video.sock", "/health");
    case BOX_DESK:
        return socket_answers(box, "desk.sock", "/internal/health");
    case BOX_CHILDREN:
        break;
    }
    return false;
}

// What a person reads when the box is ready.

static void print_first_login(const Box *box)
{
    g_autofree char *path = g_build_filename(box->data_dir, "setup-code", NULL);
    g_autofree char *code = NULL;
    size_t size = 0;
    if (file_read(path, SETUP_CODE_MAX, &code, &size) == 0)
        printf("  first login  open the page and enter the set-up code %s\n", g_strstrip(code));
}

static void print_ready(const Box *box)
{
    const Config *config = box->config;
    g_autofree char *door = box_public_host(config->door.address);
    g_autofree char *broker = box_public_host(config->broker.address);
    g_autofree char *relay = box_public_host(config->relay.address);
    printf("Hallwatch %s is ready: %s\n", HALLWATCH_VERSION, config->hall.name);
    printf("  page         https://%s:%d/\n", door, config->door.port);
    printf("  pads         mqtts://%s:%d  user: the pad's id; password: hallwatch pad password ID "
           "--data %s\n",
           broker, config->broker.port, box->data_dir);
    printf("  county       rtsp://%s@%s:%d/CAMERA  password: relay_password in %s/secrets.json\n",
           box->secrets.relay_user, relay, config->relay.port, box->data_dir);
    print_first_login(box);
    if (config->cameras->len == 0)
        printf("  no cameras   add them in %s, then: hallwatch reload --data %s\n",
               box->config_path, box->data_dir);
    fflush(stdout);
}

static void all_up(void *ctx, const pid_t *pids)
{
    Run *run = ctx;
    int err = box_write_json(run->box, pids);
    if (err < 0)
        log_err("%s/box.json cannot be written: %s", run->box->data_dir, g_strerror(-err));
    log_info("all children are up");
    if (!run->is_announced)
        print_ready(run->box);
    run->is_announced = true;
}

static bool reload(void *ctx)
{
    Run *run = ctx;
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    if (box_reload(run->box, errors) == 0) {
        log_info("reloaded %s", run->box->config_path);
        return true;
    }
    for (guint i = 0; i < errors->len; i++)
        log_err("%s", (const char *)errors->pdata[i]);
    log_err("%s is refused; the config in force stays", run->box->config_path);
    return false;
}

static bool programs_are_installed(GPtrArray *errors)
{
    static const char *const names[] = { "mosquitto", "nginx" };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_find_program_in_path(names[i]);
        if (!path)
            g_ptr_array_add(errors, g_strdup_printf("%s is not installed: apt-get install %s",
                                                    names[i], names[i]));
    }
    return errors->len == 0;
}

// Debian keeps servers in /usr/sbin, which is not in every user's PATH. Sixteen cameras and a wall
// of viewers need more than the usual 1024 files.
static void prepare_process(void)
{
    umask(027);
    const char *path = g_getenv("PATH");
    g_autofree char *longer = g_strconcat(path ? path : "/usr/bin:/bin", ":/usr/sbin:/sbin", NULL);
    g_setenv("PATH", longer, TRUE);
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = MAX(limit.rlim_cur, MIN(limit.rlim_max, (rlim_t)FILES_MAX));
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int supervise(Run *run)
{
    const Box *box = run->box;
    g_autofree char *folder = box_run_path(box, "");
    g_autofree char *broker_conf = box_run_path(box, "mosquitto.conf");
    g_autofree char *door_conf = box_run_path(box, "nginx.conf");
    // nginx opens its compiled-in error log before it has read its config, unless -e names another
    // one.
    const char *const broker[] = { "mosquitto", "-c", broker_conf, NULL };
    const char *const door[] = { "nginx", "-e", "stderr", "-p", folder, "-c", door_conf, NULL };
    const char *const video[] = { box->program, "video", "--data", box->data_dir, NULL };
    const char *const desk[] = { box->program, "desk", "--data", box->data_dir, NULL };
    const SupervisorChild children[BOX_CHILDREN] = {
        [BOX_BROKER] = { "broker", broker, false },
        [BOX_DOOR] = { "door", door, false },
        [BOX_VIDEO] = { "video", video, true },
        [BOX_DESK] = { "desk", desk, true },
    };
    SupervisorOptions options = { .children = children,
                                  .n = BOX_CHILDREN,
                                  .is_up = child_is_up,
                                  .all_up = all_up,
                                  .reload = reload,
                                  .ctx = run };
    return supervisor_run(&options);
}

int command_run(const Arguments *arguments)
{
    log_init("run", LOG_LEVEL_INFO);
    prepare_process();
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    Run run = { 0 };
    if (!programs_are_installed(errors) ||
        box_open(arguments->data_dir, arguments->config, errors, &run.box) < 0) {
        print_errors(errors);
        return EXIT_FAILED;
    }
    int err = supervise(&run);
    if (err < 0)
        log_err("the supervisor cannot begin: %s", g_strerror(-err));
    box_close(run.box);
    return err < 0 ? EXIT_FAILED : EXIT_DONE;
}

// The file is checked here as well, so that whoever typed the command sees what is wrong.
int command_reload(const Arguments *arguments)
{
    pid_t pid = 0;
    g_autofree char *path = NULL;
    if (box_find(arguments->data_dir, &pid, &path) < 0) {
        fprintf(stderr,
                "%s: no box is ready in this folder: start one with hallwatch run --data %s\n",
                arguments->data_dir, arguments->data_dir);
        return EXIT_FAILED;
    }
    g_autofree char *copy = g_build_filename(arguments->data_dir, "run", "hallwatch.yaml", NULL);
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Config) in_force = NULL, next = NULL;
    if (config_load(copy, errors, &in_force) < 0 ||
        config_load_next(path, in_force, errors, &next) < 0) {
        print_errors(errors);
        fprintf(stderr, "%s is refused; the config in force stays\n", path);
        return EXIT_FAILED;
    }
    if (kill(pid, SIGHUP) < 0) {
        fprintf(stderr, "the box (pid %d) cannot be told to reload: %s\n", (int)pid,
                g_strerror(errno));
        return EXIT_FAILED;
    }
    printf("%s is put in force: %u cameras, %u counters, %u pads\n", path, next->cameras->len,
           next->counters->len, next->pads->len);
    return EXIT_DONE;
}
