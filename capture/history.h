// SPDX-License-Identifier: Apache-2.0
// History: what each camera's main stream did, minute by minute, for the page of a camera.
//
// A thread of its own looks at the cameras every HISTORY_SAMPLE_S and adds to the minute in
// DIR/history.db: neither a slow nor a full disk can hold up anybody else, it costs figures only.
// The file holds nothing that is kept for good: it may be deleted while the box is off. A minute
// without a row is one in which the box was off or its disk could not be written.
#pragma once
#include "base/http_server.h"
#include "capture/capture.h"

enum { HISTORY_SAMPLE_S = 10, HISTORY_DAYS = 8 };

typedef struct History History;

// Borrows capture. A file that cannot be opened now is tried again at each sample.
History *history_new(const char *data_dir, Capture *capture);
void history_free(History *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(History, history_free)

// GET ?hours=1..168, 24 if not said. Columns of the same length, a place for each step in which the
// box was on:
// {"step_ms","from_ms","to_ms","at_ms":[],"live_ms":[],"frames":[],"bytes":[],"keys":[],
//  "reconnects":[],"lost":[],"offset_ms":[n|null]}
// offset_ms: the camera's clock less the box's, as it last said. Runs on the HTTP server's threads;
// ctx is the History.
#define HISTORY_PATTERN "/media/history/{camera}"
void history_get(HttpRequest *request, void *history);
