// SPDX-License-Identifier: Apache-2.0
// The reader that is our own RTSP client (rtsp_session.h).
#include "capture/source_reader.h"

#include "base/clock.h"
#include "base/log.h"
#include "capture/rtp_sync.h"
#include "capture/rtsp_session.h"
#include "capture/url.h"
#include <libavcodec/packet.h>
#include <libavutil/error.h>
#include <string.h>

enum {
    OPEN_MS = 8000,  // address, connection and the whole handshake
    QUIET_MS = 5000, // so long without video: it has stopped
    UDP_PROOF_MS = 3000,
    BYE_MS = 1000 // so long after its farewell a camera may still change its mind
};

// NTP counts from 1900 (RFC 5905, 6).
static const int64_t UNIX_AT_NTP_US = INT64_C(2208988800) * 1000000;

typedef struct {
    SourceOptions options; // url is borrowed for source_open only
    RtspSession *session;
    RtpSync sync;
    GQueue packets;          // AVPacket * with stream_index 0 for video, 1 for audio
    int64_t deadline_ms;     // monotonic; waiting ends then
    int64_t clock_offset_us; // see SourceFigures
    bool out_of_memory;
} RtspInput;

static bool must_give_up(void *ctx)
{
    RtspInput *input = ctx;
    return clock_mono_ms() > input->deadline_ms || input->options.is_stopping(input->options.ctx);
}

static bool is_video(RtspInput *input, const RtspTrack *track)
{
    return rtsp_track_params(track)->codec_type == AVMEDIA_TYPE_VIDEO;
}

static void queue_unit(RtspInput *input, const DepayUnit *unit, bool video, int64_t time_us)
{
    AVPacket *packet = av_packet_alloc();
    if (!packet || av_new_packet(packet, (int)unit->size) < 0) {
        av_packet_free(&packet);
        input->out_of_memory = true;
        return;
    }
    memcpy(packet->data, unit->data, unit->size);
    packet->pts = time_us;
    packet->dts = AV_NOPTS_VALUE; // RTP carries presentation times only
    packet->flags = unit->key || !video ? AV_PKT_FLAG_KEY : 0;
    packet->stream_index = !video;
    g_queue_push_tail(&input->packets, packet);
}

static void take_unit(void *ctx, RtspTrack *track, const DepayUnit *unit, int64_t time_us,
                      int64_t arrival_us)
{
    RtspInput *input = ctx;
    bool video = is_video(input, track);
    if (video)
        rtp_sync_video(&input->sync, time_us, arrival_us);
    if (video || rtp_sync_audio(&input->sync, time_us, arrival_us, &time_us))
        queue_unit(input, unit, video, time_us);
}

static void take_report(void *ctx, RtspTrack *track, int64_t ntp_us, int64_t report_us)
{
    RtspInput *input = ctx;
    bool video = is_video(input, track);
    if (video)
        input->clock_offset_us = ntp_us - UNIX_AT_NTP_US - clock_wall_us();
    rtp_sync_report(&input->sync, video, ntp_us, report_us);
}

static int open_session(RtspInput *input, bool is_datagram, Why *ret_why)
{
    RtspSessionOptions options = {
        .url = input->options.url,
        .is_datagram = is_datagram,
        .audio = input->options.audio,
        .give_up = must_give_up,
        .tracks = { .unit = take_unit, .report = take_report, .ctx = input },
        .ctx = input,
    };
    input->deadline_ms = clock_mono_ms() + OPEN_MS;
    return rtsp_session_new(&options, &input->session, ret_why);
}

// Whether anything comes. 0, or a negative AVERROR with the reason.
static int await_datagrams(RtspInput *input, Why *ret_why)
{
    const RtspTrack *video = rtsp_session_track(input->session, SESSION_VIDEO);
    input->deadline_ms = clock_mono_ms() + UDP_PROOF_MS;
    while (rtsp_track_figures(video).packets == 0) {
        if (must_give_up(input)) {
            *ret_why = WHY_NO_ANSWER;
            return AVERROR(ETIMEDOUT);
        }
        int err = rtsp_session_step(input->session, ret_why);
        if (err < 0)
            return err;
    }
    return 0;
}

