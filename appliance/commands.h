// SPDX-License-Identifier: Apache-2.0
// Commands: what `hallwatch COMMAND` can do. main.c has the table that names them and reads their
// arguments.
//
// Each returns the exit status: 0 done, 1 failed (the reason is on stderr and says what to do), 2
// wrong usage.
#pragma once
#include <stdbool.h>
#include <stdio.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

typedef struct {
    const char *operand;   // the one that the command takes; NULL: none
    const char *days;      // the second that `calendar due` takes
    const char *data_dir;  // absolute
    const char *config;    // NULL: not given
    const char *role;      // NULL: not given
    const char *label;     // NULL: not given
    const char *staff;     // NULL: not given
    const char *unit;      // NULL: not given
    const char *until;     // NULL: not given
    const char *key;       // NULL: not given
    const char *from, *to; // NULL: not given
    bool is_deep;
    bool is_repair;
    bool is_password_on_stdin;
} Arguments;

// run.c
int command_run(const Arguments *arguments);
int command_reload(const Arguments *arguments);
// check.c
int command_check_config(const Arguments *arguments);
int command_check(const Arguments *arguments);
int command_config_reference(const Arguments *arguments);
// verify.c; command_verify has a status of its own for a file that is no export.
int command_verify(const Arguments *arguments);
int command_box_key(const Arguments *arguments);
// verify_lines.c
int command_verify_lines(const Arguments *arguments);
// outgoing.c
int command_notify_test(const Arguments *arguments);
int command_province_replay(const Arguments *arguments);
// due.c
int command_calendar_due(const Arguments *arguments);
// people.c
int command_user_add(const Arguments *arguments);
int command_key_add(const Arguments *arguments);
int command_pad_password(const Arguments *arguments);
