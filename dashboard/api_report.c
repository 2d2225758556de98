// SPDX-License-Identifier: Apache-2.0
// Reports as pages of paper or as a workbook: of ratings, of a month, a quarter, a year or any
// days; of supervision, of a month. Counted and drawn on the press's thread. What was drawn is
// given again while the hall's figures are the same: they are counted each time, which is quick,
// and drawing is what takes its time.
#include "dashboard/api.h"

#include "dashboard/call.h"
#include "dashboard/monthly_query.h"
#include "dashboard/monthly_report.h"
#include "dashboard/period.h"
#include "dashboard/query.h"
#include "dashboard/report.h"
#include "dashboard/report_book.h"
#include "dashboard/report_table.h"
#include "dashboard/sheet.h"
#include "rating/review.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    Shelf *shelf;
    Config *config; // referenced: the hall's name, names of counters
    ReportHead head;
    bool is_book;
} Order;

static void order_free(void *data)
{
    Order *order = data;
    config_unref(order->config);
    g_free(order);
}

// Of all that is on the pages but the moment at which they are made.
static char *digest_of(const Order *order, const json_t *review)
{
    g_autofree char *title = report_title(&order->head);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    char *text = json_dumps(review, JSON_COMPACT | JSON_SORT_KEYS);
    const Period *period = &order->head.period;
    g_autofree char *rest = g_strdup_printf(
        "%s|%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT "|%d%d%d", title, period->from_ms,
        period->to_ms, period->is_running, order->head.is_english, order->is_book);
    g_checksum_update(sum, (const guchar *)rest, -1);
    g_checksum_update(sum, (const guchar *)text, -1);
    free(text);
    return g_strdup(g_checksum_get_string(sum));
}

static int write_all(int fd, GBytes *bytes)
{
    size_t size;
    const char *at = g_bytes_get_data(bytes, &size);
    while (size > 0) {
        ssize_t n = write(fd, at, size);
        if (n < 0)
            return -errno;
        at += n;
        size -= (size_t)n;
    }
    return 0;
}

static GBytes *read_all(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *bytes = size > 0 ? g_malloc((size_t)size) : NULL;
    if (!bytes || pread(fd, bytes, (size_t)size, 0) != size) {
        g_free(bytes);
        return NULL;
    }
    return g_bytes_new_take(bytes, (size_t)size);
}

// Into fd, and what it came to.
static GBytes *draw(const Order *order, const json_t *review, int fd)
{
    const ReportHead *head = &order->head;
    bool is_supervision = head->subject == REPORT_SUPERVISION;
    json_t *tables = is_supervision ? monthly_tables(review, order->config, head->is_english)
                                    : report_tables(review, head->is_english);
    g_autoptr(GBytes) bytes = NULL;
    if (!order->is_book)
        bytes = (is_supervision ? monthly_pdf : report_pdf)(head, review, tables);
    else if (report_book(tables, order->head.is_english, fd) == 0)
        bytes = read_all(fd);
    json_decref(tables);
    if (!bytes || (!order->is_book && write_all(fd, bytes) < 0))
        return NULL;
    return g_steal_pointer(&bytes);
}

static ReviewSpan span_of(Period period)
{
    return (ReviewSpan){ .from_ms = period.from_ms, .to_ms = period.to_ms };
}

static json_t *review(const Order *order, Store *store)
{
    const Period *period = &order->head.period;
    if (order->head.subject == REPORT_SUPERVISION)
        return monthly_report_review(store, order->config, period, monthly_report_groups,
                                     order->head.made_ms);
    return review_of(store, span_of(*period), span_of(period_before(period)),
                     span_of(period_year_before(period)), order->head.made_ms);
}

static int make(void *ctx, Store *store, Halls *halls, int fd)
{
    Order *order = ctx;
    json_t *said = review(order, store);
    g_autofree char *digest = digest_of(order, said);
    g_autoptr(GBytes) bytes = shelf_get(order->shelf, digest);
    int err = bytes ? write_all(fd, bytes) : 0;
    if (!bytes) {
        bytes = draw(order, said, fd);
        err = bytes ? 0 : -EIO;
        if (bytes)
            shelf_put(order->shelf, digest, bytes);
    }
    json_decref(said);
    return err;
}

// This month, unless period, or from and to, say otherwise.
static Period query_period(Query *query)
{
    int64_t now_ms = call_of(query->request)->now_ms;
    const char *name = query_text(query, "period", strlen("2026-11"));
    int64_t from_ms = query_time(query, "from", STORE_NULL);
    int64_t to_ms = query_time(query, "to", now_ms);
    Period period = { 0 };
    if (name && from_ms != STORE_NULL)
        query_fail(query, "period: either this, or from and to");
    else if (name && !period_parse(name, now_ms, &period))
        query_fail(query, "period: a month (2026-11), quarter (2026-Q4) or year (2026), not one to "
                          "come");
    else if (!name && from_ms == STORE_NULL)
        period = period_of_month(now_ms);
    else if (!name && !period_of_days(from_ms, to_ms, now_ms, &period))
        query_fail(query, "from: before to, not to come, and at most ten years");
    return period;
}

static void send(HttpRequest *request, Query *query, ReportSubject subject, Period period,
                 bool is_english)
{
    static const char *const formats[] = { "pdf", "xlsx", NULL };
    const Call *call = call_of(request);
    const char *format = query_choice(query, "format", formats);
    bool is_book = format && strcmp(format, "xlsx") == 0;
    g_autofree char *title = period_title(&period, false);
    if (!query_check(query) ||
        !call_audit(request, subject == REPORT_SUPERVISION ? "monthly.save" : "report.save", title,
                    is_book ? "xlsx" : "pdf"))
        return;
    Order *order = g_new0(Order, 1);
    *order = (Order){ .shelf = call->dashboard->reports,
                      .config = config_ref(call->hall->config),
                      .head = { .subject = subject,
                                .period = period,
                                .is_english = is_english,
                                .made_ms = call->now_ms },
                      .is_book = is_book };
    order->head.hall = order->config->hall.name;
    g_autofree char *name = report_title(&order->head);
    press_reply(call->dashboard->press, request,
                &(PressJob){ .type = is_book ? sheet_type("xlsx") : "application/pdf",
                             .name = g_strdup_printf("%s.%s", name, is_book ? "xlsx" : "pdf"),
                             .make = make,
                             .ctx = order,
                             .free_ctx = order_free });
}

void api_report(HttpRequest *request, void *ctx)
{
    Query query = query_of(request);
    Period period = query_period(&query);
    bool is_english = query_is_english(&query);
    send(request, &query, REPORT_RATINGS, period, is_english);
}

void api_monthly_report(HttpRequest *request, void *ctx)
{
    Query query = query_of(request);
    Period period = query_month(&query);
    bool is_english = query_is_english(&query);
    send(request, &query, REPORT_SUPERVISION, period, is_english);
}
