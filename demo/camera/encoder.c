// SPDX-License-Identifier: Apache-2.0
#include "demo/camera/encoder.h"
#include <libavutil/opt.h>

struct Encoder {
    AVCodecContext *codec;
};

static const AVRational microseconds = { 1, 1000000 };

// Parameter sets stay in band and, without B frames, no picture waits for a later one: what leaves
// is what a camera sends.
static void set_up(AVCodecContext *codec, const EncoderOptions *options)
{
    codec->width = options->width;
    codec->height = options->height;
    codec->pix_fmt = AV_PIX_FMT_YUV420P;
    codec->color_range = AVCOL_RANGE_MPEG;
    codec->time_base = microseconds;
    codec->framerate = (AVRational){ options->fps, 1 };
    codec->gop_size = options->gop;
    codec->max_b_frames = options->b_frames;
    codec->bit_rate = options->kbit * 1000LL;
    codec->rc_max_rate = codec->bit_rate;
    codec->rc_buffer_size = (int)codec->bit_rate;
    codec->thread_count = 1;
    av_opt_set(codec->priv_data, "preset", "ultrafast", 0);
    if (!options->b_frames)
        av_opt_set(codec->priv_data, "tune", "zerolatency", 0);
    av_opt_set_int(codec->priv_data, "forced-idr", 1, 0);
    if (options->codec == AV_CODEC_ID_H264)
        av_opt_set(codec->priv_data, "x264-params", "scenecut=0", 0);
    else
        av_opt_set(codec->priv_data, "x265-params",
                   "log-level=error:pools=none:frame-threads=1:scenecut=0:repeat-headers=1", 0);
}

Encoder *encoder_new(const EncoderOptions *options)
{
    Encoder *encoder = g_new0(Encoder, 1);
    const AVCodec *kind = avcodec_find_encoder(options->codec);
    encoder->codec = avcodec_alloc_context3(kind);
    if (kind && encoder->codec) {
        set_up(encoder->codec, options);
        int err = avcodec_open2(encoder->codec, kind, NULL);
        if (err == 0)
            return encoder;
        g_printerr("%s at %dx%d cannot be encoded: %s\n", kind->name, options->width,
                   options->height, av_err2str(err));
    } else {
        g_printerr("this FFmpeg has no encoder for %s\n", avcodec_get_name(options->codec));
    }
    encoder_free(encoder);
    return NULL;
}

void encoder_free(Encoder *encoder)
{
    if (!encoder)
        return;
    avcodec_free_context(&encoder->codec);
    g_free(encoder);
}

AVCodecParameters *encoder_parameters(const Encoder *encoder)
{
    AVCodecParameters *parameters = avcodec_parameters_alloc();
    if (!parameters || avcodec_parameters_from_context(parameters, encoder->codec) < 0)
        g_error("out of memory");
    return parameters;
}

bool encoder_encode(Encoder *encoder, AVFrame *picture, int64_t line_us, bool key,
                    AVPacket *ret_packet)
{
    picture->pts = line_us;
    picture->pict_type = key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    int err = avcodec_send_frame(encoder->codec, picture);
    return err == 0 && avcodec_receive_packet(encoder->codec, ret_packet) == 0;
}
