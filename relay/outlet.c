// SPDX-License-Identifier: Apache-2.0
#include "relay/outlet.h"
#include <gst/app/gstappsrc.h>
#include <string.h>

// The line begins there, so that sound a little before the first picture still has a time.
#define LINE_START_US G_USEC_PER_SEC
// What appsrc may hold: nothing accumulates while the media plays, since its sinks never wait.
#define QUEUE_MAX_BYTES (8 << 20)

struct Outlet {
    gatomicrefcount refs;
    Stream *stream; // constant
    StreamInfo *info;
    GstElement *source[STREAM_MAX_TRACKS];
    OutletEnded ended;
    void *ctx;

    GMutex lock; // of replacing the reader; the wake reads the pointer atomically and takes no lock
    RingReader *reader;
    bool is_stopped;

    bool flows;    // camera's thread; changed only while there is no reader
    bool is_ended; // from here: camera's thread
    bool has_begun;
    uint64_t generation;                // of the units that offset_us fits
    int64_t offset_us;                  // outlet's line = unit's line + offset
    int64_t last_wall_us;               // of the newest picture pushed
    int64_t last_us[STREAM_MAX_TRACKS]; // decode time of the newest unit pushed
    bool is_primed[STREAM_MAX_TRACKS];
};

static const struct {
    enum AVCodecID codec;
    const char *payloader;
    const char *caps;
} formats[] = {
    { AV_CODEC_ID_H264, "rtph264pay config-interval=-1 pt=96", // RFC 6184
      "video/x-h264,stream-format=byte-stream,alignment=au" },
    { AV_CODEC_ID_HEVC, "rtph265pay config-interval=-1 pt=96", // RFC 7798
      "video/x-h265,stream-format=byte-stream,alignment=au" },
    { AV_CODEC_ID_AAC, "rtpmp4gpay pt=97", // RFC 3640
      "audio/mpeg,mpegversion=4,stream-format=raw" },
};

static size_t format_of(const AVCodecParameters *track)
{
    size_t i = 0;
    while (i + 1 < G_N_ELEMENTS(formats) && formats[i].codec != track->codec_id)
        i++;
    return i;
}

char *outlet_launch(const StreamInfo *info)
{
    GString *launch = g_string_new("(");
    for (int i = 0; i < info->n_tracks; i++)
        g_string_append_printf(launch,
                               " appsrc name=track%d is-live=true format=time max-bytes=%d"
                               " leaky-type=downstream ! %s name=pay%d",
                               i, QUEUE_MAX_BYTES, formats[format_of(info->tracks[i])].payloader,
                               i);
    g_string_append(launch, " )");
    return g_string_free(launch, FALSE);
}

static GstCaps *track_caps(const AVCodecParameters *track)
{
    GstCaps *caps = gst_caps_from_string(formats[format_of(track)].caps);
    if (track->codec_type != AVMEDIA_TYPE_AUDIO)
        return caps;
    g_autoptr(GstBuffer) config =
        gst_buffer_new_memdup(track->extradata, (gsize)track->extradata_size);
    gst_caps_set_simple(caps, "rate", G_TYPE_INT, track->sample_rate, "channels", G_TYPE_INT,
                        track->ch_layout.nb_channels, "codec_data", GST_TYPE_BUFFER, config, NULL);
    return caps;
}

static bool tracks_equal(const AVCodecParameters *a, const AVCodecParameters *b)
{
    return a->codec_id == b->codec_id && a->width == b->width && a->height == b->height &&
           a->sample_rate == b->sample_rate && a->extradata_size == b->extradata_size &&
           (!a->extradata_size ||
            memcmp(a->extradata, b->extradata, (size_t)a->extradata_size) == 0);
}

static bool infos_equal(const StreamInfo *a, const StreamInfo *b)
{
    if (a->n_tracks != b->n_tracks)
        return false;
    for (int i = 0; i < a->n_tracks; i++)
        if (!tracks_equal(a->tracks[i], b->tracks[i]))
            return false;
    return true;
}

static void unref_unit(gpointer unit)
{
    unit_unref(unit);
}

static GstMemory *unit_memory(Unit *unit)
{
    gsize size = (gsize)unit->packet->size;
    return gst_memory_new_wrapped(GST_MEMORY_FLAG_READONLY, unit->packet->data, size, 0, size,
                                  unit_ref(unit), unref_unit);
}

// The payloader learns the parameter sets from the stream, where some cameras have them only in
// their SDP: the first picture brings them along.
static void add_parameter_sets(GstBuffer *buffer, const AVCodecParameters *track)
{
    gsize size = (gsize)track->extradata_size;
    if (!size)
        return;
    guint8 *sets = g_memdup2(track->extradata, size);
    gst_buffer_append_memory(buffer, gst_memory_new_wrapped(0, sets, size, 0, size, sets, g_free));
}

static int64_t decode_us(const Unit *unit)
{
    return unit->packet->dts != AV_NOPTS_VALUE ? unit->packet->dts : unit->packet->pts;
}

