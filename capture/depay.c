// SPDX-License-Identifier: Apache-2.0
#include "capture/depay.h"

#include "capture/depay_formats.h"

typedef struct {
    enum AVCodecID codec;
    void (*push)(Depay *depay, const RtpPacket *packet, int64_t time, bool hole);
} Format;

struct Depay {
    const Format *format;
    DepayOptions options;
    DepayEmit emit;
    void *ctx;
    // By format; the others are empty.
    Picture picture;
    AacFrames frames;
};

static void push_h264(Depay *depay, const RtpPacket *packet, int64_t time, bool hole)
{
    picture_begin_packet(&depay->picture, time, hole);
    depay_h264_payload(&depay->picture, packet->data, packet->size);
    picture_end_packet(&depay->picture, packet->marker);
}

static void push_h265(Depay *depay, const RtpPacket *packet, int64_t time, bool hole)
{
    picture_begin_packet(&depay->picture, time, hole);
    depay_h265_payload(&depay->picture, packet->data, packet->size, depay->options.has_don);
    picture_end_packet(&depay->picture, packet->marker);
}

static void push_aac(Depay *depay, const RtpPacket *packet, int64_t time, bool hole)
{
    depay_aac_packet(&depay->frames, packet, time, hole);
}

static void push_samples(Depay *depay, const RtpPacket *packet, int64_t time, bool hole)
{
    DepayUnit unit = { .data = packet->data, .size = packet->size, .time = time };
    if (packet->size > 0)
        depay->emit(depay->ctx, &unit);
}

static const Format formats[] = {
    { AV_CODEC_ID_H264, push_h264 },        { AV_CODEC_ID_HEVC, push_h265 },
    { AV_CODEC_ID_AAC, push_aac },          { AV_CODEC_ID_PCM_MULAW, push_samples },
    { AV_CODEC_ID_PCM_ALAW, push_samples },
};

static const Format *format_of(enum AVCodecID codec)
{
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
        if (formats[i].codec == codec)
            return &formats[i];
    return NULL;
}

bool depay_knows(enum AVCodecID codec)
{
    return format_of(codec) != NULL;
}

Depay *depay_new(const DepayOptions *options, DepayEmit emit, void *ctx)
{
    const Format *format = format_of(options->codec);
    g_return_val_if_fail(format, NULL);
    Depay *depay = g_new0(Depay, 1);
    depay->format = format;
    depay->options = *options;
    depay->emit = emit;
    depay->ctx = ctx;
    picture_init(&depay->picture, options->codec, emit, ctx);
    depay_aac_init(&depay->frames, options, emit, ctx);
    return depay;
}

void depay_free(Depay *depay)
{
    if (!depay)
        return;
    picture_done(&depay->picture);
    depay_aac_done(&depay->frames);
    g_free(depay);
}

void depay_push(Depay *depay, const RtpPacket *packet, int64_t time, bool hole)
{
    depay->format->push(depay, packet, time, hole);
}

uint64_t depay_damaged(const Depay *depay)
{
    return depay->picture.damaged_units + depay->frames.damaged_frames;
}
