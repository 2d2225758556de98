// SPDX-License-Identifier: Apache-2.0
// Route: one address of the relay: a stream, the factory of its media, and the outlets that feed
// them.
//
// The factory refers to the route for as long as it lives, also after route_close.
#pragma once
#include "capture/stream.h"
#include <gst/rtsp-server/rtsp-server.h>
#include <stdbool.h>

typedef struct Route Route;

// Called on any thread: the media's readers must open it anew. Must not block; borrowed.
typedef void (*RouteMediaEnded)(void *ctx, GstRTSPMedia *media);

// ctx must stay valid until route_close has returned.
Route *route_new(const char *path, Stream *stream, RouteMediaEnded ended, void *ctx);
Route *route_ref(Route *route);
void route_unref(Route *route);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Route, route_unref)

const char *route_path(const Route *route); // "/cam1", "/cam1/sub"
// New reference. role: who may open it.
GstRTSPMediaFactory *route_factory(Route *route, const char *role);

// Before a description: false while the camera is away. A server's thread.
bool route_prepare(Route *route);
// No reader on the stream any more, and none later; its media are told as ended. Not on a camera's
// thread.
void route_close(Route *route);

// The path of the route that a media belongs to. Borrowed, as long as the media.
const char *route_path_of_media(GstRTSPMedia *media);
// A reader of the media has begun to play.
void route_media_plays(GstRTSPMedia *media);
