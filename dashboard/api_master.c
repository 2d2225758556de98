// SPDX-License-Identifier: Apache-2.0
// Master data: read by whoever works with it, changed and imported by directors and administrators;
// each change is on the audit record. The guide of a service item is for everybody.
#include "dashboard/api.h"

#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/code.h"
#include "dashboard/query.h"
#include "rating/master_import.h"

#include <errno.h>
#include <string.h>

enum { TOKEN_MAX = 64, VERSION_MAX = INT32_MAX };

// False: there is no such kind, and the request has been answered.
static bool read_kind(HttpRequest *request, MasterKind *ret_kind)
{
    if (master_kind_parse(http_param(request, "kind"), ret_kind))
        return true;
    call_reply_failure(request, -ENOENT, "",
                       "There are items, units, staff, villages and agents; nothing else is kept.");
    return false;
}

// --- reading

static void send_csv(HttpRequest *request, Store *store, MasterKind kind, bool is_english)
{
    g_autofree char *text = master_csv(store, kind, is_english);
    g_autofree char *name =
        g_strdup_printf("attachment; filename=\"%s.csv\"", master_kind_name(kind));
    http_add_header(request, "Content-Disposition", name);
    http_reply_bytes(request, 200, "text/csv; charset=utf-8", text, strlen(text));
}

void api_master(HttpRequest *request, void *ctx)
{
    static const char *const formats[] = { "csv", NULL };
    MasterKind kind;
    if (!read_kind(request, &kind))
        return;
    Query query = query_of(request);
    MasterFilter filter = { .q = query_text(&query, "q", 200),
                            .with_retired = query_bool(&query, "retired"),
                            .now_ms = call_of(request)->now_ms };
    const char *format = query_choice(&query, "format", formats);
    bool is_english = query_is_english(&query);
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (store && format)
        send_csv(request, store, kind, is_english);
    else if (store)
        call_reply_items(request, master_list(store, kind, &filter));
}

void api_master_record(HttpRequest *request, void *ctx)
{
    MasterKind kind;
    Store *store = read_kind(request, &kind) ? call_store(request) : NULL;
    if (store)
        call_reply_found(request, master_get(store, kind, http_param(request, "key")),
                         "record with this key");
}

// --- writing

typedef struct {
    const Call *call;
    MasterKind kind;
    const char *key;
    json_t *body;    // of a PUT
    int64_t version; // of a DELETE
    json_t *record;
    MasterImport import;
    json_t *report;
    char error[200];
} MasterJob;

static int note(Store *store, const MasterJob *job, const char *action, const char *subject,
                const char *detail)
{
    return audit_add(store, job->call->now_ms, job->call->who, action, subject, detail);
}

static int put_run(Store *store, void *data)
{
    MasterJob *job = data;
    int err = master_put(store, job->call->hall, job->kind, job->key, job->body, job->call->who,
                         job->call->now_ms, &job->record, job->error);
    if (err < 0)
        return err;
    g_autofree char *subject = g_strdup_printf("%s %s", master_kind_name(job->kind), job->key);
    g_autofree char *detail = json_dumps(job->body, JSON_COMPACT);
    return note(store, job, "master.set", subject, detail);
}

static int retire_run(Store *store, void *data)
{
    MasterJob *job = data;
    int err = master_retire(store, job->call->hall, job->kind, job->key, job->version,
                            job->call->who, job->call->now_ms, job->error);
    g_autofree char *subject = g_strdup_printf("%s %s", master_kind_name(job->kind), job->key);
    return err < 0 ? err : note(store, job, "master.retire", subject, NULL);
}

void api_master_put(HttpRequest *request, void *ctx)
{
    MasterJob job = { .call = call_of(request), .key = http_param(request, "key") };
    job.body = read_kind(request, &job.kind) ? call_body(request) : NULL;
    if (!job.body)
        return;
    int err = call_write(request, put_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "the record", job.error);
    else
        http_reply_json(request, 200, json_incref(job.record));
    json_decref(job.record);
    json_decref(job.body);
}

