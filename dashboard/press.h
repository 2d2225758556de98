// SPDX-License-Identifier: Apache-2.0
// Press: makes the files that take longer than an answer may: reports, and lists of a hundred
// thousand rows. One thread of its own, one file after the other, into a file without a name; the
// answer waits for it without holding one of the server's threads.
#pragma once
#include "base/http_server.h"
#include "dashboard/halls.h"
#include "dashboard/readers.h"

typedef struct Press Press;

// Besides the one that is being made; whoever comes then is told to come again.
enum { PRESS_WAITING_MAX = 4, PRESS_BUSY_S = 5 };

// Writes the whole file to fd, which is the press's. On the press's thread; the store is lent. A
// hall is taken for a moment only, since who changes the config waits for it. 0 or negative errno.
typedef int (*PressMake)(void *ctx, Store *store, Halls *halls, int fd);

typedef struct {
    const char *type; // as in Content-Type; literal
    char *name;       // under which it is kept; taken
    PressMake make;
    void *ctx; // taken; the press's thread and free_ctx alone use it
    GDestroyNotify free_ctx;
} PressJob;

Press *press_new(Readers *readers, Halls *halls);
// After the server: answers that nobody waits for are not made.
void press_free(Press *press);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Press, press_free)

// Answers the request with the file once it is made, or with 503 and Retry-After. Any thread.
void press_reply(Press *press, HttpRequest *request, const PressJob *take_job);
