// SPDX-License-Identifier: Apache-2.0
// Report watch: makes the monthly supervision report (rating/kept_report.h) on the first working
// day of each month, or at the next start of a box that was off, and those that somebody wants;
// takes files away whose time is over (rules.report_months). Reads and draws on a thread and
// connection of its own. A file is on the disk before its row says so: after a power cut it is made
// again.
#pragma once
#include "base/writer.h"
#include "rating/hall.h"

typedef struct ReportWatch ReportWatch;

typedef struct {
    const char *store_path, *data_dir;
    Writer *writer;
    const Hall *hall; // used in the writer's jobs alone
    Hall now;         // its config and calendar are read until report_watch_free
} ReportWatchOptions;

int report_watch_new(const ReportWatchOptions *options, ReportWatch **ret_watch);
// Before the writer; waits for the report that is being made (a second or two).
void report_watch_free(ReportWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportWatch, report_watch_free)
