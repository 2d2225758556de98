// SPDX-License-Identifier: Apache-2.0
// Capture: all cameras of the hall. Owns a Camera (and thread) for each configured stream, and their Streams.
#pragma once
#include "base/config.h"
#include "capture/stream.h"
#include <jansson.h>

typedef struct Capture Capture;

typedef struct {
    // Called on the caller's thread of capture_apply or on a camera's thread; must not block. May be NULL.
    void (*stream_added)(void *ctx, const ConfigCamera *camera, Stream *stream);
    // After it returns nobody may hold new readers on the stream; its rings are closed.
    void (*stream_removed)(void *ctx, const char *camera, StreamKind kind);
    void *ctx;
} CaptureEvents;

Capture *capture_new(const CaptureEvents *events);
void capture_free(Capture *capture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Capture, capture_free)

// Starts, stops and restarts what differs from the config in force; cameras that did not change are not touched.
void capture_apply(Capture *capture, Config *config);

// NULL: no such camera or stream. New reference. Any thread.
Stream *capture_stream(Capture *capture, const char *camera, StreamKind kind);

// [{"id","name","state","since_at", "reason", "main":{...},"sub":{...}}], see docs/api. Any thread; new reference.
// state: connecting | live | stalled | backoff | off. No credentials.
json_t *capture_status(Capture *capture);
