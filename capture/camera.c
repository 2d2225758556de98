// SPDX-License-Identifier: Apache-2.0
#include "capture/camera.h"

#include "base/clock.h"
#include "base/log.h"
#include "capture/backoff.h"
#include "capture/feed.h"
#include "capture/url.h"

enum {
    KEY_FRAME_MS = 15000, // how long a connection may go without something to begin with
    PROVED_MS = 5000,     // live so long: the next failure is a first one again
    FIGURES_MS = 1000,
};

struct Camera {
    char *id, *url, *shown_url; // constant; shown_url is redacted
    ConfigTransport transport;
    ConfigReader reader;
    bool audio;
    Stream *stream;
    GThread *thread;
    GMutex lock;
    GCond stop_asked;
    // Under lock.
    bool stopping;
    CameraStatus status;
    // The camera's thread.
    Feed *feed;
    Backoff backoff;
    Why logged;         // the last failure that was logged
    int64_t begun_ms;   // monotonic: the connection's beginning
    int64_t live_ms;    // monotonic: since when it has been live; 0: it is not
    int64_t figures_ms; // monotonic: when figures were last published
    Tally tally;
    int64_t lost_before; // of earlier connections
    bool has_been_live;  // in one of them
};

static const char *const state_names[] = {
    [CAMERA_OFF] = "off",         [CAMERA_CONNECTING] = "connecting", [CAMERA_LIVE] = "live",
    [CAMERA_STALLED] = "stalled", [CAMERA_BACKOFF] = "backoff",
};

const char *camera_state_name(CameraState state)
{
    return state_names[state];
}

static bool may_follow(CameraState from, CameraState to)
{
    static const unsigned allowed[] = {
        [CAMERA_OFF] = 1 << CAMERA_CONNECTING | 1 << CAMERA_OFF,
        [CAMERA_CONNECTING] = 1 << CAMERA_LIVE | 1 << CAMERA_BACKOFF | 1 << CAMERA_OFF,
        [CAMERA_LIVE] = 1 << CAMERA_STALLED | 1 << CAMERA_BACKOFF | 1 << CAMERA_OFF,
        [CAMERA_STALLED] = 1 << CAMERA_CONNECTING | 1 << CAMERA_OFF,
        [CAMERA_BACKOFF] = 1 << CAMERA_CONNECTING | 1 << CAMERA_OFF,
    };
    return allowed[from] >> to & 1;
}

// The one place that changes the state. While a camera is away its tries do not change since when,
// nor the reason.
static void camera_set_state(Camera *camera, CameraState state, Why why)
{
    g_mutex_lock(&camera->lock);
    CameraStatus *status = &camera->status;
    CameraState from = status->state;
    if (from == CAMERA_OFF || from == CAMERA_LIVE || state == CAMERA_LIVE || state == CAMERA_OFF)
        status->since_ms = clock_wall_ms();
    if (state != CAMERA_CONNECTING)
        status->why = why;
    if (state != CAMERA_LIVE) {
        status->codec = AV_CODEC_ID_NONE;
        status->fps = 0;
        status->kbit = 0;
        status->clock_offset_us = SOURCE_NO_CLOCK;
    }
    status->state = state;
    g_mutex_unlock(&camera->lock);
    if (!may_follow(from, state))
        log_err("camera=%s went from %s to %s", camera->id, state_names[from], state_names[state]);
    log_debug("camera=%s stream=%s state=%s", camera->id,
              stream_kind_name(stream_kind(camera->stream)), state_names[state]);
}

static bool is_stopping(void *ctx)
{
    Camera *camera = ctx;
    g_mutex_lock(&camera->lock);
    bool stopping = camera->stopping;
    g_mutex_unlock(&camera->lock);
    return stopping;
}

static void note_live(Camera *camera, int64_t now_ms)
{
    camera->live_ms = camera->figures_ms = now_ms;
    camera->tally.reconnects += camera->has_been_live;
    camera->has_been_live = true;
    camera->logged = WHY_NONE;
    camera_set_state(camera, CAMERA_LIVE, WHY_NONE);
    g_autoptr(StreamInfo) info = stream_info(camera->stream);
    log_info("camera=%s stream=%s live: %s %dx%d after %" G_GINT64_FORMAT " ms", camera->id,
             stream_kind_name(stream_kind(camera->stream)), info->codecs, info->width, info->height,
             now_ms - camera->begun_ms);
}

static void note_figures(Camera *camera, Source *source, int64_t now_ms)
{
    FeedFigures figures = feed_figures(camera->feed);
    SourceFigures seen = source_figures(source);
    camera->tally.live_ms += now_ms - camera->figures_ms;
    camera->tally.lost = camera->lost_before + seen.lost;
    camera->figures_ms = now_ms;
    g_mutex_lock(&camera->lock);
    camera->status.codec = figures.codec;
    camera->status.fps = figures.fps;
    camera->status.kbit = figures.kbit;
    camera->status.tally = camera->tally;
    camera->status.clock_offset_us = seen.clock_offset_us;
    g_mutex_unlock(&camera->lock);
}

