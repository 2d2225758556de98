// SPDX-License-Identifier: Apache-2.0
#include "capture/snapshot.h"

#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
#include <turbojpeg.h>

enum { QUALITY = 85, KEPT_MAX = 64 };

static AVCodecContext *open_decoder(const AVCodecParameters *params)
{
    const AVCodec *codec = avcodec_find_decoder(params->codec_id);
    AVCodecContext *decoder = codec ? avcodec_alloc_context3(codec) : NULL;
    if (!decoder)
        return NULL;
    decoder->thread_count = 1; // one frame: threads would only cost
    if (avcodec_parameters_to_context(decoder, params) < 0 ||
        avcodec_open2(decoder, codec, NULL) < 0)
        avcodec_free_context(&decoder);
    return decoder;
}

static int decode(const Unit *key, AVFrame *frame)
{
    AVCodecContext *decoder = open_decoder(key->info->tracks[key->track]);
    if (!decoder)
        return AVERROR(ENOMEM);
    int err = avcodec_send_packet(decoder, key->packet);
    if (err >= 0)
        err = avcodec_send_packet(decoder, NULL); // no more: give it out now
    if (err >= 0)
        err = avcodec_receive_frame(decoder, frame);
    avcodec_free_context(&decoder);
    return err;
}

// Ranges must be known when the scaler is made: set later, they are ignored where nothing else
// changes.
static struct SwsContext *open_scaler(const AVFrame *from, const AVFrame *to)
{
    struct SwsContext *scaler = sws_alloc_context();
    if (!scaler)
        return NULL;
    const struct {
        const char *name;
        int value;
    } options[] = {
        { "srcw", from->width },        { "srch", from->height },
        { "src_format", from->format }, { "src_range", from->color_range == AVCOL_RANGE_JPEG },
        { "dstw", to->width },          { "dsth", to->height },
        { "dst_format", to->format },   { "dst_range", 1 },
        { "sws_flags", SWS_AREA },
    };
    int err = 0;
    for (size_t i = 0; err >= 0 && i < G_N_ELEMENTS(options); i++)
        err = av_opt_set_int(scaler, options[i].name, options[i].value, 0);
    if (err < 0 || sws_init_context(scaler, NULL, NULL) < 0) {
        sws_freeContext(scaler);
        return NULL;
    }
    return scaler;
}

// To 4:2:0 in the full range that JPEG means (JFIF), whatever the camera's range is.
static int scale(const AVFrame *frame, int width, AVFrame *ret_scaled)
{
    if (width <= 0 || width > frame->width)
        width = frame->width;
    int height = (int)av_rescale(width, frame->height, frame->width);
    ret_scaled->width = MAX(width & ~1, 2);
    ret_scaled->height = MAX(height & ~1, 2);
    ret_scaled->format = AV_PIX_FMT_YUV420P;
    int err = av_frame_get_buffer(ret_scaled, 0);
    if (err < 0)
        return err;
    struct SwsContext *scaler = open_scaler(frame, ret_scaled);
    if (!scaler)
        return AVERROR(EINVAL);
    err = sws_scale(scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height,
                    ret_scaled->data, ret_scaled->linesize);
    sws_freeContext(scaler);
    return err < 0 ? err : 0;
}

static int compress(const AVFrame *frame, GBytes **ret_jpeg)
{
    tjhandle handle = tjInitCompress();
    if (!handle)
        return AVERROR(ENOMEM);
    unsigned char *jpeg = NULL;
    unsigned long size = 0;
    const unsigned char *planes[] = { frame->data[0], frame->data[1], frame->data[2] };
    int err = tjCompressFromYUVPlanes(handle, planes, frame->width, frame->linesize, frame->height,
                                      TJSAMP_420, &jpeg, &size, QUALITY, TJFLAG_FASTDCT);
    tjDestroy(handle);
    if (err == 0)
        *ret_jpeg = g_bytes_new_with_free_func(jpeg, size, (GDestroyNotify)tjFree, jpeg);
    else
        tjFree(jpeg);
    return err == 0 ? 0 : AVERROR_EXTERNAL;
}

