// SPDX-License-Identifier: Apache-2.0
// Source: an opened camera or file that gives packets: H.264 or H.265 as Annex B, and its sound if
// wanted.
//
// rtsp: our own client (rtsp_session.h), or libavformat's where the config says so, over TCP or
// UDP. file: played in real time by libavformat, from the beginning again at its end, on a line of
// time that goes on. One thread. Every call that may block returns within a fraction of a second
// once is_stopping says so.
#pragma once
#include "base/config.h"
#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>

// Why there is no picture, for people. The order is that of the table in source.c.
typedef enum {
    WHY_NONE,
    WHY_NO_ANSWER,    // nothing came back in time
    WHY_REFUSED,      // the address is there, the port is closed
    WHY_UNREACHABLE,  // no such host, no way to it
    WHY_PASSWORD,     // 401
    WHY_FORBIDDEN,    // 403
    WHY_BUSY,         // 453, 5xx
    WHY_NOT_FOUND,    // 404, or no such file
    WHY_CODEC,        // neither H.264 nor H.265
    WHY_NO_VIDEO,     // only sound, or nothing
    WHY_NO_KEY_FRAME, // it sends, but nothing to begin with
    WHY_STOPPED,      // it sent, and does no more
    WHY_CLOSED,       // the connection was ended from there
    WHY_INVALID,      // what came is not RTSP, or no video file
    WHY_INTERNAL,
} Why;
const char *why_name(Why why);     // "no_answer"; NULL for WHY_NONE
const char *why_sentence(Why why); // "the camera does not answer"; NULL for WHY_NONE

typedef struct {
    const char *url;
    ConfigTransport transport;
    ConfigReader reader; // of a file it is always libavformat
    bool audio;
    bool (*is_stopping)(void *ctx);
    void *ctx;
} SourceOptions;

typedef struct Source Source;

// 0, or a negative AVERROR with the reason.
int source_open(const SourceOptions *options, Source **ret_source, Why *ret_why);
void source_free(Source *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Source, source_free)

// Borrowed. The video's extradata is Annex B or empty (parameter sets come in band only). Audio may
// be any codec.
const AVCodecParameters *source_video(Source *source);
const AVCodecParameters *source_audio(Source *source); // NULL: none

// What the connection has seen up to now.
typedef struct {
    int64_t lost; // RTP packets that never came; 0 where the reader cannot tell
    // The camera's clock less the box's, by its last sender report; SOURCE_NO_CLOCK: it has told
    // none.
    int64_t clock_offset_us;
} SourceFigures;
#define SOURCE_NO_CLOCK INT64_MIN
SourceFigures source_figures(Source *source);

// The next packet, with pts, dts and duration in microseconds; dts may be AV_NOPTS_VALUE.
// ret_is_video: otherwise audio. 0, or a negative AVERROR with the reason: WHY_STOPPED after 5 s
// without a packet.
int source_read(Source *source, AVPacket *packet, bool *ret_is_video, Why *ret_why);
