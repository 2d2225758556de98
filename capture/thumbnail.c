// SPDX-License-Identifier: Apache-2.0
#include "capture/thumbnail.h"

#include "base/file.h"
#include "capture/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <libavformat/avformat.h>
#include <string.h>
#include <unistd.h>

enum { IO_BUFFER = 32 << 10, MAX_FRAGMENT = 16 << 20 };

bool thumbnail_find(const Segment *segment, int64_t at_us, ThumbnailPlace *ret_place)
{
    int64_t offset = segment->header_bytes;
    bool is_found = false;
    for (guint i = 0; i < segment->entries->len; i++) {
        const SegmentEntry *entry = &g_array_index(segment->entries, SegmentEntry, i);
        int64_t wall_us = segment->head.wall_us + entry->time_us;
        if (is_found && wall_us > at_us)
            break;
        if (entry->key) {
            *ret_place = (ThumbnailPlace){ segment->head.id, segment->init_bytes, offset,
                                           entry->bytes, wall_us };
            is_found = true;
        }
        offset += entry->bytes;
    }
    return is_found;
}

// --- one picture
// ------------------------------------------------------------------------------------------------

// Init and fragment one after the other, as a file that libavformat reads.
typedef struct {
    uint8_t *bytes;
    size_t size, at;
} Memory;

static int read_memory(void *opaque, uint8_t *buffer, int max)
{
    Memory *memory = opaque;
    size_t n = MIN((size_t)max, memory->size - memory->at);
    if (n == 0)
        return AVERROR_EOF;
    memcpy(buffer, memory->bytes + memory->at, n);
    memory->at += n;
    return (int)n;
}

static int64_t seek_memory(void *opaque, int64_t offset, int whence)
{
    Memory *memory = opaque;
    if (whence == AVSEEK_SIZE)
        return (int64_t)memory->size;
    if (whence == SEEK_CUR)
        offset += (int64_t)memory->at;
    else if (whence == SEEK_END)
        offset += (int64_t)memory->size;
    if (offset < 0 || (size_t)offset > memory->size)
        return AVERROR(EINVAL);
    memory->at = (size_t)offset;
    return offset;
}

static int load(const char *path, const ThumbnailPlace *place, Memory *ret_memory)
{
    if (place->init_bytes <= 0 || place->init_bytes > SEGMENT_MAX_INIT ||
        place->bytes > MAX_FRAGMENT)
        return -EBADMSG;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    size_t init = (size_t)place->init_bytes;
    *ret_memory = (Memory){ .bytes = g_malloc(init + place->bytes), .size = init + place->bytes };
    int r = file_read_at(fd, 0, ret_memory->bytes, init);
    if (r >= 0)
        r = file_read_at(fd, place->offset, ret_memory->bytes + init, place->bytes);
    close(fd);
    if (r < 0)
        g_clear_pointer(&ret_memory->bytes, g_free);
    return r;
}

static AVFormatContext *open_input(Memory *memory)
{
    AVFormatContext *input = avformat_alloc_context();
    uint8_t *buffer = av_malloc(IO_BUFFER);
    if (input && buffer)
        input->pb =
            avio_alloc_context(buffer, IO_BUFFER, 0, memory, read_memory, NULL, seek_memory);
    if (!input || !input->pb) {
        av_free(buffer);
        avformat_free_context(input);
        return NULL;
    }
    AVIOContext *io = input->pb;
    if (avformat_open_input(&input, NULL, av_find_input_format("mp4"), NULL) >= 0)
        return input;
    av_freep(&io->buffer);
    avio_context_free(&io);
    return NULL;
}

static void close_input(AVFormatContext *input)
{
    AVIOContext *io = input->pb;
    avformat_close_input(&input);
    av_freep(&io->buffer);
    avio_context_free(&io);
}

// The first video packet of the input as a JPEG.
static int picture(AVFormatContext *input, AVPacket *packet, int width, const Veil *veil,
                   GBytes **ret_jpeg)
{
    while (av_read_frame(input, packet) >= 0) {
        AVCodecParameters *track = input->streams[packet->stream_index]->codecpar;
        if (track->codec_type == AVMEDIA_TYPE_VIDEO) {
            StreamInfo info = { .n_tracks = 1, .tracks = { track } };
            Unit key = { .info = &info, .packet = packet, .track = 0, .key = true };
            return snapshot_make(&key, width, veil, ret_jpeg) < 0 ? -EBADMSG : 0;
        }
        av_packet_unref(packet);
    }
    return -EBADMSG;
}

int thumbnail_make(const char *path, const ThumbnailPlace *place, int width, const Veil *veil,
                   GBytes **ret_jpeg)
{
    Memory memory = { 0 };
    int r = load(path, place, &memory);
    if (r < 0)
        return r;
    AVFormatContext *input = open_input(&memory);
    AVPacket *packet = av_packet_alloc();
    r = input && packet ? picture(input, packet, width, veil, ret_jpeg) : -EBADMSG;
    av_packet_free(&packet);
    if (input)
        close_input(input);
    g_free(memory.bytes);
    return r;
}

// --- the kept ones
// ------------------------------------------------------------------------------------------------

