// SPDX-License-Identifier: Apache-2.0
#include "capture/mux.h"

#include "capture/codec_config.h"
#include "capture/nal.h"

#include <libavformat/avformat.h>

enum { FRAGMENT_US = 500000, IO_BUFFER_BYTES = 32 << 10, VIDEO_TIMESCALE = 90000 };

static const AVRational microseconds = { 1, 1000000 };

struct Mux {
    StreamInfo *info;
    MuxEmit emit;
    void *ctx;
    AVFormatContext *output;
    AVIOContext *io;
    GByteArray *bytes;                  // what libavformat has written since the last fragment
    AVPacket *held[STREAM_MAX_TRACKS];  // waits for the next packet of its track
    int64_t last_us[STREAM_MAX_TRACKS]; // duration of the last packet of which it is known
    // The fragment that is being filled.
    bool has_video, key, jump;
    int64_t wall_us, decode_us, end_us;
};

static int append_bytes(void *ctx, uint8_t *data, int size)
{
    Mux *mux = ctx;
    g_byte_array_append(mux->bytes, data, (guint)size);
    return size;
}

// Given away as they are, cut to their size in place: a copy of each fragment, and room kept for
// the next one, would cost more than to begin anew.
static GBytes *take_bytes(Mux *mux)
{
    gsize size = 0;
    guint8 *data = g_byte_array_steal(mux->bytes, &size);
    return g_bytes_new_take(g_realloc(data, size), size);
}

// A video track's extradata becomes the record that libavformat copies without reading it.
static int set_config(AVCodecParameters *params)
{
    g_autoptr(GBytes) config =
        codec_config_new(params->codec_id, params->extradata, (size_t)params->extradata_size);
    if (!config)
        return AVERROR_INVALIDDATA;
    gsize size = 0;
    const uint8_t *bytes = g_bytes_get_data(config, &size);
    av_freep(&params->extradata);
    params->extradata_size = 0;
    params->extradata = av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!params->extradata)
        return AVERROR(ENOMEM);
    memcpy(params->extradata, bytes, size);
    params->extradata_size = (int)size;
    return 0;
}

static int add_track(Mux *mux, const AVCodecParameters *params)
{
    AVStream *stream = avformat_new_stream(mux->output, NULL);
    if (!stream)
        return AVERROR(ENOMEM);
    int err = avcodec_parameters_copy(stream->codecpar, params);
    bool is_video = params->codec_type == AVMEDIA_TYPE_VIDEO;
    if (err >= 0 && is_video)
        err = set_config(stream->codecpar);
    if (err < 0)
        return err;
    // hvc1, not libavformat's hev1: Apple's players and some browsers take nothing else.
    stream->codecpar->codec_tag =
        params->codec_id == AV_CODEC_ID_HEVC ? MKTAG('h', 'v', 'c', '1') : 0;
    stream->time_base = (AVRational){ 1, is_video ? VIDEO_TIMESCALE : params->sample_rate };
    return 0;
}

static int open_io(Mux *mux)
{
    unsigned char *buffer = av_malloc(IO_BUFFER_BYTES);
    if (!buffer)
        return AVERROR(ENOMEM);
    mux->io = avio_alloc_context(buffer, IO_BUFFER_BYTES, 1, mux, NULL, append_bytes, NULL);
    if (!mux->io) {
        av_free(buffer);
        return AVERROR(ENOMEM);
    }
    mux->output->pb = mux->io;
    mux->output->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
    mux->output->flush_packets = 0;
    mux->output->avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED;
    return 0;
}

// frag_discont without an edit list: each track's first baseMediaDecodeTime is its true decode
// time, so that sound which begins later than the picture stays beside it.
static int write_header(Mux *mux)
{
    AVDictionary *options = NULL;
    av_dict_set(&options, "movflags", "frag_custom+empty_moov+default_base_moof+frag_discont", 0);
    av_dict_set_int(&options, "use_editlist", 0, 0);
    av_dict_set_int(&options, "video_track_timescale", VIDEO_TIMESCALE, 0);
    int err = avformat_write_header(mux->output, &options);
    av_dict_free(&options);
    if (err < 0)
        return err;
    avio_flush(mux->io);
    mux->info->init = take_bytes(mux);
    return 0;
}

