// SPDX-License-Identifier: Apache-2.0
#include "demo/camera/feed.h"
#include <gst/app/gstappsrc.h>

#define VIDEO_CLOCK_RATE 90000 // RFC 6184, 5.1; RFC 7798, 4.1

// One prepared media. Its line of time begins when the first key frame is given to it.
typedef struct {
    GstRTSPMedia *media;
    gint is_over; // atomic; set when the media is taken down, on whichever thread does that
    GstElement *source[FEED_TRACKS];
    bool has_begun;    // from here: source's thread
    int64_t offset_us; // running time = packet's time + offset
    int64_t began_us;  // running time of the first picture
} Outlet;

struct Feed {
    char *path;
    Trouble trouble;
    AVCodecParameters *tracks[FEED_TRACKS];
    gint stalled; // atomic
    gint wish;    // atomic

    GMutex lock; // outlets: connections' threads add, the source's thread feeds and removes
    GPtrArray *outlets;
};

static const struct {
    enum AVCodecID codec;
    const char *payloader; // pt: RFC 3551's static type where there is one
    const char *caps;
} formats[] = {
    { AV_CODEC_ID_H264, "rtph264pay config-interval=-1 pt=96",
      "video/x-h264,stream-format=byte-stream,alignment=au" },
    { AV_CODEC_ID_HEVC, "rtph265pay config-interval=-1 pt=96",
      "video/x-h265,stream-format=byte-stream,alignment=au" },
    { AV_CODEC_ID_AAC, "rtpmp4gpay pt=97", "audio/mpeg,mpegversion=4,stream-format=raw" },
    { AV_CODEC_ID_PCM_ALAW, "rtppcmapay pt=8", "audio/x-alaw" },
    { AV_CODEC_ID_PCM_MULAW, "rtppcmupay pt=0", "audio/x-mulaw" },
};

static int format_of(const AVCodecParameters *track)
{
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
        if (formats[i].codec == track->codec_id)
            return (int)i;
    g_return_val_if_reached(0);
}

static void outlet_free(gpointer pointer)
{
    Outlet *outlet = pointer;
    for (int i = 0; i < FEED_TRACKS; i++)
        if (outlet->source[i])
            gst_object_unref(outlet->source[i]);
    g_signal_handlers_disconnect_by_data(outlet->media, outlet);
    g_object_unref(outlet->media);
    g_free(outlet);
}

static AVCodecParameters *parameters_copy(const AVCodecParameters *from)
{
    AVCodecParameters *copy = avcodec_parameters_alloc();
    if (!copy || avcodec_parameters_copy(copy, from) < 0)
        g_error("out of memory");
    return copy;
}

Feed *feed_new(const char *path, const AVCodecParameters *video, const AVCodecParameters *audio,
               const Trouble *trouble)
{
    Feed *feed = g_new0(Feed, 1);
    feed->trouble = *trouble;
    feed->path = g_strdup(path);
    feed->tracks[FEED_VIDEO] = parameters_copy(video);
    if (audio)
        feed->tracks[FEED_AUDIO] = parameters_copy(audio);
    feed->outlets = g_ptr_array_new_with_free_func(outlet_free);
    g_mutex_init(&feed->lock);
    return feed;
}

void feed_free(Feed *feed)
{
    if (!feed)
        return;
    g_ptr_array_unref(feed->outlets);
    g_mutex_clear(&feed->lock);
    for (int i = 0; i < FEED_TRACKS; i++)
        avcodec_parameters_free(&feed->tracks[i]);
    g_free(feed->path);
    g_free(feed);
}

const char *feed_path(const Feed *feed)
{
    return feed->path;
}

static GstCaps *track_caps(const AVCodecParameters *track)
{
    GstCaps *caps = gst_caps_from_string(formats[format_of(track)].caps);
    if (track->codec_type == AVMEDIA_TYPE_AUDIO)
        gst_caps_set_simple(caps, "rate", G_TYPE_INT, track->sample_rate, "channels", G_TYPE_INT,
                            track->ch_layout.nb_channels, NULL);
    if (track->codec_id == AV_CODEC_ID_AAC) {
        g_autoptr(GstBuffer) config =
            gst_buffer_new_memdup(track->extradata, (gsize)track->extradata_size);
        gst_caps_set_simple(caps, "codec_data", GST_TYPE_BUFFER, config, NULL);
    }
    return caps;
}