// After each packet of picture.
static Why follow(Camera *camera, Source *source)
{
    int64_t now_ms = clock_mono_ms();
    if (camera->live_ms == 0 && feed_is_live(camera->feed))
        note_live(camera, now_ms);
    if (camera->live_ms == 0)
        return now_ms - camera->begun_ms > KEY_FRAME_MS ? WHY_NO_KEY_FRAME : WHY_NONE;
    if (now_ms - camera->live_ms > PROVED_MS)
        backoff_reset(&camera->backoff);
    if (now_ms - camera->figures_ms >= FIGURES_MS)
        note_figures(camera, source, now_ms);
    return WHY_NONE;
}

static void count_picture(Camera *camera, const AVPacket *packet)
{
    camera->tally.frames++;
    camera->tally.bytes += packet->size;
    camera->tally.keys += packet->flags & AV_PKT_FLAG_KEY ? 1 : 0;
}

static Why read_packets(Camera *camera, Source *source)
{
    Why why = WHY_NONE;
    AVPacket *packet = av_packet_alloc();
    while (why == WHY_NONE) {
        bool is_video = false;
        if (source_read(source, packet, &is_video, &why) < 0)
            break;
        if (is_video)
            count_picture(camera, packet);
        int err = is_video ? feed_video(camera->feed, packet, clock_wall_us())
                           : feed_audio(camera->feed, packet);
        if (err < 0) {
            log_warn("camera=%s a packet could not be published (%d)", camera->id, err);
            why = WHY_INTERNAL;
        } else if (is_video) {
            why = follow(camera, source);
        }
    }
    av_packet_free(&packet);
    return why;
}

// One connection, from the first SYN to its end.
static Why run_connection(Camera *camera)
{
    Why why = WHY_NONE;
    g_autoptr(Source) source = NULL;
    SourceOptions options = { .url = camera->url,
                              .transport = camera->transport,
                              .reader = camera->reader,
                              .audio = camera->audio,
                              .is_stopping = is_stopping,
                              .ctx = camera };
    camera->begun_ms = clock_mono_ms();
    camera->live_ms = camera->figures_ms = 0;
    camera->lost_before = camera->tally.lost;
    if (source_open(&options, &source, &why) < 0)
        return why;
    feed_begin(camera->feed, source_video(source), source_audio(source));
    why = read_packets(camera, source);
    feed_end(camera->feed);
    return why;
}

// The first failure of its kind, then ever more rarely.
static void log_failure(Camera *camera, Why why)
{
    unsigned n = camera->backoff.failures;
    if (why == camera->logged && (n & (n - 1)) != 0)
        return;
    camera->logged = why;
    log_warn("camera=%s stream=%s url=%s failures=%u: %s", camera->id,
             stream_kind_name(stream_kind(camera->stream)), camera->shown_url, n,
             why_sentence(why));
}

static void wait_for_stop(Camera *camera, int64_t wait_ms)
{
    gint64 until = g_get_monotonic_time() + wait_ms * 1000;
    g_mutex_lock(&camera->lock);
    while (!camera->stopping)
        if (!g_cond_wait_until(&camera->stop_asked, &camera->lock, until))
            break;
    g_mutex_unlock(&camera->lock);
}

static gpointer run(gpointer data)
{
    Camera *camera = data;
    while (!is_stopping(camera)) {
        camera_set_state(camera, CAMERA_CONNECTING, WHY_NONE);
        Why why = run_connection(camera);
        if (is_stopping(camera))
            break;
        int64_t wait_ms = backoff_next(&camera->backoff, g_random_double());
        bool is_stalled = camera->live_ms != 0 && why == WHY_STOPPED;
        camera_set_state(camera, is_stalled ? CAMERA_STALLED : CAMERA_BACKOFF, why);
        log_failure(camera, why);
        wait_for_stop(camera, wait_ms);
    }
    camera_set_state(camera, CAMERA_OFF, WHY_NONE);
    return NULL;
}

Camera *camera_new(const ConfigCamera *config, StreamKind kind)
{
    Camera *camera = g_new0(Camera, 1);
    camera->id = g_strdup(config->id);
    camera->url = g_strdup(kind == STREAM_SUB ? config->sub_url : config->url);
    camera->shown_url = url_redact(camera->url);
    camera->transport = config->transport;
    camera->reader = config->reader;
    camera->audio = config->audio;
    camera->stream = stream_new(config->id, kind);
    camera->feed = feed_new(camera->stream);
    camera->status.since_ms = clock_wall_ms();
    g_mutex_init(&camera->lock);
    g_cond_init(&camera->stop_asked);
    camera->thread = g_thread_new(config->id, run, camera);
    return camera;
}

void camera_stop(Camera *camera)
{
    g_mutex_lock(&camera->lock);
    camera->stopping = true;
    g_cond_broadcast(&camera->stop_asked);
    g_mutex_unlock(&camera->lock);
}

void camera_free(Camera *camera)
{
    if (!camera)
        return;
    camera_stop(camera);
    g_thread_join(camera->thread);
    stream_close(camera->stream);
    feed_free(camera->feed);
    stream_unref(camera->stream);
    g_mutex_clear(&camera->lock);
    g_cond_clear(&camera->stop_asked);
    g_free(camera->id);
    g_free(camera->url);
    g_free(camera->shown_url);
    g_free(camera);
}

Stream *camera_stream(Camera *camera)
{
    return camera->stream;
}

CameraStatus camera_status(Camera *camera)
{
    g_mutex_lock(&camera->lock);
    CameraStatus status = camera->status;
    g_mutex_unlock(&camera->lock);
    return status;
}
