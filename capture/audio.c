// SPDX-License-Identifier: Apache-2.0
#include "capture/audio.h"

#include <glib.h>
#include <libavcodec/avcodec.h>
#include <libavutil/audio_fifo.h>
#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>
#include <stdbool.h>

// 16 kHz: not every browser takes AAC at the 8 kHz of G.711.
enum { RATE = 16000, BIT_RATE = 32000, GAP_US = 200000 };

static const AVRational microseconds = { 1, 1000000 };

struct Audio {
    AVCodecContext *decoder, *encoder;
    SwrContext *resampler;
    AVAudioFifo *fifo; // resampled, waits to fill an encoder's frame
    AVCodecParameters *params;
    AVFrame *decoded, *frame;
    int64_t next_us; // moment of the first sample in the fifo; AV_NOPTS_VALUE: none yet
};

static int open_decoder(Audio *audio, const AVCodecParameters *input)
{
    const AVCodec *codec = avcodec_find_decoder(input->codec_id);
    audio->decoder = codec ? avcodec_alloc_context3(codec) : NULL;
    if (!audio->decoder)
        return AVERROR(ENOMEM);
    int err = avcodec_parameters_to_context(audio->decoder, input);
    return err < 0 ? err : avcodec_open2(audio->decoder, codec, NULL);
}

static int open_encoder(Audio *audio)
{
    const AVCodec *codec = avcodec_find_encoder(AV_CODEC_ID_AAC);
    audio->encoder = codec ? avcodec_alloc_context3(codec) : NULL;
    if (!audio->encoder)
        return AVERROR(ENOMEM);
    audio->encoder->sample_rate = RATE;
    audio->encoder->sample_fmt = AV_SAMPLE_FMT_FLTP;
    audio->encoder->bit_rate = BIT_RATE;
    audio->encoder->time_base = microseconds;
    audio->encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    av_channel_layout_default(&audio->encoder->ch_layout, 1);
    int err = avcodec_open2(audio->encoder, codec, NULL);
    return err < 0 ? err : avcodec_parameters_from_context(audio->params, audio->encoder);
}

static int open_resampler(Audio *audio)
{
    int err = swr_alloc_set_opts2(&audio->resampler, &audio->encoder->ch_layout, AV_SAMPLE_FMT_FLTP,
                                  RATE, &audio->decoder->ch_layout, audio->decoder->sample_fmt,
                                  audio->decoder->sample_rate, 0, NULL);
    return err < 0 ? err : swr_init(audio->resampler);
}

static int allocate_frame(Audio *audio)
{
    audio->frame->nb_samples = audio->encoder->frame_size;
    audio->frame->format = AV_SAMPLE_FMT_FLTP;
    audio->frame->sample_rate = RATE;
    int err = av_channel_layout_copy(&audio->frame->ch_layout, &audio->encoder->ch_layout);
    return err < 0 ? err : av_frame_get_buffer(audio->frame, 0);
}

int audio_new(const AVCodecParameters *input, Audio **ret_audio)
{
    Audio *audio = g_new0(Audio, 1);
    audio->next_us = AV_NOPTS_VALUE;
    audio->params = avcodec_parameters_alloc();
    audio->decoded = av_frame_alloc();
    audio->frame = av_frame_alloc();
    audio->fifo = av_audio_fifo_alloc(AV_SAMPLE_FMT_FLTP, 1, RATE);
    int err = AVERROR(ENOMEM);
    if (!audio->params || !audio->decoded || !audio->frame || !audio->fifo)
        goto out;
    if ((err = open_decoder(audio, input)) < 0)
        goto out;
    if ((err = open_encoder(audio)) < 0)
        goto out;
    if ((err = open_resampler(audio)) < 0)
        goto out;
    err = allocate_frame(audio);
out:
    if (err < 0)
        audio_free(audio);
    else
        *ret_audio = audio;
    return err;
}

void audio_free(Audio *audio)
{
    if (!audio)
        return;
    avcodec_free_context(&audio->decoder);
    avcodec_free_context(&audio->encoder);
    swr_free(&audio->resampler);
    if (audio->fifo)
        av_audio_fifo_free(audio->fifo);
    avcodec_parameters_free(&audio->params);
    av_frame_free(&audio->decoded);
    av_frame_free(&audio->frame);
    g_free(audio);
}

const AVCodecParameters *audio_params(const Audio *audio)
{
    return audio->params;
}

static int64_t duration_us(int samples)
{
    return samples * INT64_C(1000000) / RATE;
}

static void follow_time(Audio *audio, int64_t at_us)
{
    int waiting = av_audio_fifo_size(audio->fifo);
    bool is_gap = audio->next_us == AV_NOPTS_VALUE ||
                  ABS(at_us - (audio->next_us + duration_us(waiting))) > GAP_US;
    if (!is_gap)
        return;
    av_audio_fifo_reset(audio->fifo);
    audio->next_us = at_us;
}

static int resample_into_fifo(Audio *audio)
{
    int max = swr_get_out_samples(audio->resampler, audio->decoded->nb_samples);
    uint8_t *samples = NULL;
    if (max <= 0 || av_samples_alloc(&samples, NULL, 1, max, AV_SAMPLE_FMT_FLTP, 0) < 0)
        return AVERROR(ENOMEM);
    int n =
        swr_convert(audio->resampler, &samples, max,
                    (const uint8_t **)audio->decoded->extended_data, audio->decoded->nb_samples);
    if (n > 0)
        n = av_audio_fifo_write(audio->fifo, (void **)&samples, n);
    av_freep(&samples);
    return n < 0 ? n : 0;
}

int audio_send(Audio *audio, const AVPacket *packet)
{
    if (packet->pts != AV_NOPTS_VALUE)
        follow_time(audio, packet->pts);
    int err = avcodec_send_packet(audio->decoder, packet);
    while (err >= 0 && (err = avcodec_receive_frame(audio->decoder, audio->decoded)) >= 0)
        err = resample_into_fifo(audio);
    return err == AVERROR(EAGAIN) ? 0 : err;
}

static int encode_frame(Audio *audio)
{
    int samples = audio->encoder->frame_size;
    if (audio->next_us == AV_NOPTS_VALUE || av_audio_fifo_size(audio->fifo) < samples)
        return AVERROR(EAGAIN);
    int err = av_frame_make_writable(audio->frame);
    if (err < 0)
        return err;
    av_audio_fifo_read(audio->fifo, (void **)audio->frame->data, samples);
    audio->frame->pts = audio->next_us;
    audio->next_us += duration_us(samples);
    return avcodec_send_frame(audio->encoder, audio->frame);
}

int audio_receive(Audio *audio, AVPacket *packet)
{
    for (;;) {
        int err = avcodec_receive_packet(audio->encoder, packet);
        if (err != AVERROR(EAGAIN))
            return err;
        err = encode_frame(audio);
        if (err < 0)
            return err;
    }
}
