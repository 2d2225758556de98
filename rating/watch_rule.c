// SPDX-License-Identifier: Apache-2.0
#include "rating/watch_rule.h"

#include <string.h>

static const char *const classes[N_WATCH_CLASSES] = {
    [WATCH_INACTION] = "inaction",
    [WATCH_SLOWNESS] = "slow",
    [WATCH_MISCONDUCT] = "misconduct",
};

const char *watch_class_name(WatchClass class)
{
    return classes[class];
}

bool watch_class_of(const char *kind, WatchClass *ret_class)
{
    for (int i = 0; i < N_WATCH_CLASSES; i++) {
        size_t size = strlen(classes[i]);
        if (strncmp(kind, classes[i], size) == 0 && kind[size] == '_') {
            *ret_class = (WatchClass)i;
            return true;
        }
    }
    return false;
}

static void hit_free(gpointer data)
{
    WatchHit *hit = data;
    g_free(hit->fact);
    g_free(hit->subject);
    g_free(hit->staff);
    g_free(hit->counter);
    g_free(hit->rating);
    json_decref(hit->evidence);
    g_free(hit);
}

void watch_findings_init(WatchFindings *findings, int64_t now_ms)
{
    *findings = (WatchFindings){ .now_ms = now_ms,
                                 .next_ms = WATCH_NEVER,
                                 .hits = g_ptr_array_new_with_free_func(hit_free) };
}

void watch_findings_done(WatchFindings *findings)
{
    g_clear_pointer(&findings->hits, g_ptr_array_unref);
}

WatchHit *watch_find(WatchFindings *findings, const WatchKind *kind, const char *fact,
                     int64_t at_ms, json_t *take_evidence)
{
    if (at_ms > findings->now_ms) {
        bool is_first = findings->next_ms == WATCH_NEVER || at_ms < findings->next_ms;
        findings->next_ms = is_first ? at_ms : findings->next_ms;
        json_decref(take_evidence);
        return NULL;
    }
    WatchHit *hit = g_new0(WatchHit, 1);
    hit->kind = kind;
    hit->fact = g_strdup(fact ? fact : "");
    hit->at_ms = at_ms;
    hit->evidence = take_evidence;
    g_ptr_array_add(findings->hits, hit);
    return hit;
}