void api_master_delete(HttpRequest *request, void *ctx)
{
    MasterJob job = { .call = call_of(request), .key = http_param(request, "key") };
    json_t *body = read_kind(request, &job.kind) ? call_body(request) : NULL;
    if (!body)
        return;
    Fields fields = fields_of(body);
    job.version = fields_int_required(&fields, "version", 1, VERSION_MAX);
    int err = fields.error[0] ? -EINVAL : call_write(request, retire_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "the record", fields.error[0] ? fields.error : job.error);
    else
        http_reply_bytes(request, 204, NULL, "", 0);
    json_decref(body);
}

// --- a file

static int import_run(Store *store, void *data)
{
    MasterJob *job = data;
    int err = master_import(store, job->call->hall, &job->import, &job->report, job->error);
    if (err < 0)
        return err;
    g_autofree char *detail =
        g_strdup_printf("%zu added, %zu changed, %zu gone%s, %zu refused",
                        json_array_size(json_object_get(job->report, "added")),
                        json_array_size(json_object_get(job->report, "changed")),
                        json_array_size(json_object_get(job->report, "gone")),
                        job->import.retire_gone ? " and retired" : "",
                        json_array_size(json_object_get(job->report, "refused")));
    return note(store, job, "master.import", master_kind_name(job->import.kind), detail);
}

void api_master_import(HttpRequest *request, void *ctx)
{
    MasterJob job = { .call = call_of(request) };
    MasterImport *import = &job.import;
    if (!read_kind(request, &import->kind))
        return;
    Query query = query_of(request);
    import->token = query_text(&query, "token", TOKEN_MAX);
    import->retire_gone = query_bool(&query, "retire");
    import->bytes = http_body(request, &import->size);
    import->who = job.call->who;
    import->now_ms = job.call->now_ms;
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (!store)
        return;
    int err = import->token ? call_write(request, import_run, &job)
                            : master_import(store, job.call->hall, import, &job.report, job.error);
    if (err < 0)
        call_reply_failure(request, err, "the file", job.error);
    else
        http_reply_json(request, 200, json_incref(job.report));
    json_decref(job.report);
}

// --- for everybody

// What the hall publishes of an item.
static json_t *guide_of(const Call *call, json_t *take_item)
{
    static const char *const inner[] = { "version", "by", "changed_at", "retired_at" };
    if (!take_item || !json_is_null(json_object_get(take_item, "retired_at"))) {
        json_decref(take_item);
        return NULL;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(inner); i++)
        json_object_del(take_item, inner[i]);
    json_object_set_new(take_item, "hall", json_string(call->hall->config->hall.name));
    return take_item;
}

void api_public_item(HttpRequest *request, void *ctx)
{
    Store *store = call_store(request);
    if (store)
        call_reply_found(request,
                         guide_of(call_of(request),
                                  master_get(store, MASTER_ITEMS, http_param(request, "code"))),
                         "service item with this code");
}

void api_public_items(HttpRequest *request, void *ctx)
{
    Query query = query_of(request);
    MasterFilter filter = { .q = query_text(&query, "q", 200) };
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (!store)
        return;
    json_t *items = master_list(store, MASTER_ITEMS, &filter), *heads = json_array(), *item;
    size_t i;
    json_array_foreach(items, i, item) json_array_append_new(
        heads, json_pack("{s:O, s:O, s:O}", "code", json_object_get(item, "code"), "name",
                         json_object_get(item, "name"), "unit", json_object_get(item, "unit")));
    json_decref(items);
    call_reply_items(request, heads);
}

void api_item_code(HttpRequest *request, void *ctx)
{
    Store *store = call_store(request);
    if (!store)
        return;
    const char *code = http_param(request, "code");
    json_t *item = guide_of(call_of(request), master_get(store, MASTER_ITEMS, code));
    g_autofree char *escaped = g_uri_escape_string(code, NULL, FALSE);
    g_autofree char *path = g_strconcat("/i/", escaped, NULL);
    if (item)
        code_reply(request, 200, path, STORE_NULL);
    else
        call_reply_failure(request, -ENOENT, "service item with this code", "");
    json_decref(item);
}
