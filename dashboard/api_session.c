// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"

#include "base/clock.h"
#include "base/fields.h"
#include "dashboard/audit.h"
#include "dashboard/call.h"

typedef struct {
    Call *call;
    const Account *account;
    const char *address;
    char *token, *csrf; // out
} LoginJob;

static int login_run(Store *store, void *data)
{
    LoginJob *job = data;
    int err = session_new(store, job->account->id, job->call->now_ms, &job->token, &job->csrf);
    return err < 0 ? err
                   : audit_add(store, job->call->now_ms, job->account->name, "login", job->address,
                               NULL);
}

typedef struct {
    int64_t now_ms;
    const char *who, *action, *subject;
} AuditJob;

static int audit_run(Store *store, void *data)
{
    AuditJob *job = data;
    return audit_add(store, job->now_ms, job->who, job->action, job->subject, NULL);
}

static json_t *session_json(const Call *call, const char *user, Role role, const char *csrf)
{
    const Config *config = call->hall->config;
    return json_pack("{s:s, s:s, s:s?, s:{s:s, s:s}, s:s}", "user", user, "role", role_name(role),
                     "csrf", csrf, "hall", "id", config->hall.id, "name", config->hall.name,
                     "version", HALLWATCH_VERSION);
}

static void set_cookie(HttpRequest *request, const char *token, int64_t seconds)
{
    g_autofree char *cookie = g_strdup_printf(
        SESSION_COOKIE "=%s; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=%" G_GINT64_FORMAT,
        token, seconds);
    http_add_header(request, "Set-Cookie", cookie);
}

void api_session_open(HttpRequest *request, const Account *account, int status)
{
    Call *call = call_of(request);
    LoginJob job = { .call = call, .account = account, .address = call_address(request) };
    int err = call_write(request, login_run, &job);
    if (err < 0) {
        call_reply_failure(request, err, "the session", "");
    } else {
        set_cookie(request, job.token, SESSION_LIFE_MS / 1000);
        http_reply_json(request, status,
                        session_json(call, account->name, account->role, job.csrf));
    }
    g_free(job.token);
    g_free(job.csrf);
}

void api_session_wait(HttpRequest *request, int64_t wait_ms)
{
    int64_t seconds = (wait_ms + 999) / 1000;
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, seconds);
    http_add_header(request, "Retry-After", text);
    http_reply_error(request, 429, "wait", "Too many attempts failed. Try again in %s s.", text);
}

static void reply_wrong(HttpRequest *request, const char *name)
{
    const Call *call = call_of(request);
    AuditJob job = { call->now_ms, call_address(request), "login.failed", name };
    call_write(request, audit_run, &job);
    http_reply_error(request, 401, "login", "The name or the password is wrong.");
}

static void log_in(HttpRequest *request, const char *name, const char *password)
{
    Store *store = call_store(request);
    if (!store)
        return;
    g_auto(Account) account = { 0 };
    int64_t wait_ms;
    switch (login_check(call_of(request)->dashboard->login, store, name, password,
                        call_address(request), clock_mono_ms(), &account, &wait_ms)) {
    case LOGIN_OK:
        api_session_open(request, &account, 200);
        break;
    case LOGIN_WRONG:
        reply_wrong(request, name);
        break;
    case LOGIN_WAIT:
        api_session_wait(request, wait_ms);
        break;
    case LOGIN_BUSY:
        http_add_header(request, "Retry-After", "1");
        http_reply_error(request, 503, "busy",
                         "Many people log in at this moment. Try again in a second.");
        break;
    }
}

void api_session_post(HttpRequest *request, void *ctx)
{
    json_t *body = call_body(request);
    if (!body)
        return;
    Fields fields = fields_of(body);
    const char *name = fields_text_required(&fields, "name", ACCOUNT_NAME_MAX);
    const char *password = fields_text_required(&fields, "password", ACCOUNT_PASSWORD_MAX);
    if (fields.error[0])
        http_reply_error(request, 400, "invalid", "%s", fields.error);
    else
        log_in(request, name, password);
    json_decref(body);
}

void api_session_get(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    http_reply_json(request, 200, session_json(call, call->who, call->role, call->session.csrf));
}

typedef struct {
    Call *call;
    const char *address;
} LogoutJob;

static int logout_run(Store *store, void *data)
{
    LogoutJob *job = data;
    int err = session_end(store, job->call->session.digest);
    return err < 0
               ? err
               : audit_add(store, job->call->now_ms, job->call->who, "logout", job->address, NULL);
}

void api_session_delete(HttpRequest *request, void *ctx)
{
    Call *call = call_of(request);
    if (!call->session.digest) {
        http_reply_error(request, 400, "invalid", "An API key has no session to end.");
        return;
    }
    LogoutJob job = { call, call_address(request) };
    int err = call_write(request, logout_run, &job);
    if (err < 0) {
        call_reply_failure(request, err, "the end of the session", "");
        return;
    }
    events_end_session(call->dashboard->events, call->session.digest);
    set_cookie(request, "", 0);
    http_reply_bytes(request, 204, NULL, "", 0);
}