int mux_new(StreamInfo *info, MuxEmit emit, void *ctx, Mux **ret_mux)
{
    g_autoptr(Mux) mux = g_new0(Mux, 1);
    mux->info = stream_info_ref(info);
    mux->emit = emit;
    mux->ctx = ctx;
    mux->bytes = g_byte_array_new();
    int err = avformat_alloc_output_context2(&mux->output, NULL, "mp4", NULL);
    for (int i = 0; err >= 0 && i < info->n_tracks; i++)
        err = add_track(mux, info->tracks[i]);
    if (err >= 0)
        err = open_io(mux);
    if (err >= 0)
        err = write_header(mux);
    if (err < 0)
        return err;
    *ret_mux = g_steal_pointer(&mux);
    return 0;
}

// Ends the fragment that is being filled, if there is picture in it.
static int emit_fragment(Mux *mux)
{
    if (!mux->has_video)
        return 0;
    int err = av_write_frame(mux->output, NULL);
    avio_flush(mux->io);
    mux->has_video = false;
    if (err < 0)
        return err;
    g_autoptr(GBytes) bytes = take_bytes(mux);
    if (g_bytes_get_size(bytes) == 0) // its pictures held not one NAL unit
        return 0;
    Fragment *fragment = fragment_new(mux->info, bytes);
    fragment->key = mux->key;
    fragment->jump = mux->jump;
    fragment->wall_us = mux->wall_us;
    fragment->decode_us = mux->decode_us;
    fragment->duration_us = mux->end_us - mux->decode_us;
    mux->emit(mux->ctx, fragment);
    return 0;
}

// As set_config has told: lengths in place of start codes.
static int set_lengths(AVPacket *packet)
{
    size_t max = nal_lengths_max((size_t)packet->size);
    AVBufferRef *buffer = av_buffer_alloc(max + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!buffer)
        return AVERROR(ENOMEM);
    size_t size = nal_write_lengths(packet->data, (size_t)packet->size, buffer->data);
    memset(buffer->data + size, 0, AV_INPUT_BUFFER_PADDING_SIZE);
    av_buffer_unref(&packet->buf);
    packet->buf = buffer;
    packet->data = buffer->data;
    packet->size = (int)size;
    return 0;
}

static int write_held(Mux *mux, int track, int64_t duration_us)
{
    AVPacket *packet = g_steal_pointer(&mux->held[track]);
    packet->duration = duration_us;
    packet->stream_index = track;
    mux->last_us[track] = duration_us;
    if (track == 0)
        mux->end_us = packet->dts + duration_us;
    AVRational base = mux->output->streams[track]->time_base;
    // Ends of packets are rounded, not durations, or rounding would add up to a drift.
    int64_t end = av_rescale_q(packet->dts + duration_us, microseconds, base);
    av_packet_rescale_ts(packet, microseconds, base);
    packet->duration = end - packet->dts;
    int err = track == 0 ? set_lengths(packet) : 0;
    if (err >= 0)
        err = av_write_frame(mux->output, packet);
    av_packet_free(&packet);
    return err;
}

static int begin_video(Mux *mux, const Unit *unit, bool jump)
{
    bool is_full = mux->has_video && unit->packet->dts - mux->decode_us >= FRAGMENT_US;
    if (unit->key || is_full) {
        int err = emit_fragment(mux);
        if (err < 0)
            return err;
    }
    if (mux->has_video)
        return 0;
    mux->has_video = true;
    mux->key = unit->key;
    mux->jump = jump;
    mux->wall_us = unit->wall_us;
    mux->decode_us = unit->packet->dts;
    return 0;
}

int mux_write(Mux *mux, const Unit *unit, bool jump)
{
    int err = 0;
    if (mux->held[unit->track])
        err = write_held(mux, unit->track, unit->packet->dts - mux->held[unit->track]->dts);
    if (err >= 0 && unit->track == 0)
        err = begin_video(mux, unit, jump);
    if (err < 0)
        return err;
    mux->held[unit->track] = av_packet_clone(unit->packet);
    return mux->held[unit->track] ? 0 : AVERROR(ENOMEM);
}

static void finish(Mux *mux)
{
    for (int i = 0; i < mux->info->n_tracks; i++)
        if (mux->held[i] && write_held(mux, i, mux->last_us[i] ? mux->last_us[i] : 40000) < 0)
            return;
    emit_fragment(mux);
}

void mux_free(Mux *mux)
{
    if (!mux)
        return;
    if (mux->info->init)
        finish(mux);
    for (int i = 0; i < STREAM_MAX_TRACKS; i++)
        av_packet_free(&mux->held[i]);
    if (mux->output)
        mux->output->pb = NULL;
    avformat_free_context(mux->output);
    if (mux->io)
        av_freep(&mux->io->buffer);
    avio_context_free(&mux->io);
    g_byte_array_unref(mux->bytes);
    stream_info_unref(mux->info);
    g_free(mux);
}
