// SPDX-License-Identifier: Apache-2.0
#include "capture/overlay.h"

#include "base/file.h"
#include "capture/caption.h"
#include "capture/pace.h"

#include <errno.h>
#include <fcntl.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
#include <time.h>
#include <unistd.h>

enum { IO_BUFFER = 256 << 10, CLOCK_TEXT = 32 };
enum { MAX_PIXELS = 7680 * 4320 }; // what a parameter set may ask memory for
#define ENCODER "libx264"
#define PRESET  "superfast" // a copy to look at: time is worth more than bytes
#define QUALITY "24"

typedef struct {
    const OverlaySource *source;
    const ExportProgress *progress;
    int fd;
    int64_t at; // in the part
    EvidenceZip *zip;
    int64_t out_at;
    int err; // of the zip
    AVFormatContext *input, *output;
    AVCodecContext *decoder, *encoder;
    struct SwsContext *scaler;
    AVFrame *frame, *picture;
    AVPacket *packet, *coded;
    Caption *caption;
    int video;                      // input track
    int tracks[SEGMENT_MAX_TRACKS]; // output track of each input one; -1: left out
    Pace paces[SEGMENT_MAX_TRACKS];
    int64_t pts; // of the newest picture
} Copy;

// --- the part, as a file of its own

static int read_part(void *ctx, uint8_t *buffer, int size)
{
    Copy *copy = ctx;
    int n = (int)MIN((int64_t)size, copy->source->bytes - copy->at);
    if (n <= 0)
        return AVERROR_EOF;
    if (file_read_at(copy->fd, copy->source->offset + copy->at, buffer, (size_t)n) < 0)
        return AVERROR(EIO);
    copy->at += n;
    return n;
}

static int64_t seek_part(void *ctx, int64_t offset, int whence)
{
    Copy *copy = ctx;
    whence &= ~AVSEEK_FORCE;
    if (whence == AVSEEK_SIZE)
        return copy->source->bytes;
    if (whence == SEEK_CUR)
        offset += copy->at;
    else if (whence == SEEK_END)
        offset += copy->source->bytes;
    if (offset < 0)
        return AVERROR(EINVAL);
    copy->at = offset;
    return offset;
}

static int write_copy(void *ctx, uint8_t *bytes, int size)
{
    Copy *copy = ctx;
    int r = evidence_zip_write(copy->zip, copy->out_at, bytes, (size_t)size);
    copy->out_at += size;
    if (r < 0)
        copy->err = r;
    return r < 0 ? AVERROR(EIO) : size;
}

static int64_t seek_copy(void *ctx, int64_t offset, int whence)
{
    Copy *copy = ctx;
    int64_t size = evidence_zip_entry_bytes(copy->zip);
    if (whence & AVSEEK_SIZE)
        return size;
    whence &= ~AVSEEK_FORCE;
    copy->out_at = offset + (whence == SEEK_CUR ? copy->out_at : whence == SEEK_END ? size : 0);
    return copy->out_at;
}

static void close_io(AVIOContext *io)
{
    if (io)
        av_freep(&io->buffer);
    avio_context_free(&io);
}

static int open_input(Copy *copy)
{
    copy->input = avformat_alloc_context();
    AVIOContext *io =
        avio_alloc_context(av_malloc(IO_BUFFER), IO_BUFFER, 0, copy, read_part, NULL, seek_part);
    copy->input->pb = io;
    copy->input->flags |= AVFMT_FLAG_CUSTOM_IO;
    int r = avformat_open_input(&copy->input, NULL, av_find_input_format("mov"), NULL);
    if (r < 0)
        close_io(io); // input is freed, io is not
    return r;
}

// --- decoder, encoder, output

