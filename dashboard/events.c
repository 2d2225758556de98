// SPDX-License-Identifier: Apache-2.0
#include "dashboard/events.h"

#include "base/clock.h"

#include <string.h>

#define BEAT_S 15

enum {
    READERS_OF_RATINGS = ROLE_ADMIN | ROLE_DIRECTOR | ROLE_VIEWER,
    ALL_PEOPLE = READERS_OF_RATINGS | ROLE_STAFF,
    OBSERVERS_TOO = ALL_PEOPLE | ROLE_OBSERVER,
};

static const struct {
    const char *kind;
    unsigned access;
} kinds[] = {
    { "rating", READERS_OF_RATINGS },
    { "case", ALL_PEOPLE },
    { "flag", OBSERVERS_TOO },
    { "order", OBSERVERS_TOO },
    { "invitation", ALL_PEOPLE },
    { "hold", READERS_OF_RATINGS },
    { "bookmark", READERS_OF_RATINGS },
    { "camera", ALL_PEOPLE },
    { "pad", ALL_PEOPLE },
    { "duty", ALL_PEOPLE },
    { "roster", ALL_PEOPLE },
    { "master", ALL_PEOPLE },
    { "ticket", ALL_PEOPLE },
    { "complaint", ALL_PEOPLE },
    { "card", ROLE_ADMIN | ROLE_DIRECTOR | ROLE_STAFF },
    { "callback", ROLE_ADMIN | ROLE_DIRECTOR | ROLE_STAFF },
    { "painpoint", READERS_OF_RATINGS },
    { "export", ROLE_ADMIN | ROLE_DIRECTOR },
    { "outbox", ROLE_ADMIN | ROLE_DIRECTOR },
    { "one_window", ROLE_ADMIN },
};

struct Events {
    // Under lock (a leaf: streams are woken after it).
    GMutex lock;
    GCond ending_cond;
    GPtrArray *watchers; // Watcher *, borrowed: each is its stream's ctx
    bool is_ending;
    GThread *beat; // set once
};

typedef struct {
    // Set once.
    Events *events;
    HttpStream *stream; // a reference
    unsigned role;
    char *session_digest;
    int64_t until_ms;
    // Under events->lock.
    GQueue texts;  // GBytes *
    size_t offset; // of the first text: sent so far
    bool is_last;  // nothing more is queued: the stream ends with what is there
    bool is_over;  // ends now
} Watcher;

unsigned events_access(const char *kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].access;
    return 0;
}

static GBytes *text_of(const char *text)
{
    return g_bytes_new(text, strlen(text));
}

static void clear_texts(Watcher *watcher)
{
    GBytes *first = watcher->offset > 0 ? g_queue_pop_head(&watcher->texts) : NULL;
    g_queue_clear_full(&watcher->texts, (GDestroyNotify)g_bytes_unref);
    if (first) // half sent: its rest must follow
        g_queue_push_tail(&watcher->texts, first);
}

// Under the lock.
static void enqueue(Watcher *watcher, GBytes *text)
{
    if (watcher->is_last)
        return;
    if (g_queue_get_length(&watcher->texts) >= EVENTS_QUEUE_MAX) {
        clear_texts(watcher);
        g_queue_push_tail(&watcher->texts, text_of("event: reload\ndata: {}\n\n"));
        watcher->is_last = true;
        return;
    }
    g_queue_push_tail(&watcher->texts, g_bytes_ref(text));
}

// Under the lock: references to the streams, to be woken without it.
static void note_stream(GPtrArray *streams, Watcher *watcher)
{
    g_ptr_array_add(streams, http_stream_ref(watcher->stream));
}

static void wake_all(GPtrArray *streams)
{
    for (guint i = 0; i < streams->len; i++)
        http_stream_wake(g_ptr_array_index(streams, i));
}

static GPtrArray *streams_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)http_stream_unref);
}

void events_publish(Events *events, const char *kind, json_t *take_data)
{
    unsigned access = events_access(kind);
    char *data = json_dumps(take_data, JSON_COMPACT);
    json_decref(take_data);
    if (!data || access == 0) {
        free(data);
        return;
    }
    g_autofree char *line = g_strdup_printf("event: %s\ndata: %s\n\n", kind, data);
    free(data);
    g_autoptr(GBytes) text = text_of(line);
    g_autoptr(GPtrArray) streams = streams_new();
    g_mutex_lock(&events->lock);
    for (guint i = 0; i < events->watchers->len; i++) {
        Watcher *watcher = g_ptr_array_index(events->watchers, i);
        if (!(watcher->role & access))
            continue;
        enqueue(watcher, text);
        note_stream(streams, watcher);
    }
    g_mutex_unlock(&events->lock);
    wake_all(streams);
}

