// SPDX-License-Identifier: Apache-2.0
// Packets: a few seconds of real H.264 or H.265 as a camera sends it (Annex B, parameter sets in
// band, times in microseconds), encoded here, for the tests of the live half.
#pragma once
#include <assert.h>
#include <glib.h>
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
#include <string.h>

enum { PACKETS_FPS = 25, PACKETS_GOP = 25, PACKETS_FRAME_US = 1000000 / PACKETS_FPS };

typedef struct {
    enum AVCodecID codec;
    int width, height;
    int b_frames;
    int n;
} PacketsOptions;

typedef struct {
    AVCodecParameters *params; // as SDP would say it: no extradata
    GPtrArray *packets;        // AVPacket *
} Packets;

static inline AVCodecContext *packets_encoder(const PacketsOptions *options)
{
    av_log_set_level(AV_LOG_QUIET);
    bool is_h264 = options->codec == AV_CODEC_ID_H264;
    const AVCodec *codec = avcodec_find_encoder_by_name(is_h264 ? "libx264" : "libx265");
    assert(codec);
    AVCodecContext *encoder = avcodec_alloc_context3(codec);
    encoder->width = options->width;
    encoder->height = options->height;
    encoder->pix_fmt = AV_PIX_FMT_YUV420P;
    encoder->time_base = (AVRational){ 1, PACKETS_FPS };
    encoder->framerate = (AVRational){ PACKETS_FPS, 1 };
    encoder->gop_size = PACKETS_GOP;
    encoder->max_b_frames = options->b_frames;
    encoder->thread_count = 1;
    av_opt_set(encoder->priv_data, "preset", "ultrafast", 0);
    av_opt_set(encoder->priv_data, is_h264 ? "x264-params" : "x265-params",
               is_h264 ? "scenecut=0:b-adapt=0"
                       : "scenecut=0:b-adapt=0:log-level=none:pools=none:frame-threads=1",
               0);
    assert(avcodec_open2(encoder, codec, NULL) == 0);
    return encoder;
}

static inline void packets_drain(Packets *packets, AVCodecContext *encoder)
{
    for (;;) {
        AVPacket *packet = av_packet_alloc();
        if (avcodec_receive_packet(encoder, packet) < 0) {
            av_packet_free(&packet);
            return;
        }
        packet->duration = 1;
        av_packet_rescale_ts(packet, encoder->time_base, (AVRational){ 1, 1000000 });
        packet->dts = AV_NOPTS_VALUE; // RTP does not carry it
        g_ptr_array_add(packets->packets, packet);
    }
}

static inline void packets_free_one(gpointer data)
{
    AVPacket *packet = data;
    av_packet_free(&packet);
}

static inline void packets_init(Packets *packets, PacketsOptions options)
{
    AVCodecContext *encoder = packets_encoder(&options);
    AVFrame *frame = av_frame_alloc();
    frame->width = options.width;
    frame->height = options.height;
    frame->format = AV_PIX_FMT_YUV420P;
    assert(av_frame_get_buffer(frame, 0) == 0);
    packets->packets = g_ptr_array_new_with_free_func(packets_free_one);
    for (int i = 0; i < options.n; i++) {
        assert(av_frame_make_writable(frame) == 0);
        memset(frame->data[0], 60 + i % 100, (size_t)(frame->linesize[0] * frame->height));
        memset(frame->data[0], 200, (size_t)(frame->linesize[0] * (i % frame->height)));
        memset(frame->data[1], 128, (size_t)(frame->linesize[1] * frame->height / 2));
        memset(frame->data[2], 128, (size_t)(frame->linesize[2] * frame->height / 2));
        frame->pts = i;
        assert(avcodec_send_frame(encoder, frame) == 0);
        packets_drain(packets, encoder);
    }
    assert(avcodec_send_frame(encoder, NULL) == 0);
    packets_drain(packets, encoder);
    packets->params = avcodec_parameters_alloc();
    packets->params->codec_type = AVMEDIA_TYPE_VIDEO;
    packets->params->codec_id = options.codec;
    av_frame_free(&frame);
    avcodec_free_context(&encoder);
}

static inline void packets_done(Packets *packets)
{
    avcodec_parameters_free(&packets->params);
    g_ptr_array_unref(packets->packets);
}

// A reference of its own to the i-th packet.
static inline AVPacket *packets_at(Packets *packets, guint i)
{
    return av_packet_clone(g_ptr_array_index(packets->packets, i));
}