static bool is_worth_another_way(Why why)
{
    return why == WHY_NO_ANSWER || why == WHY_BUSY || why == WHY_CLOSED || why == WHY_INVALID;
}

// By UDP where that is asked for; with auto by TCP where the network or the camera does not let it
// through.
static int open_any_way(RtspInput *input, Why *ret_why)
{
    if (input->options.transport == TRANSPORT_TCP)
        return open_session(input, false, ret_why);
    int err = open_session(input, true, ret_why);
    if (input->options.transport == TRANSPORT_UDP)
        return err;
    if (err == 0)
        err = await_datagrams(input, ret_why);
    if (err == 0 || !is_worth_another_way(*ret_why) ||
        input->options.is_stopping(input->options.ctx))
        return err;
    g_clear_pointer(&input->session, rtsp_session_free);
    return open_session(input, false, ret_why);
}

static void free_packet(gpointer data)
{
    AVPacket *packet = data;
    av_packet_free(&packet);
}

static void close_input(void *ctx)
{
    RtspInput *input = ctx;
    rtsp_session_free(input->session);
    g_queue_clear_full(&input->packets, free_packet);
    g_free(input);
}

static int open_input(const SourceOptions *options, void **ret_input, Why *ret_why)
{
    RtspInput *input = g_new0(RtspInput, 1);
    input->options = *options;
    input->clock_offset_us = SOURCE_NO_CLOCK;
    g_queue_init(&input->packets);
    int err = open_any_way(input, ret_why);
    if (err < 0) {
        close_input(input);
        return err;
    }
    input->options.url = NULL;
    input->deadline_ms = clock_mono_ms() + QUIET_MS;
    *ret_input = input;
    return 0;
}

static const AVCodecParameters *params(RtspInput *input, int which)
{
    const RtspTrack *track = rtsp_session_track(input->session, which);
    return track ? rtsp_track_params(track) : NULL;
}

static const AVCodecParameters *video_params(void *ctx)
{
    return params(ctx, SESSION_VIDEO);
}

static const AVCodecParameters *audio_params(void *ctx)
{
    return params(ctx, SESSION_AUDIO);
}

static int await_packet(RtspInput *input, Why *ret_why)
{
    while (g_queue_is_empty(&input->packets)) {
        bool is_over = rtsp_session_is_over(input->session);
        if (is_over)
            input->deadline_ms = MIN(input->deadline_ms, clock_mono_ms() + BYE_MS);
        if (must_give_up(input)) {
            *ret_why = is_over ? WHY_CLOSED : WHY_STOPPED;
            return AVERROR_EXIT;
        }
        int err = rtsp_session_step(input->session, ret_why);
        if (err < 0)
            return err;
    }
    return 0;
}

static int read_packet(void *ctx, AVPacket *packet, bool *ret_is_video, Why *ret_why)
{
    RtspInput *input = ctx;
    int err = await_packet(input, ret_why);
    if (err < 0)
        return err;
    if (input->out_of_memory) {
        *ret_why = WHY_INTERNAL;
        return AVERROR(ENOMEM);
    }
    AVPacket *next = g_queue_pop_head(&input->packets);
    av_packet_unref(packet);
    av_packet_move_ref(packet, next);
    av_packet_free(&next);
    *ret_is_video = packet->stream_index == 0;
    // Sound alone does not keep a stream alive.
    if (*ret_is_video)
        input->deadline_ms = clock_mono_ms() + QUIET_MS;
    else if (must_give_up(input)) {
        *ret_why = WHY_STOPPED;
        return AVERROR_EXIT;
    }
    return 0;
}

static SourceFigures figures(void *ctx)
{
    RtspInput *input = ctx;
    const RtspTrack *video = rtsp_session_track(input->session, SESSION_VIDEO);
    return (SourceFigures){ .lost = (int64_t)rtsp_track_figures(video).lost,
                            .clock_offset_us = input->clock_offset_us };
}

const SourceReader source_rtsp = {
    .open = open_input,
    .free = close_input,
    .video = video_params,
    .audio = audio_params,
    .read = read_packet,
    .figures = figures,
};