void events_beat(Events *events, int64_t now_ms)
{
    g_autoptr(GBytes) text = text_of(": beat\n\n");
    g_autoptr(GPtrArray) streams = streams_new();
    g_mutex_lock(&events->lock);
    for (guint i = 0; i < events->watchers->len; i++) {
        Watcher *watcher = g_ptr_array_index(events->watchers, i);
        watcher->is_over |= now_ms >= watcher->until_ms;
        if (g_queue_is_empty(&watcher->texts))
            enqueue(watcher, text);
        note_stream(streams, watcher);
    }
    g_mutex_unlock(&events->lock);
    wake_all(streams);
}

void events_end_session(Events *events, const char *session_digest)
{
    g_autoptr(GPtrArray) streams = streams_new();
    g_mutex_lock(&events->lock);
    for (guint i = 0; i < events->watchers->len; i++) {
        Watcher *watcher = g_ptr_array_index(events->watchers, i);
        if (g_strcmp0(watcher->session_digest, session_digest) != 0)
            continue;
        watcher->is_over = true;
        note_stream(streams, watcher);
    }
    g_mutex_unlock(&events->lock);
    wake_all(streams);
}

// On a server thread.
static ssize_t watcher_read(void *ctx, char *buffer, size_t max)
{
    Watcher *watcher = ctx;
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&watcher->events->lock);
    if (watcher->is_over || (watcher->is_last && g_queue_is_empty(&watcher->texts)))
        return -1;
    size_t n = 0;
    while (n < max && !g_queue_is_empty(&watcher->texts)) {
        gsize size;
        const char *text = g_bytes_get_data(g_queue_peek_head(&watcher->texts), &size);
        size_t part = MIN(size - watcher->offset, max - n);
        memcpy(buffer + n, text + watcher->offset, part);
        n += part;
        watcher->offset += part;
        if (watcher->offset == size) {
            g_bytes_unref(g_queue_pop_head(&watcher->texts));
            watcher->offset = 0;
        }
    }
    return (ssize_t)n;
}

static void watcher_free(void *ctx)
{
    Watcher *watcher = ctx;
    g_mutex_lock(&watcher->events->lock);
    g_ptr_array_remove_fast(watcher->events->watchers, watcher);
    g_mutex_unlock(&watcher->events->lock);
    g_queue_clear_full(&watcher->texts, (GDestroyNotify)g_bytes_unref);
    http_stream_unref(watcher->stream);
    g_free(watcher->session_digest);
    g_free(watcher);
}

HttpStream *events_watch(Events *events, Role role, const char *session_digest, int64_t until_ms)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&events->lock);
    if (events->watchers->len >= EVENTS_WATCHERS_MAX)
        return NULL;
    Watcher *watcher = g_new0(Watcher, 1);
    watcher->events = events;
    watcher->role = role;
    watcher->session_digest = g_strdup(session_digest);
    watcher->until_ms = until_ms;
    g_queue_init(&watcher->texts);
    // The first bytes open the stream at once, and say how soon to come back after a break.
    g_queue_push_tail(&watcher->texts, text_of("retry: 2000\n: welcome\n\n"));
    HttpStream *stream = http_stream_new(watcher_read, watcher, watcher_free);
    watcher->stream = http_stream_ref(stream);
    g_ptr_array_add(events->watchers, watcher);
    return stream;
}

static gpointer beat_thread(gpointer data)
{
    Events *events = data;
    g_mutex_lock(&events->lock);
    while (!events->is_ending) {
        gint64 until = g_get_monotonic_time() + BEAT_S * G_TIME_SPAN_SECOND;
        while (!events->is_ending && g_cond_wait_until(&events->ending_cond, &events->lock, until))
            ;
        if (events->is_ending)
            break;
        g_mutex_unlock(&events->lock);
        events_beat(events, clock_wall_ms());
        g_mutex_lock(&events->lock);
    }
    g_mutex_unlock(&events->lock);
    return NULL;
}

Events *events_new(void)
{
    Events *events = g_new0(Events, 1);
    g_mutex_init(&events->lock);
    g_cond_init(&events->ending_cond);
    events->watchers = g_ptr_array_new();
    events->beat = g_thread_new("events", beat_thread, events);
    return events;
}

void events_free(Events *events)
{
    if (!events)
        return;
    g_mutex_lock(&events->lock);
    events->is_ending = true;
    g_cond_signal(&events->ending_cond);
    g_mutex_unlock(&events->lock);
    g_thread_join(events->beat);
    g_ptr_array_unref(events->watchers);
    g_cond_clear(&events->ending_cond);
    g_mutex_clear(&events->lock);
    g_free(events);
}

size_t events_watchers(Events *events)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&events->lock);
    return events->watchers->len;
}
