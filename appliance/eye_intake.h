// SPDX-License-Identifier: Apache-2.0
// Eye intake: the way of an observation from the broker to the rules: parsed on the link's thread,
// what only repeats is left out there, the rest is judged by a job of the writer. Nothing is
// answered: who looks says it again while it is so.
#pragma once
#include "base/writer.h"
#include "rating/hall.h"

typedef struct EyeIntake EyeIntake;

typedef struct {
    Writer *writer;
    const Hall *hall; // writer's thread: what it points to may be replaced by a job
    // Writer's thread: by what is seen now, there is something to look at from that moment on.
    void (*due)(void *ctx, int64_t at_ms);
    void *ctx;
} EyeIntakeOptions;

EyeIntake *eye_intake_new(const EyeIntakeOptions *options);
// The writer must be gone: its jobs point here.
void eye_intake_free(EyeIntake *eye);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EyeIntake, eye_intake_free)

// Link's thread.
void eye_intake_take(EyeIntake *eye, const char *camera, const char *bytes, size_t size);
