// SPDX-License-Identifier: Apache-2.0
// Relay: an RTSP server (RFC 2326, RTP by RFC 3550) that gives the cameras' streams to others,
// unchanged.
//
// rtsp://box:8554/{camera} is the main stream, rtsp://box:8554/{camera}/sub the sub stream. Readers
// must know one user and password (digest, RFC 2617; nothing is open). A camera is read once
// however many readers there are: packets come from the stream's unit ring, each is cut into RTP
// once and shared by all readers. The first reader begins with the kept GOP; one that joins others
// gets what they get, and its first whole picture with the next key frame. A reader that does not
// keep up loses packets or its connection and harms nobody else.
//
// Answers: 401 without or with a wrong password (see gate.h), 404 unknown camera or stream, 503
// while the camera is away. A camera that comes back with the same codec parameters goes on within
// the same session; with others, the session ends and the client opens it anew.
//
// Threads: one of its own that accepts connections, a few that GStreamer serves them with, and two
// for each address that is read. All functions here may be called from any thread but those.
#pragma once
#include "capture/stream.h"
#include <jansson.h>

typedef struct Relay Relay;

typedef struct {
    const char *address; // to listen on; NULL: 0.0.0.0
    int port;            // 0: a free one
    const char *user;
    const char *password;
} RelayOptions;

// Options are copied. 0 or negative errno (-EADDRINUSE: somebody listens there). Initialises
// GStreamer.
int relay_new(const RelayOptions *options, Relay **ret_relay);
// Ends all sessions, then the thread.
void relay_free(Relay *relay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Relay, relay_free)

int relay_port(Relay *relay);

// Serves the stream from now on, or again after relay_detach; holds a reference.
void relay_attach(Relay *relay, const char *camera, StreamKind kind, Stream *stream);
// Ends its sessions; after it returns the relay holds no reader on the stream.
void relay_detach(Relay *relay, const char *camera, StreamKind kind);

// {"port": 8554, "readers": {"cam1": 3, "cam1/sub": 1}}: sessions that play now; streams without a
// reader are left out. New reference.
json_t *relay_status(Relay *relay);
