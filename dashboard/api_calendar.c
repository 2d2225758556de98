// SPDX-License-Identifier: Apache-2.0
// The calendar: which years' announced days are known, and a year typed in or loaded from a file by
// a person. Such a year is DIR/calendar/YYYY.tsv and stands for the whole of it (calendar.h); it is
// put in force by a reload, as hallwatch.yaml is.
#include "dashboard/api.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/secret.h"
#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "rating/calendar.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

enum { YEAR_FIRST = 2000, DAYS_MAX = 120, FILE_MAX = 16 * 1024, WEEKDAYS = 5, ERROR_SIZE = 200 };

// Monday 0; 1970-01-01 was a Thursday.
static int weekday_of(CalendarDay day)
{
    return (day + 3) % 7;
}

static char *path_of(const Call *call, int year)
{
    g_autofree char *name = g_strdup_printf("%d.tsv", year);
    return g_build_filename(call->dashboard->options.data_dir, "calendar", name, NULL);
}

// Of the file that a person has made; "": none. The caller frees.
static char *digest_of(const char *path)
{
    g_autofree char *text = NULL;
    size_t size;
    return file_read(path, FILE_MAX, &text, &size) < 0 ? g_strdup("") : secret_digest(text);
}

// --- reading

static void add_day(json_t *days, CalendarDay day)
{
    g_autofree char *text = clock_format(calendar_day_start(day));
    json_array_append_new(days, json_stringn(text, strlen("2026-11-24")));
}

static json_t *year_json(const Call *call, int year)
{
    const Calendar *calendar = call->hall->calendar;
    CalendarDay first = calendar_day_of_date(year, 1, 1), end = calendar_day_of_date(year, 12, 31);
    json_t *off = json_array(), *work = json_array();
    for (CalendarDay day = first; day <= end; day++) {
        bool is_work = calendar_is_working_day(calendar, day), is_week = weekday_of(day) < WEEKDAYS;
        if (is_work != is_week)
            add_day(is_work ? work : off, day);
    }
    g_autofree char *path = path_of(call, year), *digest = digest_of(path);
    return json_pack("{s:i, s:s, s:s, s:i, s:o, s:o}", "year", year, "source",
                     *digest ? "page" : "file", "digest", digest, "working_days",
                     calendar_between(calendar, first - 1, end), "off", off, "work", work);
}

static json_t *hours_json(const ConfigHours *hours)
{
    json_t *week = json_array();
    for (int weekday = 0; weekday < 7; weekday++) {
        json_t *spans = json_array();
        for (int i = 0; i < hours->n_spans[weekday]; i++) {
            const ConfigSpan *span = &hours->spans[weekday][i];
            char text[32];
            snprintf(text, sizeof text, "%02d:%02d-%02d:%02d", span->from / 60, span->from % 60,
                     span->to / 60, span->to % 60);
            json_array_append_new(spans, json_string(text));
        }
        json_array_append_new(week, spans);
    }
    return week;
}

void api_calendar(HttpRequest *request, void *ctx)
{
    const Call *call = call_of(request);
    int missing = calendar_missing_year(call->hall->calendar, call->now_ms);
    json_t *years = json_array();
    for (int year = YEAR_FIRST; year <= CALENDAR_LAST_YEAR; year++) {
        if (calendar_is_loaded(call->hall->calendar, year))
            json_array_append_new(years, year_json(call, year));
    }
    http_reply_json(request, 200,
                    json_pack("{s:o, s:o, s:o}", "years", years, "missing",
                              missing ? json_integer(missing) : json_null(), "hours",
                              hours_json(&call->hall->config->hours)));
}

// --- writing

typedef struct {
    const Call *call;
    int year;
    const char *digest; // of what the caller has looked at
    GString *text;      // NULL: the file goes
    char error[ERROR_SIZE];
} CalendarJob;

static int write_file(const char *path, const GString *text)
{
    if (!text)
        return g_unlink(path) < 0 ? -errno : 0;
    g_autofree char *folder = g_path_get_dirname(path);
    int err = file_make_dirs(folder);
    return err < 0 ? err : file_write_atomic(path, text->str, text->len, 0640);
}

