// SPDX-License-Identifier: Apache-2.0
#include "demo/camera/tone.h"
#include <math.h>

#define TONE_HZ    440.0
#define AMPLITUDE  1200.0 // of 32767
#define G711_FRAME 160    // 20 ms, RFC 3551 4.2
#define CHUNK_MAX  1024

struct Tone {
    AVCodecContext *encoder;
    AVFrame *frame;
    int64_t samples; // made so far
    double phase;
};

static int open_encoder(Tone *tone, enum AVCodecID codec)
{
    const AVCodec *kind = avcodec_find_encoder(codec);
    tone->encoder = avcodec_alloc_context3(kind);
    if (!kind || !tone->encoder)
        return AVERROR_ENCODER_NOT_FOUND;
    bool is_aac = codec == AV_CODEC_ID_AAC;
    tone->encoder->sample_rate = is_aac ? 16000 : 8000;
    tone->encoder->sample_fmt = is_aac ? AV_SAMPLE_FMT_FLTP : AV_SAMPLE_FMT_S16;
    tone->encoder->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_MONO;
    tone->encoder->bit_rate = is_aac ? 32000 : 64000;
    tone->encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER; // RTP wants AAC without ADTS
    tone->encoder->time_base = (AVRational){ 1, tone->encoder->sample_rate };
    return avcodec_open2(tone->encoder, kind, NULL);
}

static int open_frame(Tone *tone)
{
    tone->frame = av_frame_alloc();
    if (!tone->frame)
        return AVERROR(ENOMEM);
    int size = tone->encoder->frame_size;
    tone->frame->nb_samples = size > 0 ? MIN(size, CHUNK_MAX) : G711_FRAME;
    tone->frame->format = tone->encoder->sample_fmt;
    tone->frame->sample_rate = tone->encoder->sample_rate;
    av_channel_layout_copy(&tone->frame->ch_layout, &tone->encoder->ch_layout);
    return av_frame_get_buffer(tone->frame, 0);
}

Tone *tone_new(enum AVCodecID codec)
{
    Tone *tone = g_new0(Tone, 1);
    int err = open_encoder(tone, codec);
    if (err == 0)
        err = open_frame(tone);
    if (err == 0)
        return tone;
    g_printerr("no sound: %s\n", av_err2str(err));
    tone_free(tone);
    return NULL;
}

void tone_free(Tone *tone)
{
    if (!tone)
        return;
    av_frame_free(&tone->frame);
    avcodec_free_context(&tone->encoder);
    g_free(tone);
}

AVCodecParameters *tone_parameters(const Tone *tone)
{
    AVCodecParameters *parameters = avcodec_parameters_alloc();
    if (!parameters || avcodec_parameters_from_context(parameters, tone->encoder) < 0)
        g_error("out of memory");
    return parameters;
}

static void fill_frame(Tone *tone)
{
    double step = 2 * M_PI * TONE_HZ / tone->encoder->sample_rate;
    for (int i = 0; i < tone->frame->nb_samples; i++) {
        double value = AMPLITUDE * sin(tone->phase);
        if (tone->encoder->sample_fmt == AV_SAMPLE_FMT_FLTP)
            ((float *)tone->frame->data[0])[i] = (float)(value / 32768);
        else
            ((int16_t *)tone->frame->data[0])[i] = (int16_t)value;
        tone->phase = fmod(tone->phase + step, 2 * M_PI);
    }
    tone->frame->pts = tone->samples;
    tone->samples += tone->frame->nb_samples;
}

static void packet_free(gpointer pointer)
{
    AVPacket *packet = pointer;
    av_packet_free(&packet);
}

GPtrArray *tone_until(Tone *tone, int64_t line_us)
{
    GPtrArray *packets = g_ptr_array_new_with_free_func(packet_free);
    int rate = tone->encoder->sample_rate;
    int64_t wanted = av_rescale(line_us, rate, G_USEC_PER_SEC);
    if (wanted - tone->samples > rate)
        tone->samples = wanted;
    while (tone->samples < wanted) {
        if (av_frame_make_writable(tone->frame) < 0)
            g_error("out of memory");
        fill_frame(tone);
        avcodec_send_frame(tone->encoder, tone->frame);
        AVPacket *packet = av_packet_alloc();
        while (avcodec_receive_packet(tone->encoder, packet) == 0) {
            av_packet_rescale_ts(packet, tone->encoder->time_base, (AVRational){ 1, 1000000 });
            g_ptr_array_add(packets, packet);
            packet = av_packet_alloc();
        }
        av_packet_free(&packet);
    }
    return packets;
}
