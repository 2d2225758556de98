// SPDX-License-Identifier: Apache-2.0
#include "rating/kept_report.h"

#include "base/clock.h"
#include "rating/calendar.h"
#include "rating/figures.h"
#include "rating/monthly.h"
#include "rating/notify.h"

#include <errno.h>
#include <string.h>

// A version is never another one's file: what was made is not made again.
const char kept_report_schema[] =
    "CREATE TABLE monthly_report("
    "  id INTEGER PRIMARY KEY, period TEXT NOT NULL, version INTEGER NOT NULL,"
    "  state TEXT NOT NULL CHECK(state IN ('wanted','made','failed','removed')),"
    "  by TEXT NOT NULL, wanted_at INTEGER NOT NULL, made_at INTEGER,"
    "  pdf_sha256 TEXT, xlsx_sha256 TEXT, figures TEXT,"
    "  UNIQUE(period, version)) STRICT;"
    "CREATE INDEX monthly_report_wanted ON monthly_report(id) WHERE state = 'wanted';";

char *kept_report_due(Store *store, const Hall *hall, int64_t now_ms)
{
    g_autofree char *now = clock_format(now_ms);
    CalendarDay today = calendar_day_of(now_ms);
    CalendarDay first = today - (CalendarDay)(atoi(now + strlen("2026-11-")) - 1);
    if (calendar_between(hall->calendar, first - 1, today) < 1)
        return NULL; // holidays since the month began
    g_autofree char *before = clock_format(calendar_day_start(first - 1));
    char *period = g_strndup(before, strlen("2026-10"));
    bool is_wanted = store_value(store, 1,
                                 "SELECT NOT EXISTS(SELECT 1 FROM monthly_report WHERE period = ?1)"
                                 " AND (EXISTS(SELECT 1 FROM case_file WHERE created_at < ?2)"
                                 "  OR EXISTS(SELECT 1 FROM rating WHERE event_at < ?2)"
                                 "  OR EXISTS(SELECT 1 FROM ticket WHERE issued_at < ?2))",
                                 "si", period, calendar_day_start(first)) != 0;
    if (!is_wanted)
        g_clear_pointer(&period, g_free);
    return period;
}

int kept_report_want(Store *store, const char *period, const char *by, int64_t now_ms)
{
    if (store_value(store, 0, "SELECT 1 FROM monthly_report WHERE period = ? AND state = 'wanted'",
                    "s", period))
        return -EEXIST;
    return MIN(0, store_exec(store,
                             "INSERT INTO monthly_report(period, version, state, by, wanted_at)"
                             " SELECT ?1, coalesce(max(version), 0) + 1, 'wanted', ?2, ?3"
                             " FROM monthly_report WHERE period = ?1",
                             "ssi", period, by, now_ms));
}

void kept_report_done(KeptReport *report)
{
    g_clear_pointer(&report->period, g_free);
}

static KeptReport first_row(StoreQuery *query)
{
    KeptReport report = { 0 };
    if (store_step(query))
        report = (KeptReport){ .id = store_int(query, 0),
                               .period = g_strdup(store_text(query, 1)),
                               .version = store_int(query, 2) };
    return report;
}

#define REPORT "SELECT id, period, version FROM monthly_report WHERE "

KeptReport kept_report_wanted(Store *store)
{
    g_autoptr(StoreQuery) query =
        store_query(store, REPORT "state = 'wanted' ORDER BY id LIMIT 1", "");
    return first_row(query);
}

KeptReport kept_report_old(Store *store, int64_t before_ms)
{
    g_autoptr(StoreQuery) query = store_query(
        store, REPORT "state = 'made' AND made_at < ? ORDER BY id LIMIT 1", "i", before_ms);
    return first_row(query);
}

KeptReport kept_report_get(Store *store, int64_t id)
{
    g_autoptr(StoreQuery) query = store_query(store, REPORT "state = 'made' AND id = ?", "i", id);
    return first_row(query);
}

char *kept_report_path(const KeptReport *report, const char *data_dir, const char *format)
{
    return g_strdup_printf("%s/reports/%s-v%d.%s", data_dir, report->period, (int)report->version,
                           format);
}

int kept_report_made(Store *store, const Hall *hall, const KeptReport *report,
                     const KeptFiles *files, int64_t now_ms)
{
    int err = store_exec(store,
                         "UPDATE monthly_report SET state = 'made', made_at = ?, pdf_sha256 = ?,"
                         " xlsx_sha256 = ?, figures = ? WHERE id = ? AND state = 'wanted'",
                         "isssi", now_ms, files->pdf_sha256, files->xlsx_sha256, files->figures,
                         report->id);
    if (err < 0)
        return err;
    g_autofree char *id = g_strdup_printf("%s-v%d", report->period, (int)report->version);
    g_autofree char *subject = g_strconcat("report:", id, NULL);
    return notify(store, hall,
                  &(NotifyInput){ .event = "report_made",
                                  .id = id,
                                  .subject = subject,
                                  .due_ms = STORE_NULL,
                                  .now_ms = now_ms });
}

int kept_report_end(Store *store, int64_t id, const char *state)
{
    return MIN(
        0, store_exec(store, "UPDATE monthly_report SET state = ? WHERE id = ?", "si", state, id));
}

// --- reading

// What is another number than in the version before.
static json_t *changes_of(const json_t *was, const json_t *is)
{
    json_t *changes = json_array();
    for (size_t i = 0; i < monthly_figures_n && json_is_object(was) && json_is_object(is); i++) {
        json_t *before = json_object_get(was, monthly_figures[i].key);
        json_t *now = json_object_get(is, monthly_figures[i].key);
        if (before && now && !json_equal(before, now))
            json_array_append_new(changes,
                                  json_pack("{s:s, s:O, s:O}", "figure", monthly_figures[i].key,
                                            "was", before, "is", now));
    }
    return changes;
}

json_t *kept_report_list(Store *store, const char *period)
{
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT id, period, version, state, by, wanted_at, made_at, pdf_sha256, xlsx_sha256,"
        " figures AS figures_json, (SELECT b.figures FROM monthly_report b WHERE b.period ="
        "  m.period AND b.version < m.version AND b.figures IS NOT NULL ORDER BY b.version DESC"
        "  LIMIT 1) AS before_json FROM monthly_report m WHERE ?1 IS NULL OR period = ?1"
        " ORDER BY period DESC, version DESC",
        "s", period);
    json_t *rows = store_rows_json(query), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        json_object_set_new(
            row, "changes",
            changes_of(json_object_get(row, "before"), json_object_get(row, "figures")));
        json_object_del(row, "before");
        json_object_del(row, "figures");
    }
    return rows;
}
