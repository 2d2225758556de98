// SPDX-License-Identifier: Apache-2.0
#include "appliance/supervisor.h"
#include "appliance/child.h"
#include "base/clock.h"
#include "base/log.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define ASK_EVERY_MS  100
#define SLOW_START_MS 30000
#define STOP_MS       4000

typedef struct {
    Child *child;
    bool takes_reload;
    bool is_up;
} Post;

typedef struct {
    const SupervisorOptions *options;
    Post *posts;
    size_t n;
    int signals; // signalfd
    int64_t begun_ms;
    bool is_told; // all_up has been called since the last start of a child
    bool is_slow_logged;
    bool is_stopping;
    int64_t kill_ms; // when stopping: end of patience
} Supervisor;

static Post *post_of(Supervisor *supervisor, pid_t pid)
{
    for (size_t i = 0; i < supervisor->n; i++) {
        if (child_pid(supervisor->posts[i].child) == pid)
            return &supervisor->posts[i];
    }
    return NULL;
}

// Looks before it reaps, because a child's group must be killed while the number is still taken.
static void bury_dead(Supervisor *supervisor)
{
    for (;;) {
        siginfo_t info = { 0 };
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == 0)
            return;
        Post *post = post_of(supervisor, info.si_pid);
        if (post)
            child_bury(post->child, clock_mono_ms());
        else
            waitpid(info.si_pid, NULL, WNOHANG); // an orphan of a child
    }
}

static void begin_stop(Supervisor *supervisor)
{
    if (supervisor->is_stopping)
        return;
    supervisor->is_stopping = true;
    supervisor->kill_ms = clock_mono_ms() + STOP_MS;
    log_info("stopping");
    for (size_t i = 0; i < supervisor->n; i++)
        child_stop(supervisor->posts[i].child);
}

static void reload(Supervisor *supervisor)
{
    if (supervisor->is_stopping || !supervisor->options->reload(supervisor->options->ctx))
        return;
    for (size_t i = 0; i < supervisor->n; i++) {
        pid_t pid = child_pid(supervisor->posts[i].child);
        if (supervisor->posts[i].takes_reload && pid > 0)
            kill(pid, SIGHUP);
    }
}

static void take_signals(Supervisor *supervisor)
{
    struct signalfd_siginfo info;
    while (read(supervisor->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        switch (info.ssi_signo) {
        case SIGCHLD:
            bury_dead(supervisor);
            break;
        case SIGHUP:
            reload(supervisor);
            break;
        default:
            begin_stop(supervisor);
        }
    }
}

static void tick_children(Supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->n; i++) {
        Post *post = &supervisor->posts[i];
        if (child_tick(post->child, clock_mono_ms())) {
            post->is_up = false;
            supervisor->is_told = false;
        }
    }
}

static void ask_children(Supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->n; i++) {
        Post *post = &supervisor->posts[i];
        if (child_state(post->child) != CHILD_RUNNING)
            post->is_up = false;
        else if (!post->is_up)
            post->is_up = supervisor->options->is_up(supervisor->options->ctx, i);
    }
}

static bool all_are_up(const Supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->n; i++) {
        if (!supervisor->posts[i].is_up)
            return false;
    }
    return true;
}

static void log_slow_start(Supervisor *supervisor)
{
    if (supervisor->is_slow_logged || clock_mono_ms() - supervisor->begun_ms < SLOW_START_MS)
        return;
    supervisor->is_slow_logged = true;
    for (size_t i = 0; i < supervisor->n; i++) {
        if (!supervisor->posts[i].is_up)
            log_warn("child=%s does not answer yet", child_name(supervisor->posts[i].child));
    }
}

static void tell_when_up(Supervisor *supervisor)
{
    if (supervisor->is_told || supervisor->is_stopping)
        return;
    ask_children(supervisor);
    if (!all_are_up(supervisor)) {
        log_slow_start(supervisor);
        return;
    }
    g_autofree pid_t *pids = g_new0(pid_t, supervisor->n);
    for (size_t i = 0; i < supervisor->n; i++)
        pids[i] = child_pid(supervisor->posts[i].child);
    supervisor->options->all_up(supervisor->options->ctx, pids);
    supervisor->is_told = true;
    supervisor->is_slow_logged = true;
}

static bool all_are_gone(const Supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->n; i++) {
        if (child_state(supervisor->posts[i].child) != CHILD_IDLE)
            return false;
    }
    return true;
}

static void kill_when_late(Supervisor *supervisor)
{
    if (!supervisor->is_stopping || clock_mono_ms() < supervisor->kill_ms)
        return;
    for (size_t i = 0; i < supervisor->n; i++) {
        if (child_state(supervisor->posts[i].child) == CHILD_RUNNING)
            log_warn("child=%s did not end within %d ms and is killed",
                     child_name(supervisor->posts[i].child), STOP_MS);
        child_kill(supervisor->posts[i].child);
    }
    supervisor->kill_ms = INT64_MAX;
}

static int time_to_wait(const Supervisor *supervisor)
{
    int64_t now = clock_mono_ms(), due = INT64_MAX;
    for (size_t i = 0; i < supervisor->n; i++)
        due = MIN(due, child_due(supervisor->posts[i].child));
    if (supervisor->is_stopping)
        due = MIN(due, supervisor->kill_ms);
    else if (!supervisor->is_told)
        due = MIN(due, now + ASK_EVERY_MS);
    return due == INT64_MAX ? -1 : (int)CLAMP(due - now, 0, 60000);
}

static void loop(Supervisor *supervisor)
{
    while (!supervisor->is_stopping || !all_are_gone(supervisor)) {
        struct pollfd fd = { .fd = supervisor->signals, .events = POLLIN };
        if (poll(&fd, 1, time_to_wait(supervisor)) < 0 && errno != EINTR)
            log_err("poll: %s", g_strerror(errno));
        take_signals(supervisor);
        tick_children(supervisor);
        tell_when_up(supervisor);
        kill_when_late(supervisor);
    }
}

static int take_over_signals(int *ret_fd)
{
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGCHLD);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &wanted, NULL) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        return -errno;
    *ret_fd = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    // A closed stdout must not end the box. Blocked, not ignored: children would inherit the
    // latter.
    sigaddset(&wanted, SIGPIPE);
    return *ret_fd < 0 || sigprocmask(SIG_BLOCK, &wanted, NULL) < 0 ? -errno : 0;
}

static void start_children(Supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->n; i++) {
        const SupervisorChild *row = &supervisor->options->children[i];
        supervisor->posts[i] = (Post){ child_new(row->name, row->argv), row->takes_reload, false };
    }
    for (size_t i = 0; i < supervisor->n && !supervisor->is_stopping; i++) {
        int err = child_start(supervisor->posts[i].child, clock_mono_ms());
        if (err < 0) {
            log_err("child=%s cannot be started: %s", child_name(supervisor->posts[i].child),
                    g_strerror(-err));
            begin_stop(supervisor);
        }
    }
}

int supervisor_run(const SupervisorOptions *options)
{
    Supervisor supervisor = { .options = options, .n = options->n, .begun_ms = clock_mono_ms() };
    int err = take_over_signals(&supervisor.signals);
    if (err < 0)
        return err;
    supervisor.posts = g_new0(Post, options->n);
    start_children(&supervisor);
    loop(&supervisor);
    for (size_t i = 0; i < options->n; i++)
        child_free(supervisor.posts[i].child);
    g_free(supervisor.posts);
    close(supervisor.signals);
    return 0;
}
