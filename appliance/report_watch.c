// SPDX-License-Identifier: Apache-2.0
#include "appliance/report_watch.h"

#include "appliance/worker.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "dashboard/monthly_report.h"
#include "dashboard/report_book.h"
#include "rating/figures.h"
#include "rating/kept_report.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define PERIOD_MS 3000

enum { REPORT_BYTES_MAX = 64 * 1024 * 1024 };

struct ReportWatch {
    Store *store; // worker's thread
    char *data_dir;
    Writer *writer;
    const Hall *hall;
    Hall now;
    Worker *worker;
};

typedef struct {
    const Hall *hall;
    const char *period; // wanted by itself; NULL: not this
    const KeptReport *report;
    const KeptFiles *files; // NULL: it ends
    const char *state;
    int64_t now_ms;
} ReportJob;

static int job_run(Store *store, void *data)
{
    ReportJob *job = data;
    if (job->period)
        return kept_report_want(store, job->period, "system", job->now_ms);
    if (job->files)
        return kept_report_made(store, job->hall, job->report, job->files, job->now_ms);
    return kept_report_end(store, job->report->id, job->state);
}

// --- making one

static char *sha256_of(GBytes *bytes)
{
    return g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
}

static GBytes *book_of(const json_t *tables)
{
    int fd = open(g_get_tmp_dir(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    GBytes *bytes = NULL;
    if (fd < 0)
        return NULL;
    off_t size = report_book(tables, false, fd) == 0 ? lseek(fd, 0, SEEK_END) : 0;
    g_autofree char *text = size > 0 && size < REPORT_BYTES_MAX ? g_malloc((gsize)size) : NULL;
    if (text && file_read_at(fd, 0, text, (size_t)size) == 0)
        bytes = g_bytes_new_take(g_steal_pointer(&text), (gsize)size);
    close(fd);
    return bytes;
}

static int keep_file(const ReportWatch *watch, const KeptReport *report, const char *format,
                     GBytes *bytes)
{
    gsize size;
    if (!bytes)
        return -EIO;
    g_autofree char *path = kept_report_path(report, watch->data_dir, format);
    const char *text = g_bytes_get_data(bytes, &size);
    return file_write_atomic(path, text, size, 0640);
}

static int keep_files(ReportWatch *watch, const KeptReport *report, const ReportHead *head,
                      const json_t *review, char **ret_pdf, char **ret_xlsx)
{
    json_t *tables = monthly_tables(review, watch->now.config, false);
    g_autoptr(GBytes) pdf = monthly_pdf(head, review, tables);
    g_autoptr(GBytes) book = book_of(tables);
    json_decref(tables);
    int err = keep_file(watch, report, "pdf", pdf);
    if (err == 0)
        err = keep_file(watch, report, "xlsx", book);
    if (err == 0) {
        *ret_pdf = sha256_of(pdf);
        *ret_xlsx = sha256_of(book);
    }
    return err;
}

static int make(ReportWatch *watch, const KeptReport *report, int64_t now_ms)
{
    ReportHead head = { .subject = REPORT_SUPERVISION,
                        .hall = watch->now.config->hall.name,
                        .made_ms = now_ms };
    g_autofree char *pdf = NULL, *xlsx = NULL;
    if (!period_parse(report->period, now_ms, &head.period))
        return -EINVAL;
    json_t *review = monthly_report_review(watch->store, watch->now.config, &head.period,
                                           monthly_report_groups, now_ms);
    char *figures = json_dumps(json_object_get(review, "total"), JSON_COMPACT);
    int err = keep_files(watch, report, &head, review, &pdf, &xlsx);
    KeptFiles files = { .pdf_sha256 = pdf, .xlsx_sha256 = xlsx, .figures = figures };
    ReportJob job = { .hall = watch->hall, .report = report, .files = &files, .now_ms = now_ms };
    if (err == 0)
        err = writer_call(watch->writer, job_run, &job);
    free(figures);
    json_decref(review);
    return err;
}

// --- what is to be done: one thing each time

static void want_due(ReportWatch *watch, int64_t now_ms)
{
    g_autofree char *period = kept_report_due(watch->store, &watch->now, now_ms);
    ReportJob job = { .period = period, .now_ms = now_ms };
    int err = period ? writer_call(watch->writer, job_run, &job) : 0;
    if (err < 0)
        log_err("report %s: %s; tried again", period, g_strerror(-err));
}

static void make_wanted(ReportWatch *watch, int64_t now_ms)
{
    g_auto(KeptReport) report = kept_report_wanted(watch->store);
    if (!report.period)
        return;
    int err = make(watch, &report, now_ms);
    if (err < 0) {
        ReportJob job = { .report = &report, .state = "failed", .now_ms = now_ms };
        log_err("report %s was not made: %s", report.period, g_strerror(-err));
        writer_call(watch->writer, job_run, &job);
    } else {
        log_info("report %s, version %d made", report.period, (int)report.version);
    }
}

static void remove_old(ReportWatch *watch, int64_t now_ms)
{
    static const char *const formats[] = { "pdf", "xlsx" };
    g_auto(KeptReport) report = kept_report_old(
        watch->store, figures_months_before(now_ms, watch->now.config->rules.report_months));
    if (!report.period)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autofree char *path = kept_report_path(&report, watch->data_dir, formats[i]);
        if (unlink(path) < 0 && errno != ENOENT)
            return;
    }
    ReportJob job = { .report = &report, .state = "removed", .now_ms = now_ms };
    writer_call(watch->writer, job_run, &job);
}

static void look(void *ctx)
{
    ReportWatch *watch = ctx;
    int64_t now_ms = clock_wall_ms();
    want_due(watch, now_ms);
    make_wanted(watch, now_ms);
    remove_old(watch, now_ms);
}

int report_watch_new(const ReportWatchOptions *options, ReportWatch **ret_watch)
{
    g_autoptr(ReportWatch) watch = g_new0(ReportWatch, 1);
    g_autofree char *folder = g_build_filename(options->data_dir, "reports", NULL);
    int err = file_make_dirs(folder);
    if (err == 0)
        err = store_open(options->store_path, STORE_READ, &watch->store);
    if (err < 0)
        return err;
    watch->data_dir = g_strdup(options->data_dir);
    watch->writer = options->writer;
    watch->hall = options->hall;
    watch->now = options->now;
    watch->worker = worker_new("reports", PERIOD_MS, look, watch);
    *ret_watch = g_steal_pointer(&watch);
    return 0;
}

void report_watch_free(ReportWatch *watch)
{
    if (!watch)
        return;
    worker_free(watch->worker);
    store_free(watch->store);
    g_free(watch->data_dir);
    g_free(watch);
}
