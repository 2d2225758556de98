// SPDX-License-Identifier: Apache-2.0
// Stage: the processes that the demonstration starts and ends: simulated cameras, and the box
// itself.
//
// Each is asked by the kernel to end when the demonstration dies. One that ends by itself is
// started again.
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct Stage Stage;

// Programs are looked for beside this one. NULL: this program's own place cannot be read.
Stage *stage_new(void);
// Ends all, the last one first, and waits for them.
void stage_free(Stage *stage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stage, stage_free)

// Four cameras on the port and those after it.
void stage_add_cameras(Stage *stage, int first_port);
// The box on the folder. 0 once it is ready, or negative errno when it ended or is not ready in
// time (it says why).
int stage_add_box(Stage *stage, const char *config_path, const char *data_dir);
// Runs a command of this program and returns what it printed, without the line's end; NULL: it
// failed. The caller frees.
char *stage_ask(const Stage *stage, const char *const *arguments);
// Starts again what has ended; false when the box is what has ended.
bool stage_tick(Stage *stage);
