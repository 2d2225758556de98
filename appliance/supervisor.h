// SPDX-License-Identifier: Apache-2.0
// Supervisor: starts children, brings back any that dies, passes on reloads, and ends them all.
//
// Knows nothing of what the children are. SIGTERM and SIGINT end it: SIGTERM to all children,
// SIGKILL after 4 s. SIGHUP is a reload. Nothing that it started outlives it: children get SIGTERM
// when it is killed, and orphans of a dead child come to it (it is a subreaper) and are reaped.
// Single thread; call it from the main one.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct {
    const char *name;
    const char *const *argv;
    bool takes_reload; // gets SIGHUP after a good reload
} SupervisorChild;

typedef struct {
    const SupervisorChild *children;
    size_t n;
    // Whether a running child does its work; asked every 100 ms until it says yes. Must answer
    // within 0.5 s.
    bool (*is_up)(void *ctx, size_t child);
    // All are up: the first time, and again after any has been brought back. pids by child.
    void (*all_up)(void *ctx, const pid_t *pids);
    // False: refused, children are not told.
    bool (*reload)(void *ctx);
    void *ctx;
} SupervisorOptions;

// Returns when all children are gone: 0, or negative errno when it could not begin.
int supervisor_run(const SupervisorOptions *options);
