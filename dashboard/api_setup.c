// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"

#include "base/clock.h"
#include "base/fields.h"
#include "base/log.h"
#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/setup_code.h"

#include <errno.h>
#include <string.h>

#define CODE_MAX 64

void api_setup_get(HttpRequest *request, void *ctx)
{
    Store *store = call_store(request);
    if (store)
        http_reply_json(request, 200,
                        json_pack("{s:b}", "needed", account_count_users(store) == 0));
}

typedef struct {
    int64_t now_ms;
    const char *name, *password, *address;
    char error[200];
} SetupJob;

// Two set-ups at once: the writer decides which was first.
static int setup_run(Store *store, void *data)
{
    SetupJob *job = data;
    if (account_count_users(store) > 0) {
        g_strlcpy(job->error, "The box has been set up already. Log in.", sizeof job->error);
        return -EEXIST;
    }
    int err =
        account_add_user(store, job->name, ROLE_ADMIN, job->password, job->now_ms, job->error);
    return err < 0 ? err : audit_add(store, job->now_ms, job->address, "setup", job->name, NULL);
}

static void finish(HttpRequest *request, const char *name)
{
    const Call *call = call_of(request);
    int err = setup_code_remove(call->dashboard->options.data_dir);
    if (err < 0)
        log_warn("file=%s/setup-code was used and could not be removed: %s",
                 call->dashboard->options.data_dir, strerror(-err));
    g_auto(Account) account = { 0 };
    if (account_find_user(call->store, name, &account))
        api_session_open(request, &account, 201);
}

static void set_up(HttpRequest *request, const char *name, const char *password)
{
    Call *call = call_of(request);
    if (!login_enter(call->dashboard->login)) {
        http_add_header(request, "Retry-After", "1");
        http_reply_error(request, 503, "busy", "The box is busy. Try again in a second.");
        return;
    }
    SetupJob job = {
        .now_ms = call->now_ms, .name = name, .password = password, .address = call_address(request)
    };
    int err = call_write(request, setup_run, &job);
    login_leave(call->dashboard->login);
    if (err < 0)
        call_reply_failure(request, err, "the first administrator", job.error);
    else
        finish(request, name);
}

static void check_code(HttpRequest *request, const char *code, const char *name,
                       const char *password)
{
    const Call *call = call_of(request);
    int64_t wait_ms = login_begin_setup(call->dashboard->login, clock_mono_ms());
    if (wait_ms > 0)
        api_session_wait(request, wait_ms);
    else if (account_count_users(call->store) > 0)
        http_reply_error(request, 409, "conflict", "The box has been set up already. Log in.");
    else if (!setup_code_matches(call->dashboard->options.data_dir, code))
        http_reply_error(
            request, 403, "code",
            "The code is wrong. It stands in the file setup-code in the box's data folder.");
    else
        set_up(request, name, password);
}

void api_setup_post(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    Fields fields = fields_of(body);
    const char *code = fields_text_required(&fields, "code", CODE_MAX);
    const char *name = fields_text_required(&fields, "name", ACCOUNT_NAME_MAX);
    const char *password = fields_text_required(&fields, "password", ACCOUNT_PASSWORD_MAX);
    if (fields.error[0])
        http_reply_error(request, 400, "invalid", "%s", fields.error);
    else
        check_code(request, code, name, password);
    json_decref(body);
}
