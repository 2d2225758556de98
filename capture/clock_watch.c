// SPDX-License-Identifier: Apache-2.0
#include "capture/clock_watch.h"

#include "base/clock.h"
#include "base/log.h"
#include "capture/clock_book.h"

enum {
    BELIEVED_MS = 60000, // between writings down of the believed clock
    STEP_MS = 30000,
};

void clock_watch_start(ClockWatch *watch, Store *store)
{
    ClockBelief belief = { 0 };
    if (store)
        belief = clock_book_belief(store);
    clock_judge_start(&watch->judge, belief, clock_wall_us(), clock_boot_us());
}

void clock_watch_look(ClockWatch *watch, Store *store)
{
    int64_t now_ms = clock_mono_ms();
    int64_t step_us = clock_judge_look(&watch->judge, clock_wall_us(), clock_boot_us());
    if (step_us) {
        log_warn("storage: the box's clock was set by %.1f s%s", step_us / 1e6,
                 clock_judge_is_believed(&watch->judge)
                     ? ""
                     : "; nothing is deleted for its age by it until it has run for a week");
        watch->stepped_ms = now_ms;
        watch->step_us += step_us;
    }
    if (!store)
        return;
    if (watch->step_us && clock_book_add_step(store, watch->step_us) >= 0)
        watch->step_us = 0;
    if (now_ms < watch->believed_at_ms)
        return;
    clock_book_put_belief(store, clock_judge_belief(&watch->judge, clock_boot_us()));
    watch->believed_at_ms = now_ms + BELIEVED_MS;
}

bool clock_watch_is_behind(const ClockWatch *watch)
{
    return watch->step_us != 0;
}

int64_t clock_watch_now(const ClockWatch *watch)
{
    return clock_judge_now(&watch->judge, clock_wall_us(), clock_boot_us());
}

bool clock_watch_has_just_stepped(const ClockWatch *watch)
{
    return watch->stepped_ms && clock_mono_ms() - watch->stepped_ms < STEP_MS;
}
