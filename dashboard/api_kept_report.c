// SPDX-License-Identifier: Apache-2.0
// Monthly reports that are kept (rating/kept_report.h): which there are, one more of a month, and
// their files as they were made.
#include "dashboard/api.h"

#include "base/file.h"
#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/monthly_query.h"
#include "dashboard/sheet.h"
#include "rating/kept_report.h"

#include <errno.h>
#include <string.h>

void api_kept_reports(HttpRequest *request, void *ctx)
{
    Query query = query_of(request);
    const char *period = query_text(&query, "period", strlen("2026-10"));
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (store)
        call_reply_items(request, kept_report_list(store, period));
}

typedef struct {
    const Call *call;
    const char *period;
} WantJob;

static int want_run(Store *store, void *data)
{
    WantJob *job = data;
    int err = kept_report_want(store, job->period, job->call->who, job->call->now_ms);
    return err < 0 ? err
                   : audit_add(store, job->call->now_ms, job->call->who, "monthly.make",
                               job->period, NULL);
}

void api_kept_report_post(HttpRequest *request, void *ctx)
{
    json_t *body = call_store(request) ? call_body(request) : NULL;
    if (!body)
        return;
    const Call *call = call_of(request);
    Fields fields = fields_of(body);
    Period period;
    const char *name = fields_text_required(&fields, "period", strlen("2026-Q4"));
    if (name && (!period_parse(name, call->now_ms, &period) || period.form != PERIOD_MONTH))
        fields_fail(&fields, "period: a month like 2026-10, not one to come");
    WantJob job = { .call = call, .period = name };
    int err = fields.error[0] ? -EINVAL : call_write(request, want_run, &job);
    if (err < 0)
        call_reply_failure(request, err, "report",
                           err == -EEXIST ? "A report of this month is just being made."
                                          : fields.error);
    else
        http_reply_json(request, 202, json_pack("{s:s}", "period", name));
    json_decref(body);
}

typedef struct {
    char *path;
} Place;

static void place_free(void *data)
{
    Place *place = data;
    g_free(place->path);
    g_free(place);
}

static int copy(void *ctx, Store *store, Halls *halls, int fd)
{
    enum { BYTES_MAX = 64 * 1024 * 1024 };
    const Place *place = ctx;
    g_autofree char *bytes = NULL;
    size_t size;
    int err = file_read(place->path, BYTES_MAX, &bytes, &size);
    return err < 0 ? err : file_write_on(fd, bytes, size);
}

static void send(HttpRequest *request, const KeptReport *report, bool is_book)
{
    const Call *call = call_of(request);
    const char *format = is_book ? "xlsx" : "pdf";
    g_autofree char *name = g_strdup_printf("%s-v%d", report->period, (int)report->version);
    if (!call_audit(request, "monthly.open", name, format))
        return;
    Place *place = g_new0(Place, 1);
    place->path = kept_report_path(report, call->dashboard->options.data_dir, format);
    press_reply(call->dashboard->press, request,
                &(PressJob){ .type = is_book ? sheet_type("xlsx") : "application/pdf",
                             .name = g_strdup_printf("监察月报-%s.%s", name, format),
                             .make = copy,
                             .ctx = place,
                             .free_ctx = place_free });
}

void api_kept_report_file(HttpRequest *request, void *ctx)
{
    static const char *const formats[] = { "pdf", "xlsx", NULL };
    Query query = query_of(request);
    const char *format = query_choice(&query, "format", formats);
    Store *store = query_check(&query) ? call_store(request) : NULL;
    if (!store)
        return;
    g_auto(KeptReport) report =
        kept_report_get(store, g_ascii_strtoll(http_param(request, "id"), NULL, 10));
    if (report.period)
        send(request, &report, format && strcmp(format, "xlsx") == 0);
    else
        call_reply_failure(request, -ENOENT, "report that is kept", "");
}
