// SPDX-License-Identifier: Apache-2.0
// Outlet: what feeds one prepared RTSP media (shared by all readers of its address) from a stream's
// ring of units.
//
// Until somebody plays, the media is given only what its description needs: one unit of each track.
// At PLAY it goes on with the kept GOP. Its line of time goes on over a reconnect of the camera as
// long as the codec parameters stay the same; when they do not, the outlet ends and tells so once.
//
// Threads: units are read and pushed in the ring's wake, on the camera's thread (a push only
// queues). The rest is called on the RTSP server's threads and on the owner's.
#pragma once
#include "capture/stream.h"
#include <gst/rtsp-server/rtsp-server.h>

typedef struct Outlet Outlet;

// Called once on the camera's thread; must not block.
typedef void (*OutletEnded)(void *ctx);

// The parts of a pipeline for the stream: what gst_rtsp_media_factory_set_launch wants. The caller
// frees.
char *outlet_launch(const StreamInfo *info);

// bin: made from that launch text. ended and ctx must stay valid from outlet_start until
// outlet_stop has returned.
Outlet *outlet_new(Stream *stream, StreamInfo *info, GstElement *bin, OutletEnded ended, void *ctx);
Outlet *outlet_ref(Outlet *outlet);
void outlet_unref(Outlet *outlet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Outlet, outlet_unref)

// Gives the media what its description needs.
void outlet_start(Outlet *outlet);
// Somebody plays: all units, from the kept GOP on.
void outlet_flow(Outlet *outlet);
// After it returns the outlet holds no reader and pushes nothing. Not on the camera's thread.
void outlet_stop(Outlet *outlet);
