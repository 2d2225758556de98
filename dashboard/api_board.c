// SPDX-License-Identifier: Apache-2.0
// Board 结果公示: what everybody may read on the hall's screen, where the hall has switched it on.
#include "dashboard/api.h"

#include "dashboard/call.h"
#include "rating/board.h"
#include "rating/complaint.h"
#include "rating/shape.h"

enum { COMPLAINTS_MAX = 30 };

static json_t *complaints_of(Store *store, const Config *config, int64_t now_ms)
{
    if (!board_shows(config, "complaints"))
        return json_array();
    json_t *page = complaint_published(store, now_ms, NULL, COMPLAINTS_MAX);
    json_t *items = json_incref(json_object_get(page, "items"));
    json_decref(page);
    return items;
}

static json_t *notices_of(const Config *config)
{
    json_t *notices = json_array();
    for (char **notice = config->board.notices; notice && *notice; notice++) {
        if (board_shows(config, "notices"))
            json_array_append_new(notices, json_string(*notice));
    }
    return notices;
}

void api_public_board(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    const Config *config = call->hall->config;
    if (!config->door.has_board_page) {
        http_reply_error(request, 404, "off",
                         "This hall has not switched its board on (door.board_page).");
        return;
    }
    Store *store = call_store(request);
    if (store)
        http_reply_json(request, 200,
                        json_pack("{s:s, s:o, s:i, s:o, s:o, s:o}", "hall", config->hall.name, "at",
                                  shape_time(call->now_ms), "days", config->board.days, "results",
                                  board_results(store, config, call->now_ms), "complaints",
                                  complaints_of(store, config, call->now_ms), "notices",
                                  notices_of(config)));
}