// On the writer's thread, so that two changes come one after the other. Noted first: a change that
// nobody is known to have made must not be.
static int year_run(Store *store, void *data)
{
    CalendarJob *job = data;
    g_autofree char *path = path_of(job->call, job->year), *digest = digest_of(path);
    if (strcmp(digest, job->digest) != 0) {
        g_strlcpy(job->error,
                  "The year was changed by somebody else meanwhile. Look at it again, then repeat "
                  "your change.",
                  ERROR_SIZE);
        return -EEXIST;
    }
    char subject[16];
    snprintf(subject, sizeof subject, "%d", job->year);
    int err = audit_add(store, job->call->now_ms, job->call->who,
                        job->text ? "calendar.set" : "calendar.remove", subject,
                        job->text ? job->text->str : NULL);
    return err < 0 ? err : write_file(path, job->text);
}

static void read_days(Fields *fields, const char *key, int year, GHashTable *days)
{
    json_t *list = fields_array(fields, key, DAYS_MAX), *item;
    size_t i;
    json_array_foreach(list, i, item)
    {
        const char *text = json_string_value(item);
        CalendarDay day;
        if (!text || !calendar_day_parse(text, &day) || calendar_year_of(day) != year)
            fields_fail(fields, "%s: \"%.20s\" is no day of %d; write it like %d-10-01", key,
                        text ? text : "", year, year);
        else if (strcmp(key, "work") == 0 && weekday_of(day) < WEEKDAYS)
            fields_fail(fields, "work: %s is no Saturday or Sunday: it is worked anyhow", text);
        else if (!g_hash_table_insert(days, g_strndup(text, 10), (gpointer)key))
            fields_fail(fields, "%s stands there twice: keep one of the two", text);
    }
}

static GString *text_of(GHashTable *days, int year)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "# announced days of %d\n", year);
    g_autoptr(GList) dates = g_list_sort(g_hash_table_get_keys(days), (GCompareFunc)strcmp);
    for (const GList *date = dates; date; date = date->next)
        g_string_append_printf(text, "%s\t%s\n", (const char *)date->data,
                               (const char *)g_hash_table_lookup(days, date->data));
    return text;
}

// 0: the request has been answered.
static int read_year(HttpRequest *request)
{
    gint64 year;
    if (g_ascii_string_to_signed(http_param(request, "year"), 10, YEAR_FIRST, CALENDAR_LAST_YEAR,
                                 &year, NULL))
        return (int)year;
    call_reply_failure(request, -EINVAL, "", "The year is a number from 2000 to 2199.");
    return 0;
}

static void reply_written(HttpRequest *request, CalendarJob *job, int status)
{
    const DashboardOptions *options = &job->call->dashboard->options;
    int err = call_write(request, year_run, job);
    if (err < 0) {
        call_reply_failure(request, err == -ENOENT ? -EINVAL : err, "the calendar",
                           err == -ENOENT
                               ? "This year was not typed in here: it comes with the box."
                               : job->error);
        return;
    }
    options->reload(options->ctx);
    http_reply_json(request, status, json_pack("{s:i}", "year", job->year));
}

void api_calendar_put(HttpRequest *request, void *ctx)
{
    CalendarJob job = { .call = call_of(request), .year = read_year(request) };
    json_t *body = job.year ? call_body(request) : NULL;
    if (!body)
        return;
    Fields fields = fields_of(body);
    g_autoptr(GHashTable) days = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const char *digest = fields_text(&fields, "digest", 64);
    read_days(&fields, "off", job.year, days);
    read_days(&fields, "work", job.year, days);
    if (g_hash_table_size(days) == 0)
        fields_fail(&fields, "off is missing: the days off that were announced for %d", job.year);
    job.digest = digest ? digest : "";
    job.text = text_of(days, job.year);
    if (fields.error[0])
        call_reply_failure(request, -EINVAL, "", fields.error);
    else
        reply_written(request, &job, 200);
    g_string_free(job.text, TRUE);
    json_decref(body);
}

void api_calendar_delete(HttpRequest *request, void *ctx)
{
    CalendarJob job = { .call = call_of(request), .year = read_year(request) };
    json_t *body = job.year ? call_body(request) : NULL;
    if (!body)
        return;
    Fields fields = fields_of(body);
    job.digest = fields_text_required(&fields, "digest", 64);
    if (fields.error[0])
        call_reply_failure(request, -EINVAL, "", fields.error);
    else
        reply_written(request, &job, 200);
    json_decref(body);
}
