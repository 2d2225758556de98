// SPDX-License-Identifier: Apache-2.0
// Fault: named steps at which a test makes a running program fail. Only in builds with the CMake
// option HALLWATCH_FAULTS (test builds); elsewhere nothing of it is compiled.
//
// The environment's HALLWATCH_FAULTS names a file, which may come, change and go while the program
// runs. A line is
//     STEP[@PATH] ACTION
// PATH: only where the step's path begins so. ACTION is one of
//     kill         SIGKILL; the file is removed before, so that it happens once and the test sees
//     it EIO, EROFS, ENOSPC ...    the step fails with it, each time stall N      the step takes N
//     seconds (or parts of one) longer, each time, or until the file changes
// and `clock offset N` puts the program's wall clock N seconds ahead (negative: behind).
//
// Any thread. The lock inside is a leaf; nothing sleeps or calls out under it.
#pragma once
#include <stdint.h>

typedef int (*FaultHook)(void *ctx, const char *step);

#ifdef HALLWATCH_FAULTS
enum { FAULT_IS_BUILT = 1 };

// Just before a step. 0, or the negative errno that it must fail with. path may be NULL.
int fault_at(const char *step, const char *path);
// What is to be added to the wall clock.
int64_t fault_clock_us(void);
// Unit tests: instead of the file. NULL ends it. Not beside running threads.
void fault_hook(FaultHook hook, void *ctx);

#else
enum { FAULT_IS_BUILT = 0 };
static inline int fault_at(const char *step, const char *path)
{
    return 0;
}
static inline int64_t fault_clock_us(void)
{
    return 0;
}
static inline void fault_hook(FaultHook hook, void *ctx)
{
}
#endif
