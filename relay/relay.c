// SPDX-License-Identifier: Apache-2.0
#include "relay/relay.h"
#include "base/log.h"
#include "relay/gate.h"
#include "relay/route.h"
#include <errno.h>
#include <gio/gioenums.h>
#include <gst/gst.h>

#define ROLE "reader"

enum {
    // A connection whose description waits for a camera's first picture holds up those of its
    // thread.
    CONNECTION_THREADS = 8,
    SWEEP_S = 5, // how often sessions that were left without TEARDOWN are looked for
};

struct Relay {
    GMainContext *context; // constant; as long as the relay
    GMainLoop *loop;
    GThread *thread;
    GstRTSPServer *server;
    int port;

    GMutex lock;        // of routes
    GHashTable *routes; // path -> Route
};

static char *path_of(const char *camera, StreamKind kind)
{
    return g_strconcat("/", camera, kind == STREAM_SUB ? "/sub" : "", NULL);
}

static Route *find_route(Relay *relay, const char *path)
{
    g_mutex_lock(&relay->lock);
    Route *route = g_hash_table_lookup(relay->routes, path);
    route = route ? route_ref(route) : NULL;
    g_mutex_unlock(&relay->lock);
    return route;
}

// --- ending what plays a media: connections are closed, so that clients open anew

typedef struct {
    gpointer media;
    bool has_session, plays;
} Look;

static GstRTSPFilterResult look_at_setup(GstRTSPSession *session, GstRTSPSessionMedia *setup,
                                         gpointer ctx)
{
    Look *look = ctx;
    look->plays |= gst_rtsp_session_media_get_media(setup) == look->media;
    return GST_RTSP_FILTER_KEEP;
}

static GstRTSPFilterResult look_at_session(GstRTSPClient *client, GstRTSPSession *session,
                                           gpointer ctx)
{
    Look *look = ctx;
    look->has_session = true;
    gst_rtsp_session_filter(session, look_at_setup, look);
    return GST_RTSP_FILTER_KEEP;
}

// A client without a session may hold the media since its description.
static GstRTSPFilterResult close_if_reads(GstRTSPServer *server, GstRTSPClient *client,
                                          gpointer media)
{
    Look look = { .media = media };
    gst_rtsp_client_session_filter(client, look_at_session, &look);
    return look.plays || !look.has_session ? GST_RTSP_FILTER_REMOVE : GST_RTSP_FILTER_KEEP;
}

typedef struct {
    GstRTSPServer *server;
    GstRTSPMedia *media;
} Ending;

static gboolean close_readers(gpointer ctx)
{
    Ending *ending = ctx;
    gst_rtsp_server_client_filter(ending->server, close_if_reads, ending->media);
    return G_SOURCE_REMOVE;
}

static void ending_free(gpointer ctx)
{
    Ending *ending = ctx;
    g_object_unref(ending->server);
    g_object_unref(ending->media);
    g_free(ending);
}

// Any thread: closing connections is left to the relay's.
static void on_media_ended(void *ctx, GstRTSPMedia *media)
{
    Relay *relay = ctx;
    Ending *ending = g_new(Ending, 1);
    *ending = (Ending){ g_object_ref(relay->server), g_object_ref(media) };
    g_autoptr(GSource) source = g_idle_source_new();
    g_source_set_callback(source, close_readers, ending, ending_free);
    g_source_attach(source, relay->context);
}

// --- connections

static char *request_path(const GstRTSPContext *context)
{
    char *path = g_strdup(context->uri ? context->uri->abspath : "");
    size_t length = strlen(path);
    if (length > 1 && path[length - 1] == '/')
        path[length - 1] = '\0';
    return path;
}

// Unknown paths pass: the server itself answers them with 404.
static GstRTSPStatusCode on_describe(GstRTSPClient *client, GstRTSPContext *context, gpointer ctx)
{
    g_autofree char *path = request_path(context);
    g_autoptr(Route) route = find_route(ctx, path);
    return !route || route_prepare(route) ? GST_RTSP_STS_OK : GST_RTSP_STS_SERVICE_UNAVAILABLE;
}

