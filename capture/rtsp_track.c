// SPDX-License-Identifier: Apache-2.0
#include "capture/rtsp_track.h"

#include "capture/rtp_jitter.h"
#include <libavcodec/defs.h>
#include <libavutil/mem.h>
#include <string.h>

struct RtspTrack {
    RtspTrackEvents events;
    AVCodecParameters *params;
    int payload_type;
    int n_payload_types;
    uint8_t payload_types[SDP_FORMATS_MAX];
    uint32_t own_ssrc;
    RtpReceiver receiver;
    RtcpHeard heard;
    RtpJitter *jitter; // NULL: packets come in order
    Depay *depay;
    uint64_t packets;
    bool is_over;
    int64_t arrival_us; // of the packet that is being taken
};

static AVCodecParameters *params_of(const SdpMedia *media)
{
    AVCodecParameters *params = avcodec_parameters_alloc();
    if (!params)
        return NULL;
    params->codec_id = media->codec;
    params->codec_type = media->kind == SDP_VIDEO ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO;
    if (media->kind == SDP_AUDIO) {
        params->sample_rate = (int)media->clock_rate;
        av_channel_layout_default(&params->ch_layout, media->channels);
    }
    if (!media->config)
        return params;
    gsize size = 0;
    const void *config = g_bytes_get_data(media->config, &size);
    params->extradata = av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!params->extradata) {
        avcodec_parameters_free(&params);
        return NULL;
    }
    memcpy(params->extradata, config, size);
    params->extradata_size = (int)size;
    return params;
}

static void take_unit(void *ctx, const DepayUnit *unit)
{
    RtspTrack *track = ctx;
    track->events.unit(track->events.ctx, track, unit,
                       rtp_receiver_us(&track->receiver, unit->time), track->arrival_us);
}

// A payload type of the track that is not the chosen one is something else (comfort noise, another
// codec); one that the description does not know at all is the camera's slip.
static bool is_ours(const RtspTrack *track, uint8_t payload_type)
{
    return payload_type == track->payload_type ||
           !memchr(track->payload_types, payload_type, (size_t)track->n_payload_types);
}

static void take_in_order(void *ctx, const uint8_t *data, size_t size, int64_t arrival_us)
{
    RtspTrack *track = ctx;
    RtpPacket packet;
    if (!rtp_parse(data, size, &packet))
        return;
    track->packets++;
    track->arrival_us = arrival_us;
    bool hole = rtp_receiver_take(&track->receiver, &packet, arrival_us);
    if (is_ours(track, packet.payload_type))
        depay_push(track->depay, &packet, track->receiver.time, hole);
}

RtspTrack *rtsp_track_new(const SdpMedia *media, bool is_datagram, const RtspTrackEvents *events)
{
    g_autoptr(RtspTrack) track = g_new0(RtspTrack, 1);
    track->events = *events;
    track->params = params_of(media);
    if (!track->params)
        return NULL;
    track->payload_type = media->payload_type;
    track->n_payload_types = media->n_payload_types;
    memcpy(track->payload_types, media->payload_types, sizeof track->payload_types);
    track->own_ssrc = g_random_int();
    rtp_receiver_init(&track->receiver, media->clock_rate);
    track->jitter = is_datagram ? rtp_jitter_new(take_in_order, track) : NULL;
    DepayOptions options = { .codec = media->codec,
                             .size_bits = media->size_bits,
                             .index_bits = media->index_bits,
                             .index_delta_bits = media->index_delta_bits,
                             .has_don = media->has_don };
    track->depay = depay_new(&options, take_unit, track);
    return g_steal_pointer(&track);
}

void rtsp_track_free(RtspTrack *track)
{
    if (!track)
        return;
    avcodec_parameters_free(&track->params);
    rtp_jitter_free(track->jitter);
    depay_free(track->depay);
    g_free(track);
}

const AVCodecParameters *rtsp_track_params(const RtspTrack *track)
{
    return track->params;
}

static void take_control(RtspTrack *track, const uint8_t *data, size_t size, int64_t now_us)
{
    RtcpNews news;
    if (!rtcp_parse(data, size, &news))
        return;
    // A report before the first packet, or of another source, ties no time of ours to the clock;
    // nor does one of a camera that has none.
    bool is_useful = news.has_report && news.ntp != 0 && track->receiver.started &&
                     news.ssrc == track->receiver.ssrc;
    if (is_useful) {
        track->heard = (RtcpHeard){ news.ntp, now_us };
        int64_t time = rtp_receiver_time(&track->receiver, news.timestamp);
        track->events.report(track->events.ctx, track, rtcp_ntp_us(news.ntp),
                             rtp_receiver_us(&track->receiver, time));
    }
    track->is_over |= news.bye;
}

void rtsp_track_take(RtspTrack *track, const uint8_t *data, size_t size, int64_t now_us)
{
    if (rtp_is_control(data, size))
        take_control(track, data, size, now_us);
    else if (track->jitter)
        rtp_jitter_push(track->jitter, data, size, now_us);
    else
        take_in_order(track, data, size, now_us);
}

void rtsp_track_tick(RtspTrack *track, int64_t now_us)
{
    if (track->jitter)
        rtp_jitter_tick(track->jitter, now_us);
}

int64_t rtsp_track_deadline_us(const RtspTrack *track)
{
    return track->jitter ? rtp_jitter_deadline_us(track->jitter) : INT64_MAX;
}

bool rtsp_track_is_over(const RtspTrack *track)
{
    return track->is_over;
}

size_t rtsp_track_write_report(RtspTrack *track, const char *cname, int64_t now_us, uint8_t *buffer)
{
    return rtcp_write_report(&track->receiver, &track->heard, track->own_ssrc, cname, now_us,
                             buffer);
}

RtspTrackFigures rtsp_track_figures(const RtspTrack *track)
{
    return (RtspTrackFigures){
        .packets = track->packets,
        .lost = track->receiver.lost,
        .late = track->jitter ? rtp_jitter_late(track->jitter) : 0,
        .damaged_units = depay_damaged(track->depay),
    };
}