static void push(Outlet *outlet, Unit *unit)
{
    int64_t pts = unit->packet->pts + outlet->offset_us;
    int64_t dts = decode_us(unit) + outlet->offset_us;
    if (pts < 0 || dts < 0 || dts <= outlet->last_us[unit->track])
        return; // pushed before (the kept GOP overlaps what the description took), or before the
                // line
    GstBuffer *buffer = gst_buffer_new();
    if (unit->track == 0 && !outlet->is_primed[0])
        add_parameter_sets(buffer, outlet->info->tracks[0]);
    gst_buffer_append_memory(buffer, unit_memory(unit));
    GST_BUFFER_PTS(buffer) = (GstClockTime)pts * GST_USECOND;
    GST_BUFFER_DTS(buffer) = (GstClockTime)dts * GST_USECOND;
    if (!unit->key)
        GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    outlet->last_us[unit->track] = dts;
    outlet->is_primed[unit->track] = true;
    if (unit->track == 0)
        outlet->last_wall_us = unit->wall_us;
    gst_app_src_push_buffer(GST_APP_SRC(outlet->source[unit->track]), buffer);
}

static void end(Outlet *outlet)
{
    outlet->is_ended = true;
    outlet->ended(outlet->ctx);
}

// A picture that the line can begin or go on with: a later generation's is put where the wall clock
// says.
static void begin_line(Outlet *outlet, const Unit *unit)
{
    int64_t start_us = LINE_START_US;
    if (outlet->has_begun) {
        int64_t last_us = MAX(outlet->last_us[0], outlet->last_us[STREAM_MAX_TRACKS - 1]);
        start_us = last_us + MAX(unit->wall_us - outlet->last_wall_us, 1000);
    }
    outlet->offset_us = start_us - decode_us(unit);
    outlet->generation = unit->info->generation;
    outlet->has_begun = true;
}

static void take(Outlet *outlet, Unit *unit)
{
    bool starts = unit->track == 0 && unit->key;
    if (outlet->is_ended || unit->track >= outlet->info->n_tracks)
        return;
    if (!outlet->has_begun || unit->info->generation != outlet->generation) {
        if (!infos_equal(outlet->info, unit->info)) {
            end(outlet);
            return;
        }
        if (!starts)
            return;
        begin_line(outlet, unit);
    }
    if (outlet->flows || !outlet->is_primed[unit->track])
        push(outlet, unit);
}

static void on_units(void *ctx)
{
    Outlet *outlet = ctx;
    RingReader *reader = g_atomic_pointer_get(&outlet->reader);
    gpointer unit = NULL;
    while (reader && ring_read(reader, &unit, NULL) == RING_ITEM) {
        take(outlet, unit);
        unit_unref(unit);
    }
}

// ring_reader_free waits for a wake that runs; that takes no lock of ours.
static void drop_reader(Outlet *outlet)
{
    RingReader *old = g_atomic_pointer_get(&outlet->reader);
    g_atomic_pointer_set(&outlet->reader, NULL);
    ring_reader_free(old);
}

static void begin_reading(Outlet *outlet, bool flows)
{
    g_mutex_lock(&outlet->lock);
    drop_reader(outlet);
    if (!outlet->is_stopped) {
        outlet->flows = flows;
        RingReader *reader =
            ring_reader_new(stream_units(outlet->stream), RING_FROM_KEPT_KEY, on_units, outlet);
        g_atomic_pointer_set(&outlet->reader, reader);
    }
    g_mutex_unlock(&outlet->lock);
}

Outlet *outlet_new(Stream *stream, StreamInfo *info, GstElement *bin, OutletEnded ended, void *ctx)
{
    Outlet *outlet = g_new0(Outlet, 1);
    g_atomic_ref_count_init(&outlet->refs);
    g_mutex_init(&outlet->lock);
    outlet->stream = stream_ref(stream);
    outlet->info = stream_info_ref(info);
    outlet->ended = ended;
    outlet->ctx = ctx;
    for (int i = 0; i < info->n_tracks; i++) {
        g_autofree char *name = g_strdup_printf("track%d", i);
        g_autoptr(GstCaps) caps = track_caps(info->tracks[i]);
        outlet->source[i] = gst_bin_get_by_name(GST_BIN(bin), name);
        gst_app_src_set_caps(GST_APP_SRC(outlet->source[i]), caps);
    }
    return outlet;
}

Outlet *outlet_ref(Outlet *outlet)
{
    g_atomic_ref_count_inc(&outlet->refs);
    return outlet;
}

void outlet_unref(Outlet *outlet)
{
    if (!outlet || !g_atomic_ref_count_dec(&outlet->refs))
        return;
    ring_reader_free(outlet->reader);
    for (int i = 0; i < STREAM_MAX_TRACKS; i++)
        g_clear_object(&outlet->source[i]);
    stream_info_unref(outlet->info);
    stream_unref(outlet->stream);
    g_mutex_clear(&outlet->lock);
    g_free(outlet);
}

void outlet_start(Outlet *outlet)
{
    begin_reading(outlet, false);
}

void outlet_flow(Outlet *outlet)
{
    begin_reading(outlet, true);
}

void outlet_stop(Outlet *outlet)
{
    g_mutex_lock(&outlet->lock);
    outlet->is_stopped = true;
    drop_reader(outlet);
    g_mutex_unlock(&outlet->lock);
}