static void on_play(GstRTSPClient *client, GstRTSPContext *context, gpointer ctx)
{
    if (context->media)
        route_media_plays(context->media);
}

static void on_client(GstRTSPServer *server, GstRTSPClient *client, gpointer ctx)
{
    g_signal_connect(client, "pre-describe-request", G_CALLBACK(on_describe), ctx);
    g_signal_connect(client, "play-request", G_CALLBACK(on_play), ctx);
}

// --- life

static gpointer run(gpointer ctx)
{
    Relay *relay = ctx;
    g_main_context_push_thread_default(relay->context);
    g_main_loop_run(relay->loop);
    g_main_context_pop_thread_default(relay->context);
    return NULL;
}

static gboolean sweep(gpointer ctx)
{
    Relay *relay = ctx;
    g_autoptr(GstRTSPSessionPool) sessions = gst_rtsp_server_get_session_pool(relay->server);
    gst_rtsp_session_pool_cleanup(sessions);
    return G_SOURCE_CONTINUE;
}

static GstRTSPServer *server_new(const RelayOptions *options)
{
    GstRTSPServer *server = gst_rtsp_server_new();
    g_autofree char *service = g_strdup_printf("%d", options->port);
    gst_rtsp_server_set_address(server, options->address ? options->address : "0.0.0.0");
    gst_rtsp_server_set_service(server, service);

    g_autoptr(GstRTSPAuth) auth = gate_new(options->user, options->password, ROLE);
    gst_rtsp_server_set_auth(server, auth);

    g_autoptr(GstRTSPThreadPool) threads = gst_rtsp_server_get_thread_pool(server);
    gst_rtsp_thread_pool_set_max_threads(threads, CONNECTION_THREADS);
    return server;
}

// GIO's codes by the name of its domain: GIO itself is linked by GStreamer, not by us.
static int errno_of(const GError *error)
{
    if (error->domain != g_quark_try_string("g-io-error-quark"))
        return -EIO;
    switch (error->code) {
    case G_IO_ERROR_ADDRESS_IN_USE:
        return -EADDRINUSE;
    case G_IO_ERROR_PERMISSION_DENIED:
        return -EACCES;
    default:
        return -EADDRNOTAVAIL;
    }
}

static int start_listening(Relay *relay)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GSource) source = gst_rtsp_server_create_source(relay->server, NULL, &error);
    if (!source)
        return errno_of(error);
    g_source_attach(source, relay->context);
    relay->port = gst_rtsp_server_get_bound_port(relay->server);
    g_autoptr(GSource) timer = g_timeout_source_new_seconds(SWEEP_S);
    g_source_set_callback(timer, sweep, relay, NULL);
    g_source_attach(timer, relay->context);
    return 0;
}

static void unref_route(gpointer route)
{
    route_unref(route);
}

int relay_new(const RelayOptions *options, Relay **ret_relay)
{
    gst_init(NULL, NULL); // any number of times
    g_autoptr(Relay) relay = g_new0(Relay, 1);
    g_mutex_init(&relay->lock);
    relay->routes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_route);
    relay->context = g_main_context_new();
    relay->loop = g_main_loop_new(relay->context, FALSE);
    relay->server = server_new(options);
    g_signal_connect(relay->server, "client-connected", G_CALLBACK(on_client), relay);
    int err = start_listening(relay);
    if (err)
        return err;
    relay->thread = g_thread_new("relay", run, relay);
    *ret_relay = g_steal_pointer(&relay);
    return 0;
}

static GstRTSPFilterResult close_all(GstRTSPServer *server, GstRTSPClient *client, gpointer ctx)
{
    return GST_RTSP_FILTER_REMOVE;
}

