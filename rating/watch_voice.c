// SPDX-License-Identifier: Apache-2.0
#include "rating/watch_voice.h"

#include "rating/shape.h"

#include <string.h>

enum { RATING_IDLE, PAPERS_BEYOND, CHARGES_BEYOND };

static const struct {
    WatchKind kind;
    const char *category; // of complaints; NULL: none
} rules[] = {
    [RATING_IDLE] = { { "inaction_rating", "差评无人处理", "Bad rating not taken up",
                        "verify_days" },
                      NULL },
    [PAPERS_BEYOND] = { { "misconduct_papers_beyond", "反映材料超出清单",
                          "Complaint: papers beyond the list", NULL },
                        "105" },
    [CHARGES_BEYOND] = { { "misconduct_charges", "反映违规收费", "Complaint: charges", NULL },
                         "106" },
};

void watch_bad_judge(const WatchBad *bad, WatchFindings *findings)
{
    if (!bad->is_verifying || bad->due_ms == WATCH_NEVER)
        return;
    WatchHit *hit = watch_find(findings, &rules[RATING_IDLE].kind, "", bad->due_ms,
                               json_pack("{s:o, s:o}", "rated_at", shape_time(bad->event_ms),
                                         "due_at", shape_time(bad->due_ms)));
    if (!hit)
        return;
    hit->rating = g_strdup(bad->rating);
    hit->counter = g_strdup(bad->counter);
    hit->staff = g_strdup(bad->staff);
}

void watch_complaint_judge(const WatchComplaint *complaint, WatchFindings *findings)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (!rules[i].category || strcmp(rules[i].category, complaint->category) != 0)
            continue;
        WatchHit *hit =
            watch_find(findings, &rules[i].kind, "", complaint->taken_ms,
                       json_pack("{s:I, s:o}", "complaint", (json_int_t)complaint->number,
                                 "event_at", shape_time(complaint->taken_ms)));
        if (!hit)
            continue;
        hit->counter = g_strdup(complaint->counter);
        hit->staff = g_strdup(complaint->staff);
    }
}

const WatchKind *watch_voice_kind(size_t i)
{
    return i < G_N_ELEMENTS(rules) ? &rules[i].kind : NULL;
}
