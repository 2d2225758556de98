// SPDX-License-Identifier: Apache-2.0
// Sample: a few seconds of real H.264 in fragments, encoded here, for the tests of the recording
// half.
#pragma once
#include "capture/stream.h"

#include <assert.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <string.h>

enum { SAMPLE_FPS = 10, SAMPLE_FRAGMENT_FRAMES = 5, SAMPLE_GOP_FRAMES = 10 };
enum { SAMPLE_FRAGMENT_US = 500000 };

typedef struct {
    GBytes *init;
    GPtrArray *fragments; // GBytes: each second one begins with a key frame
    AVCodecContext *encoder;
    AVFormatContext *muxer;
} Sample;

static inline GBytes *sample_take_bytes(AVFormatContext *muxer)
{
    uint8_t *bytes;
    avio_flush(muxer->pb);
    int size = avio_close_dyn_buf(muxer->pb, &bytes);
    GBytes *taken = g_bytes_new(bytes, (gsize)size);
    av_free(bytes);
    assert(avio_open_dyn_buf(&muxer->pb) == 0);
    return taken;
}

static inline void sample_open(Sample *sample, int width)
{
    av_log_set_level(AV_LOG_ERROR);
    const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
    assert(codec);
    AVCodecContext *encoder = sample->encoder = avcodec_alloc_context3(codec);
    encoder->width = width;
    encoder->height = 48;
    encoder->pix_fmt = AV_PIX_FMT_YUV420P;
    encoder->time_base = (AVRational){ 1, SAMPLE_FPS };
    encoder->framerate = (AVRational){ SAMPLE_FPS, 1 };
    encoder->gop_size = SAMPLE_GOP_FRAMES;
    encoder->max_b_frames = 0;
    encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    encoder->thread_count = 1;
    av_opt_set(encoder->priv_data, "preset", "ultrafast", 0);
    av_opt_set(encoder->priv_data, "tune", "zerolatency", 0);
    av_opt_set(encoder->priv_data, "x264-params", "scenecut=0", 0);
    assert(avcodec_open2(encoder, codec, NULL) == 0);
    assert(avformat_alloc_output_context2(&sample->muxer, NULL, "mp4", NULL) >= 0);
    AVStream *stream = avformat_new_stream(sample->muxer, NULL);
    assert(avcodec_parameters_from_context(stream->codecpar, encoder) >= 0);
    stream->time_base = (AVRational){ 1, 90000 };
    AVDictionary *options = NULL;
    av_dict_set(&options, "movflags", "frag_custom+empty_moov+default_base_moof", 0);
    assert(avio_open_dyn_buf(&sample->muxer->pb) == 0);
    assert(avformat_write_header(sample->muxer, &options) >= 0);
    av_dict_free(&options);
    sample->init = sample_take_bytes(sample->muxer);
}

static inline void sample_encode(Sample *sample, AVFrame *frame, AVPacket *packet, int i)
{
    for (int y = 0; y < frame->height; y++)
        memset(frame->data[0] + y * frame->linesize[0], (i * 7 + y) & 0xff, (size_t)frame->width);
    frame->pts = i;
    frame->pict_type = i % SAMPLE_GOP_FRAMES ? AV_PICTURE_TYPE_NONE : AV_PICTURE_TYPE_I;
    assert(avcodec_send_frame(sample->encoder, frame) == 0);
    assert(avcodec_receive_packet(sample->encoder, packet) == 0);
    packet->duration = 1;
    av_packet_rescale_ts(packet, sample->encoder->time_base, sample->muxer->streams[0]->time_base);
    assert(av_write_frame(sample->muxer, packet) >= 0);
    av_packet_unref(packet);
}

// width tells inits apart.
static inline Sample *sample_new(int n_fragments, int width)
{
    Sample *sample = g_new0(Sample, 1);
    sample_open(sample, width);
    sample->fragments = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    frame->width = width;
    frame->height = 48;
    frame->format = AV_PIX_FMT_YUV420P;
    assert(av_frame_get_buffer(frame, 0) == 0);
    for (int c = 1; c < 3; c++)
        memset(frame->data[c], 128, (size_t)frame->linesize[c] * 24);
    for (int i = 0; i < n_fragments * SAMPLE_FRAGMENT_FRAMES; i++) {
        assert(av_frame_make_writable(frame) == 0);
        sample_encode(sample, frame, packet, i);
        if ((i + 1) % SAMPLE_FRAGMENT_FRAMES)
            continue;
        assert(av_write_frame(sample->muxer, NULL) >= 0);
        g_ptr_array_add(sample->fragments, sample_take_bytes(sample->muxer));
    }
    av_frame_free(&frame);
    av_packet_free(&packet);
    return sample;
}

static inline void sample_free(Sample *sample)
{
    uint8_t *rest;
    avio_close_dyn_buf(sample->muxer->pb, &rest);
    av_free(rest);
    avformat_free_context(sample->muxer);
    avcodec_free_context(&sample->encoder);
    g_bytes_unref(sample->init);
    g_ptr_array_unref(sample->fragments);
    g_free(sample);
}

static inline GBytes *sample_fragment(const Sample *sample, unsigned i)
{
    return sample->fragments->pdata[i];
}
