// SPDX-License-Identifier: Apache-2.0
#include "base/fault.h"
#ifdef HALLWATCH_FAULTS

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOK_US = 20000 }; // while stalled

typedef enum { FAULT_NONE, FAULT_KILL, FAULT_ERRNO, FAULT_STALL, FAULT_CLOCK } FaultKind;

typedef struct {
    char *step;
    char *path; // NULL: any
    FaultKind kind;
    int64_t value; // errno, or microseconds
} Fault;

static const struct {
    const char *name;
    int err;
} ERRORS[] = { { "EIO", EIO },       { "EROFS", EROFS },   { "ENOSPC", ENOSPC },
               { "EACCES", EACCES }, { "ENOENT", ENOENT }, { "ESTALE", ESTALE } };

// All of it under lock but the hook.
static struct {
    GMutex lock;
    GArray *faults;
    struct stat seen;
    unsigned version; // counts what was read
    FaultHook hook;
    void *hook_ctx;
} the;

static void fault_clear(gpointer data)
{
    Fault *fault = data;
    g_free(fault->step);
    g_free(fault->path);
}

// An action nobody knows would make a test pass that tests nothing.
static void read_action(Fault *fault, const char *action, const char *value)
{
    fault->value = value ? (int64_t)(g_ascii_strtod(value, NULL) * G_USEC_PER_SEC) : 0;
    if (g_str_equal(action, "kill"))
        fault->kind = FAULT_KILL;
    else if (g_str_equal(action, "stall"))
        fault->kind = FAULT_STALL;
    else if (g_str_equal(action, "offset"))
        fault->kind = FAULT_CLOCK;
    for (size_t i = 0; i < G_N_ELEMENTS(ERRORS); i++) {
        if (!g_str_equal(action, ERRORS[i].name))
            continue;
        fault->kind = FAULT_ERRNO;
        fault->value = ERRORS[i].err;
    }
    if (fault->kind == FAULT_NONE)
        g_error("fault: unknown action %s", action);
}

static void read_line(const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 3);
    if (g_strv_length(words) < 2)
        return;
    Fault fault = { 0 };
    char *at = strchr(words[0], '@');
    fault.step = at ? g_strndup(words[0], (gsize)(at - words[0])) : g_strdup(words[0]);
    fault.path = at ? g_strdup(at + 1) : NULL;
    read_action(&fault, words[1], words[2]);
    g_array_append_val(the.faults, fault);
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

// Under the lock. Reads the file again when it is another one.
static void follow_file(void)
{
    struct stat now = { 0 };
    const char *path = g_getenv("HALLWATCH_FAULTS");
    g_autofree char *text = NULL;
    if (!the.faults) {
        the.faults = g_array_new(FALSE, FALSE, sizeof(Fault));
        g_array_set_clear_func(the.faults, fault_clear);
    }
    if (!path || stat(path, &now) < 0)
        now = (struct stat){ 0 };
    if (is_same(&now, &the.seen))
        return;
    the.seen = now;
    the.version++;
    g_array_set_size(the.faults, 0);
    if (!now.st_ino || !g_file_get_contents(path, &text, NULL, NULL))
        return;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        read_line(*line);
}

// ret_version: to see whether the file has changed since.
static FaultKind look_up(const char *step, const char *path, int64_t *ret_value,
                         unsigned *ret_version)
{
    FaultKind kind = FAULT_NONE;
    g_mutex_lock(&the.lock);
    follow_file();
    *ret_version = the.version;
    for (guint i = 0; i < the.faults->len && kind == FAULT_NONE; i++) {
        const Fault *fault = &g_array_index(the.faults, Fault, i);
        if (!g_str_equal(fault->step, step) ||
            (fault->path && !(path && g_str_has_prefix(path, fault->path))))
            continue;
        kind = fault->kind;
        *ret_value = fault->value;
    }
    g_mutex_unlock(&the.lock);
    return kind;
}

static void stall(const char *step, const char *path, int64_t us, unsigned version)
{
    int64_t end = g_get_monotonic_time() + us, value;
    unsigned now = version;
    while (g_get_monotonic_time() < end && now == version) {
        g_usleep(LOOK_US);
        look_up(step, path, &value, &now);
    }
}

int fault_at(const char *step, const char *path)
{
    int64_t value = 0;
    unsigned version;
    if (the.hook)
        return the.hook(the.hook_ctx, step);
    if (!g_getenv("HALLWATCH_FAULTS"))
        return 0;
    switch (look_up(step, path, &value, &version)) {
    case FAULT_KILL:
        unlink(g_getenv("HALLWATCH_FAULTS"));
        kill(getpid(), SIGKILL);
        for (;;)
            pause();
    case FAULT_ERRNO:
        return (int)-value;
    case FAULT_STALL:
        stall(step, path, value, version);
        return 0;
    default:
        return 0;
    }
}

int64_t fault_clock_us(void)
{
    int64_t us = 0;
    unsigned version;
    if (!g_getenv("HALLWATCH_FAULTS") || look_up("clock", NULL, &us, &version) != FAULT_CLOCK)
        return 0;
    return us;
}

void fault_hook(FaultHook hook, void *ctx)
{
    the.hook = hook;
    the.hook_ctx = ctx;
}
#endif
