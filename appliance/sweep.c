// SPDX-License-Identifier: Apache-2.0
#include "appliance/sweep.h"

#include "base/log.h"
#include "rating/calendar_notice.h"
#include "rating/callback.h"
#include "rating/complaint.h"
#include "rating/flag.h"
#include "rating/order.h"
#include "rating/person.h"
#include "rating/queue_watch.h"
#include "rating/rectification.h"
#include "rating/supervision.h"
#include "rating/watch.h"

// What raises flags, in this order, and when it wants to look again; NULL: at any sweep.
static const struct {
    int (*sweep)(Store *store, const Hall *hall, int64_t now_ms);
    int64_t (*next)(Store *store);
} sweeps[] = {
    { supervision_sweep, supervision_next },
    { rectification_sweep, rectification_next },
    { complaint_sweep, complaint_next },
    { watch_sweep, watch_next },
    { calendar_notice_sweep, NULL },
    { flag_sweep, flag_next },
    { order_sweep, order_next },
};

// Flags raised, or negative errno.
static int raise_all(Store *store, const Hall *hall, int64_t now_ms, int64_t *ret_next_ms)
{
    int raised = queue_watch_sweep(store, hall, now_ms, ret_next_ms);
    for (size_t i = 0; raised >= 0 && i < G_N_ELEMENTS(sweeps); i++) {
        int n = sweeps[i].sweep(store, hall, now_ms);
        raised = n < 0 ? n : raised + n;
    }
    for (size_t i = 0; raised >= 0 && i < G_N_ELEMENTS(sweeps); i++) {
        if (sweeps[i].next)
            *ret_next_ms = MIN(*ret_next_ms, sweeps[i].next(store));
    }
    return raised;
}

int sweep_run(Store *store, const Hall *hall, int64_t now_ms, Swept *ret_swept)
{
    *ret_swept = (Swept){ .next_ms = INT64_MAX };
    int raised = raise_all(store, hall, now_ms, &ret_swept->next_ms);
    int erased = raised < 0 ? raised : person_sweep(store, hall, now_ms);
    int drawn = erased < 0 ? erased : callback_sweep(store, hall, now_ms);
    if (drawn < 0)
        return drawn;
    ret_swept->has_erased = erased > 0;
    if (raised > 0)
        log_info("supervision: %d flags raised", raised);
    if (drawn > 0)
        log_info("call-backs: %d finished cases drawn for today", drawn);
    if (erased > 0)
        log_info("names and telephones of %d ratings and cases erased after %d days", erased,
                 hall->config->rules.person_days);
    return 0;
}
