// SPDX-License-Identifier: Apache-2.0
#include "capture/video_params.h"

#include <libavcodec/avcodec.h>

static AVCodecContext *open_decoder(const AVCodecParameters *params)
{
    const AVCodec *decoder = avcodec_find_decoder(params->codec_id);
    AVCodecContext *context = decoder ? avcodec_alloc_context3(decoder) : NULL;
    if (!context)
        return NULL;
    context->thread_count = 1;
    context->skip_loop_filter = AVDISCARD_ALL; // nobody looks at the picture
    context->skip_idct = AVDISCARD_ALL;
    if (avcodec_parameters_to_context(context, params) < 0 ||
        avcodec_open2(context, decoder, NULL) < 0)
        avcodec_free_context(&context);
    return context;
}

// For H.264 libavcodec tells how many pictures it holds back only once it has begun one. A frame
// that it cannot decode tells nothing, and the delay shows itself later.
static void read_delay(AVCodecParameters *params, AVCodecContext *context, const AVPacket *key)
{
    AVFrame *frame = av_frame_alloc();
    if (frame && avcodec_send_packet(context, key) >= 0)
        avcodec_receive_frame(context, frame);
    av_frame_free(&frame);
    params->video_delay = context->has_b_frames;
    params->profile = context->profile;
    params->level = context->level;
}

static void read_size(AVCodecParameters *params, AVCodecContext *context, const AVPacket *key)
{
    AVCodecParserContext *parser = av_parser_init(params->codec_id);
    if (!parser)
        return;
    parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
    uint8_t *out = NULL;
    int out_size = 0;
    av_parser_parse2(parser, context, &out, &out_size, key->data, key->size, key->pts, key->dts, 0);
    params->width = parser->width;
    params->height = parser->height;
    av_parser_close(parser);
}

static AVCodecParameters *params_with(enum AVCodecID codec, GBytes *sets)
{
    AVCodecParameters *params = avcodec_parameters_alloc();
    if (!params)
        return NULL;
    size_t size = g_bytes_get_size(sets);
    params->codec_type = AVMEDIA_TYPE_VIDEO;
    params->codec_id = codec;
    params->extradata = av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!params->extradata) {
        avcodec_parameters_free(&params);
        return NULL;
    }
    memcpy(params->extradata, g_bytes_get_data(sets, NULL), size);
    params->extradata_size = (int)size;
    return params;
}

AVCodecParameters *video_params_new(enum AVCodecID codec, GBytes *sets, const AVPacket *key)
{
    AVCodecParameters *params = params_with(codec, sets);
    AVCodecContext *context = params ? open_decoder(params) : NULL;
    if (context) {
        read_size(params, context, key);
        read_delay(params, context, key);
        avcodec_free_context(&context);
    }
    if (params && (params->width <= 0 || params->height <= 0))
        avcodec_parameters_free(&params);
    return params;
}
