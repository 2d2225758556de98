// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"
#include "dashboard/api_sheet.h"
#include "dashboard/sheet.h"

#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/query.h"
#include "rating/rating.h"
#include "rating/rectification.h"

#include <errno.h>
#include <string.h>

enum { WHY_MAX = 2000, WORD_MAX = 64 };

const char *api_query_owner(Query *query, const Call *call)
{
    const char *owner = query_text(query, "owner", ACCOUNT_NAME_MAX);
    return owner && strcmp(owner, "me") == 0 ? query_keep(query, call->who) : owner;
}

static json_t *list(const Call *call, const RectificationFilter *filter)
{
    g_autofree char *staff = NULL;
    RatingReader reader = call_rating_reader(call, &staff);
    json_t *page = rectification_list(call->store, filter, call->now_ms);
    rating_reader_show_all(&reader, json_object_get(page, "items"));
    return page;
}

void api_rectifications(HttpRequest *request, void *ctx)
{
    static const char *const states[] = { "verifying", "fixing", "telling", "calling",
                                          "judging",   "closed", "void",    NULL };
    const Call *call = call_of(request);
    g_auto(Query) query = query_of(request);
    const char *format = query_format(&query, sheet_formats);
    Cursor cursor = query_cursor(&query);
    RectificationFilter filter = { .is_open = query_bool(&query, "open"),
                                   .state = query_choice(&query, "state", states),
                                   .owner = api_query_owner(&query, call),
                                   .q = query_text(&query, "q", 200),
                                   .late_only = query_bool(&query, "late"),
                                   .due_before_ms = query_time(&query, "due_before", STORE_NULL),
                                   .after_ms = cursor.before_ms,
                                   .after_id = cursor.before_id,
                                   .limit = query_limit(&query) };
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (store && format)
        listing_reply(request, &query, format, &api_sheet_rectifications, &filter, sizeof filter);
    else if (store)
        http_reply_json(request, 200, list(call, &filter));
}

typedef struct {
    const Call *call;
    const char *rating;
    RectificationInput input;
    char *owner_staff;
    char error[200];
} ActJob;

int api_check_owner(Store *store, const char *name, unsigned roles, char **ret_staff, char *error)
{
    g_auto(Account) owner = { 0 };
    if (!name)
        return 0;
    if (!account_find_user(store, name, &owner) || !(owner.role & roles))
        return actor_refuse(error, -EINVAL,
                            "owner: '%.40s' is nobody who can see to it; see GET /api/v1/users",
                            name);
    *ret_staff = account_staff(store, name);
    return 0;
}

static int act_run(Store *store, void *data)
{
    ActJob *job = data;
    const Call *call = job->call;
    g_autofree char *staff = NULL;
    Actor actor = call_actor(call, store, &staff);
    g_clear_pointer(&job->owner_staff, g_free);
    int err = api_check_owner(store, job->input.owner, ROLE_ADMIN | ROLE_DIRECTOR,
                              &job->owner_staff, job->error);
    job->input.owner_staff = job->owner_staff;
    if (err == 0)
        err = rectification_act(store, call->hall, job->rating, &job->input, &actor, call->now_ms,
                                job->error);
    if (err < 0)
        return err;
    g_autofree char *action = g_strconcat("rectification.", job->input.action, NULL);
    return audit_add(store, call->now_ms, call->who, action, job->rating, job->input.why);
}

static bool read_act(HttpRequest *request, json_t *body, ActJob *job)
{
    Fields fields = fields_of(body);
    job->input.choice = fields_text(&fields, "choice", WORD_MAX);
    job->input.why = fields_text(&fields, "why", WHY_MAX);
    job->input.owner = fields_text(&fields, "owner", ACCOUNT_NAME_MAX);
    job->input.due_ms = fields_time(&fields, "due", STORE_NULL);
    if (!fields.error[0])
        return true;
    http_reply_error(request, 400, "invalid", "%s", fields.error);
    return false;
}

void api_rectification_act(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    const Call *call = call_of(request);
    ActJob job = { .call = call,
                   .rating = http_param(request, "id"),
                   .input = { .action = http_param(request, "action") } };
    if (read_act(request, body, &job)) {
        int err = call_write(request, act_run, &job);
        if (err < 0)
            call_reply_failure(request, err, "bad rating with this id", job.error);
        else
            api_reply_rating(request, job.rating);
    }
    g_free(job.owner_staff);
    json_decref(body);
}

void api_users(HttpRequest *request, void *ctx)
{
    Store *store = call_store(request);
    if (store)
        call_reply_items(request, account_list(store));
}
