// SPDX-License-Identifier: Apache-2.0
#include "capture/export_part.h"

#include "base/clock.h"
#include "capture/pace.h"

#include <errno.h>
#include <libavformat/avformat.h>
#include <string.h>
#include <unistd.h>

enum { READ_BUFFER = 256 << 10, WRITE_BUFFER = 1 << 20 };

static const AVRational microseconds = { 1, 1000000 };

struct ExportPart {
    EvidenceZip *zip;
    int64_t wall_us;
    char *title;
    AVFormatContext *output; // NULL until the first segment tells the tracks
    int64_t at;              // where libavformat writes
    int err;                 // of a write, in our terms
    Pace paces[SEGMENT_MAX_TRACKS];
};

// --- reading a segment

typedef struct {
    const ExportPiece *piece;
    const ExportProgress *progress;
    Sha256 *hash;
    int64_t at; // all before it is hashed
    int err;    // of a read, in our terms
    uint8_t skipped[READ_BUFFER];
} Source;

// The next bytes of the file, hashed. 0 at its end.
static ssize_t take(Source *source, uint8_t *buffer, size_t size)
{
    const ExportPiece *piece = source->piece;
    const ExportProgress *progress = source->progress;
    if (progress->is_ended(progress->ctx))
        source->err = -ECANCELED;
    ssize_t n = 0;
    size = (size_t)MIN((int64_t)size, piece->bytes - source->at);
    if (!source->err && size) {
        n = pread(piece->fd, buffer, size, source->at);
        if (n <= 0)
            source->err = n < 0 ? -errno : -EBADMSG; // shorter than the index says
    }
    if (source->err)
        return source->err;
    sha256_update(source->hash, buffer, (size_t)n);
    progress->read(progress->ctx, n);
    source->at += n;
    return n;
}

// Hashes up to an offset without showing it.
static int skip_to(Source *source, int64_t offset)
{
    while (source->at < offset) {
        ssize_t n = take(source, source->skipped,
                         (size_t)MIN((int64_t)sizeof source->skipped, offset - source->at));
        if (n <= 0)
            return n < 0 ? (int)n : -EBADMSG;
    }
    return 0;
}

// What libav sees: the init, then the chosen fragments.
static int read_source(void *ctx, uint8_t *buffer, int size)
{
    Source *source = ctx;
    const ExportPiece *piece = source->piece;
    int64_t end = source->at < piece->init_bytes ? piece->init_bytes : piece->end;
    if (source->at >= piece->init_bytes && skip_to(source, piece->first) < 0)
        return AVERROR(EIO);
    if (source->at >= end)
        return AVERROR_EOF;
    ssize_t n = take(source, buffer, (size_t)MIN((int64_t)size, end - source->at));
    return n > 0 ? (int)n : AVERROR(EIO);
}

static int open_input(Source *source, AVFormatContext **ret_input)
{
    unsigned char *buffer = av_malloc(READ_BUFFER);
    AVIOContext *io = avio_alloc_context(buffer, READ_BUFFER, 0, source, read_source, NULL, NULL);
    AVFormatContext *input = avformat_alloc_context();
    input->pb = io;
    input->flags |= AVFMT_FLAG_CUSTOM_IO;
    int r = avformat_open_input(&input, NULL, av_find_input_format("mov"), NULL);
    if (r < 0) { // it has freed input, but not io
        av_freep(&io->buffer);
        avio_context_free(&io);
        return r;
    }
    *ret_input = input;
    return 0;
}

static void close_input(AVFormatContext *input)
{
    AVIOContext *io = input->pb;
    avformat_close_input(&input);
    av_freep(&io->buffer);
    avio_context_free(&io);
}

// --- writing the MP4

static int write_bytes(void *ctx, uint8_t *bytes, int size)
{
    ExportPart *part = ctx;
    int r = evidence_zip_write(part->zip, part->at, bytes, (size_t)size);
    part->at += size;
    if (r < 0)
        part->err = r;
    return r < 0 ? AVERROR(EIO) : size;
}

// libavformat goes back once to write how long the media is, and asks for the size now and then.
static int64_t seek_bytes(void *ctx, int64_t offset, int whence)
{
    ExportPart *part = ctx;
    int64_t size = evidence_zip_entry_bytes(part->zip);
    if (whence & AVSEEK_SIZE)
        return size;
    whence &= ~AVSEEK_FORCE;
    part->at = offset + (whence == SEEK_CUR ? part->at : whence == SEEK_END ? size : 0);
    return part->at;
}

static int add_track(AVFormatContext *output, const AVStream *from)
{
    AVStream *to = avformat_new_stream(output, NULL);
    if (!to)
        return AVERROR(ENOMEM);
    int r = avcodec_parameters_copy(to->codecpar, from->codecpar);
    // hvc1, not libavformat's hev1: Apple's players take nothing else.
    to->codecpar->codec_tag =
        from->codecpar->codec_id == AV_CODEC_ID_HEVC ? MKTAG('h', 'v', 'c', '1') : 0;
    to->time_base = from->time_base;
    return r;
}