typedef struct {
    int64_t segment, offset, veil; // the key, with width
    int width;
    GBytes *jpeg;
} Kept;

struct Thumbnails {
    GMutex lock;
    GCond turn;
    size_t max_bytes; // constant
    // Under lock.
    GHashTable *index; // Kept * -> its link in order
    GQueue order;      // Kept *, the one used last first
    size_t bytes;
    bool is_decoding;
    unsigned n_waiting, n_decoded;
};

static guint kept_hash(gconstpointer data)
{
    const Kept *kept = data;
    return g_int64_hash(&kept->segment) ^ (guint)kept->offset * 31 ^ (guint)kept->width * 1031 ^
           (guint)kept->veil;
}

static gboolean kept_equal(gconstpointer a, gconstpointer b)
{
    const Kept *one = a, *other = b;
    return one->segment == other->segment && one->offset == other->offset &&
           one->width == other->width && one->veil == other->veil;
}

static void kept_free(gpointer data)
{
    Kept *kept = data;
    g_bytes_unref(kept->jpeg);
    g_free(kept);
}

Thumbnails *thumbnails_new(size_t max_bytes)
{
    Thumbnails *thumbnails = g_new0(Thumbnails, 1);
    thumbnails->max_bytes = max_bytes;
    g_mutex_init(&thumbnails->lock);
    g_cond_init(&thumbnails->turn);
    g_queue_init(&thumbnails->order);
    thumbnails->index = g_hash_table_new(kept_hash, kept_equal);
    return thumbnails;
}

void thumbnails_free(Thumbnails *thumbnails)
{
    if (!thumbnails)
        return;
    g_hash_table_unref(thumbnails->index);
    g_queue_clear_full(&thumbnails->order, kept_free);
    g_mutex_clear(&thumbnails->lock);
    g_cond_clear(&thumbnails->turn);
    g_free(thumbnails);
}

// Under lock.
static GBytes *find(Thumbnails *thumbnails, const Kept *wanted)
{
    GList *link = g_hash_table_lookup(thumbnails->index, wanted);
    if (!link)
        return NULL;
    g_queue_unlink(&thumbnails->order, link);
    g_queue_push_head_link(&thumbnails->order, link);
    return g_bytes_ref(((Kept *)link->data)->jpeg);
}

// Under lock.
static void keep(Thumbnails *thumbnails, const Kept *wanted, GBytes *jpeg)
{
    Kept *kept = g_memdup2(wanted, sizeof *wanted);
    kept->jpeg = g_bytes_ref(jpeg);
    g_queue_push_head(&thumbnails->order, kept);
    g_hash_table_insert(thumbnails->index, kept, thumbnails->order.head);
    thumbnails->bytes += g_bytes_get_size(jpeg);
    while (thumbnails->bytes > thumbnails->max_bytes) {
        Kept *oldest = g_queue_pop_tail(&thumbnails->order);
        g_hash_table_remove(thumbnails->index, oldest);
        thumbnails->bytes -= g_bytes_get_size(oldest->jpeg);
        kept_free(oldest);
    }
}

// Under lock, which is given up while waiting. False: too many wait.
static bool take_turn(Thumbnails *thumbnails)
{
    if (thumbnails->is_decoding && thumbnails->n_waiting >= THUMBNAIL_MAX_WAITING)
        return false;
    thumbnails->n_waiting++;
    while (thumbnails->is_decoding)
        g_cond_wait(&thumbnails->turn, &thumbnails->lock);
    thumbnails->n_waiting--;
    thumbnails->is_decoding = true;
    return true;
}

int thumbnails_get(Thumbnails *thumbnails, const char *path, const ThumbnailPlace *place, int width,
                   const Veil *veil, GBytes **ret_jpeg)
{
    Kept wanted = {
        .segment = place->segment, .offset = place->offset, .veil = veil_mark(veil), .width = width
    };
    int r = 0;
    g_mutex_lock(&thumbnails->lock);
    *ret_jpeg = find(thumbnails, &wanted);
    if (!*ret_jpeg && !take_turn(thumbnails)) {
        g_mutex_unlock(&thumbnails->lock);
        return -EAGAIN;
    }
    if (!*ret_jpeg) {
        // Who waited may find what the one before has made.
        *ret_jpeg = find(thumbnails, &wanted);
        if (!*ret_jpeg) {
            g_mutex_unlock(&thumbnails->lock);
            r = thumbnail_make(path, place, width, veil, ret_jpeg);
            g_mutex_lock(&thumbnails->lock);
            thumbnails->n_decoded++;
            if (r >= 0)
                keep(thumbnails, &wanted, *ret_jpeg);
        }
        thumbnails->is_decoding = false;
        g_cond_signal(&thumbnails->turn);
    }
    g_mutex_unlock(&thumbnails->lock);
    return r;
}

void thumbnails_count(Thumbnails *thumbnails, size_t *ret_bytes, unsigned *ret_decoded)
{
    g_mutex_lock(&thumbnails->lock);
    *ret_bytes = thumbnails->bytes;
    *ret_decoded = thumbnails->n_decoded;
    g_mutex_unlock(&thumbnails->lock);
}
