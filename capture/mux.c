// SPDX-License-Identifier: Apache-2.0
#include "capture/mux.h"

#include "capture/codec_config.h"
#include "capture/moof.h"
#include "capture/nal.h"

#include <libavformat/avformat.h>

enum {
    FRAGMENT_US = 500000,
    IO_BUFFER_BYTES = 4 << 10,
    VIDEO_TIMESCALE = 90000,
    // A camera whose times hardly move, and sound without a picture, end here.
    SAMPLES_MAX = 4096,
};

static const AVRational microseconds = { 1, 1000000 };

// A track of the fragment that is being filled.
typedef struct {
    AVRational time_base;
    AVPacket *held;     // waits for the next packet of its track
    int64_t last_us;    // duration of the last packet of which it is known
    int64_t decode;     // of the first sample, in the time base
    GPtrArray *packets; // AVPacket; in microseconds
    GArray *samples;    // MoofSample for each; a picture's size is known when it is written
} MuxTrack;

struct Mux {
    StreamInfo *info;
    MuxEmit emit;
    void *ctx;
    uint32_t sequence;
    MuxTrack tracks[STREAM_MAX_TRACKS];
    // The fragment that is being filled.
    bool has_video, key, jump;
    int64_t wall_us, decode_us, end_us;
};

static int append_bytes(void *ctx, uint8_t *data, int size)
{
    g_byte_array_append(ctx, data, (guint)size);
    return size;
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

static int add_track(AVFormatContext *output, const AVCodecParameters *params)
{
    AVStream *stream = avformat_new_stream(output, NULL);
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

static int open_io(AVFormatContext *output, GByteArray *bytes)
{
    unsigned char *buffer = av_malloc(IO_BUFFER_BYTES);
    if (!buffer)
        return AVERROR(ENOMEM);
    output->pb = avio_alloc_context(buffer, IO_BUFFER_BYTES, 1, bytes, NULL, append_bytes, NULL);
    if (!output->pb) {
        av_free(buffer);
        return AVERROR(ENOMEM);
    }
    output->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
    output->avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED;
    return 0;
}

static void close_output(AVFormatContext *output)
{
    AVIOContext *io = output ? output->pb : NULL;
    if (io)
        av_freep(&io->buffer);
    avio_context_free(&io);
    if (output)
        output->pb = NULL;
    avformat_free_context(output);
}

// Without an edit list each track's decode times stand as they are, so that sound which begins
// later than the picture stays beside it.
static int write_header(Mux *mux, AVFormatContext *output)
{
    AVDictionary *options = NULL;
    av_dict_set(&options, "movflags", "frag_custom+empty_moov+default_base_moof", 0);
    av_dict_set_int(&options, "use_editlist", 0, 0);
    av_dict_set_int(&options, "video_track_timescale", VIDEO_TIMESCALE, 0);
    int err = avformat_write_header(output, &options);
    av_dict_free(&options);
    for (int i = 0; err >= 0 && i < mux->info->n_tracks; i++)
        mux->tracks[i].time_base = output->streams[i]->time_base;
    return err;
}

// The file's head is libavformat's: it knows what each codec's sample entry says.
static int make_init(Mux *mux)
{
    AVFormatContext *output = NULL;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    int err = avformat_alloc_output_context2(&output, NULL, "mp4", NULL);
    for (int i = 0; err >= 0 && i < mux->info->n_tracks; i++)
        err = add_track(output, mux->info->tracks[i]);
    if (err >= 0)
        err = open_io(output, bytes);
    if (err >= 0)
        err = write_header(mux, output);
    if (err >= 0) {
        avio_flush(output->pb);
        mux->info->init = g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
    }
    close_output(output);
    return MIN(err, 0);
}

static void free_packet(gpointer packet)
{
    av_packet_free(&(AVPacket *){ packet });
}

int mux_new(StreamInfo *info, MuxEmit emit, void *ctx, Mux **ret_mux)
{
    g_autoptr(Mux) mux = g_new0(Mux, 1);
    mux->info = stream_info_ref(info);
    mux->emit = emit;
    mux->ctx = ctx;
    for (int i = 0; i < info->n_tracks; i++) {
        mux->tracks[i].packets = g_ptr_array_new_with_free_func(free_packet);
        mux->tracks[i].samples = g_array_new(FALSE, FALSE, sizeof(MoofSample));
    }
    int err = make_init(mux);
    if (err < 0)
        return err;
    *ret_mux = g_steal_pointer(&mux);
    return 0;
}

static void track_clear(MuxTrack *track)
{
    g_ptr_array_set_size(track->packets, 0);
    g_array_set_size(track->samples, 0);
}

static MoofTrack track_of(const Mux *mux, int i)
{
    const MuxTrack *track = &mux->tracks[i];
    return (MoofTrack){ .id = (uint32_t)i + 1, // as libavformat counts them
                        .decode = (uint64_t)track->decode,
                        .samples = (const MoofSample *)track->samples->data,
                        .n = track->samples->len,
                        .is_picture = i == 0,
                        .key = mux->key };
}

// The most that the track's samples may take.
static size_t room_of(const MuxTrack *track, bool is_picture)
{
    size_t room = 0;
    for (guint i = 0; i < track->packets->len; i++) {
        const AVPacket *packet = track->packets->pdata[i];
        room += is_picture ? nal_lengths_max((size_t)packet->size) : (size_t)packet->size;
    }
    return room;
}

// Writes the samples, of pictures with lengths in place of start codes as set_config has told, and
// notes their sizes. Where it ended.
static uint8_t *put_samples(MuxTrack *track, bool is_picture, uint8_t *out)
{
    for (guint i = 0; i < track->packets->len; i++) {
        const AVPacket *packet = track->packets->pdata[i];
        size_t size = (size_t)packet->size;
        if (is_picture)
            size = nal_write_lengths(packet->data, size, out);
        else
            memcpy(out, packet->data, size);
        g_array_index(track->samples, MoofSample, i).size = (uint32_t)size;
        out += size;
    }
    return out;
}

// The fragment's bytes: its samples are copied once, from the packets to their place.
static GBytes *make_bytes(Mux *mux)
{
    int n = mux->info->n_tracks;
    MoofTrack tracks[STREAM_MAX_TRACKS] = { 0 };
    size_t room = 0;
    for (int i = 0; i < n; i++) {
        tracks[i] = track_of(mux, i);
        room += room_of(&mux->tracks[i], i == 0);
    }
    size_t head = moof_size(tracks, (size_t)n) + MOOF_MDAT_HEAD;
    g_autofree uint8_t *bytes = g_malloc(head + room);
    uint8_t *end = bytes + head;
    for (int i = 0; i < n; i++)
        end = put_samples(&mux->tracks[i], i == 0, end);
    if (moof_write(tracks, (size_t)n, ++mux->sequence, bytes) < 0)
        return NULL;
    size_t size = (size_t)(end - bytes);
    return g_bytes_new_take(g_realloc(g_steal_pointer(&bytes), size), size);
}

// Ends the fragment that is being filled, if there is picture in it.
static int emit_fragment(Mux *mux)
{
    if (!mux->has_video || mux->tracks[0].samples->len == 0)
        return 0;
    mux->has_video = false;
    g_autoptr(GBytes) bytes = make_bytes(mux);
    for (int i = 0; i < mux->info->n_tracks; i++)
        track_clear(&mux->tracks[i]);
    if (!bytes)
        return AVERROR(EFBIG);
    Fragment *fragment = fragment_new(mux->info, bytes);
    fragment->key = mux->key;
    fragment->jump = mux->jump;
    fragment->wall_us = mux->wall_us;
    fragment->decode_us = mux->decode_us;
    fragment->duration_us = mux->end_us - mux->decode_us;
    mux->emit(mux->ctx, fragment);
    return 0;
}

static int64_t ticks(const MuxTrack *track, int64_t us)
{
    return av_rescale_q(us, microseconds, track->time_base);
}

// Times are rounded, not durations, or rounding would add up to a drift.
static void write_held(Mux *mux, int i, int64_t duration_us)
{
    MuxTrack *track = &mux->tracks[i];
    AVPacket *packet = g_steal_pointer(&track->held);
    track->last_us = duration_us;
    if (i == 0)
        mux->end_us = packet->dts + duration_us;
    else if (track->samples->len == SAMPLES_MAX)
        track_clear(track); // sound without a picture for minutes: nobody is shown it
    int64_t decode = ticks(track, packet->dts);
    MoofSample sample = { .duration = (uint32_t)(ticks(track, packet->dts + duration_us) - decode),
                          .composition = (int32_t)(ticks(track, packet->pts) - decode) };
    if (track->samples->len == 0)
        track->decode = decode;
    g_array_append_val(track->samples, sample);
    g_ptr_array_add(track->packets, packet);
}

static int begin_video(Mux *mux, const Unit *unit, bool jump)
{
    bool is_full = mux->has_video && (unit->packet->dts - mux->decode_us >= FRAGMENT_US ||
                                      mux->tracks[0].samples->len >= SAMPLES_MAX);
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

// A picture without one NAL unit would be a sample without a byte.
static bool is_empty(const Unit *unit)
{
    Nal nal;
    size_t offset = 0;
    return unit->track == 0 &&
           !nal_next(unit->packet->data, (size_t)unit->packet->size, &offset, &nal);
}

int mux_write(Mux *mux, const Unit *unit, bool jump)
{
    MuxTrack *track = &mux->tracks[unit->track];
    if (is_empty(unit))
        return 0;
    if (track->held)
        write_held(mux, unit->track, unit->packet->dts - track->held->dts);
    int err = unit->track == 0 ? begin_video(mux, unit, jump) : 0;
    if (err < 0)
        return err;
    track->held = av_packet_clone(unit->packet);
    return track->held ? 0 : AVERROR(ENOMEM);
}

static void finish(Mux *mux)
{
    for (int i = 0; i < mux->info->n_tracks; i++) {
        MuxTrack *track = &mux->tracks[i];
        if (track->held)
            write_held(mux, i, track->last_us ? track->last_us : 40000);
    }
    emit_fragment(mux);
}

void mux_free(Mux *mux)
{
    if (!mux)
        return;
    if (mux->info->init)
        finish(mux);
    for (int i = 0; i < mux->info->n_tracks; i++) {
        av_packet_free(&mux->tracks[i].held);
        g_ptr_array_unref(mux->tracks[i].packets);
        g_array_unref(mux->tracks[i].samples);
    }
    stream_info_unref(mux->info);
    g_free(mux);
}
