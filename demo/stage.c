// SPDX-License-Identifier: Apache-2.0
#include "demo/stage.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "demo/plan.h"
#include <errno.h>
#include <jansson.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    READY_TIMEOUT_MS = 60000,
    END_TIMEOUT_MS = 10000,
    RESTART_MS = 2000,
    BOX_JSON_MAX = 1 << 16,
};

typedef struct {
    char **argv;
    bool is_box;
    GPid pid; // 0: ended
    int64_t restart_ms;
} Actor;

struct Stage {
    char *folder;      // of the programs
    GPtrArray *actors; // Actor
};

static void actor_free(gpointer pointer)
{
    Actor *actor = pointer;
    g_strfreev(actor->argv);
    g_free(actor);
}

Stage *stage_new(void)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    if (!self)
        return NULL;
    Stage *stage = g_new0(Stage, 1);
    stage->folder = g_path_get_dirname(self);
    stage->actors = g_ptr_array_new_with_free_func(actor_free);
    return stage;
}

// In the child, before exec. Its own group: the terminal's Ctrl-C then reaches us alone, and we end
// it in order.
static void before_exec(gpointer parent)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != GPOINTER_TO_INT(parent))
        _exit(1);
}

static void start(Actor *actor)
{
    g_autoptr(GError) error = NULL;
    actor->restart_ms = clock_mono_ms() + RESTART_MS;
    if (!g_spawn_async(NULL, actor->argv, NULL,
                       G_SPAWN_DO_NOT_REAP_CHILD | (actor->is_box ? 0 : G_SPAWN_STDOUT_TO_DEV_NULL),
                       before_exec, GINT_TO_POINTER(getpid()), &actor->pid, &error)) {
        actor->pid = 0;
        log_err("%s", error->message);
    }
}

static Actor *add(Stage *stage, bool is_box, GStrvBuilder *arguments)
{
    Actor *actor = g_new0(Actor, 1);
    actor->argv = g_strv_builder_end(arguments);
    actor->is_box = is_box;
    g_ptr_array_add(stage->actors, actor);
    start(actor);
    return actor;
}

static bool has_ended(Actor *actor)
{
    if (actor->pid && waitpid(actor->pid, NULL, WNOHANG) != 0)
        actor->pid = 0;
    return actor->pid == 0;
}

static bool listens(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_there = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    if (fd >= 0)
        close(fd);
    return is_there;
}

// A box that comes up with its cameras there has nothing to warn of.
static void wait_for_port(int port)
{
    for (int i = 0; i < 100 && !listens(port); i++)
        g_usleep(50000);
}

void stage_add_cameras(Stage *stage, int first_port)
{
    for (int i = 0; i < PLAN_CAMERAS; i++) {
        g_autoptr(GStrvBuilder) arguments = g_strv_builder_new();
        g_autofree char *program = g_build_filename(stage->folder, "hallwatch-camera", NULL);
        g_autofree char *port = g_strdup_printf("%d", first_port + i);
        g_auto(GStrv) scene = g_strsplit(plan_cameras[i].arguments, " ", -1);
        g_strv_builder_add_many(arguments, program, "--name", plan_cameras[i].name, "--port", port,
                                NULL);
        g_strv_builder_addv(arguments, (const char **)scene);
        add(stage, false, arguments);
    }
    for (int i = 0; i < PLAN_CAMERAS; i++)
        wait_for_port(first_port + i);
}

static bool is_ready(const char *data_dir, GPid pid)
{
    g_autofree char *path = g_build_filename(data_dir, "box.json", NULL);
    g_autofree char *text = NULL;
    size_t size = 0;
    if (file_read(path, BOX_JSON_MAX, &text, &size) < 0)
        return false;
    json_t *box = json_loadb(text, size, 0, NULL);
    bool is_ours = json_integer_value(json_object_get(box, "pid")) == pid;
    json_decref(box);
    return is_ours;
}

int stage_add_box(Stage *stage, const char *config_path, const char *data_dir)
{
    g_autoptr(GStrvBuilder) arguments = g_strv_builder_new();
    g_autofree char *program = g_build_filename(stage->folder, "hallwatch", NULL);
    g_strv_builder_add_many(arguments, program, "run", "--config", config_path, "--data", data_dir,
                            NULL);
    Actor *box = add(stage, true, arguments);
    int64_t until_ms = clock_mono_ms() + READY_TIMEOUT_MS;
    while (!has_ended(box)) {
        if (is_ready(data_dir, box->pid))
            return 0;
        if (clock_mono_ms() > until_ms)
            return -ETIMEDOUT;
        g_usleep(50000);
    }
    return -ECHILD;
}

char *stage_ask(const Stage *stage, const char *const *arguments)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_autofree char *program = g_build_filename(stage->folder, "hallwatch", NULL);
    g_autofree char *out = NULL, *said = NULL;
    int status = -1;
    g_strv_builder_add(builder, program);
    g_strv_builder_addv(builder, (const char **)arguments);
    g_auto(GStrv) argv = g_strv_builder_end(builder);
    if (!g_spawn_sync(NULL, argv, NULL, 0, NULL, NULL, &out, &said, &status, NULL))
        return NULL;
    if (!g_spawn_check_wait_status(status, NULL)) {
        log_err("hallwatch %s %s: %s", argv[1], argv[2], said);
        return NULL;
    }
    return g_strdup(g_strstrip(out));
}

bool stage_tick(Stage *stage)
{
    for (guint i = 0; i < stage->actors->len; i++) {
        Actor *actor = stage->actors->pdata[i];
        if (!has_ended(actor))
            continue;
        if (actor->is_box)
            return false;
        if (clock_mono_ms() >= actor->restart_ms) {
            log_warn("%s %s has ended and is started again", actor->argv[0], actor->argv[2]);
            start(actor);
        }
    }
    return true;
}

static void end(Actor *actor)
{
    if (has_ended(actor))
        return;
    kill(actor->pid, SIGTERM);
    int64_t until_ms = clock_mono_ms() + END_TIMEOUT_MS;
    while (!has_ended(actor)) {
        if (clock_mono_ms() > until_ms)
            kill(actor->pid, SIGKILL);
        g_usleep(20000);
    }
}

void stage_free(Stage *stage)
{
    if (!stage)
        return;
    for (guint i = stage->actors->len; i-- > 0;)
        end(stage->actors->pdata[i]);
    g_ptr_array_unref(stage->actors);
    g_free(stage->folder);
    g_free(stage);
}
