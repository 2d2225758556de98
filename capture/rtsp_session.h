// SPDX-License-Identifier: Apache-2.0
// RTSP session: one presentation that plays: described, set up, played, kept alive, reported on,
// torn down (RFC 2326). Its tracks hand on what they receive. One thread.
#pragma once
#include "capture/rtsp_connection.h"
#include "capture/rtsp_track.h"
#include "capture/source.h"

enum { SESSION_VIDEO, SESSION_AUDIO, SESSION_TRACKS };

typedef struct {
    const char *url;
    bool is_datagram; // media by UDP
    bool audio;       // if there is any that is known
    RtspGiveUp give_up;
    RtspTrackEvents tracks;
    void *ctx; // of give_up
} RtspSessionOptions;

typedef struct RtspSession RtspSession;

// Plays. 0, or a negative AVERROR with the reason. A redirection is followed once.
int rtsp_session_new(const RtspSessionOptions *options, RtspSession **ret_session, Why *ret_why);
// Tells the camera; waits 300 ms at most for its answer.
void rtsp_session_free(RtspSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RtspSession, rtsp_session_free)

RtspTrack *rtsp_session_track(RtspSession *session, int which); // NULL: none

// One step: hands on what has come, or waits for more, 100 ms at most. 0, or a negative AVERROR
// with the reason.
int rtsp_session_step(RtspSession *session, Why *ret_why);
// The camera has said that the session is gone, or that it sends no more picture.
bool rtsp_session_is_over(const RtspSession *session);
uint64_t rtsp_session_skipped(RtspSession *session); // bytes of garbage
