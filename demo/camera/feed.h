// SPDX-License-Identifier: Apache-2.0
// Feed: one path of the simulated camera. Encoded packets go in on one thread and out to all its
// RTSP sessions.
//
// A feed keeps nothing: a session that opens waits for the next key frame, which the source makes
// for it if it can (feed_takes_wish).
#pragma once
#include "demo/camera/trouble.h"
#include <glib.h>
#include <gst/rtsp-server/rtsp-server.h>
#include <libavcodec/avcodec.h>
#include <stdbool.h>

typedef struct Feed Feed;

enum { FEED_VIDEO, FEED_AUDIO, FEED_TRACKS };

// audio may be NULL. All are copied. Video: H.264 or H.265; audio: AAC, A-law or mu-law.
Feed *feed_new(const char *path, const AVCodecParameters *video, const AVCodecParameters *audio,
               const Trouble *trouble);
// Only after its server is gone.
void feed_free(Feed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Feed, feed_free)

const char *feed_path(const Feed *feed);
// The factory that makes the feed's sessions; new reference.
GstRTSPMediaFactory *feed_factory(Feed *feed);

// Source's thread. Times are microseconds on one line for both tracks; the packet's bytes are
// shared, not copied.
void feed_push(Feed *feed, int track, const AVPacket *packet);

// Any thread.
bool feed_is_wanted(Feed *feed);                 // somebody is connected
bool feed_takes_wish(Feed *feed);                // a session has opened since it was asked last
void feed_set_stalled(Feed *feed, bool stalled); // packets are thrown away, connections stay
