// SPDX-License-Identifier: Apache-2.0
// Events: server-sent events (WHATWG HTML, 9.2) to all pages that watch.
//
// Each watcher has a bounded queue. One that does not read loses its queue, is told "event:
// reload", and its stream ends: the page comes back and reads everything again. A comment line each
// 15 s lets both ends notice a dead peer. Nothing is replayed at connect.
#pragma once
#include "base/http_server.h"
#include "dashboard/account.h"

typedef struct Events Events;

enum { EVENTS_WATCHERS_MAX = 200, EVENTS_QUEUE_MAX = 256 };

Events *events_new(void);
// All streams must have ended (http_server_free).
void events_free(Events *events);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Events, events_free)

// Which roles see events of the kind; 0: no such kind.
unsigned events_access(const char *kind);

// Any thread; never blocks for long. To watchers whose role may see the kind.
void events_publish(Events *events, const char *kind, json_t *take_data);

// A new watcher. session_digest (may be NULL: an API key) and until_ms (wall clock) say when it
// must end. NULL: there are EVENTS_WATCHERS_MAX already.
HttpStream *events_watch(Events *events, Role role, const char *session_digest, int64_t until_ms);

// Ends the streams of a session that was logged out.
void events_end_session(Events *events, const char *session_digest);

// One beat now, as the thread does each 15 s: a comment to all, and the end of those whose session
// is over.
void events_beat(Events *events, int64_t now_ms);
size_t events_watchers(Events *events);
