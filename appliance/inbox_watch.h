// SPDX-License-Identifier: Apache-2.0
// Inbox watch: takes CSV files that were dropped into DIR/inbox/, one after another in the order of
// their names.
//
// A file is taken once its size and time have stood still for a second: whoever writes it may take
// its time. Then it moves to done/, with NAME.rejected.csv beside it for rows that were bad, or
// NAME.error.txt when the whole file was. Stopped between the commit and the move, the file is
// taken again at the next start, which changes nothing: rows carry their own ids.
#pragma once
#include "base/writer.h"
#include "rating/hall.h"

typedef struct InboxWatch InboxWatch;

typedef struct {
    const char *dir; // DIR/inbox; made when missing
    Writer *writer;
    const Hall *hall; // used in the writer's jobs alone
} InboxWatchOptions;

int inbox_watch_new(const InboxWatchOptions *options, InboxWatch **ret_watch);
void inbox_watch_free(InboxWatch *watch); // before the writer
G_DEFINE_AUTOPTR_CLEANUP_FUNC(InboxWatch, inbox_watch_free)
