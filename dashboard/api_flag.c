// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"
#include "dashboard/api_sheet.h"
#include "dashboard/sheet.h"

#include "base/fields.h"
#include "dashboard/account.h"
#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/monthly_query.h"
#include "dashboard/query.h"
#include "rating/clue.h"
#include "rating/flag.h"

#include <errno.h>

#define WHY_MAX 2000

static const char *const actions[] = {
    "acknowledge", "explain", "confirm", "dismiss", "close", NULL
};

// Not which rating it is about, by whatever name.
static void hide_rating(const Call *call, json_t *flag)
{
    if (call_sees_ratings(call))
        return;
    json_object_set_new(flag, "rating", json_null());
    if (g_str_has_prefix(json_string_value(json_object_get(flag, "subject")), "rating:"))
        json_object_set_new(flag, "subject", json_string("rating"));
    json_object_del(json_object_get(flag, "evidence"), "ratings");
}

void api_flags(HttpRequest *request, void *ctx)
{
    static const char *const states[] = { "raised",    "acknowledged", "explained", "confirmed",
                                          "dismissed", "closed",       NULL };
    g_auto(Query) query = query_of(request);
    const char *format = query_format(&query, sheet_formats);
    Cursor cursor = query_cursor(&query);
    FlagFilter filter = { .kind = query_text(&query, "kind", 64),
                          .state = query_choice(&query, "state", states),
                          .case_number = query_text(&query, "case", CASE_NUMBER_MAX),
                          .counter = query_text(&query, "counter", 64),
                          .open_only = query_bool(&query, "open"),
                          .no_clues = !call_sees_ratings(call_of(request)),
                          .before_ms = cursor.before_ms,
                          .before_id = cursor.before_id,
                          .limit = query_limit(&query) };
    MonthlyBehind behind = query_behind_of(&query, MONTHLY_FLAGS);
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (!store)
        return;
    g_autofree char *within = behind_ids(&behind, request);
    filter.within = query_keep(&query, within);
    if (format) {
        listing_reply(request, &query, format, &api_sheet_flags, &filter, sizeof filter);
        return;
    }
    json_t *list = flag_list(store, &filter);
    size_t i;
    json_t *flag;
    json_array_foreach(json_object_get(list, "items"), i, flag) hide_rating(call_of(request), flag);
    http_reply_json(request, 200, list);
}

void api_flag(HttpRequest *request, void *ctx)
{
    Store *store = call_store(request);
    if (!store)
        return;
    json_t *flag = flag_get(store, http_param(request, "id"));
    if (flag && flag_is_clue(flag) && !call_sees_ratings(call_of(request)))
        g_clear_pointer(&flag, json_decref); // whoever is rated is not told what is looked for
    if (flag)
        hide_rating(call_of(request), flag);
    call_reply_found(request, flag, "flag with this id");
}

typedef struct {
    const Call *call;
    const char *id, *action, *why;
    char error[200];
} FlagJob;

static int act_run(Store *store, void *data)
{
    FlagJob *job = data;
    const Call *call = job->call;
    g_autofree char *staff = account_staff(store, call->who);
    if (clue_is_about(store, job->id, staff)) {
        g_strlcpy(job->error, "a clue about one's own ratings is decided by somebody else",
                  sizeof job->error);
        return -EACCES;
    }
    int err = flag_act(store, call->hall, job->id, job->action, call->who, job->why, call->now_ms,
                       job->error);
    if (err < 0)
        return err;
    g_autofree char *action = g_strconcat("flag.", job->action, NULL);
    return audit_add(store, call->now_ms, call->who, action, job->id, job->why);
}

static void act(HttpRequest *request, const char *why)
{
    FlagJob job = { .call = call_of(request),
                    .id = http_param(request, "id"),
                    .action = http_param(request, "action"),
                    .why = why };
    int err = call_write(request, act_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "flag with this id", job.error);
    else
        call_reply_found(request, flag_get(call_of(request)->store, job.id), "flag with this id");
}

void api_flag_act(HttpRequest *request, void *ctx)
{
    if (!g_strv_contains(actions, http_param(request, "action"))) {
        call_reply_failure(request, -ENOENT,
                           "such action: acknowledge, explain, confirm, dismiss or close a flag",
                           "");
        return;
    }
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    Fields fields = fields_of(body);
    const char *why = fields_text(&fields, "why", WHY_MAX);
    if (fields.error[0])
        http_reply_error(request, 400, "invalid", "%s", fields.error);
    else
        act(request, why);
    json_decref(body);
}
