// SPDX-License-Identifier: Apache-2.0
#include "capture/clock_judge.h"

#include <stdlib.h>

static int64_t expected_us(const ClockJudge *judge, int64_t boot_us)
{
    return judge->sane_us + boot_us - judge->sane_boot_us;
}

static void judge_leap(ClockJudge *judge, int64_t wall_us, int64_t boot_us)
{
    bool is_leap = llabs(wall_us - expected_us(judge, boot_us)) > CLOCK_LEAP_US;
    judge->is_doubted = is_leap && judge->doubted_us < CLOCK_DOUBT_US;
    if (judge->is_doubted)
        return;
    judge->sane_us = wall_us;
    judge->sane_boot_us = boot_us;
    judge->doubted_us = 0;
}

void clock_judge_start(ClockJudge *judge, ClockBelief belief, int64_t wall_us, int64_t boot_us)
{
    *judge = (ClockJudge){ .offset_us = wall_us - boot_us,
                           .sane_us = belief.known_us ? belief.known_us : wall_us,
                           .sane_boot_us = boot_us,
                           .looked_boot_us = boot_us,
                           .doubted_us = belief.doubted_us };
    judge_leap(judge, wall_us, boot_us);
}

int64_t clock_judge_look(ClockJudge *judge, int64_t wall_us, int64_t boot_us)
{
    int64_t step_us = wall_us - boot_us - judge->offset_us;
    judge->offset_us += step_us;
    if (judge->is_doubted)
        judge->doubted_us += boot_us - judge->looked_boot_us;
    judge->looked_boot_us = boot_us;
    if (llabs(step_us) < CLOCK_STEP_US)
        step_us = 0;
    else
        judge->doubted_us = 0; // its time begins now
    judge_leap(judge, wall_us, boot_us);
    return step_us;
}

int64_t clock_judge_now(const ClockJudge *judge, int64_t wall_us, int64_t boot_us)
{
    int64_t expected = expected_us(judge, boot_us);
    return wall_us < expected || !judge->is_doubted ? wall_us : expected;
}

bool clock_judge_is_believed(const ClockJudge *judge)
{
    return !judge->is_doubted;
}

ClockBelief clock_judge_belief(const ClockJudge *judge, int64_t boot_us)
{
    return (ClockBelief){ expected_us(judge, boot_us), judge->doubted_us };
}