static int open_decoder(Copy *copy)
{
    const AVCodec *codec = NULL;
    copy->video = av_find_best_stream(copy->input, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
    if (copy->video < 0 || !codec)
        return AVERROR_INVALIDDATA;
    copy->decoder = avcodec_alloc_context3(codec);
    const AVStream *stream = copy->input->streams[copy->video];
    copy->decoder->thread_count = 1;
    copy->decoder->max_pixels = MAX_PIXELS;
    copy->decoder->pkt_timebase = stream->time_base;
    int r = avcodec_parameters_to_context(copy->decoder, stream->codecpar);
    if (r >= 0)
        r = avcodec_open2(copy->decoder, codec, NULL);
    bool is_large = (int64_t)copy->decoder->width * copy->decoder->height > MAX_PIXELS;
    return r >= 0 && is_large ? AVERROR_INVALIDDATA : r;
}

static int open_encoder(Copy *copy, const AVCodec *codec)
{
    AVCodecContext *encoder = copy->encoder = avcodec_alloc_context3(codec);
    encoder->width = copy->decoder->width & ~1;
    encoder->height = copy->decoder->height & ~1;
    encoder->pix_fmt = AV_PIX_FMT_YUV420P;
    encoder->time_base = copy->input->streams[copy->video]->time_base;
    encoder->sample_aspect_ratio = copy->decoder->sample_aspect_ratio;
    encoder->thread_count = 1;
    encoder->max_b_frames = 0;
    encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    av_opt_set(encoder->priv_data, "preset", PRESET, 0);
    av_opt_set(encoder->priv_data, "crf", QUALITY, 0);
    return avcodec_open2(encoder, codec, NULL);
}

static int add_track(Copy *copy, unsigned i)
{
    const AVStream *from = copy->input->streams[i];
    bool is_video = (int)i == copy->video;
    copy->tracks[i] = -1;
    if (!is_video && from->codecpar->codec_type != AVMEDIA_TYPE_AUDIO)
        return 0;
    AVStream *to = avformat_new_stream(copy->output, NULL);
    copy->tracks[i] = to->index;
    to->time_base = is_video ? copy->encoder->time_base : from->time_base;
    if (is_video)
        return avcodec_parameters_from_context(to->codecpar, copy->encoder);
    int r = avcodec_parameters_copy(to->codecpar, from->codecpar);
    to->codecpar->codec_tag = 0;
    return r;
}

static int open_output(Copy *copy)
{
    int r = avformat_alloc_output_context2(&copy->output, NULL, "mp4", NULL);
    for (unsigned i = 0; r >= 0 && i < copy->input->nb_streams; i++)
        r = i < SEGMENT_MAX_TRACKS ? add_track(copy, i) : AVERROR_INVALIDDATA;
    if (r < 0)
        return r;
    copy->output->pb =
        avio_alloc_context(av_malloc(IO_BUFFER), IO_BUFFER, 1, copy, NULL, write_copy, seek_copy);
    copy->output->flags |= AVFMT_FLAG_CUSTOM_IO;
    av_dict_set(&copy->output->metadata, "title", copy->source->title, 0);
    av_dict_set(&copy->output->metadata, "comment", "derived copy: masks and text burnt in", 0);
    return avformat_write_header(copy->output, NULL);
}

// --- the pictures

static int write_packet(Copy *copy, AVPacket *packet, int track, AVRational from)
{
    int to = copy->tracks[track];
    packet->stream_index = to;
    av_packet_rescale_ts(packet, from, copy->output->streams[to]->time_base);
    pace_packet(&copy->paces[track], packet);
    return av_interleaved_write_frame(copy->output, packet);
}

// picture NULL: no more.
static int encode(Copy *copy, AVFrame *picture)
{
    int r = avcodec_send_frame(copy->encoder, picture);
    while (r >= 0 && (r = avcodec_receive_packet(copy->encoder, copy->coded)) >= 0)
        r = write_packet(copy, copy->coded, copy->video, copy->encoder->time_base);
    return r == AVERROR(EAGAIN) || r == AVERROR_EOF ? 0 : r;
}

static void write_clock(const Copy *copy, int64_t pts, char *ret_text)
{
    AVRational base = copy->input->streams[copy->video]->time_base;
    int64_t us = copy->source->wall_us + av_rescale_q(pts, base, AV_TIME_BASE_Q);
    time_t seconds = us / 1000000;
    struct tm tm;
    localtime_r(&seconds, &tm);
    strftime(ret_text, CLOCK_TEXT, "%Y-%m-%d %H:%M:%S", &tm);
}

// Of broken video the decoder may know none, or one twice; a copy's pictures go forwards.
static int64_t next_pts(Copy *copy, int64_t pts)
{
    bool is_behind = pts == AV_NOPTS_VALUE || pts <= copy->pts;
    return copy->pts = is_behind ? copy->pts + 1 : pts;
}

static int draw(Copy *copy)
{
    char clock[CLOCK_TEXT];
    AVFrame *frame = copy->frame, *picture = copy->picture;
    av_frame_unref(picture);
    picture->width = copy->encoder->width;
    picture->height = copy->encoder->height;
    picture->format = AV_PIX_FMT_YUV420P;
    int r = av_frame_get_buffer(picture, 0);
    if (r < 0)
        return r;
    copy->scaler = sws_getCachedContext(copy->scaler, frame->width, frame->height, frame->format,
                                        picture->width, picture->height, picture->format, SWS_AREA,
                                        NULL, NULL, NULL);
    if (!copy->scaler)
        return AVERROR(EINVAL);
    sws_scale(copy->scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height,
              picture->data, picture->linesize);
    picture->pts = next_pts(copy, frame->best_effort_timestamp);
    write_clock(copy, picture->pts, clock);
    g_autofree char *text = g_strdup_printf("%s  %s", copy->source->title, clock);
    veil_draw(copy->source->veil, picture);
    caption_draw(copy->caption, picture, text);
    return encode(copy, picture);
}

// packet NULL: no more. What cannot be decoded is left out, as players do.
static int decode(Copy *copy, const AVPacket *packet)
{
    int r = avcodec_send_packet(copy->decoder, packet);
    if (r < 0)
        return r == AVERROR(ENOMEM) ? r : 0;
    while ((r = avcodec_receive_frame(copy->decoder, copy->frame)) >= 0) {
        r = draw(copy);
        av_frame_unref(copy->frame);
        if (r < 0)
            return r;
    }
    return r == AVERROR(ENOMEM) ? r : 0;
}

static int copy_packet(Copy *copy)
{
    AVPacket *packet = copy->packet;
    int track = packet->stream_index;
    copy->progress->read(copy->progress->ctx, packet->size);
    if (track == copy->video)
        return decode(copy, packet);
    if (track >= SEGMENT_MAX_TRACKS || copy->tracks[track] < 0)
        return 0;
    return write_packet(copy, packet, track, copy->input->streams[track]->time_base);
}

static int copy_all(Copy *copy)
{
    int r;
    while ((r = av_read_frame(copy->input, copy->packet)) >= 0) {
        r = copy->progress->is_ended(copy->progress->ctx) ? AVERROR_EXIT : copy_packet(copy);
        av_packet_unref(copy->packet);
        if (r < 0)
            return r;
    }
    if (r == AVERROR_EOF)
        r = decode(copy, NULL);
    if (r >= 0)
        r = encode(copy, NULL);
    if (r >= 0)
        r = av_write_trailer(copy->output);
    avio_flush(copy->output->pb);
    return r;
}

// --- the whole

static int open_all(Copy *copy)
{
    const AVCodec *codec = avcodec_find_encoder_by_name(ENCODER);
    if (!codec)
        return AVERROR_ENCODER_NOT_FOUND;
    copy->frame = av_frame_alloc();
    copy->picture = av_frame_alloc();
    copy->packet = av_packet_alloc();
    copy->coded = av_packet_alloc();
    copy->caption = caption_new();
    int r = open_input(copy);
    if (r >= 0)
        r = open_decoder(copy);
    if (r >= 0)
        r = open_encoder(copy, codec);
    return r >= 0 ? open_output(copy) : r;
}

static void close_all(Copy *copy)
{
    if (copy->input) {
        AVIOContext *io = copy->input->pb;
        avformat_close_input(&copy->input);
        close_io(io);
    }
    if (copy->output) {
        close_io(copy->output->pb);
        avformat_free_context(copy->output);
    }
    avcodec_free_context(&copy->decoder);
    avcodec_free_context(&copy->encoder);
    sws_freeContext(copy->scaler);
    av_frame_free(&copy->frame);
    av_frame_free(&copy->picture);
    av_packet_free(&copy->packet);
    av_packet_free(&copy->coded);
    caption_free(copy->caption);
    close(copy->fd);
}

int overlay_make(const OverlaySource *source, EvidenceZip *zip, const char *name,
                 const ExportProgress *progress, EvidenceFile **ret_file)
{
    Copy copy = { .source = source, .progress = progress, .zip = zip, .pts = -1 };
    copy.fd = open(source->zip_path, O_RDONLY | O_CLOEXEC);
    if (copy.fd < 0)
        return -errno;
    int r = evidence_zip_begin(zip, name);
    if (r < 0) {
        close(copy.fd);
        return r;
    }
    r = open_all(&copy);
    if (r >= 0)
        r = copy_all(&copy);
    close_all(&copy);
    if (copy.err < 0)
        return copy.err;
    if (r == AVERROR_EXIT)
        return -ECANCELED;
    if (r < 0)
        return r == AVERROR_ENCODER_NOT_FOUND ? -ENOSYS : -EBADMSG;
    return evidence_zip_end(zip, ret_file);
}
