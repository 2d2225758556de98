// SPDX-License-Identifier: Apache-2.0
#include "appliance/folding.h"

#include "base/clock.h"
#include "base/log.h"
#include "rating/rollup.h"
#include "rating/search.h"

enum { HOURS_A_JOB = 8, RATINGS_A_JOB = 500 };

struct Folding {
    Writer *writer;
    char *zone;
    gint is_busy, is_ending; // atomic
    // Writer's thread.
    bool follows_zone;
    bool has_more;
};

Folding *folding_new(Writer *writer, const char *zone)
{
    Folding *folding = g_new0(Folding, 1);
    folding->writer = writer;
    folding->zone = g_strdup(zone ? zone : "");
    return folding;
}

void folding_free(Folding *folding)
{
    if (!folding)
        return;
    g_free(folding->zone);
    g_free(folding);
}

static int fold_run(Store *store, void *data)
{
    Folding *folding = data;
    int err = folding->follows_zone ? 0 : rollup_follow_zone(store, folding->zone);
    if (err == 0)
        err = rollup_fold(store, clock_wall_ms(), HOURS_A_JOB);
    folding->has_more = err == HOURS_A_JOB;
    if (err >= 0)
        err = search_fold(store, RATINGS_A_JOB);
    folding->has_more |= err == RATINGS_A_JOB;
    return MIN(err, 0);
}

static void fold_done(void *data, int err)
{
    Folding *folding = data;
    folding->follows_zone |= err == 0;
    if (err < 0)
        log_err("figures and search: not folded, tried again later: %s", g_strerror(-err));
    if (err == 0 && folding->has_more && !g_atomic_int_get(&folding->is_ending))
        writer_push(folding->writer, fold_run, fold_done, folding);
    else
        g_atomic_int_set(&folding->is_busy, 0);
}

void folding_stop(Folding *folding)
{
    if (folding)
        g_atomic_int_set(&folding->is_ending, 1);
}

void folding_begin(Folding *folding)
{
    if (g_atomic_int_compare_and_exchange(&folding->is_busy, 0, 1))
        writer_push(folding->writer, fold_run, fold_done, folding);
}
