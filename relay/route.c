// SPDX-License-Identifier: Apache-2.0
#include "relay/route.h"
#include "relay/outlet.h"

#define AHEAD      (24 * 3600 * GST_SECOND)
#define OUTLET_KEY "hallwatch-outlet"

struct Route {
    gatomicrefcount refs;
    char *path; // constant
    Stream *stream;
    RouteMediaEnded ended;
    void *ctx;

    GMutex lock;                  // of the rest
    GstRTSPMediaFactory *factory; // borrowed: it holds us
    StreamInfo *info;             // what the factory's launch text is for
    GPtrArray *taps;              // Tap, borrowed
    bool is_closed;
};

// A media of the route and its outlet; belongs to the media.
typedef struct {
    Route *route;
    GWeakRef media;
    Outlet *outlet;
} Tap;

Route *route_new(const char *path, Stream *stream, RouteMediaEnded ended, void *ctx)
{
    Route *route = g_new0(Route, 1);
    g_atomic_ref_count_init(&route->refs);
    route->path = g_strdup(path);
    route->stream = stream_ref(stream);
    route->ended = ended;
    route->ctx = ctx;
    route->taps = g_ptr_array_new();
    g_mutex_init(&route->lock);
    return route;
}

Route *route_ref(Route *route)
{
    g_atomic_ref_count_inc(&route->refs);
    return route;
}

void route_unref(Route *route)
{
    if (!route || !g_atomic_ref_count_dec(&route->refs))
        return;
    g_ptr_array_unref(route->taps);
    stream_info_unref(route->info);
    stream_unref(route->stream);
    g_mutex_clear(&route->lock);
    g_free(route->path);
    g_free(route);
}

const char *route_path(const Route *route)
{
    return route->path;
}

static void tap_free(gpointer pointer)
{
    Tap *tap = pointer;
    g_mutex_lock(&tap->route->lock);
    g_ptr_array_remove_fast(tap->route->taps, tap);
    g_mutex_unlock(&tap->route->lock);
    outlet_stop(tap->outlet);
    outlet_unref(tap->outlet);
    g_weak_ref_clear(&tap->media);
    route_unref(tap->route);
    g_free(tap);
}

// Camera's thread. The tap lives: it waits for us in outlet_stop before it goes.
static void on_outlet_ended(void *ctx)
{
    Tap *tap = ctx;
    g_autoptr(GstRTSPMedia) media = g_weak_ref_get(&tap->media);
    if (media)
        tap->route->ended(tap->route->ctx, media);
}

// A media that is taken down needs no more units, though its last reference may live on a little.
static void on_unprepared(GstRTSPMedia *media, gpointer ctx)
{
    outlet_stop(((Tap *)ctx)->outlet);
}

// Packets must leave when they come, also the kept GOP at once: the camera has the pace, and its
// clock drifts against ours. Sinks hold back what is before its time, so the pipeline's clock is
// set a day ahead of the units' line, where nothing ever is. (Turning the sinks' waiting off does
// not last: each PLAY turns it on again.)
static void set_clock_ahead(GstElement *bin)
{
    g_autoptr(GstObject) pipeline = gst_object_get_parent(GST_OBJECT(bin));
    g_autoptr(GstClock) clock = g_object_new(GST_TYPE_SYSTEM_CLOCK, NULL);
    GstClockTime now = gst_clock_get_internal_time(clock);
    gst_clock_set_calibration(clock, now, now + AHEAD, 1, 1);
    gst_pipeline_use_clock(GST_PIPELINE(pipeline), clock);
    gst_element_set_start_time(GST_ELEMENT(pipeline), GST_CLOCK_TIME_NONE);
    gst_element_set_base_time(GST_ELEMENT(pipeline), now);
}

// Called on a connection's thread when a media has been made and does not run yet.
static void on_media(GstRTSPMediaFactory *factory, GstRTSPMedia *media, gpointer ctx)
{
    Route *route = ctx;
    Tap *tap = g_new0(Tap, 1);
    g_autoptr(GstElement) bin = gst_rtsp_media_get_element(media);
    set_clock_ahead(bin);
    tap->route = route_ref(route);
    g_weak_ref_init(&tap->media, media);
    g_mutex_lock(&route->lock);
    tap->outlet = outlet_new(route->stream, route->info, bin, on_outlet_ended, tap);
    g_ptr_array_add(route->taps, tap);
    if (!route->is_closed)
        outlet_start(tap->outlet);
    g_mutex_unlock(&route->lock);
    g_object_set_data_full(G_OBJECT(media), OUTLET_KEY, tap, tap_free);
    g_signal_connect(media, "unprepared", G_CALLBACK(on_unprepared), tap);
}

static void unref_route(gpointer route, GClosure *closure)
{
    route_unref(route);
}

GstRTSPMediaFactory *route_factory(Route *route, const char *role)
{
    GstRTSPMediaFactory *factory = gst_rtsp_media_factory_new();
    gst_rtsp_media_factory_set_shared(factory, TRUE);
    gst_rtsp_media_factory_set_protocols(factory,
                                         GST_RTSP_LOWER_TRANS_TCP | GST_RTSP_LOWER_TRANS_UDP);
    gst_rtsp_media_factory_add_role(factory, role, GST_RTSP_PERM_MEDIA_FACTORY_ACCESS,
                                    G_TYPE_BOOLEAN, TRUE, GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT,
                                    G_TYPE_BOOLEAN, TRUE, NULL);
    g_signal_connect_data(factory, "media-configure", G_CALLBACK(on_media), route_ref(route),
                          unref_route, 0);
    route->factory = factory;
    return factory;
}

bool route_prepare(Route *route)
{
    g_autoptr(StreamInfo) info = stream_info(route->stream);
    g_mutex_lock(&route->lock);
    bool is_ready = info && !route->is_closed;
    if (is_ready && info != route->info) {
        g_autofree char *launch = outlet_launch(info);
        gst_rtsp_media_factory_set_launch(route->factory, launch);
        stream_info_unref(route->info);
        route->info = g_steal_pointer(&info);
    }
    g_mutex_unlock(&route->lock);
    return is_ready;
}

static void unref_outlet(gpointer outlet)
{
    outlet_unref(outlet);
}

// What is collected is let go without the lock: the last reference to a media takes it.
void route_close(Route *route)
{
    g_autoptr(GPtrArray) outlets = g_ptr_array_new_with_free_func(unref_outlet);
    g_autoptr(GPtrArray) medias = g_ptr_array_new_with_free_func(g_object_unref);
    g_mutex_lock(&route->lock);
    route->is_closed = true;
    for (guint i = 0; i < route->taps->len; i++) {
        Tap *tap = route->taps->pdata[i];
        GstRTSPMedia *media = g_weak_ref_get(&tap->media);
        g_ptr_array_add(outlets, outlet_ref(tap->outlet));
        if (media)
            g_ptr_array_add(medias, media);
    }
    g_mutex_unlock(&route->lock);
    for (guint i = 0; i < outlets->len; i++)
        outlet_stop(outlets->pdata[i]);
    for (guint i = 0; i < medias->len; i++)
        route->ended(route->ctx, medias->pdata[i]);
}

static Tap *tap_of(GstRTSPMedia *media)
{
    return g_object_get_data(G_OBJECT(media), OUTLET_KEY);
}

const char *route_path_of_media(GstRTSPMedia *media)
{
    return tap_of(media)->route->path;
}

void route_media_plays(GstRTSPMedia *media)
{
    outlet_flow(tap_of(media)->outlet);
}
