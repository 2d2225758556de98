// SPDX-License-Identifier: Apache-2.0
#include "capture/camera_probe.h"

#include "base/clock.h"
#include "base/fields.h"
#include "base/log.h"
#include "capture/codecs.h"
#include "capture/feed.h"
#include "capture/rtsp_connection.h"
#include "capture/rtsp_url.h"
#include "capture/snapshot.h"
#include "capture/url.h"

#include <errno.h>
#include <string.h>

enum {
    CONNECT_MS = 5000,
    MEASURE_MS = 2000, // from the first picture on
    PICTURE_WIDTH = 640,
    URL_LONGEST = 1000
};

static const char *const step_names[] = {
    [PROBE_ADDRESS] = "address", [PROBE_CONNECT] = "connect", [PROBE_LOGIN] = "login",
    [PROBE_STREAM] = "stream",   [PROBE_PICTURE] = "picture",
};

typedef struct {
    int64_t deadline_ms; // monotonic
} Attempt;

static bool is_late(void *ctx)
{
    return clock_mono_ms() > ((const Attempt *)ctx)->deadline_ms;
}

static void fail(CameraProbe *probe, ProbeStep step, Why why)
{
    probe->step = step;
    probe->why = why;
}

// --- the steps

// On a connection of its own, so that a camera which says nothing is told from one that is not
// there.
static void try_connect(const RtspUrl *url, CameraProbe *probe)
{
    Attempt attempt = { clock_mono_ms() + CONNECT_MS };
    g_autoptr(RtspConnection) connection = NULL;
    int err = rtsp_connection_new(url->host, url->port, is_late, &attempt, &connection);
    if (err == -ECONNREFUSED)
        fail(probe, PROBE_CONNECT, WHY_REFUSED);
    else if (err == -ETIMEDOUT)
        fail(probe, PROBE_CONNECT, WHY_NO_ANSWER);
    else if (err < 0)
        fail(probe, PROBE_CONNECT, WHY_UNREACHABLE);
}

static ProbeStep step_of(Why why)
{
    return why == WHY_PASSWORD || why == WHY_FORBIDDEN     ? PROBE_LOGIN
           : why == WHY_NO_KEY_FRAME || why == WHY_STOPPED ? PROBE_PICTURE
                                                           : PROBE_STREAM;
}

// Until its rate can be told. why: WHY_NO_KEY_FRAME when the time is over before a first picture.
static Why watch(Source *source, Feed *feed, int64_t deadline_ms)
{
    Why why = WHY_NONE;
    int64_t until_ms = deadline_ms;
    bool was_live = false;
    AVPacket *packet = av_packet_alloc();
    while (why == WHY_NONE && clock_mono_ms() < until_ms) {
        bool is_video = false;
        if (source_read(source, packet, &is_video, &why) < 0)
            break;
        int err = is_video ? feed_video(feed, packet, clock_wall_us()) : feed_audio(feed, packet);
        if (err < 0)
            why = WHY_INTERNAL;
        if (!was_live && feed_is_live(feed)) {
            was_live = true;
            until_ms = MIN(deadline_ms, clock_mono_ms() + MEASURE_MS);
        }
    }
    av_packet_free(&packet);
    return was_live                                                 ? WHY_NONE
           : why != WHY_NONE && !is_late(&(Attempt){ deadline_ms }) ? why
                                                                    : WHY_NO_KEY_FRAME;
}

static void note_found(CameraProbe *probe, Source *source, const Feed *feed, Stream *stream)
{
    g_autoptr(Unit) key = stream_key_unit(stream);
    FeedFigures figures = feed_figures(feed);
    const AVCodecParameters *audio = source_audio(source);
    probe->video = source_video(source)->codec_id;
    probe->audio = audio ? audio->codec_id : AV_CODEC_ID_NONE;
    probe->fps = figures.fps;
    probe->kbit = figures.kbit;
    probe->clock_offset_us = source_figures(source).clock_offset_us;
    probe->codecs = g_strdup(key->info->codecs);
    probe->width = key->info->width;
    probe->height = key->info->height;
    if (snapshot_make(key, PICTURE_WIDTH, NULL, &probe->jpeg) < 0)
        probe->jpeg = NULL;
}

static void try_picture(CameraProbe *probe, Source *source, int64_t deadline_ms)
{
    g_autoptr(Stream) stream = stream_new("probe", STREAM_MAIN);
    g_autoptr(Feed) feed = feed_new(stream);
    feed_begin(feed, source_video(source), source_audio(source));
    Why why = watch(source, feed, deadline_ms);
    if (why == WHY_NONE)
        note_found(probe, source, feed, stream);
    else
        fail(probe, PROBE_PICTURE, why);
    feed_end(feed);
    stream_close(stream);
}

static void try_stream(const char *url, ConfigTransport transport, int64_t deadline_ms,
                       CameraProbe *probe)
{
    Attempt attempt = { deadline_ms };
    SourceOptions options = { .url = url,
                              .transport = transport,
                              .reader = probe->reader,
                              .audio = true,
                              .is_stopping = is_late,
                              .ctx = &attempt };
    g_autoptr(Source) source = NULL;
    Why why = WHY_NONE;
    probe->step = PROBE_PICTURE;
    probe->why = WHY_NONE;
    if (source_open(&options, &source, &why) < 0)
        fail(probe, step_of(why), why);
    else
        try_picture(probe, source, deadline_ms);
}

