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
#include "rating/flag.h"
#include "rating/flag_kind.h"

#include <errno.h>

enum { WHY_MAX = 2000, UNIT_MAX = 200 };

#define WHAT   "flag with this id"
#define OWNERS (ROLE_ADMIN | ROLE_DIRECTOR | ROLE_STAFF)

static const char *const actions[] = { "acknowledge", "explain", "confirm", "dismiss",
                                       "close",       "assign",  NULL };

// Not which rating it is about, by whatever name.
static void hide_rating(const Call *call, json_t *flag)
{
    if (call_sees_ratings(call))
        return;
    json_object_set_new(flag, "rating", json_null());
    if (g_str_has_prefix(json_string_value(json_object_get(flag, "subject")), "rating:"))
        json_object_set_new(flag, "subject", json_string("rating"));
    json_object_del(json_object_get(flag, "evidence"), "ratings");
    json_object_set_new(json_object_get(flag, "related"), "ratings", json_array());
    json_object_set_new(json_object_get(flag, "related"), "clips", json_array());
}

// Numbers, times, unit and step: what people wrote, and who they are, stays inside.
static void mask_for_observer(const Call *call, json_t *flag)
{
    static const char *const kept[] = { "unit", "node", "state", "what", NULL };
    json_t *evidence = json_object_get(flag, "evidence"), *value, *step;
    const char *key;
    void *next;
    size_t i;
    if (!call_is_observer(call))
        return;
    json_object_set_new(flag, "staff_number", json_null());
    json_object_set_new(flag, "owner", json_null());
    json_object_foreach_safe(evidence, next, key, value)
    {
        bool is_plain = json_is_number(value) || json_is_boolean(value);
        if (!is_plain && !g_str_has_suffix(key, "_at") && !g_strv_contains(kept, key))
            json_object_del(evidence, key);
    }
    json_array_foreach(json_object_get(flag, "history"), i, step)
    {
        json_object_set_new(step, "why", json_null());
        json_object_set_new(step, "user", json_string(""));
        json_object_set_new(step, "choice", json_null());
    }
    json_object_set_new(json_object_get(flag, "related"), "tickets", json_array());
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
                          .unit = query_text(&query, "unit", UNIT_MAX),
                          .owner = api_query_owner(&query, call_of(request)),
                          .open_only = query_bool(&query, "open"),
                          .late_only = query_bool(&query, "late"),
                          .now_ms = call_of(request)->now_ms,
                          .public_only = call_is_observer(call_of(request)),
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
    json_array_foreach(json_object_get(list, "items"), i, flag)
    {
        hide_rating(call_of(request), flag);
        mask_for_observer(call_of(request), flag);
    }
    http_reply_json(request, 200, list);
}

// As who asks sees it; NULL: unknown, or not for him.
static json_t *read_flag(const Call *call, const char *id)
{
    g_autofree char *staff = NULL;
    Actor actor = call_actor(call, call->store, &staff);
    json_t *flag = flag_get(call->store, id, &actor, call->now_ms);
    if (flag && flag_is_clue(flag) && !call_sees_ratings(call))
        g_clear_pointer(&flag, json_decref); // whoever is rated is not told what is looked for
    if (flag && call_is_observer(call) &&
        !flag_kind(json_string_value(json_object_get(flag, "kind")))->is_public)
        g_clear_pointer(&flag, json_decref);
    if (flag) {
        hide_rating(call, flag);
        mask_for_observer(call, flag);
    }
    return flag;
}

void api_flag(HttpRequest *request, void *ctx)
{
    if (call_store(request))
        call_reply_found(request, read_flag(call_of(request), http_param(request, "id")), WHAT);
}

typedef struct {
    const Call *call;
    const char *id;
    FlagStep step;
    char *owner_staff;
    char error[200];
} FlagJob;

// To those who may not see it there is none.
static bool may_see(Store *store, const Call *call, const char *id)
{
    json_t *flag = call_sees_ratings(call) ? NULL : flag_get(store, id, NULL, call->now_ms);
    bool is_hidden = flag && flag_is_clue(flag);
    json_decref(flag);
    return !is_hidden;
}

static int act_run(Store *store, void *data)
{
    FlagJob *job = data;
    const Call *call = job->call;
    g_autofree char *staff = NULL;
    Actor actor = call_actor(call, store, &staff);
    g_clear_pointer(&job->owner_staff, g_free);
    if (!may_see(store, call, job->id))
        return -ENOENT;
    int err = api_check_owner(store, job->step.owner, OWNERS, &job->owner_staff, job->error);
    job->step.owner_staff = job->owner_staff;
    if (err == 0)
        err = flag_act(store, call->hall, job->id, &job->step, &actor, call->now_ms, job->error);
    if (err <= 0)
        return err;
    g_autofree char *action = g_strconcat("flag.", job->step.action, NULL);
    return audit_add(store, call->now_ms, call->who, action, job->id, job->step.why);
}

void api_flag_act(HttpRequest *request, void *ctx)
{
    if (!g_strv_contains(actions, http_param(request, "action"))) {
        call_reply_failure(
            request, -ENOENT,
            "such action: acknowledge, explain, confirm, dismiss, close or assign a flag", "");
        return;
    }
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    Fields fields = fields_of(body);
    FlagJob job = { .call = call_of(request),
                    .id = http_param(request, "id"),
                    .step = { .action = http_param(request, "action"),
                              .why = fields_text(&fields, "why", WHY_MAX),
                              .owner = fields_text(&fields, "owner", ACCOUNT_NAME_MAX) } };
    int err = fields.error[0] ? -EINVAL : call_write(request, act_run, &job);
    if (err < 0)
        call_reply_failure(request, err, WHAT, fields.error[0] ? fields.error : job.error);
    else
        call_reply_found(request, read_flag(job.call, job.id), WHAT);
    g_free(job.owner_staff);
    json_decref(body);
}