static gboolean quit(gpointer ctx)
{
    Relay *relay = ctx;
    gst_rtsp_server_client_filter(relay->server, close_all, NULL);
    g_main_loop_quit(relay->loop);
    return G_SOURCE_REMOVE;
}

static void stop_thread(Relay *relay)
{
    g_autoptr(GSource) source = g_idle_source_new();
    g_source_set_callback(source, quit, relay, NULL);
    g_source_attach(source, relay->context);
    g_thread_join(relay->thread);
}

void relay_free(Relay *relay)
{
    if (!relay)
        return;
    GHashTableIter routes;
    gpointer route;
    g_hash_table_iter_init(&routes, relay->routes);
    while (g_hash_table_iter_next(&routes, NULL, &route))
        route_close(route);
    if (relay->thread)
        stop_thread(relay);
    g_object_unref(relay->server);
    g_main_loop_unref(relay->loop);
    g_main_context_unref(relay->context);
    g_hash_table_unref(relay->routes);
    g_mutex_clear(&relay->lock);
    g_free(relay);
}

int relay_port(Relay *relay)
{
    return relay->port;
}

// --- streams

void relay_attach(Relay *relay, const char *camera, StreamKind kind, Stream *stream)
{
    relay_detach(relay, camera, kind);
    char *path = path_of(camera, kind);
    Route *route = route_new(path, stream, on_media_ended, relay);
    g_autoptr(GstRTSPMountPoints) mounts = gst_rtsp_server_get_mount_points(relay->server);
    gst_rtsp_mount_points_add_factory(mounts, path, route_factory(route, ROLE));
    g_mutex_lock(&relay->lock);
    g_hash_table_insert(relay->routes, path, route);
    g_mutex_unlock(&relay->lock);
}

void relay_detach(Relay *relay, const char *camera, StreamKind kind)
{
    g_autofree char *path = path_of(camera, kind);
    g_autoptr(Route) route = find_route(relay, path);
    if (!route)
        return;
    g_autoptr(GstRTSPMountPoints) mounts = gst_rtsp_server_get_mount_points(relay->server);
    gst_rtsp_mount_points_remove_factory(mounts, path);
    g_mutex_lock(&relay->lock);
    g_hash_table_remove(relay->routes, path);
    g_mutex_unlock(&relay->lock);
    route_close(route);
}

// --- status

static GstRTSPFilterResult every_setup(GstRTSPSession *session, GstRTSPSessionMedia *setup,
                                       gpointer ctx)
{
    return GST_RTSP_FILTER_REF;
}

static GstRTSPFilterResult every_session(GstRTSPSessionPool *pool, GstRTSPSession *session,
                                         gpointer ctx)
{
    return GST_RTSP_FILTER_REF;
}

static void count_reader(json_t *readers, GstRTSPSessionMedia *setup)
{
    if (gst_rtsp_session_media_get_rtsp_state(setup) != GST_RTSP_STATE_PLAYING)
        return;
    const char *name = route_path_of_media(gst_rtsp_session_media_get_media(setup)) + 1;
    json_int_t n = json_integer_value(json_object_get(readers, name));
    json_object_set_new(readers, name, json_integer(n + 1));
}

json_t *relay_status(Relay *relay)
{
    json_t *readers = json_object();
    g_autoptr(GstRTSPSessionPool) pool = gst_rtsp_server_get_session_pool(relay->server);
    GList *sessions = gst_rtsp_session_pool_filter(pool, every_session, NULL);
    for (GList *session = sessions; session; session = session->next) {
        GList *setups = gst_rtsp_session_filter(session->data, every_setup, NULL);
        for (GList *setup = setups; setup; setup = setup->next)
            count_reader(readers, setup->data);
        g_list_free_full(setups, g_object_unref);
    }
    g_list_free_full(sessions, g_object_unref);
    return json_pack("{siso}", "port", relay->port, "readers", readers);
}