int snapshot_make(const Unit *key, int width, const Veil *veil, GBytes **ret_jpeg)
{
    AVFrame *frame = av_frame_alloc();
    AVFrame *scaled = av_frame_alloc();
    int err = AVERROR(ENOMEM);
    if (!frame || !scaled)
        goto out;
    if ((err = decode(key, frame)) < 0)
        goto out;
    if ((err = scale(frame, width, scaled)) < 0)
        goto out;
    veil_draw(veil, scaled);
    err = compress(scaled, ret_jpeg);
out:
    av_frame_free(&frame);
    av_frame_free(&scaled);
    return err;
}

typedef struct {
    Stream *stream; // compared only; the key keeps nothing of it alive
    Unit *key;
    int width;
    int64_t veil; // veil_mark
    GBytes *jpeg;
} Kept;

struct Snapshots {
    GMutex lock;
    GQueue kept; // Kept *, under lock; the newest first
};

static void kept_free(Kept *kept)
{
    unit_unref(kept->key);
    g_bytes_unref(kept->jpeg);
    g_free(kept);
}

Snapshots *snapshots_new(void)
{
    Snapshots *snapshots = g_new0(Snapshots, 1);
    g_mutex_init(&snapshots->lock);
    g_queue_init(&snapshots->kept);
    return snapshots;
}

void snapshots_free(Snapshots *snapshots)
{
    if (!snapshots)
        return;
    g_queue_clear_full(&snapshots->kept, (GDestroyNotify)kept_free);
    g_mutex_clear(&snapshots->lock);
    g_free(snapshots);
}

static GBytes *find(Snapshots *snapshots, const Unit *key, int width, int64_t veil)
{
    GBytes *jpeg = NULL;
    g_mutex_lock(&snapshots->lock);
    for (GList *link = snapshots->kept.head; link && !jpeg; link = link->next) {
        Kept *kept = link->data;
        if (kept->key == key && kept->width == width && kept->veil == veil)
            jpeg = g_bytes_ref(kept->jpeg);
    }
    g_mutex_unlock(&snapshots->lock);
    return jpeg;
}

// In place of the same stream's older picture of this width. A kept picture keeps its key frame, so
// that the frame's address tells it from all others.
static void keep(Snapshots *snapshots, Stream *stream, Unit *key, int width, int64_t veil,
                 GBytes *jpeg)
{
    Kept *fresh = g_new(Kept, 1);
    *fresh = (Kept){ stream, unit_ref(key), width, veil, g_bytes_ref(jpeg) };
    Kept *old = NULL;
    g_mutex_lock(&snapshots->lock);
    for (GList *link = snapshots->kept.head; link && !old; link = link->next) {
        Kept *kept = link->data;
        if (kept->stream == stream && kept->width == width && kept->veil == veil) {
            old = kept;
            g_queue_delete_link(&snapshots->kept, link);
            break;
        }
    }
    g_queue_push_head(&snapshots->kept, fresh);
    if (!old && snapshots->kept.length > KEPT_MAX)
        old = g_queue_pop_tail(&snapshots->kept);
    g_mutex_unlock(&snapshots->lock);
    if (old)
        kept_free(old);
}

int snapshots_get(Snapshots *snapshots, Stream *stream, Unit *key, int width, const Veil *veil,
                  GBytes **ret_jpeg)
{
    *ret_jpeg = find(snapshots, key, width, veil_mark(veil));
    if (*ret_jpeg)
        return 0;
    int err = snapshot_make(key, width, veil, ret_jpeg);
    if (err == 0)
        keep(snapshots, stream, key, width, veil_mark(veil), *ret_jpeg);
    return err;
}
