// SPDX-License-Identifier: Apache-2.0
#include "dashboard/call.h"

#include "base/fields.h"
#include "base/log.h"
#include "dashboard/account.h"
#include "dashboard/audit.h"

#include <errno.h>
#include <string.h>

#define BODY_MAX (64 * 1024)

Call *call_new(Dashboard *dashboard, int64_t now_ms)
{
    Call *call = g_new0(Call, 1);
    call->dashboard = dashboard;
    call->now_ms = now_ms;
    call->hall = halls_take(dashboard->halls);
    return call;
}

void call_release(Call *call)
{
    if (call->store)
        readers_give_back(call->dashboard->readers, call->store);
    if (call->hall)
        halls_give_back(call->dashboard->halls, call->hall);
    call->store = NULL;
    call->hall = NULL;
}

void call_free(Call *call)
{
    call_release(call);
    session_done(&call->session);
    g_free(call->who);
    g_free(call);
}

Call *call_of(HttpRequest *request)
{
    return http_user(request);
}

bool call_sees_ratings(const Call *call)
{
    return call->role & (ROLE_ADMIN | ROLE_DIRECTOR | ROLE_VIEWER);
}

RatingReader call_rating_reader(const Call *call, char **ret_staff)
{
    *ret_staff = account_staff(call->store, call->who);
    return (RatingReader){ .store = call->store,
                           .hall = call->hall,
                           .staff = *ret_staff,
                           .sees_numbers = call->role & (ROLE_ADMIN | ROLE_DIRECTOR) };
}

bool call_is_observer(const Call *call)
{
    return call->role & ROLE_OBSERVER;
}

Actor call_actor(const Call *call, Store *store, char **ret_staff)
{
    *ret_staff = account_staff(store, call->who);
    return (Actor){ .user = call->who,
                    .staff = *ret_staff,
                    .unit = call->session.unit,
                    .is_person = call->session.digest != NULL,
                    .is_director = call->role & (ROLE_ADMIN | ROLE_DIRECTOR) };
}

Store *call_store(HttpRequest *request)
{
    Call *call = call_of(request);
    if (!call->store)
        call->store = readers_take(call->dashboard->readers);
    if (!call->store)
        http_reply_error(request, 503, "store",
                         "The box cannot read its database now. Try again in a moment; if it stays "
                         "so, look at the "
                         "box's log.");
    return call->store;
}

bool call_check_staff(HttpRequest *request, const char *number)
{
    const Call *call = call_of(request);
    if (call->role != ROLE_STAFF || !number)
        return true;
    Store *store = call_store(request);
    if (!store)
        return false;
    g_autofree char *own = account_staff(store, call->who);
    if (!own || strcmp(own, number) == 0)
        return true;
    http_reply_error(request, 403, "not_allowed",
                     "staff: your own number is %s. A director may put down somebody else.", own);
    return false;
}

json_t *call_body(HttpRequest *request)
{
    size_t size;
    char error[200] = "";
    const char *bytes = http_body(request, &size);
    json_t *body = fields_parse(bytes, size, BODY_MAX, error);
    if (!body)
        http_reply_error(request, 400, "invalid", "The body must be one JSON object: %s", error);
    return body;
}

int call_write(HttpRequest *request, WriterRun run, void *job)
{
    return writer_call(call_of(request)->dashboard->options.writer, run, job);
}

typedef struct {
    const Call *call;
    const char *action, *subject, *detail;
} AuditJob;

static int audit_run(Store *store, void *data)
{
    const AuditJob *job = data;
    return audit_add(store, job->call->now_ms, job->call->who, job->action, job->subject,
                     job->detail);
}

bool call_audit(HttpRequest *request, const char *action, const char *subject, const char *detail)
{
    AuditJob job = {
        .call = call_of(request), .action = action, .subject = subject, .detail = detail
    };
    int err = call_write(request, audit_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "the audit record", "");
    return err >= 0;
}

void call_reply_failure(HttpRequest *request, int err, const char *what, const char *sentence)
{
    switch (err) {
    case -ENOENT:
        if (sentence[0])
            http_reply_error(request, 404, "not_found", "%s", sentence);
        else
            http_reply_error(request, 404, "not_found", "There is no %s.", what);
        break;
    case -EINVAL:
        http_reply_error(request, 400, "invalid", "%s", sentence);
        break;
    case -EACCES:
        http_reply_error(request, 403, "not_allowed", "%s", sentence);
        break;
    case -EEXIST:
        http_reply_error(request, 409, "conflict", "%s", sentence);
        break;
    default:
        log_err("%s: not stored: %s", what, strerror(-err));
        http_reply_error(request, 503, "store",
                         "%s was not stored (%s). Nothing has changed; send it again in a moment.",
                         what, strerror(-err));
    }
}

void call_reply_found(HttpRequest *request, json_t *take_thing, const char *what)
{
    if (take_thing)
        http_reply_json(request, 200, take_thing);
    else
        call_reply_failure(request, -ENOENT, what, "");
}

void call_reply_items(HttpRequest *request, json_t *take_items)
{
    size_t n = json_array_size(take_items);
    http_reply_json(
        request, 200,
        json_pack("{s:o, s:n, s:I}", "items", take_items, "next", "total", (json_int_t)n));
}

const char *call_address(HttpRequest *request)
{
    const char *address = http_header(request, "X-Real-IP");
    return address && strlen(address) < 64 ? address : "local";
}
