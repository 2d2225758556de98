// SPDX-License-Identifier: Apache-2.0
// The reader that is libavformat: files, and cameras that our own client does not understand.
#include "capture/source_reader.h"

#include "base/clock.h"
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>

enum {
    OPEN_MS = 8000,  // address, connection and the whole RTSP handshake
    QUIET_MS = 5000, // so long without video: it has stopped
    SLICE_US = 100000,
    UDP_BUFFER_BYTES = 1 << 20,
    UDP_REORDER_PACKETS = 64,
    UDP_REORDER_US = 200000,
};

static const AVRational microseconds = { 1, 1000000 };

typedef struct {
    SourceOptions options; // url is borrowed for source_open only
    AVFormatContext *input;
    AVBSFContext *annexb; // NULL: packets are Annex B already
    AVCodecParameters *video_params;
    int video, audio; // indices in input; audio -1: none
    bool is_file;
    int64_t deadline_ms; // monotonic; a blocking call gives up then
    // File: the line of time through its repetitions.
    int64_t started_us; // monotonic moment of the line's zero
    int64_t
        offset_us;  // from the file's own times to the line; AV_NOPTS_VALUE before the first packet
    int64_t end_us; // where the line has come to
} LibavInput;

static Why why_of_error(int err)
{
    static const struct {
        int err;
        Why why;
    } table[] = {
        { AVERROR_HTTP_UNAUTHORIZED, WHY_PASSWORD },
        { AVERROR_HTTP_FORBIDDEN, WHY_FORBIDDEN },
        { AVERROR_HTTP_OTHER_4XX, WHY_BUSY }, // 453 Not Enough Bandwidth is the usual one
        { AVERROR_HTTP_SERVER_ERROR, WHY_BUSY },
        { AVERROR_HTTP_NOT_FOUND, WHY_NOT_FOUND },
        { AVERROR_HTTP_BAD_REQUEST, WHY_NOT_FOUND },
        { AVERROR(ENOENT), WHY_NOT_FOUND },
        { AVERROR(EACCES), WHY_FORBIDDEN },
        { AVERROR(ECONNREFUSED), WHY_REFUSED },
        { AVERROR(EHOSTUNREACH), WHY_UNREACHABLE },
        { AVERROR(ENETUNREACH), WHY_UNREACHABLE },
        { AVERROR(EIO), WHY_UNREACHABLE }, // libavformat's word for a name that is not found
        { AVERROR(ETIMEDOUT), WHY_NO_ANSWER },
        { AVERROR_EXIT, WHY_NO_ANSWER },
        { AVERROR_EOF, WHY_CLOSED },
        { AVERROR(ECONNRESET), WHY_CLOSED },
        { AVERROR(EPIPE), WHY_CLOSED },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        if (table[i].err == err)
            return table[i].why;
    return WHY_INVALID;
}

// libavformat asks at least every 100 ms while it waits for the network. It is the only limit of
// time: libavformat's own timeouts would be a second one.
static int must_give_up(void *ctx)
{
    LibavInput *source = ctx;
    return clock_mono_ms() > source->deadline_ms ||
           source->options.is_stopping(source->options.ctx);
}

static AVDictionary *input_options(const SourceOptions *options, bool is_file)
{
    AVDictionary *dict = NULL;
    if (is_file) {
        av_dict_set(&dict, "protocol_whitelist", "file", 0);
        return dict;
    }
    bool is_udp = options->transport == TRANSPORT_UDP;
    av_dict_set(&dict, "protocol_whitelist", "rtp,tcp,udp", 0);
    av_dict_set(&dict, "rtsp_transport", is_udp ? "udp" : "tcp", 0);
    av_dict_set(&dict, "allowed_media_types", options->audio ? "video+audio" : "video", 0);
    if (is_udp) {
        av_dict_set_int(&dict, "reorder_queue_size", UDP_REORDER_PACKETS, 0);
        av_dict_set_int(&dict, "buffer_size", UDP_BUFFER_BYTES, 0);
        av_dict_set_int(&dict, "max_delay", UDP_REORDER_US, 0);
    }
    return dict;
}

static void expect_more(LibavInput *source)
{
    // A file is paced by its own times, which may hold long stills.
    source->deadline_ms = source->is_file ? INT64_MAX : clock_mono_ms() + QUIET_MS;
}

static int open_input(LibavInput *source)
{
    source->input = avformat_alloc_context();
    if (!source->input)
        return AVERROR(ENOMEM);
    source->input->interrupt_callback = (AVIOInterruptCB){ must_give_up, source };
    source->deadline_ms = clock_mono_ms() + OPEN_MS;
    AVDictionary *dict = input_options(&source->options, source->is_file);
    const AVInputFormat *format = source->is_file ? NULL : av_find_input_format("rtsp");
    int err = avformat_open_input(&source->input, source->options.url, format, &dict);
    av_dict_free(&dict);
    // An RTSP stream describes itself in its SDP and in its parameter sets. Reading ahead for more
    // would make the first picture late and its arrival time wrong.
    if (err >= 0 && source->is_file)
        err = avformat_find_stream_info(source->input, NULL);
    return err;
}

static bool is_known_audio(enum AVCodecID codec)
{
    return codec == AV_CODEC_ID_AAC || codec == AV_CODEC_ID_PCM_ALAW ||
           codec == AV_CODEC_ID_PCM_MULAW;
}

static Why choose_tracks(LibavInput *source)
{
    Why why = WHY_NO_VIDEO;
    source->video = source->audio = -1;
    for (unsigned i = 0; i < source->input->nb_streams; i++) {
        const AVCodecParameters *params = source->input->streams[i]->codecpar;
        bool is_video = params->codec_type == AVMEDIA_TYPE_VIDEO;
        bool is_known =
            params->codec_id == AV_CODEC_ID_H264 || params->codec_id == AV_CODEC_ID_HEVC;
        if (is_video && is_known && source->video < 0)
            source->video = (int)i;
        else if (is_video && source->video < 0)
            why = WHY_CODEC;
        if (source->options.audio && source->audio < 0 && is_known_audio(params->codec_id))
            source->audio = (int)i;
    }
    return source->video < 0 ? why : WHY_NONE;
}

// MP4 and its kin have lengths before NAL units, and their configuration record begins with 1.
static int open_annexb(LibavInput *source)
{
    AVStream *stream = source->input->streams[source->video];
    const AVCodecParameters *params = stream->codecpar;
    source->video_params = avcodec_parameters_alloc();
    if (!source->video_params)
        return AVERROR(ENOMEM);
    if (params->extradata_size < 7 || params->extradata[0] != 1)
        return avcodec_parameters_copy(source->video_params, params);
    bool is_h264 = params->codec_id == AV_CODEC_ID_H264;
    int err = av_bsf_alloc(av_bsf_get_by_name(is_h264 ? "h264_mp4toannexb" : "hevc_mp4toannexb"),
                           &source->annexb);
    if (err < 0)
        return err;
    source->annexb->time_base_in = stream->time_base;
    err = avcodec_parameters_copy(source->annexb->par_in, params);
    if (err >= 0)
        err = av_bsf_init(source->annexb);
    if (err >= 0)
        err = avcodec_parameters_copy(source->video_params, source->annexb->par_out);
    return err;
}

static int open_all(LibavInput *source, Why *ret_why)
{
    int err = open_input(source);
    if (err < 0) {
        *ret_why = why_of_error(err);
        return err;
    }
    *ret_why = choose_tracks(source);
    if (*ret_why != WHY_NONE)
        return AVERROR_STREAM_NOT_FOUND;
    err = open_annexb(source);
    if (err < 0)
        *ret_why = WHY_INTERNAL;
    return err;
}

static void close_input(void *ctx)
{
    LibavInput *source = ctx;
    av_bsf_free(&source->annexb);
    avcodec_parameters_free(&source->video_params);
    source->deadline_ms = clock_mono_ms() + 500; // for the farewell (TEARDOWN)
    avformat_close_input(&source->input);
    g_free(source);
}

static int open_reader(const SourceOptions *options, void **ret_input, Why *ret_why)
{
    LibavInput *source = g_new0(LibavInput, 1);
    source->options = *options;
    source->is_file = g_str_has_prefix(options->url, "file:");
    source->offset_us = AV_NOPTS_VALUE;
    int err = open_all(source, ret_why);
    if (err < 0) {
        close_input(source);
        return err;
    }
    expect_more(source);
    source->options.url = NULL;
    *ret_input = source;
    return 0;
}

static const AVCodecParameters *video_params(void *ctx)
{
    return ((LibavInput *)ctx)->video_params;
}

static const AVCodecParameters *audio_params(void *ctx)
{
    const LibavInput *source = ctx;
    return source->audio < 0 ? NULL : source->input->streams[source->audio]->codecpar;
}

static int rewind_file(LibavInput *source)
{
    if (source->offset_us == AV_NOPTS_VALUE)
        return AVERROR_EOF; // not one packet of video in it: once more would not help
    source->offset_us = AV_NOPTS_VALUE;
    if (source->annexb)
        av_bsf_flush(source->annexb);
    return avformat_seek_file(source->input, -1, INT64_MIN, INT64_MIN, INT64_MAX, 0);
}

// Moves the file's times onto the line, and waits for the packet's moment.
static int pace(LibavInput *source, AVPacket *packet, bool is_video)
{
    int64_t decode_us = packet->dts != AV_NOPTS_VALUE ? packet->dts : packet->pts;
    if (source->offset_us == AV_NOPTS_VALUE) {
        source->offset_us = source->end_us - decode_us;
        if (source->started_us == 0)
            source->started_us = g_get_monotonic_time();
    }
    packet->pts += packet->pts != AV_NOPTS_VALUE ? source->offset_us : 0;
    packet->dts += packet->dts != AV_NOPTS_VALUE ? source->offset_us : 0;
    decode_us += source->offset_us;
    if (is_video)
        source->end_us = MAX(source->end_us, decode_us + packet->duration);
    for (;;) {
        int64_t wait = source->started_us + decode_us - g_get_monotonic_time();
        if (source->options.is_stopping(source->options.ctx))
            return AVERROR_EXIT;
        if (wait <= 0)
            return 0;
        g_usleep((gulong)MIN(wait, SLICE_US));
    }
}

static int to_annexb(LibavInput *source, AVPacket *packet)
{
    int err = av_bsf_send_packet(source->annexb, packet);
    return err < 0 ? err : av_bsf_receive_packet(source->annexb, packet);
}

static int finish_packet(LibavInput *source, AVPacket *packet, bool is_video)
{
    AVRational base = source->input->streams[packet->stream_index]->time_base;
    if (is_video && source->annexb) {
        int err = to_annexb(source, packet);
        if (err < 0)
            return err;
    }
    av_packet_rescale_ts(packet, base, microseconds);
    if (source->is_file)
        return pace(source, packet, is_video);
    // RTP carries presentation times only. libavformat's guess at the decoding times needs a
    // decoder that has read ahead; the one who publishes derives them.
    packet->dts = AV_NOPTS_VALUE;
    return 0;
}

static int read_chosen(LibavInput *source, AVPacket *packet, bool *ret_is_video)
{
    for (;;) {
        av_packet_unref(packet);
        int err = av_read_frame(source->input, packet);
        if (err == AVERROR_EOF && source->is_file)
            err = rewind_file(source);
        else if (err >= 0 &&
                 (packet->stream_index == source->video || packet->stream_index == source->audio)) {
            *ret_is_video = packet->stream_index == source->video;
            return finish_packet(source, packet, *ret_is_video);
        }
        if (err < 0)
            return err;
        if (must_give_up(source))
            return AVERROR_EXIT;
    }
}

static int read_packet(void *ctx, AVPacket *packet, bool *ret_is_video, Why *ret_why)
{
    LibavInput *source = ctx;
    int err = read_chosen(source, packet, ret_is_video);
    // Given up, libavformat still hands out the frame that its parser held back: that is no sign of
    // life. Sound alone does not keep a stream alive either.
    if (err >= 0 && must_give_up(source))
        err = AVERROR_EXIT;
    if (err >= 0 && *ret_is_video)
        expect_more(source);
    if (err >= 0)
        return 0;
    bool is_quiet = err == AVERROR_EXIT || err == AVERROR(ETIMEDOUT);
    *ret_why = is_quiet ? WHY_STOPPED : why_of_error(err);
    return err;
}

const SourceReader source_libav = {
    .open = open_reader,
    .free = close_input,
    .video = video_params,
    .audio = audio_params,
    .read = read_packet,
};
