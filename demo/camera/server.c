// SPDX-License-Identifier: Apache-2.0
#include "demo/camera/server.h"

#define ROLE "viewer"

struct Server {
    GstRTSPServer *rtsp;
    guint source;
    GPtrArray *feeds; // Feed, borrowed
};

static void require_password(Server *server, const ServerOptions *options)
{
    g_autoptr(GstRTSPAuth) auth = gst_rtsp_auth_new();
    g_autoptr(GstRTSPToken) token =
        gst_rtsp_token_new(GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING, ROLE, NULL);
    if (options->auth == AUTH_BASIC) {
        g_autofree char *basic = gst_rtsp_auth_make_basic(options->user, options->password);
        gst_rtsp_auth_set_supported_methods(auth, GST_RTSP_AUTH_BASIC);
        gst_rtsp_auth_add_basic(auth, basic, token);
    } else {
        gst_rtsp_auth_set_supported_methods(auth, GST_RTSP_AUTH_DIGEST);
        gst_rtsp_auth_add_digest(auth, options->user, options->password, token);
    }
    gst_rtsp_server_set_auth(server->rtsp, auth);
}

static void mount_feeds(Server *server)
{
    g_autoptr(GstRTSPMountPoints) mounts = gst_rtsp_server_get_mount_points(server->rtsp);
    for (guint i = 0; i < server->feeds->len; i++) {
        Feed *feed = server->feeds->pdata[i];
        GstRTSPMediaFactory *factory = feed_factory(feed);
        gst_rtsp_media_factory_add_role(factory, ROLE, GST_RTSP_PERM_MEDIA_FACTORY_ACCESS,
                                        G_TYPE_BOOLEAN, TRUE, GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT,
                                        G_TYPE_BOOLEAN, TRUE, NULL);
        gst_rtsp_mount_points_add_factory(mounts, feed_path(feed), factory);
    }
}

Server *server_new(const ServerOptions *options, GPtrArray *feeds)
{
    Server *server = g_new0(Server, 1);
    server->feeds = feeds;
    server->rtsp = gst_rtsp_server_new();
    g_autofree char *service = g_strdup_printf("%d", options->port);
    gst_rtsp_server_set_address(server->rtsp, options->address);
    gst_rtsp_server_set_service(server->rtsp, service);
    g_autoptr(GstRTSPThreadPool) pool = gst_rtsp_server_get_thread_pool(server->rtsp);
    gst_rtsp_thread_pool_set_max_threads(pool, -1);
    if (options->user)
        require_password(server, options);
    mount_feeds(server);
    server->source = gst_rtsp_server_attach(server->rtsp, NULL);
    if (server->source)
        return server;
    g_printerr("cannot listen on %s port %d\n", options->address, options->port);
    server_free(server);
    return NULL;
}

static GstRTSPFilterResult remove_client(GstRTSPServer *rtsp, GstRTSPClient *client, gpointer ctx)
{
    return GST_RTSP_FILTER_REMOVE;
}

void server_drop(Server *server)
{
    g_list_free_full(gst_rtsp_server_client_filter(server->rtsp, remove_client, NULL),
                     g_object_unref);
}

void server_free(Server *server)
{
    if (!server)
        return;
    if (server->source)
        g_source_remove(server->source);
    server_drop(server);
    g_object_unref(server->rtsp);
    g_free(server);
}

int server_port(const Server *server)
{
    return gst_rtsp_server_get_bound_port(server->rtsp);
}
