// SPDX-License-Identifier: Apache-2.0
// Inbox: CSV files dropped into DIR/inbox/ (UTF-8 or GB18030, with a header row). Good rows are
// taken, bad ones are given back with a reason; the wiring writes them beside the file in done/ and
// moves the file there. Column names: docs/api/inbox.md.
//
// Taking a file again changes nothing: cases go by number, events by id (one that has none gets it
// from its content).
#pragma once
#include "rating/hall.h"

#define INBOX_SIZE_MAX (16 * 1024 * 1024)

typedef struct {
    int taken, bad;
    char *error; // the whole file could not be read: why. NULL otherwise
} InboxResult;
// Reads and takes one file inside a writer job (rows that fail are collected, not fatal: each is
// undone alone). ret_rejects: CSV text (UTF-8 with byte-order mark) of the bad rows with a column
// 错误, NULL when there are none. 0, or negative errno of the store: then the job must be undone
// and the file stays for another try. The caller ends the result with inbox_result_done and frees
// ret_rejects in both cases.
int inbox_take(Store *store, const Hall *hall, const char *name, const char *bytes, size_t size,
               int64_t now_ms, InboxResult *ret_result, char **ret_rejects);
void inbox_result_done(InboxResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(InboxResult, inbox_result_done)
