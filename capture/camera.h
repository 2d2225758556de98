// SPDX-License-Identifier: Apache-2.0
// Camera: one thread that keeps one stream of one camera coming: connects, reads, publishes, and
// begins again with a growing wait when the camera is away.
//
//   off ──▶ connecting ──▶ live ──▶ stalled (connected, but 5 s without a picture)
//                ▲  │        │         │
//                │  └──▶ backoff ◀─────┘
//                └──────────┘
#pragma once
#include "base/config.h"
#include "capture/source.h"
#include "capture/stream.h"
#include "capture/tally.h"

typedef enum {
    CAMERA_OFF, // not started yet, or stopped
    CAMERA_CONNECTING,
    CAMERA_LIVE,
    CAMERA_STALLED,
    CAMERA_BACKOFF,
} CameraState;
const char *camera_state_name(CameraState state); // "off", "connecting" ...

typedef struct {
    CameraState state;
    int64_t since_ms;     // wall clock: since when it has been live, or not live
    Why why;              // of the last failure; WHY_NONE while live
    enum AVCodecID codec; // AV_CODEC_ID_NONE unless live
    double fps;
    int64_t kbit;
    Tally tally;             // up to a second old
    int64_t clock_offset_us; // of the connection: see SourceFigures
} CameraStatus;

typedef struct Camera Camera;

// Starts the thread. url and transport are taken from config as kind says; they are copied.
Camera *camera_new(const ConfigCamera *config, StreamKind kind);
// Asks the thread to end; returns at once. Any thread.
void camera_stop(Camera *camera);
// Stops, waits for the thread (under a second), closes the stream's rings.
void camera_free(Camera *camera);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Camera, camera_free)

Stream *camera_stream(Camera *camera);      // borrowed
CameraStatus camera_status(Camera *camera); // any thread
