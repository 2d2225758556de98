// SPDX-License-Identifier: Apache-2.0
#include "capture/media.h"

#include "base/log.h"
#include "capture/live.h"

// The stream that is asked for; replies and returns NULL where there is none.
static Stream *stream_of(HttpRequest *request, Capture *capture, StreamKind *ret_kind)
{
    const char *kind = http_query(request, "stream");
    if (kind && strcmp(kind, "main") != 0 && strcmp(kind, "sub") != 0) {
        http_reply_error(request, 400, "stream", "stream must be main or sub");
        return NULL;
    }
    *ret_kind = kind && strcmp(kind, "sub") == 0 ? STREAM_SUB : STREAM_MAIN;
    Stream *stream = capture_stream(capture, http_param(request, "camera"), *ret_kind);
    if (!stream)
        http_reply_error(request, 404, "not_found",
                         "there is no such camera, or it has no %s stream",
                         stream_kind_name(*ret_kind));
    return stream;
}

Veil *media_veil(HttpRequest *request, Capture *capture)
{
    const char *word = http_header(request, MEDIA_UNVEILED);
    bool is_unveiled = word && strcmp(word, "1") == 0;
    return is_unveiled ? NULL : capture_veil(capture, http_param(request, "camera"));
}

static void reply_no_picture(HttpRequest *request, Capture *capture, StreamKind kind)
{
    const char *why = capture_why(capture, http_param(request, "camera"), kind);
    http_add_header(request, "Retry-After", "2");
    http_reply_error(request, 503, "no_picture", "%s", why ? why : "the camera is being connected");
}

void media_get_live(HttpRequest *request, Capture *capture)
{
    StreamKind kind = STREAM_MAIN;
    g_autoptr(Stream) stream = stream_of(request, capture, &kind);
    if (!stream)
        return;
    g_autoptr(StreamInfo) info = stream_info(stream);
    if (!info) {
        reply_no_picture(request, capture, kind);
        return;
    }
    g_autofree char *type = g_strdup_printf("video/mp4; codecs=\"%s\"", info->codecs);
    http_reply_stream(request, 200, type, live_new(stream, info));
}

// False: not a number that is allowed. Absent: 0.
static bool read_width(HttpRequest *request, int *ret_width)
{
    const char *text = http_query(request, "width");
    guint64 width = 0;
    *ret_width = 0;
    if (!text)
        return true;
    if (!g_ascii_string_to_unsigned(text, 10, SNAPSHOT_MIN_WIDTH, SNAPSHOT_MAX_WIDTH, &width, NULL))
        return false;
    *ret_width = (int)width;
    return true;
}

static void add_last_modified(HttpRequest *request, int64_t wall_us)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(wall_us / 1000000);
    g_autofree char *text = at ? g_date_time_format(at, "%a, %d %b %Y %H:%M:%S GMT") : NULL;
    if (text)
        http_add_header(request, "Last-Modified", text);
}

void media_get_snapshot(HttpRequest *request, Capture *capture, Snapshots *snapshots)
{
    StreamKind kind = STREAM_MAIN;
    int width = 0;
    g_autoptr(Stream) stream = stream_of(request, capture, &kind);
    if (!stream)
        return;
    if (!read_width(request, &width)) {
        http_reply_error(request, 400, "width", "width must be a number from %d to %d",
                         SNAPSHOT_MIN_WIDTH, SNAPSHOT_MAX_WIDTH);
        return;
    }
    g_autoptr(Unit) key = stream_key_unit(stream);
    if (!key) {
        reply_no_picture(request, capture, kind);
        return;
    }
    g_autoptr(GBytes) jpeg = NULL;
    g_autoptr(Veil) veil = media_veil(request, capture);
    int err = snapshots_get(snapshots, stream, key, width, veil, &jpeg);
    if (err < 0) {
        log_warn("camera=%s snapshot: the key frame could not be decoded (%d)",
                 stream_camera(stream), err);
        http_reply_error(request, 503, "no_picture", "the camera's picture could not be decoded");
        return;
    }
    http_add_header(request, "Cache-Control", "no-store");
    add_last_modified(request, key->wall_us);
    http_reply_bytes(request, 200, "image/jpeg", g_bytes_get_data(jpeg, NULL),
                     g_bytes_get_size(jpeg));
}