static void on_unprepared(GstRTSPMedia *media, gpointer ctx)
{
    Outlet *outlet = ctx;
    g_atomic_int_set(&outlet->is_over, 1);
}

// The session of a media's video: what its RTP manager sends about it. Reports so far apart that
// none comes.
static void silence_rtcp(GstRTSPMedia *media)
{
    g_autoptr(GstElement) bin = gst_rtsp_media_get_element(media);
    g_autoptr(GstObject) pipeline = gst_object_get_parent(GST_OBJECT(bin));
    g_autoptr(GstIterator) elements = gst_bin_iterate_elements(GST_BIN(pipeline));
    g_auto(GValue) item = G_VALUE_INIT;
    while (gst_iterator_next(elements, &item) == GST_ITERATOR_OK) {
        GstElement *element = g_value_get_object(&item);
        GObject *session = NULL;
        if (g_signal_lookup("get-internal-session", G_OBJECT_TYPE(element)))
            g_signal_emit_by_name(element, "get-internal-session", 0, &session);
        if (session)
            g_object_set(session, "rtcp-min-interval", (guint64)24 * 3600 * GST_SECOND, NULL);
        g_clear_object(&session);
        g_value_reset(&item);
    }
}

static void on_prepared(GstRTSPMedia *media, gpointer ctx)
{
    const Feed *feed = ctx;
    if (feed->trouble.has[TROUBLE_NO_RTCP])
        silence_rtcp(media);
}

static void watch_packets(const Feed *feed, GstElement *bin)
{
    g_autoptr(GstElement) payloader = gst_bin_get_by_name(GST_BIN(bin), "pay0");
    g_autoptr(GstPad) pad = gst_element_get_static_pad(payloader, "src");
    trouble_watch(&feed->trouble, pad, VIDEO_CLOCK_RATE);
}

// Called on a connection's thread when its media has been made and is not running yet.
static void on_media(GstRTSPMediaFactory *factory, GstRTSPMedia *media, gpointer ctx)
{
    Feed *feed = ctx;
    Outlet *outlet = g_new0(Outlet, 1);
    outlet->media = g_object_ref(media);
    g_autoptr(GstElement) bin = gst_rtsp_media_get_element(media);
    for (int i = 0; i < FEED_TRACKS; i++) {
        if (!feed->tracks[i])
            continue;
        g_autofree char *name = g_strdup_printf("source%d", i);
        outlet->source[i] = gst_bin_get_by_name(GST_BIN(bin), name);
        g_autoptr(GstCaps) caps = track_caps(feed->tracks[i]);
        gst_app_src_set_caps(GST_APP_SRC(outlet->source[i]), caps);
    }
    watch_packets(feed, bin);
    g_signal_connect(media, "prepared", G_CALLBACK(on_prepared), feed);
    g_signal_connect(media, "unprepared", G_CALLBACK(on_unprepared), outlet);
    g_mutex_lock(&feed->lock);
    g_ptr_array_add(feed->outlets, outlet);
    g_mutex_unlock(&feed->lock);
    g_atomic_int_set(&feed->wish, 1);
}

GstRTSPMediaFactory *feed_factory(Feed *feed)
{
    g_autoptr(GString) launch = g_string_new("(");
    for (int i = 0; i < FEED_TRACKS; i++)
        if (feed->tracks[i])
            g_string_append_printf(launch,
                                   " appsrc name=source%d is-live=true format=time"
                                   " max-bytes=8000000 leaky-type=downstream ! %s name=pay%d",
                                   i, formats[format_of(feed->tracks[i])].payloader, i);
    g_string_append(launch, " )");
    GstRTSPMediaFactory *factory = gst_rtsp_media_factory_new();
    gst_rtsp_media_factory_set_launch(factory, launch->str);
    gst_rtsp_media_factory_set_shared(factory,
                                      FALSE); // a camera begins each session with a key frame
    g_signal_connect(factory, "media-configure", G_CALLBACK(on_media), feed);
    return factory;
}

static void packet_unref(gpointer pointer)
{
    AVPacket *packet = pointer;
    av_packet_free(&packet);
}

