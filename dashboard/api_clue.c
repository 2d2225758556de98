// SPDX-License-Identifier: Apache-2.0
// A look for clues of rating fraud by hand, beside the one at the end of each working day.
#include "dashboard/api.h"

#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "rating/clue.h"

#include <errno.h>

typedef struct {
    const Call *call;
    const Clues *clues;
    int raised; // out
} LookJob;

static int look_run(Store *store, void *data)
{
    LookJob *job = data;
    const Call *call = job->call;
    job->raised = clue_keep(store, call->hall, job->clues, call->now_ms);
    return job->raised < 0
               ? job->raised
               : audit_add(store, call->now_ms, call->who, "clue.look", "ratings", NULL);
}

static int look_at(HttpRequest *request, int64_t at_ms, int *ret_raised)
{
    const Call *call = call_of(request);
    g_autoptr(Clues) clues = NULL;
    int err = clue_find(call->store, call->hall, calendar_day_of(at_ms), call->now_ms, &clues);
    LookJob job = { .call = call, .clues = clues };
    if (err == 0)
        err = call_write(request, look_run, &job);
    *ret_raised = job.raised;
    return err;
}

void api_clue_post(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    const Call *call = call_of(request);
    Fields fields = fields_of(body);
    int64_t at_ms = fields_time(&fields, "at", call->now_ms);
    if (!fields.error[0] && at_ms > call->now_ms)
        fields_fail(&fields, "at: lies ahead");
    int raised = 0, err = fields.error[0] ? -EINVAL : look_at(request, at_ms, &raised);
    if (err < 0)
        call_reply_failure(request, err, "day", fields.error);
    else
        http_reply_json(request, 200, json_pack("{s:i}", "raised", raised));
    json_decref(body);
}
