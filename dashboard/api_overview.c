// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"

#include "dashboard/call.h"
#include "dashboard/hall_view.h"

void api_overview(HttpRequest *request, void *ctx)
{
    Store *store = call_store(request);
    if (!store)
        return;
    const Call *call = call_of(request);
    const DashboardOptions *options = &call->dashboard->options;
    const Config *config = call->hall->config;
    json_t *known = options->cameras(options->ctx);
    json_t *cameras = hall_view_cameras(config, known);
    json_t *pads = options->pads(options->ctx);
    json_t *system = options->system(options->ctx);
    http_reply_json(request, 200,
                    hall_view_overview(store, config, cameras, pads, system, call->now_ms));
    json_decref(known);
    json_decref(cameras);
    json_decref(pads);
    json_decref(system);
}
