// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"

#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "rating/export.h"

#include <errno.h>
#include <string.h>

enum { ID_MAX = 64, TITLE_MAX = 200, KEY_HEX = 64 };
#define BYTES_MAX (INT64_C(1) << 44)
#define WHAT      "verification with this id"

static const char *read_key(Fields *fields)
{
    const char *key = fields_text(fields, "key", KEY_HEX);
    if (key && (strlen(key) != KEY_HEX || strspn(key, "0123456789abcdefABCDEF") != KEY_HEX))
        fields_fail(fields, "key: is 64 hex digits, as `hallwatch box-key` prints them");
    return key;
}

// Of an export that is done and that this person may have. NULL: the request has been answered.
static char *path_of_export(HttpRequest *request, const char *id, int64_t *ret_bytes)
{
    const Call *call = call_of(request);
    json_t *export = call->role & (ROLE_ADMIN | ROLE_DIRECTOR) ? export_get(call->store, id) : NULL;
    const char *state = json_string_value(json_object_get(export, "state"));
    char *path = NULL;
    if (!state)
        call_reply_failure(request, -ENOENT, "export with this id", "");
    else if (strcmp(state, "done") != 0)
        call_reply_failure(request, -EEXIST, "", "This export has no file now.");
    else // the name is the row's own, not what was asked with
        path = g_strdup_printf("%s/exports/%s.zip", call->dashboard->options.data_dir,
                               json_string_value(json_object_get(export, "id")));
    *ret_bytes = json_integer_value(json_object_get(export, "bytes"));
    json_decref(export);
    return path;
}

// The page need not know keys by heart.
static void reply(HttpRequest *request, int status, json_t *take_json)
{
    const char *own = call_of(request)->dashboard->options.box_key;
    json_object_set_new(take_json, "box_key", own && *own ? json_string(own) : json_null());
    http_reply_json(request, status, take_json);
}

typedef struct {
    const Call *call;
    const char *subject, *name;
} AuditJob;

static int audit_run(Store *store, void *data)
{
    const AuditJob *job = data;
    return audit_add(store, job->call->now_ms, job->call->who, "evidence.verify", job->subject,
                     job->name);
}

static void start(HttpRequest *request, const VerificationInput *input, AuditJob *audit)
{
    const Call *call = call_of(request);
    json_t *json = NULL;
    int err = verification_start(call->dashboard->verifications, input, &json);
    if (err == -EBUSY) {
        http_add_header(request, "Retry-After", "10");
        http_reply_error(request, 429, "busy", "%s",
                         "Others are being verified: try again when one of them is done.");
    } else if (err < 0) {
        http_reply_error(request, 503, "verify", "It cannot be verified now (%s).",
                         g_strerror(-err));
    } else {
        call_write(request, audit_run, audit);
        reply(request, 201, json);
    }
}

void api_verification_post(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    Fields fields = fields_of(body);
    const char *export = fields_text(&fields, "export", ID_MAX);
    AuditJob audit = { .call = call_of(request),
                       .subject = export ? export : "file",
                       .name = fields_text(&fields, "name", TITLE_MAX) };
    VerificationInput input = { .who = audit.call->who, .key = read_key(&fields) };
    if (!export)
        input.bytes = fields_int_required(&fields, "bytes", 1, BYTES_MAX);
    g_autofree char *path = NULL;
    if (fields.error[0])
        http_reply_error(request, 400, "invalid", "%s", fields.error);
    else if (export)
        input.path = path = path_of_export(request, export, &input.bytes);
    if (!fields.error[0] && (!export || path))
        start(request, &input, &audit);
    json_decref(body);
}

void api_verification(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    json_t *json =
        verification_get(call->dashboard->verifications, call->who, http_param(request, "id"));
    if (json)
        reply(request, 200, json);
    else
        call_reply_failure(request, -ENOENT, WHAT, "");
}

void api_verification_feed(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    const char *at_text = http_query(request, "at");
    guint64 at = 0;
    size_t size;
    const char *bytes = http_body(request, &size);
    json_t *json = NULL;
    int err = -EINVAL;
    if (at_text && g_ascii_string_to_unsigned(at_text, 10, 0, BYTES_MAX, &at, NULL))
        err = verification_feed(call->dashboard->verifications, call->who,
                                http_param(request, "id"), (int64_t)at, bytes, size, &json);
    if (err < 0)
        call_reply_failure(request, err, WHAT,
                           err == -EINVAL ? "Send the bytes that `want` names, and no others."
                                          : "");
    else
        reply(request, 200, json);
}

void api_verification_delete(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    int err =
        verification_end(call->dashboard->verifications, call->who, http_param(request, "id"));
    if (err < 0)
        call_reply_failure(request, err, WHAT, "");
    else
        http_reply_bytes(request, 204, NULL, "", 0);
}
