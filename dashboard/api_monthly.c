// SPDX-License-Identifier: Apache-2.0
// The monthly supervision report (电子监察月报) as figures, and the rows behind each of them.
#include "dashboard/api.h"

#include "dashboard/call.h"
#include "dashboard/monthly_query.h"
#include "dashboard/monthly_report.h"
#include "rating/shape.h"

static const char *thing_name(MonthlyThing thing)
{
    static const char *const names[] = { [MONTHLY_CASES] = "cases",
                                         [MONTHLY_TICKETS] = "tickets",
                                         [MONTHLY_VISITS] = "visits",
                                         [MONTHLY_RATINGS] = "ratings",
                                         [MONTHLY_FLAGS] = "flags" };
    return names[thing];
}

static const char *form_name(MonthlyForm form)
{
    static const char *const names[] = { [MONTHLY_COUNT] = "count",
                                         [MONTHLY_SHARE] = "share",
                                         [MONTHLY_MEAN] = "mean",
                                         [MONTHLY_MEDIAN] = "minutes",
                                         [MONTHLY_P90] = "minutes" };
    return names[form];
}

static json_t *figures_json(void)
{
    json_t *figures = json_array();
    for (size_t i = 0; i < monthly_figures_n; i++) {
        const MonthlyFigure *figure = &monthly_figures[i];
        json_array_append_new(figures, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i}", "key",
                                                 figure->key, "zh", figure->zh, "en", figure->en,
                                                 "means_zh", figure->means_zh, "means_en",
                                                 figure->means_en, "form", form_name(figure->form),
                                                 "thing", thing_name(monthly_thing(figure)),
                                                 "better", figure->better));
    }
    return figures;
}

void api_monthly(HttpRequest *request, void *ctx)
{
    Query query = query_of(request);
    Period period = query_month(&query);
    const char *by = query_choice(&query, "by", monthly_groups);
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (!store)
        return;
    const char *groups[] = { by ? by : "unit", "kind", NULL };
    const Call *call = call_of(request);
    json_t *review =
        monthly_report_review(store, call->hall->config, &period, groups, call->now_ms);
    json_object_set_new(review, "figures", figures_json());
    json_object_set_new(review, "from_at", shape_time(period.from_ms));
    json_object_set_new(review, "to_at", shape_time(period.to_ms));
    json_object_set_new(review, "is_running", json_boolean(period.is_running));
    http_reply_json(request, 200, review);
}

void api_monthly_things(HttpRequest *request, void *ctx)
{
    Query query = query_of(request);
    MonthlyBehind behind = query_behind(&query);
    if (!behind.figure)
        query_fail(&query, "figure: say which number's rows are wanted");
    if (query_check(&query) && call_store(request))
        call_reply_items(request, behind_things(&behind, request));
}
