// SPDX-License-Identifier: Apache-2.0
#include "appliance/child.h"
#include "base/log.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define BACKOFF_MIN_MS 200
#define BACKOFF_MAX_MS 10000
#define LIVED_WELL_MS  30000
#define CLEAR_AGAIN_MS 20
#define EXEC_FAILED    127

struct Child {
    char *name;
    char **argv;
    ChildState state;
    bool is_stopping;
    pid_t group; // the leader's pid, also after its death until the group is empty
    int64_t started_ms;
    int64_t backoff_ms;
    int64_t due_ms; // in CLEARING and WAITING
};

// Which states may follow which.
static const unsigned allowed_next[] = {
    [CHILD_IDLE] = 1u << CHILD_RUNNING,
    [CHILD_RUNNING] = 1u << CHILD_CLEARING,
    [CHILD_CLEARING] = 1u << CHILD_WAITING | 1u << CHILD_IDLE,
    [CHILD_WAITING] = 1u << CHILD_RUNNING | 1u << CHILD_IDLE,
};

static void child_set_state(Child *child, ChildState state)
{
    static const char *const names[] = { "idle", "running", "clearing", "waiting" };
    g_assert(allowed_next[child->state] & 1u << state);
    log_debug("child=%s %s -> %s", child->name, names[child->state], names[state]);
    child->state = state;
}

Child *child_new(const char *name, const char *const *argv)
{
    Child *child = g_new0(Child, 1);
    child->name = g_strdup(name);
    child->argv = g_strdupv((char **)argv);
    return child;
}

void child_free(Child *child)
{
    if (!child)
        return;
    g_strfreev(child->argv);
    g_free(child->name);
    g_free(child);
}

const char *child_name(const Child *child)
{
    return child->name;
}

ChildState child_state(const Child *child)
{
    return child->state;
}

pid_t child_pid(const Child *child)
{
    return child->state == CHILD_RUNNING ? child->group : 0;
}

int64_t child_backoff(int64_t previous_ms, int64_t lived_ms)
{
    if (lived_ms >= LIVED_WELL_MS || previous_ms == 0)
        return BACKOFF_MIN_MS;
    return MIN(previous_ms * 2, BACKOFF_MAX_MS);
}

// In the new process, before the program: only calls that are safe after a fork.
static void become(const Child *child, pid_t supervisor)
{
    sigset_t none;
    sigemptyset(&none);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    // The supervisor may have died before the line above took effect.
    if (getppid() != supervisor)
        _exit(EXEC_FAILED);
    int null = open("/dev/null", O_RDONLY);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(child->argv[0], child->argv);
    _exit(EXEC_FAILED);
}

int child_start(Child *child, int64_t now_ms)
{
    pid_t supervisor = getpid();
    pid_t pid = fork();
    if (pid < 0)
        return -errno;
    if (pid == 0)
        become(child, supervisor);
    setpgid(pid, pid); // also here: a signal to the group may be wanted before the child has run
    child->group = pid;
    child->started_ms = now_ms;
    child_set_state(child, CHILD_RUNNING);
    return 0;
}

static void report_death(const Child *child, int status)
{
    if (child->is_stopping)
        log_debug("child=%s pid=%d ended", child->name, (int)child->group);
    else if (WIFSIGNALED(status))
        log_err("child=%s pid=%d killed by signal %d (%s); next start in %" G_GINT64_FORMAT " ms",
                child->name, (int)child->group, WTERMSIG(status), strsignal(WTERMSIG(status)),
                child->backoff_ms);
    else if (WEXITSTATUS(status) == EXEC_FAILED)
        log_err("child=%s cannot run %s; is it installed? next start in %" G_GINT64_FORMAT " ms",
                child->name, child->argv[0], child->backoff_ms);
    else
        log_err("child=%s pid=%d ended by itself with status %d; next start in %" G_GINT64_FORMAT
                " ms",
                child->name, (int)child->group, WEXITSTATUS(status), child->backoff_ms);
}

void child_bury(Child *child, int64_t now_ms)
{
    // Killed before the zombie is reaped: until then no other process can get this group's number.
    kill(-child->group, SIGKILL);
    int status = 0;
    while (waitpid(child->group, &status, 0) < 0 && errno == EINTR)
        ;
    child->backoff_ms = child_backoff(child->backoff_ms, now_ms - child->started_ms);
    report_death(child, status);
    child_set_state(child, CHILD_CLEARING);
    child->due_ms = now_ms;
}

static void clear(Child *child, int64_t now_ms)
{
    if (kill(-child->group, SIGKILL) == 0) {
        child->due_ms = now_ms + CLEAR_AGAIN_MS;
        return;
    }
    child->group = 0;
    child_set_state(child, child->is_stopping ? CHILD_IDLE : CHILD_WAITING);
    child->due_ms = now_ms + child->backoff_ms;
}

bool child_tick(Child *child, int64_t now_ms)
{
    if (now_ms < child_due(child))
        return false;
    if (child->state == CHILD_CLEARING)
        clear(child, now_ms);
    if (child->state != CHILD_WAITING || now_ms < child->due_ms)
        return false;
    int err = child_start(child, now_ms);
    if (err == 0)
        return true;
    child->backoff_ms = child_backoff(child->backoff_ms, 0);
    child->due_ms = now_ms + child->backoff_ms;
    log_err("child=%s cannot be started: %s", child->name, g_strerror(-err));
    return false;
}

int64_t child_due(const Child *child)
{
    return child->state == CHILD_CLEARING || child->state == CHILD_WAITING ? child->due_ms
                                                                           : INT64_MAX;
}

void child_stop(Child *child)
{
    child->is_stopping = true;
    if (child->state == CHILD_RUNNING)
        kill(child->group, SIGTERM);
    if (child->state == CHILD_WAITING)
        child_set_state(child, CHILD_IDLE);
}

void child_kill(Child *child)
{
    if (child->group > 0)
        kill(-child->group, SIGKILL);
}
