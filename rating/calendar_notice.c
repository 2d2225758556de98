// SPDX-License-Identifier: Apache-2.0
#include "rating/calendar_notice.h"

#include "rating/calendar.h"
#include "rating/flag.h"

#include <errno.h>

#define KIND "calendar_missing"

static int raise_missing(Store *store, const Hall *hall, int year, int64_t now_ms)
{
    g_autofree char *subject = g_strdup_printf("calendar:%d", year);
    json_t *evidence = json_pack("{s:i}", "year", year);
    FlagInput input = {
        .kind = KIND, .subject = subject, .evidence = evidence, .raised_ms = now_ms
    };
    int raised = flag_raise(store, hall, &input, NULL);
    json_decref(evidence);
    return raised;
}

// Of years that are there by now.
static int close_loaded(Store *store, const Hall *hall, int missing, int64_t now_ms)
{
    static const char *const kinds[] = { KIND, NULL };
    int year = calendar_year_of(calendar_day_of(now_ms));
    for (int i = year; i <= year + 1; i++) {
        g_autofree char *subject = g_strdup_printf("calendar:%d", i);
        if (i == missing || !flag_is_open(store, subject, KIND))
            continue;
        int err = flag_close_open(store, hall, subject, kinds, "已导入 / loaded", now_ms);
        if (err < 0)
            return err;
    }
    return 0;
}

int calendar_notice_sweep(Store *store, const Hall *hall, int64_t now_ms)
{
    int missing = calendar_missing_year(hall->calendar, now_ms);
    int err = close_loaded(store, hall, missing, now_ms);
    return err < 0 || missing == 0 ? MIN(err, 0) : raise_missing(store, hall, missing, now_ms);
}
