// SPDX-License-Identifier: Apache-2.0
#include "capture/live.h"

// Belongs to the server thread that reads; only `http` is used by the camera's thread, through
// wake.
typedef struct {
    Stream *stream;
    StreamInfo *info;
    RingReader *reader;
    HttpStream *http;
    GBytes *bytes; // what is being sent: the init segment, or a fragment
    size_t sent;   // of it
} Live;

static void wake(void *ctx)
{
    Live *live = ctx;
    http_stream_wake(live->http);
}

static void live_free(gpointer ctx)
{
    Live *live = ctx;
    ring_reader_free(live->reader);
    http_stream_unref(live->http);
    g_bytes_unref(live->bytes);
    stream_info_unref(live->info);
    stream_unref(live->stream);
    g_free(live);
}

typedef enum { LIVE_MORE, LIVE_WAIT, LIVE_END } LiveNext;

static LiveNext next_fragment(Live *live)
{
    for (;;) {
        gpointer item = NULL;
        RingResult result = ring_read(live->reader, &item, NULL);
        if (result == RING_END)
            return LIVE_END;
        if (result == RING_EMPTY) {
            // Nothing comes while the camera is away: the viewer is told at once rather than left
            // with a still.
            g_autoptr(StreamInfo) now = stream_info(live->stream);
            return now == live->info ? LIVE_WAIT : LIVE_END;
        }
        g_autoptr(Fragment) fragment = item;
        if (fragment->info->generation > live->info->generation)
            return LIVE_END;
        if (fragment->info->generation < live->info->generation)
            continue; // kept from before the reconnection
        g_bytes_unref(live->bytes);
        live->bytes = g_bytes_ref(fragment->bytes);
        live->sent = 0;
        return LIVE_MORE;
    }
}

static ssize_t read_live(void *ctx, char *buffer, size_t max)
{
    Live *live = ctx;
    size_t size = 0;
    const char *bytes = g_bytes_get_data(live->bytes, &size);
    if (live->sent == size) {
        LiveNext next = next_fragment(live);
        if (next != LIVE_MORE)
            return next == LIVE_WAIT ? 0 : -1;
        bytes = g_bytes_get_data(live->bytes, &size);
    }
    size_t n = MIN(max, size - live->sent);
    memcpy(buffer, bytes + live->sent, n);
    live->sent += n;
    return (ssize_t)n;
}

HttpStream *live_new(Stream *stream, StreamInfo *info)
{
    Live *live = g_new0(Live, 1);
    live->stream = stream_ref(stream);
    live->info = stream_info_ref(info);
    live->bytes = g_bytes_ref(info->init);
    HttpStream *http = http_stream_new(read_live, live, live_free);
    live->http = http_stream_ref(http);
    live->reader = ring_reader_new(stream_fragments(stream), RING_FROM_KEPT_KEY, wake, live);
    return http;
}
