// SPDX-License-Identifier: Apache-2.0
// Child: one process that the supervisor keeps alive: start, death, back-off and stop.
//
// A child leads a process group of its own and gets SIGTERM from the kernel when the supervisor
// dies. When the leader ends, what is left of its group is killed, and a successor starts only once
// the group is empty. One thread.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct Child Child;

typedef enum {
    CHILD_IDLE, // not started yet, or stopped for good
    CHILD_RUNNING,
    CHILD_CLEARING, // the leader is dead, its group not yet empty
    CHILD_WAITING,  // until the back-off is over
} ChildState;

// argv: NULL-terminated, copied; argv[0] is looked up in PATH.
Child *child_new(const char *name, const char *const *argv);
// The process must be gone.
void child_free(Child *child);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Child, child_free)

const char *child_name(const Child *child);
ChildState child_state(const Child *child);
pid_t child_pid(const Child *child); // 0: none runs

// 0 or negative errno. stdin is /dev/null; stdout goes where stderr goes.
int child_start(Child *child, int64_t now_ms);
// The leader is a zombie: its group is killed, then it is reaped. Reports and plans the successor.
void child_bury(Child *child, int64_t now_ms);
// Does what is due. True: a successor has been started.
bool child_tick(Child *child, int64_t now_ms);
// When child_tick is wanted next; INT64_MAX: not before the next death.
int64_t child_due(const Child *child);
// SIGTERM to the leader, and no successor. Sent again it does no harm.
void child_stop(Child *child);
// SIGKILL to the whole group.
void child_kill(Child *child);

// Back-off before a successor: 200 ms doubling to 10 s with each death of a process that lived less
// than 30 s.
int64_t child_backoff(int64_t previous_ms, int64_t lived_ms);
