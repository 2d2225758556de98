// SPDX-License-Identifier: Apache-2.0
// Inbox: CSV files dropped into DIR/inbox/ (UTF-8 or GB18030, with a header row). Good rows are
// taken, bad ones are written beside the file in done/ with a reason; the file is moved to done/.
// Column names: docs/api/inbox.md.
#pragma once
#include "rating/hall.h"

typedef struct {
    int taken, bad;
    char *error; // the whole file could not be read: why. NULL otherwise
} InboxResult;
// Reads and takes one file inside a writer job (rows that fail are collected, not fatal).
// ret_rejects: CSV text of the bad rows with a reason column, NULL when there are none.
int inbox_take(Store *store, const Hall *hall, const char *name, const char *bytes, size_t size,
               int64_t now_ms, InboxResult *ret_result, char **ret_rejects);
void inbox_result_done(InboxResult *result);
