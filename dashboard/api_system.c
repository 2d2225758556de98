// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api.h"
#include "dashboard/api_sheet.h"
#include "dashboard/sheet.h"

#include "base/clock.h"
#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/query.h"

#include <sys/stat.h>

static json_int_t file_size(const char *data_dir, const char *name)
{
    g_autofree char *path = g_build_filename(data_dir, name, NULL);
    struct stat status;
    return stat(path, &status) == 0 ? status.st_size : 0;
}

static json_t *stores_json(const char *data_dir)
{
    static const char *const files[] = { "hall.db", "hall.db-wal", "media.db", "media.db-wal" };
    json_t *stores = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        json_object_set_new(stores, files[i], json_integer(file_size(data_dir, files[i])));
    return stores;
}

void api_system(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    const Dashboard *dashboard = call->dashboard;
    const DashboardOptions *options = &dashboard->options;
    g_autofree char *started = clock_format(dashboard->started_ms);
    json_t *answer = json_pack(
        "{s:s, s:{s:s, s:s}, s:s, s:o?, s:o, s:I, s:I}", "version", HALLWATCH_VERSION, "hall", "id",
        call->hall->config->hall.id, "name", call->hall->config->hall.name, "started_at", started,
        "parts", options->system(options->ctx), "store_bytes", stores_json(options->data_dir),
        "backlog", (json_int_t)writer_backlog(options->writer), "watchers",
        (json_int_t)events_watchers(dashboard->events));
    http_reply_json(request, 200, answer);
}

void api_health(HttpRequest *request, void *ctx)
{
    Store *store = call_store(request);
    if (!store)
        return;
    if (store_value(store, 0, "SELECT 1 FROM sqlite_schema LIMIT 1", "") == 1)
        http_reply_json(request, 200, json_pack("{s:b}", "ok", 1));
    else
        http_reply_error(request, 503, "store", "hall.db cannot be read: %s", store_error(store));
}

void api_audit(HttpRequest *request, void *ctx)
{
    g_auto(Query) query = query_of(request);
    const char *format = query_format(&query, sheet_formats);
    AuditFilter filter = { .who = query_text(&query, "who", 128),
                           .action = query_text(&query, "action", 64),
                           .q = query_text(&query, "q", 200),
                           .from_ms = query_time(&query, "from", INT64_MIN),
                           .to_ms = query_time(&query, "to", INT64_MAX),
                           .cursor = query_cursor(&query),
                           .limit = query_limit(&query) };
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (store && format)
        listing_reply(request, &query, format, &api_sheet_audit, &filter, sizeof filter);
    else if (store)
        http_reply_json(request, 200, audit_list(store, &filter));
}

// The stream may stay for hours: it keeps neither the connection nor the config of its request.
void api_events(HttpRequest *request, void *ctx)
{
    Call *call = call_of(request);
    int64_t until_ms = call->session.digest ? call->session.expires_ms : INT64_MAX;
    HttpStream *stream =
        events_watch(call->dashboard->events, call->role, call->session.digest, until_ms);
    if (!stream) {
        http_add_header(request, "Retry-After", "10");
        http_reply_error(request, 503, "busy",
                         "Too many pages watch this box. Close some of them.");
        return;
    }
    call_release(call);
    http_reply_stream(request, 200, "text/event-stream; charset=utf-8", stream);
}
