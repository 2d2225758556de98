// SPDX-License-Identifier: Apache-2.0
#include "relay/gate.h"

typedef struct {
    GstRTSPAuth parent;
} Gate;

typedef struct {
    GstRTSPAuthClass parent;
} GateClass;

static GType gate_get_type(void);
G_DEFINE_TYPE(Gate, gate, GST_TYPE_RTSP_AUTH)

// The parent's check of transport settings does nothing but ask for the password, and answer 401
// with a challenge where it is missing or wrong; what it says of the settings is of no interest
// here.
static gboolean gate_check(GstRTSPAuth *auth, GstRTSPContext *context, const gchar *what)
{
    GstRTSPAuthClass *parent = GST_RTSP_AUTH_CLASS(gate_parent_class);
    if (!g_str_equal(what, GST_RTSP_AUTH_CHECK_URL))
        return parent->check(auth, context, what);
    if (context->method == GST_RTSP_OPTIONS)
        return TRUE;
    parent->check(auth, context, GST_RTSP_AUTH_CHECK_TRANSPORT_CLIENT_SETTINGS);
    return context->token != NULL;
}

static void gate_class_init(GateClass *class)
{
    GST_RTSP_AUTH_CLASS(class)->check = gate_check;
}

static void gate_init(Gate *gate)
{
}

GstRTSPAuth *gate_new(const char *user, const char *password, const char *role)
{
    GstRTSPAuth *auth = g_object_new(gate_get_type(), NULL);
    g_autoptr(GstRTSPToken) token =
        gst_rtsp_token_new(GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING, role, NULL);
    gst_rtsp_auth_set_supported_methods(auth, GST_RTSP_AUTH_DIGEST);
    gst_rtsp_auth_add_digest(auth, user, password, token);
    return auth;
}
