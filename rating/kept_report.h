// SPDX-License-Identifier: Apache-2.0
// Kept report: the monthly supervision reports that were made and stay as they were made: a row for
// each version of a month, and its files under DIR/reports. What comes late makes no change to
// them: who wants it in makes a new version beside, which says what changed.
#pragma once
#include "rating/hall.h"

extern const char kept_report_schema[]; // a step of hall_schema (hall.h)

// The month whose report is to be made by itself: the last one, from its next month's first working
// day on, where none of it was wanted and the hall had anything by its end. NULL: none; the caller
// frees.
char *kept_report_due(Store *store, const Hall *hall, int64_t now_ms);
// Wants a version of a month ("2026-10"). -EEXIST: one waits already. Inside a writer job.
int kept_report_want(Store *store, const char *period, const char *by, int64_t now_ms);

typedef struct {
    int64_t id;
    char *period; // "2026-10"; NULL: none
    int64_t version;
} KeptReport;
void kept_report_done(KeptReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KeptReport, kept_report_done)
KeptReport kept_report_wanted(Store *store);                 // the oldest that waits
KeptReport kept_report_old(Store *store, int64_t before_ms); // one made before, with its files
KeptReport kept_report_get(Store *store, int64_t id);        // one that is made
char *kept_report_path(const KeptReport *report, const char *data_dir, const char *format);

typedef struct {
    const char *pdf_sha256, *xlsx_sha256;
    const char *figures; // JSON: the hall's row (monthly.h), by which versions are compared
} KeptFiles;
// Once its files are on the disk; told as report_made. Inside a writer job.
int kept_report_made(Store *store, const Hall *hall, const KeptReport *report,
                     const KeptFiles *files, int64_t now_ms);
// state: failed | removed. Inside a writer job.
int kept_report_end(Store *store, int64_t id, const char *state);

// [{"id","period","version","state":"wanted|made|failed|removed","by","wanted_at","made_at",
// "pdf_sha256","xlsx_sha256","changes":[{"figure","was","is"}]}]: newest first, of a month or all;
// changes: against the version before.
json_t *kept_report_list(Store *store, const char *period);