void camera_probe_run(const char *text, ConfigTransport transport, CameraProbe *ret_probe)
{
    CameraProbe *probe = ret_probe;
    RtspUrl url = { 0 };
    int64_t deadline_ms = clock_mono_ms() + PROBE_MS;
    *probe = (CameraProbe){ .reader = READER_RTSP, .clock_offset_us = SOURCE_NO_CLOCK };
    if (!rtsp_url_parse(text, &url)) {
        fail(probe, PROBE_ADDRESS, WHY_INVALID);
        return;
    }
    try_connect(&url, probe);
    rtsp_url_done(&url);
    if (probe->why != WHY_NONE)
        return;
    try_stream(text, transport, deadline_ms, probe);
    if (probe->why != WHY_INVALID && probe->why != WHY_INTERNAL)
        return;
    CameraProbe other = { .reader = READER_LIBAV, .clock_offset_us = SOURCE_NO_CLOCK };
    try_stream(text, transport, deadline_ms, &other);
    if (other.why == WHY_NONE)
        *probe = other;
}

void camera_probe_done(CameraProbe *probe)
{
    g_free(probe->codecs);
    g_clear_pointer(&probe->jpeg, g_bytes_unref);
}

// --- as a route

static json_t *picture_json(GBytes *jpeg)
{
    if (!jpeg)
        return json_null();
    gsize size;
    const guchar *bytes = g_bytes_get_data(jpeg, &size);
    g_autofree char *text = g_base64_encode(bytes, size);
    return json_string(text);
}

static json_t *found_json(const CameraProbe *probe)
{
    bool has_clock = probe->clock_offset_us != SOURCE_NO_CLOCK;
    return json_pack(
        "{s:b, s:s, s:s, s:s, s:i, s:i, s:f, s:I, s:s?, s:o, s:o}", "ok", 1, "reader",
        probe->reader == READER_RTSP ? "rtsp" : "libav", "codec", codecs_name(probe->video),
        "codecs", probe->codecs, "width", probe->width, "height", probe->height, "fps", probe->fps,
        "kbit", (json_int_t)probe->kbit, "audio",
        probe->audio == AV_CODEC_ID_NONE ? NULL : avcodec_get_name(probe->audio), "clock_offset_ms",
        has_clock ? json_integer(probe->clock_offset_us / 1000) : json_null(), "picture",
        picture_json(probe->jpeg));
}

static json_t *probe_json(const CameraProbe *probe)
{
    if (probe->why == WHY_NONE)
        return found_json(probe);
    return json_pack("{s:b, s:s, s:s, s:s}", "ok", 0, "step", step_names[probe->step], "code",
                     why_name(probe->why), "message", why_sentence(probe->why));
}

struct CameraProbes {
    gint n; // atomic
};

CameraProbes *camera_probes_new(void)
{
    return g_new0(CameraProbes, 1);
}

void camera_probes_free(CameraProbes *probes)
{
    g_free(probes);
}

static void probe_and_reply(HttpRequest *request, const char *url, ConfigTransport transport)
{
    g_auto(CameraProbe) probe = { 0 };
    g_autofree char *shown = url_redact(url);
    camera_probe_run(url, transport, &probe);
    log_info("probe url=%s: %s", shown,
             probe.why == WHY_NONE ? "a picture came" : why_sentence(probe.why));
    http_reply_json(request, 200, probe_json(&probe));
}

static bool read_order(HttpRequest *request, json_t *body, const char **ret_url,
                       ConfigTransport *ret_transport)
{
    static const char *const names[] = {
        [TRANSPORT_TCP] = "tcp", [TRANSPORT_UDP] = "udp", [TRANSPORT_AUTO] = "auto"
    };
    Fields fields = fields_of(body);
    *ret_url = fields_text_required(&fields, "url", URL_LONGEST);
    const char *transport = fields_text(&fields, "transport", 8);
    *ret_transport = TRANSPORT_TCP;
    for (size_t i = 0; transport && i < G_N_ELEMENTS(names); i++)
        if (strcmp(transport, names[i]) == 0)
            *ret_transport = (ConfigTransport)i;
    if (fields.error[0])
        http_reply_error(request, 400, "invalid", "%s", fields.error);
    return !fields.error[0];
}

void camera_probe_post(HttpRequest *request, CameraProbes *probes)
{
    size_t size;
    char error[200] = "";
    const char *bytes = http_body(request, &size), *url;
    ConfigTransport transport;
    json_t *body = fields_parse(bytes, size, URL_LONGEST * 2, error);
    if (!body)
        http_reply_error(request, 400, "invalid", "%s", error);
    else if (g_atomic_int_add(&probes->n, 1) >= PROBES_MAX)
        http_reply_error(request, 503, "busy",
                         "Other cameras are just being tried. Try again in a moment.");
    else if (read_order(request, body, &url, &transport))
        probe_and_reply(request, url, transport);
    if (body)
        g_atomic_int_add(&probes->n, -1);
    json_decref(body);
}
