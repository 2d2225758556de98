// SPDX-License-Identifier: Apache-2.0
// Feed: makes a stream out of a connection's packets: times that grow, generations, sound that
// browsers take, wall clock, units and fragments.
//
// Nothing is published before the first key frame whose parameter sets are known. New parameter
// sets begin a new generation; a leap of the camera's times does not (line.h). One thread: the
// camera's.
#pragma once
#include "capture/stream.h"

typedef struct Feed Feed;

typedef struct {
    enum AVCodecID codec; // AV_CODEC_ID_NONE: nothing published now
    double fps;
    int64_t kbit;
} FeedFigures;

Feed *feed_new(Stream *stream);
void feed_free(Feed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Feed, feed_free)

// A connection begins. audio: NULL without sound. Both are copied.
void feed_begin(Feed *feed, const AVCodecParameters *video, const AVCodecParameters *audio);
// The connection is over: what is held back is published, and the stream is away.
void feed_end(Feed *feed);

// Consumes the packet's reference; times in microseconds, dts may be missing. arrival_us: wall
// clock. 0, or a negative AVERROR when nothing can be published any more.
int feed_video(Feed *feed, AVPacket *packet, int64_t arrival_us);
int feed_audio(Feed *feed, AVPacket *packet);

bool feed_is_live(const Feed *feed); // has published a key frame in this connection
FeedFigures feed_figures(const Feed *feed);