static void describe(ExportPart *part)
{
    g_autofree char *moment = clock_format(part->wall_us / 1000);
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(part->wall_us / 1000000);
    g_autofree char *created = g_date_time_format_iso8601(utc);
    av_dict_set(&part->output->metadata, "title", part->title, 0);
    av_dict_set(&part->output->metadata, "comment", moment, 0);
    av_dict_set(&part->output->metadata, "creation_time", created, 0);
}

static int open_output(ExportPart *part, const AVFormatContext *input)
{
    int r = avformat_alloc_output_context2(&part->output, NULL, "mp4", NULL);
    for (unsigned i = 0; r >= 0 && i < input->nb_streams; i++)
        r = i < SEGMENT_MAX_TRACKS ? add_track(part->output, input->streams[i])
                                   : AVERROR_INVALIDDATA;
    if (r < 0)
        return r;
    unsigned char *buffer = av_malloc(WRITE_BUFFER);
    part->output->pb =
        avio_alloc_context(buffer, WRITE_BUFFER, 1, part, NULL, write_bytes, seek_bytes);
    part->output->flags |= AVFMT_FLAG_CUSTOM_IO;
    describe(part);
    return avformat_write_header(part->output, NULL);
}

// From the segment's line of time to the file's. False: it comes before the picture that the file
// begins with.
static bool place(ExportPart *part, const ExportPiece *piece, AVPacket *packet,
                  const AVFormatContext *input)
{
    int track = packet->stream_index;
    AVRational from = input->streams[track]->time_base;
    AVRational to = part->output->streams[track]->time_base;
    int64_t shift_us = piece->wall_us - part->wall_us - piece->decode_us;
    int64_t shift = av_rescale_q(shift_us, microseconds, to);
    av_packet_rescale_ts(packet, from, to);
    if (packet->dts + shift < 0 && packet->pts + shift < 0)
        return false;
    packet->dts = MAX(packet->dts + shift, 0);
    packet->pts += shift;
    packet->pos = -1;
    pace_packet(&part->paces[track], packet);
    return true;
}

static int copy_packets(ExportPart *part, const ExportPiece *piece, AVFormatContext *input)
{
    AVPacket *packet = av_packet_alloc();
    unsigned n_tracks = part->output->nb_streams;
    int r;
    while ((r = av_read_frame(input, packet)) >= 0) {
        bool is_known = packet->stream_index < (int)n_tracks && packet->dts != AV_NOPTS_VALUE &&
                        packet->pts != AV_NOPTS_VALUE;
        if (is_known && place(part, piece, packet, input))
            r = av_interleaved_write_frame(part->output, packet);
        av_packet_unref(packet);
        if (r < 0)
            break;
    }
    av_packet_free(&packet);
    return r == AVERROR_EOF ? 0 : r;
}

static int copy_piece(ExportPart *part, const ExportPiece *piece, Source *source)
{
    AVFormatContext *input = NULL;
    int r = open_input(source, &input);
    if (r < 0)
        return r;
    r = part->output ? 0 : open_output(part, input);
    if (r >= 0)
        r = copy_packets(part, piece, input);
    close_input(input);
    return r;
}

// --- the whole

int export_part_new(EvidenceZip *zip, const char *name, const char *title, int64_t wall_us,
                    ExportPart **ret_part)
{
    int r = evidence_zip_begin(zip, name);
    if (r < 0)
        return r;
    ExportPart *part = g_new0(ExportPart, 1);
    part->zip = zip;
    part->wall_us = wall_us;
    part->title = g_strdup(title);
    *ret_part = part;
    return 0;
}

void export_part_free(ExportPart *part)
{
    if (!part)
        return;
    if (part->output) {
        AVIOContext *io = part->output->pb;
        avformat_free_context(part->output);
        if (io)
            av_freep(&io->buffer);
        avio_context_free(&io);
    }
    g_free(part->title);
    g_free(part);
}

int export_part_add(ExportPart *part, const ExportPiece *piece, const ExportProgress *progress,
                    uint8_t *ret_sha256)
{
    g_autofree Source *source = g_new0(Source, 1);
    g_autoptr(Sha256) hash = sha256_new();
    source->piece = piece;
    source->progress = progress;
    source->hash = hash;
    int r = copy_piece(part, piece, source);
    if (part->err < 0)
        return part->err;
    if (!source->err)
        skip_to(source, piece->bytes);
    sha256_read(hash, ret_sha256);
    if (source->err)
        return source->err;
    return r < 0 ? -EBADMSG : 0;
}

int64_t export_part_bytes(const ExportPart *part)
{
    return evidence_zip_entry_bytes(part->zip);
}

int export_part_finish(ExportPart *part, EvidenceFile **ret_file)
{
    int r = part->output ? av_write_trailer(part->output) : 0;
    if (part->output)
        avio_flush(part->output->pb);
    if (part->err < 0)
        return part->err;
    return r < 0 ? -EBADMSG : evidence_zip_end(part->zip, ret_file);
}
