// SPDX-License-Identifier: Apache-2.0
// Box: one data folder DIR, prepared for a run: its lock, the config in force, secrets,
// certificate, the broker's and the door's files, box.json.
//
// One box for each DIR: DIR/run/lock is held by the supervisor and all that it starts, so that a
// new run cannot begin while children of a killed one still end. Used by the supervisor's thread
// only.
#pragma once
#include "appliance/secrets.h"
#include "base/config.h"
#include <sys/types.h>

typedef enum { BOX_BROKER, BOX_DOOR, BOX_VIDEO, BOX_DESK, BOX_CHILDREN } BoxChild;

typedef struct {
    char *data_dir;    // absolute
    char *config_path; // absolute; of the person's file
    Config *config;    // in force
    Secrets secrets;
    char *program;     // this executable
    char *certificate; // of the door and the broker
    char *key;
    char *web;     // folder of the page; there may be none
    char *storage; // folder of the recordings
    int lock;
} Box;

// Prepares DIR. config_path NULL: DIR/hallwatch.yaml, which is made with comments when it is not
// there. Also sets TZ to the hall's for this process and all that it starts. 0, or negative errno
// with sentences in errors.
int box_open(const char *data_dir, const char *config_path, GPtrArray *errors, Box **ret_box);
// Removes box.json and gives up the lock.
void box_close(Box *box);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Box, box_close)

// Puts the person's file in force, if it is good, and brings the broker's files up to date. Errors
// as box_open; then the old config stays in force.
int box_reload(Box *box, GPtrArray *errors);

// A path below DIR/run. The caller frees.
char *box_run_path(const Box *box, const char *name);
// An address at which this machine is reached from others, for sentences to people. The caller
// frees.
char *box_public_host(const char *address);
// pids by BoxChild. 0 or negative errno.
int box_write_json(const Box *box, const pid_t *pids);

// box.json of a box that runs in the folder: its pid and its config's path (the caller frees).
// -ESRCH: none is ready.
int box_find(const char *data_dir, pid_t *ret_pid, char **ret_config_path);
