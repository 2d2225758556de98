// SPDX-License-Identifier: Apache-2.0
// RTSP track: one medium of a presentation as it is received: from packets, in whatever transport,
// to units with their time. One thread.
#pragma once
#include "capture/depay.h"
#include "capture/rtcp.h"
#include "capture/sdp.h"
#include <libavcodec/codec_par.h>

typedef struct RtspTrack RtspTrack;

typedef struct {
    // time_us: on the track's own line.
    void (*unit)(void *ctx, RtspTrack *track, const DepayUnit *unit, int64_t time_us,
                 int64_t arrival_us);
    void (*report)(void *ctx, RtspTrack *track, int64_t ntp_us, int64_t report_us);
    void *ctx;
} RtspTrackEvents;

// is_datagram: packets may come out of order. NULL: no memory.
RtspTrack *rtsp_track_new(const SdpMedia *media, bool is_datagram, const RtspTrackEvents *events);
void rtsp_track_free(RtspTrack *track);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RtspTrack, rtsp_track_free)

const AVCodecParameters *rtsp_track_params(const RtspTrack *track);

// A packet of RTP or RTCP, whichever it is: some cameras mix the channels up. now_us: monotonic.
void rtsp_track_take(RtspTrack *track, const uint8_t *data, size_t size, int64_t now_us);
void rtsp_track_tick(RtspTrack *track, int64_t now_us);
// When a tick will be due; INT64_MAX: none is.
int64_t rtsp_track_deadline_us(const RtspTrack *track);

// The receiver report that is to be sent now; bytes in buffer, which has RTCP_REPORT_MAX.
size_t rtsp_track_write_report(RtspTrack *track, const char *cname, int64_t now_us,
                               uint8_t *buffer);

// The camera has said that it sends no more.
bool rtsp_track_is_over(const RtspTrack *track);

typedef struct {
    uint64_t packets;       // of RTP
    uint64_t lost, late;    // packets that never came; that came too late
    uint64_t damaged_units; // dropped because of that
} RtspTrackFigures;
RtspTrackFigures rtsp_track_figures(const RtspTrack *track);
