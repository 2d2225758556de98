// SPDX-License-Identifier: Apache-2.0
// Capture: all cameras of the hall. Owns a Camera (and thread) for each configured stream, and
// their Streams.
#pragma once
#include "base/config.h"
#include "capture/camera.h"
#include "capture/veil.h"
#include <jansson.h>

typedef struct Capture Capture;

typedef struct {
    // Called on the thread that calls capture_apply or capture_free; must not block. May be NULL.
    void (*stream_added)(void *ctx, const ConfigCamera *camera, Stream *stream);
    // After it returns nobody may hold new readers on the stream; its rings are closed.
    void (*stream_removed)(void *ctx, const char *camera, StreamKind kind);
    void *ctx;
} CaptureEvents;

Capture *capture_new(const CaptureEvents *events);
// Stops all cameras, with stream_removed for each stream.
void capture_free(Capture *capture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Capture, capture_free)

// Starts, stops and restarts what differs from the config in force; cameras that did not change are
// not touched. One thread only: the one that has made it.
void capture_apply(Capture *capture, Config *config);

// NULL: no such camera or stream. New reference. Any thread.
Stream *capture_stream(Capture *capture, const char *camera, StreamKind kind);

// The camera's privacy masks; NULL: none, or there is no such camera. New reference. Any thread.
Veil *capture_veil(Capture *capture, const char *camera);

// Why the stream has no picture now, for people. NULL: it has one, or there is no such stream. Any
// thread; static.
const char *capture_why(Capture *capture, const char *camera, StreamKind kind);

// The main stream of each camera, one after another, under a lock: `each` must not block. Any
// thread.
void capture_each(Capture *capture,
                  void (*each)(void *ctx, const char *id, const CameraStatus *status), void *ctx);

// [{"id","name","state","since_at","reason","counters","record","main":{...},"sub":{...}}]
// as in docs/ARCHITECTURE.md. Any thread; new reference. State, since and reason are the main
// stream's. state: connecting | live | stalled | backoff | off. reason_code: why_name. No
// credentials.
json_t *capture_status(Capture *capture);
