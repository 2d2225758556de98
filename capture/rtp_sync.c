// SPDX-License-Identifier: Apache-2.0
#include "capture/rtp_sync.h"

#include <stdlib.h>

void rtp_sync_report(RtpSync *sync, bool is_video, int64_t ntp_us, int64_t report_us)
{
    SyncTrack *track = is_video ? &sync->video : &sync->audio;
    track->has_report = true;
    track->ntp_us = ntp_us;
    track->report_us = report_us;
}

static void note_time(SyncTrack *track, int64_t time_us, int64_t arrival_us)
{
    track->has_time = true;
    track->time_us = time_us;
    track->arrival_us = arrival_us;
}

void rtp_sync_video(RtpSync *sync, int64_t time_us, int64_t arrival_us)
{
    note_time(&sync->video, time_us, arrival_us);
}

static int64_t offset_by_arrival(const RtpSync *sync)
{
    const SyncTrack *video = &sync->video, *audio = &sync->audio;
    return video->time_us + (audio->arrival_us - video->arrival_us) - audio->time_us;
}

// The picture's moment of the sound's report, less the sound's own.
static int64_t offset_by_reports(const RtpSync *sync)
{
    const SyncTrack *video = &sync->video, *audio = &sync->audio;
    return video->report_us + (audio->ntp_us - video->ntp_us) - audio->report_us;
}

static bool is_doubtful(int64_t offset_us, int64_t arrival_offset_us)
{
    return llabs(offset_us - arrival_offset_us) > SYNC_DOUBT_US;
}

bool rtp_sync_audio(RtpSync *sync, int64_t time_us, int64_t arrival_us, int64_t *ret_us)
{
    if (!sync->video.has_time)
        return false;
    note_time(&sync->audio, time_us, arrival_us);
    int64_t by_arrival = offset_by_arrival(sync);
    if (!sync->placed || is_doubtful(sync->offset_us, by_arrival))
        sync->offset_us = by_arrival;
    sync->placed = true;
    if (sync->video.has_report && sync->audio.has_report) {
        int64_t by_reports = offset_by_reports(sync);
        if (!is_doubtful(by_reports, by_arrival) &&
            llabs(by_reports - sync->offset_us) > SYNC_STEP_US)
            sync->offset_us = by_reports;
    }
    *ret_us = time_us + sync->offset_us;
    return true;
}