static GstBuffer *buffer_of(const AVPacket *packet)
{
    AVPacket *clone = av_packet_clone(packet);
    if (!clone)
        g_error("out of memory");
    return gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, clone->data, (gsize)clone->size, 0,
                                       (gsize)clone->size, clone, packet_unref);
}

// True once the media runs; its line then begins now.
static bool outlet_begin(Outlet *outlet, const AVPacket *packet)
{
    GstElement *source = outlet->source[FEED_VIDEO];
    GstState state = GST_STATE_NULL;
    gst_element_get_state(source, &state, NULL, 0);
    g_autoptr(GstClock) clock = gst_element_get_clock(source);
    if (state != GST_STATE_PLAYING || !clock)
        return false;
    GstClockTime now = gst_clock_get_time(clock) - gst_element_get_base_time(source);
    outlet->began_us = (int64_t)GST_TIME_AS_USECONDS(now);
    outlet->offset_us = outlet->began_us - packet->dts;
    return outlet->has_begun = true;
}

static void outlet_push(Outlet *outlet, const Trouble *trouble, int track, const AVPacket *packet)
{
    bool starts =
        track == FEED_VIDEO && (trouble->has[TROUBLE_NO_KEY] || (packet->flags & AV_PKT_FLAG_KEY));
    if (!outlet->has_begun && (!starts || !outlet_begin(outlet, packet)))
        return;
    int64_t pts = packet->pts + outlet->offset_us;
    int64_t dts = packet->dts + outlet->offset_us;
    if (pts < 0 || dts < 0)
        return;
    if (track == FEED_AUDIO && !trouble_has_sound(trouble, pts - outlet->began_us))
        return;
    GstBuffer *buffer = buffer_of(packet);
    GST_BUFFER_PTS(buffer) = (GstClockTime)pts * GST_USECOND;
    GST_BUFFER_DTS(buffer) = (GstClockTime)dts * GST_USECOND;
    gst_app_src_push_buffer(GST_APP_SRC(outlet->source[track]), buffer);
}

// The lock is not held while GStreamer works: its own locks would then nest in ours.
static GPtrArray *outlets_now(Feed *feed)
{
    g_mutex_lock(&feed->lock);
    GPtrArray *now = g_ptr_array_sized_new(feed->outlets->len);
    for (guint i = 0; i < feed->outlets->len; i++)
        g_ptr_array_add(now, feed->outlets->pdata[i]);
    g_mutex_unlock(&feed->lock);
    return now;
}

static AVPacket *as_sent(const Feed *feed, int track, const AVPacket *packet)
{
    bool is_h265 = feed->tracks[FEED_VIDEO]->codec_id == AV_CODEC_ID_HEVC;
    return track == FEED_VIDEO ? trouble_picture(&feed->trouble, is_h265, packet)
                               : av_packet_clone(packet);
}

void feed_push(Feed *feed, int track, const AVPacket *packet)
{
    if (g_atomic_int_get(&feed->stalled))
        return;
    AVPacket *sent = as_sent(feed, track, packet);
    g_autoptr(GPtrArray) outlets = outlets_now(feed);
    for (guint i = 0; i < outlets->len; i++) {
        Outlet *outlet = outlets->pdata[i];
        if (!g_atomic_int_get(&outlet->is_over)) {
            outlet_push(outlet, &feed->trouble, track, sent);
            continue;
        }
        g_mutex_lock(&feed->lock);
        g_ptr_array_steal_index(feed->outlets, i);
        g_mutex_unlock(&feed->lock);
        outlet_free(outlet);
        break; // indexes have moved; the next packet finds the rest
    }
    av_packet_free(&sent);
}

bool feed_is_wanted(Feed *feed)
{
    g_mutex_lock(&feed->lock);
    // What is encoded for one session only would begin with a key frame.
    bool is_wanted = feed->outlets->len > 0 || feed->trouble.has[TROUBLE_NO_KEY];
    g_mutex_unlock(&feed->lock);
    return is_wanted;
}

bool feed_takes_wish(Feed *feed)
{
    return g_atomic_int_compare_and_exchange(&feed->wish, 1, 0) &&
           !feed->trouble.has[TROUBLE_NO_KEY];
}

void feed_set_stalled(Feed *feed, bool stalled)
{
    g_atomic_int_set(&feed->stalled, stalled);
}
