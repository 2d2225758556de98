// SPDX-License-Identifier: Apache-2.0
// RTP sync: where a moment of the sound lies on the picture's line of time.
//
// Both tracks count from zero points of their own. Sender reports tie each to the sender's clock
// (RFC 3550, 6.4.1), and through it to each other. Until both have reported, and for senders whose
// reports contradict what arrives by more than SYNC_DOUBT_US, arrival decides. The picture is never
// moved: its own times are the stream's. Pure; one thread.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum {
    SYNC_DOUBT_US = 2000000, // transport and encoder do not hold sound and picture so far apart
    SYNC_STEP_US = 20000     // less is not heard, and stepping would cost a packet of sound
};

typedef struct {
    bool has_report, has_time;
    int64_t ntp_us, report_us;   // the same moment on the sender's clock and on the track's line
    int64_t time_us, arrival_us; // of the last packet
} SyncTrack;

typedef struct {
    SyncTrack video, audio;
    bool placed;
    int64_t offset_us; // from the sound's line to the picture's
} RtpSync;

void rtp_sync_report(RtpSync *sync, bool is_video, int64_t ntp_us, int64_t report_us);
void rtp_sync_video(RtpSync *sync, int64_t time_us, int64_t arrival_us);
// False: there is no picture yet to place it by.
bool rtp_sync_audio(RtpSync *sync, int64_t time_us, int64_t arrival_us, int64_t *ret_us);
