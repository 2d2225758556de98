// SPDX-License-Identifier: Apache-2.0
#include "capture/playback.h"

#include "base/clock.h"
#include "base/fields.h"
#include "capture/thumbnail.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MAX_IDLE_STORES = 4,
    MAX_TOKEN = 160,
    MAX_HOLD_BODY = 8192,
    TARGET_SECONDS = 8, // of a list that grows: it must not change (RFC 8216, 6.2.1)
};
static const int64_t PIECE_US = INT64_C(6) * 1000000;  // a longer GOP is cut
static const int64_t AHEAD_US = INT64_C(500000);       // what may be missing on the media's line
static const int64_t ROUNDING_US = INT64_C(1000);      // what rounding may take it back
static const int64_t SETTLE_US = INT64_C(5) * 1000000; // what is younger may still be on its way
static const int64_t PLAYLIST_MAX_US = INT64_C(24) * 3600 * 1000000;
static const int64_t TIMELINE_MAX_US = INT64_C(31) * 24 * 3600 * 1000000;

struct Playback {
    char *data_dir;
    Recorder *recorder;
    Thumbnails *thumbnails;
    GAsyncQueue *stores; // read connections that are not in use
};

Playback *playback_new(const char *data_dir, Recorder *recorder)
{
    Playback *playback = g_new0(Playback, 1);
    playback->data_dir = g_strdup(data_dir);
    playback->recorder = recorder;
    playback->thumbnails = thumbnails_new(THUMBNAIL_CACHE_BYTES);
    playback->stores = g_async_queue_new_full((GDestroyNotify)store_free);
    return playback;
}

void playback_free(Playback *playback)
{
    if (!playback)
        return;
    g_async_queue_unref(playback->stores);
    thumbnails_free(playback->thumbnails);
    g_free(playback->data_dir);
    g_free(playback);
}

static Store *take_store(Playback *playback)
{
    Store *store = g_async_queue_try_pop(playback->stores);
    if (store)
        return store;
    g_autofree char *path = g_build_filename(playback->data_dir, "media.db", NULL);
    return store_open(path, STORE_READ, &store) < 0 ? NULL : store;
}

static void put_store(Playback *playback, Store *take_store)
{
    if (g_async_queue_length(playback->stores) < MAX_IDLE_STORES)
        g_async_queue_push(playback->stores, take_store);
    else
        store_free(take_store);
}

// --- playlist
// ---------------------------------------------------------------------------------------------------------

typedef struct {
    GString *text; // of the entries
    int64_t from_us, to_us;
    const char *token;     // NULL: none
    const Segment *before; // the segment of the entry before; NULL: none yet
    double longest;
    unsigned n;
} Playlist;

static bool is_joined(const Segment *a, const Segment *b)
{
    int64_t media_us = b->decode_us - a->decode_us - a->duration_us;
    int64_t wall_us = b->head.wall_us - segment_end_us(a);
    return a->init_id == b->init_id && media_us > -ROUNDING_US && media_us < AHEAD_US &&
           llabs(wall_us) < INDEX_JOIN_US;
}

static void write_uri(const Playlist *list, const Segment *segment)
{
    g_string_append_printf(list->text, "../../segment/%s/%" PRId64 ".mp4", segment->head.camera,
                           segment->head.id);
    if (list->token)
        g_string_append_printf(list->text, "?token=%s", list->token);
}

// What must be said before the first entry of a segment.
static void write_change(Playlist *list, const Segment *segment, int64_t time_us)
{
    g_autofree char *moment = clock_format((segment->head.wall_us + time_us) / 1000);
    bool is_new = !list->before || !is_joined(list->before, segment);
    if (list->before && is_new)
        g_string_append(list->text, "#EXT-X-DISCONTINUITY\n");
    if (is_new) {
        g_string_append_printf(list->text, "#EXT-X-HALLWATCH-CODECS:%s\n#EXT-X-MAP:URI=\"",
                               segment->head.codecs);
        write_uri(list, segment);
        g_string_append_printf(list->text, "\",BYTERANGE=\"%" PRId64 "@0\"\n", segment->init_bytes);
    }
    if (segment->clock_us)
        g_string_append_printf(list->text, "#EXT-X-HALLWATCH-CLOCK:%" PRId64 "\n",
                               segment->clock_us / 1000);
    g_string_append_printf(list->text, "#EXT-X-PROGRAM-DATE-TIME:%s\n", moment);
    list->before = segment;
}

static const SegmentEntry *entry_at(const Segment *segment, guint i)
{
    return &g_array_index(segment->entries, SegmentEntry, i);
}

// Entries [first, end) as one piece of the list. offset: of the first in the file.
static void write_piece(Playlist *list, const Segment *segment, guint first, guint end,
                        int64_t offset, int64_t bytes)
{
    const SegmentEntry *last = entry_at(segment, end - 1);
    int64_t time_us = entry_at(segment, first)->time_us;
    double seconds = (last->time_us + last->duration_us - time_us) / 1e6;
    if (list->before != segment)
        write_change(list, segment, time_us);
    g_string_append_printf(list->text, "#EXTINF:%.6f,\n#EXT-X-BYTERANGE:%" PRId64 "@%" PRId64 "\n",
                           seconds, bytes, offset);
    write_uri(list, segment);
    g_string_append_c(list->text, '\n');
    list->longest = MAX(list->longest, seconds);
    list->n++;
}

// The pieces of the GOP [first, end). is_growing: more of it may come.
static void write_gop(Playlist *list, const Segment *segment, guint first, guint end,
                      int64_t offset, bool is_growing)
{
    int64_t wall_us = segment->head.wall_us, bytes = 0;
    for (guint i = first, start = first; i < end; i++) {
        const SegmentEntry *entry = entry_at(segment, i);
        int64_t start_us = entry_at(segment, start)->time_us;
        bool is_long = entry->time_us + entry->duration_us - start_us >= PIECE_US;
        bytes += entry->bytes;
        if (!is_long && (i + 1 < end || is_growing))
            continue;
        if (wall_us + start_us >= list->to_us)
            return;
        write_piece(list, segment, start, i + 1, offset, bytes);
        offset += bytes;
        bytes = 0;
        start = i + 1;
    }
}

static void write_segment(Playlist *list, const Segment *segment, bool is_growing)
{
    guint n = segment->entries->len;
    int64_t offset = segment->header_bytes;
    for (guint first = 0, end; first < n; first = end) {
        int64_t bytes = entry_at(segment, first)->bytes;
        for (end = first + 1; end < n && !entry_at(segment, end)->key; end++)
            bytes += entry_at(segment, end)->bytes;
        const SegmentEntry *last = entry_at(segment, end - 1);
        if (segment->head.wall_us + last->time_us + last->duration_us > list->from_us)
            write_gop(list, segment, first, end, offset, is_growing && end == n);
        offset += bytes;
    }
}

char *playback_write_playlist(const Segment *segments, size_t n, int64_t from_us, int64_t to_us,
                              PlaylistTail tail, const char *token)
{
    Playlist list = {
        .text = g_string_new(NULL), .from_us = from_us, .to_us = to_us, .token = token
    };
    for (size_t i = 0; i < n; i++)
        write_segment(&list, &segments[i], tail == PLAYLIST_WRITTEN && i == n - 1);
    if (!list.n) {
        g_string_free(list.text, TRUE);
        return NULL;
    }
    int target = (int)ceil(list.longest);
    g_autofree char *head = g_strdup_printf(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:0\n"
        "#EXT-X-PLAYLIST-TYPE:%s\n",
        tail == PLAYLIST_ENDED ? MAX(target, 1) : MAX(target, TARGET_SECONDS),
        tail == PLAYLIST_ENDED ? "VOD" : "EVENT");
    g_string_prepend(list.text, head);
    if (tail == PLAYLIST_ENDED)
        g_string_append(list.text, "#EXT-X-ENDLIST\n");
    return g_string_free(list.text, FALSE);
}

// --- reading the index
// ------------------------------------------------------------------------------------------------

static void clear_segment(gpointer segment)
{
    segment_done(segment);
}

// The camera's segments that may have to do with the range, in order of time. The one that is being
// written comes from the view, which must have been taken before: a segment can become done in
// between, but not undone.
static int read_segments(Store *store, const char *camera, int64_t from_us, int64_t to_us,
                         const RecorderView *view, GArray *segments)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT " ARCHIVE_COLUMNS " FROM segment WHERE camera = ?1 AND start_us < ?3"
                    " AND start_us >= min(?2 - ?4, coalesce((SELECT max(start_us) FROM segment"
                    "                                 WHERE camera = ?1 AND start_us <= ?2), ?2))"
                    " AND (state = 'open' OR start_us + duration_us > ?2) ORDER BY id",
                    "siii", camera, from_us, to_us, INDEX_REACH_US);
    while (store_step(query)) {
        ArchiveRow row;
        Segment segment;
        segment_init(&segment);
        int r = archive_read_row(query, &row, &segment);
        bool is_written =
            row.is_open && view->is_recording && view->segment.head.id == segment.head.id;
        if (is_written) {
            segment_done(&segment);
            segment_copy(&view->segment, &segment);
        }
        if (r < 0 || (row.is_open && !is_written))
            segment_done(&segment);
        else
            g_array_append_val(segments, segment);
    }
    return store_query_result(query);
}

static PlaylistTail tail_of(const GArray *segments, int64_t to_us, const RecorderView *view)
{
    int64_t now_us = clock_wall_us();
    bool is_written =
        view->is_recording && segments->len &&
        g_array_index(segments, Segment, segments->len - 1).head.id == view->segment.head.id;
    if (to_us <= now_us - SETTLE_US || (to_us <= now_us && view->known_until_us >= to_us))
        return PLAYLIST_ENDED;
    return is_written ? PLAYLIST_WRITTEN : PLAYLIST_WAITING;
}

// --- requests
// ---------------------------------------------------------------------------------------------------------

// False: an error has been replied. to is INT64_MAX when it is absent.
static bool read_range(HttpRequest *request, int64_t max_us, int64_t *ret_from_us,
                       int64_t *ret_to_us)
{
    const char *from = http_query(request, "from"), *to = http_query(request, "to");
    int64_t from_ms, to_ms = INT64_MAX / 1000;
    if (!from || !clock_parse(from, &from_ms) || (to && !clock_parse(to, &to_ms)) ||
        llabs(from_ms) > INT64_MAX / 4000 || to_ms <= from_ms) {
        http_reply_error(request, 400, "bad_range",
                         "from and to must be RFC 3339 times or Unix milliseconds, to after from");
        return false;
    }
    if (to && to_ms - from_ms > max_us / 1000) {
        http_reply_error(request, 400, "range_too_long", "ask for at most %d hours at once",
                         (int)(max_us / 3600000000));
        return false;
    }
    *ret_from_us = from_ms * 1000;
    *ret_to_us = to ? to_ms * 1000 : INT64_MAX;
    return true;
}

// "FROM.TO.EXPIRES.SIGNATURE", times in Unix ms. NULL: none was sent, or not such a text, so that
// nothing else gets into a playlist.
static const char *read_token(HttpRequest *request, int64_t *ret_from_us, int64_t *ret_to_us)
{
    const char *token = http_query(request, "token");
    if (!token || strlen(token) > MAX_TOKEN || strspn(token, "0123456789abcdef.") != strlen(token))
        return NULL;
    char *end = NULL;
    int64_t from_ms = g_ascii_strtoll(token, &end, 10);
    int64_t to_ms = *end == '.' ? g_ascii_strtoll(end + 1, NULL, 10) : 0;
    if (llabs(from_ms) > INT64_MAX / 4000 || llabs(to_ms) > INT64_MAX / 4000)
        return NULL;
    *ret_from_us = from_ms * 1000;
    *ret_to_us = to_ms * 1000;
    return token;
}

static Store *store_for(HttpRequest *request, Playback *playback)
{
    Store *store = take_store(playback);
    if (!store)
        http_reply_error(request, 503, "storage_not_ready",
                         "the recordings' index cannot be read yet, try again");
    return store;
}

void playback_get_playlist(HttpRequest *request, void *ctx)
{
    Playback *playback = ctx;
    const char *camera = http_param(request, "camera");
    int64_t from_us, to_us, token_from_us, token_to_us;
    if (!read_range(request, PLAYLIST_MAX_US, &from_us, &to_us))
        return;
    const char *token = read_token(request, &token_from_us, &token_to_us);
    to_us = MIN(to_us, from_us + PLAYLIST_MAX_US);
    g_auto(RecorderView) view;
    recorder_view(playback->recorder, camera, &view);
    Store *store = store_for(request, playback);
    if (!store)
        return;
    g_autoptr(GArray) segments = g_array_new(FALSE, FALSE, sizeof(Segment));
    g_array_set_clear_func(segments, clear_segment);
    int r = read_segments(store, camera, from_us, to_us, &view, segments);
    put_store(playback, store);
    g_autofree char *text =
        r < 0 ? NULL
              : playback_write_playlist((const Segment *)segments->data, segments->len, from_us,
                                        to_us, tail_of(segments, to_us, &view), token);
    if (!text) {
        http_reply_error(request, r < 0 ? 500 : 404, r < 0 ? "index_unreadable" : "not_recorded",
                         r < 0 ? "the recordings' index cannot be read"
                               : "nothing was recorded there: see the timeline for the reason");
        return;
    }
    http_add_header(request, "Cache-Control", "no-cache");
    http_reply_bytes(request, 200, "application/vnd.apple.mpegurl", text, strlen(text));
}

// The address that the door knows; NULL: the camera has no such segment, or not within the range.
static char *segment_address(Store *store, const char *camera, int64_t id, int64_t from_us,
                             int64_t to_us, int *ret_storage)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT path, storage FROM segment WHERE id = ? AND camera = ? AND start_us < ?"
                    " AND (state = 'open' OR start_us + duration_us > ?)",
                    "isii", id, camera, to_us, from_us);
    if (!store_step(query))
        return NULL;
    *ret_storage = (int)store_int(query, 1);
    return g_strdup_printf("/recordings/%d/%s", *ret_storage, store_text(query, 0));
}

// Where a storage's files lie. NULL: that its disk is away has been replied.
static char *place_for(HttpRequest *request, Playback *playback, int storage)
{
    char *path = NULL;
    g_autofree char *reason = NULL;
    if (recorder_place(playback->recorder, storage, &path, &reason) < 0) {
        http_add_header(request, "Retry-After", "5");
        http_reply_error(request, 503, "disk_away", "%s", reason);
    }
    return path;
}

void playback_get_segment(HttpRequest *request, void *ctx)
{
    Playback *playback = ctx;
    char *end;
    int64_t id = g_ascii_strtoll(http_param(request, "file"), &end, 10);
    int64_t from_us = INT64_MIN, to_us = INT64_MAX;
    read_token(request, &from_us, &to_us);
    int storage = 0;
    g_autofree char *path = NULL;
    if (g_str_equal(end, ".mp4")) {
        Store *store = store_for(request, playback);
        if (!store)
            return;
        path = segment_address(store, http_param(request, "camera"), id, from_us, to_us, &storage);
        put_store(playback, store);
    }
    if (!path) {
        http_reply_error(request, 404, "no_segment", "the camera has no such segment (any more)");
        return;
    }
    g_autofree char *place = place_for(request, playback, storage);
    if (place)
        http_reply_accel(request, "video/mp4", path);
}

// --- timeline
// ---------------------------------------------------------------------------------------------------------

static void add_times(json_t *object, int64_t from_us, int64_t to_us)
{
    g_autofree char *from = clock_format(from_us / 1000), *to = clock_format(to_us / 1000);
    json_object_set_new(object, "from", json_string(from));
    json_object_set_new(object, "to", json_string(to));
}

static void add_span(json_t *spans, int64_t from_us, int64_t to_us)
{
    json_t *span = json_object();
    add_times(span, from_us, to_us);
    json_array_append_new(spans, span);
}

static void add_gap(json_t *gaps, int64_t from_us, int64_t to_us, const char *reason)
{
    json_t *gap = json_object();
    add_times(gap, from_us, to_us);
    json_object_set_new(gap, "reason", json_string(reason));
    json_array_append_new(gaps, gap);
}

// Recorded by a clock that was set later. Segments that follow one another become one.
static void note_clock(json_t *clock, int64_t start_us, int64_t end_us, int64_t off_us)
{
    json_t *last = json_array_get(clock, json_array_size(clock) - 1);
    int64_t last_us;
    if (last && json_integer_value(json_object_get(last, "off_ms")) == off_us / 1000 &&
        clock_parse(json_string_value(json_object_get(last, "to")), &last_us) &&
        start_us / 1000 - last_us < INDEX_JOIN_US / 1000) {
        g_autofree char *to = clock_format(end_us / 1000);
        json_object_set_new(last, "to", json_string(to));
        return;
    }
    add_span(clock, start_us, end_us);
    json_object_set_new(json_array_get(clock, json_array_size(clock) - 1), "off_ms",
                        json_integer(off_us / 1000));
}

static json_t *read_spans(Store *store, const char *camera, int64_t from_us, int64_t to_us,
                          const RecorderView *view, json_t *clock)
{
    json_t *spans = json_array();
    int64_t start_us = 0, end_us = 0; // of the span that is being joined; start 0: none
    g_autoptr(StoreQuery) query = store_query(
        store,
        "SELECT id, start_us, start_us + duration_us, " ARCHIVE_CLOCK_US
        " FROM segment WHERE camera = ?1 AND start_us < ?3 AND start_us >= min(?2 - ?4,"
        "  coalesce((SELECT max(start_us) FROM segment WHERE camera = ?1 AND start_us <= ?2), ?2))"
        " ORDER BY start_us",
        "siii", camera, from_us, to_us, INDEX_REACH_US);
    while (store_step(query)) {
        bool is_written = view->is_recording && view->segment.head.id == store_int(query, 0);
        int64_t start = store_int(query, 1);
        int64_t end = is_written ? segment_end_us(&view->segment) : store_int(query, 2);
        if (end <= from_us)
            continue;
        if (store_int(query, 3))
            note_clock(clock, start, end, store_int(query, 3));
        if (start_us && start - end_us < INDEX_JOIN_US) {
            end_us = MAX(end_us, end);
            continue;
        }
        if (start_us)
            add_span(spans, start_us, end_us);
        start_us = start;
        end_us = end;
    }
    if (start_us)
        add_span(spans, start_us, end_us);
    return spans;
}

static json_t *read_gaps(Store *store, const char *camera, int64_t from_us, int64_t to_us,
                         const RecorderView *view)
{
    json_t *gaps = json_array();
    int64_t now_us = clock_wall_us(), last_us = 0;
    g_autoptr(StoreQuery) query = store_query(store,
                                              "SELECT from_us, to_us, reason FROM gap"
                                              " WHERE camera = ? AND to_us > ? AND from_us < ?"
                                              " ORDER BY from_us",
                                              "sii", camera, from_us, to_us);
    while (store_step(query)) {
        last_us = MAX(last_us, store_int(query, 1));
        add_gap(gaps, store_int(query, 0), store_int(query, 1), store_text(query, 2));
    }
    // The gap that goes on. The view is older than the rows: it may have been written down
    // meanwhile.
    int64_t since_us = view->known_until_us;
    if (since_us && since_us >= last_us && now_us - since_us > SETTLE_US && since_us < to_us &&
        now_us > from_us)
        add_gap(gaps, since_us, now_us, gap_reason_name(view->gap));
    return gaps;
}

void playback_get_timeline(HttpRequest *request, void *ctx)
{
    Playback *playback = ctx;
    const char *camera = http_param(request, "camera");
    int64_t from_us, to_us;
    if (!read_range(request, TIMELINE_MAX_US, &from_us, &to_us))
        return;
    to_us = MIN(to_us, from_us + TIMELINE_MAX_US);
    g_auto(RecorderView) view;
    recorder_view(playback->recorder, camera, &view);
    Store *store = store_for(request, playback);
    if (!store)
        return;
    json_t *timeline = json_object(), *clock = json_array();
    json_object_set_new(timeline, "spans", read_spans(store, camera, from_us, to_us, &view, clock));
    json_object_set_new(timeline, "gaps", read_gaps(store, camera, from_us, to_us, &view));
    json_object_set_new(timeline, "clock", clock);
    put_store(playback, store);
    http_reply_json(request, 200, timeline);
}

// --- days
// -------------------------------------------------------------------------------------------------

// "2026-11" in the hall's zone; without a text the month of now. False: not a month.
static bool read_month(const char *text, struct tm *ret_month)
{
    time_t now = (time_t)(clock_wall_ms() / 1000);
    int year, month, end = 0;
    localtime_r(&now, ret_month);
    if (text) {
        if (sscanf(text, "%4d-%2d%n", &year, &month, &end) != 2 || text[end] || end != 7 ||
            year < 1970 || month < 1 || month > 12)
            return false;
        ret_month->tm_year = year - 1900;
        ret_month->tm_mon = month - 1;
    }
    return true;
}

static int64_t midnight_us(const struct tm *month, int day)
{
    struct tm tm = {
        .tm_year = month->tm_year, .tm_mon = month->tm_mon, .tm_mday = day, .tm_isdst = -1
    };
    return (int64_t)mktime(&tm) * 1000000;
}

static bool is_recorded(Store *store, const char *camera, int64_t from_us, int64_t to_us,
                        const RecorderView *view)
{
    if (view->is_recording && view->segment.head.wall_us < to_us &&
        segment_end_us(&view->segment) > from_us)
        return true;
    // One that begins in it, or the last one before, which may reach into it.
    return store_value(store, 0,
                       "SELECT EXISTS(SELECT 1 FROM segment WHERE camera = ?1 AND start_us >= ?2"
                       "              AND start_us < ?3 AND state = 'done')"
                       " OR coalesce((SELECT start_us + duration_us FROM segment WHERE camera = ?1"
                       "              AND start_us < ?2 ORDER BY start_us DESC LIMIT 1), 0) > ?2",
                       "sii", camera, from_us, to_us) != 0;
}

static json_t *read_days(Store *store, const char *camera, const struct tm *month,
                         const RecorderView *view)
{
    json_t *days = json_array();
    for (int day = 1; day <= 31; day++) {
        int64_t from_us = midnight_us(month, day), to_us = midnight_us(month, day + 1);
        time_t noon = (time_t)((from_us + (to_us - from_us) / 2) / 1000000);
        struct tm tm;
        localtime_r(&noon, &tm);
        if (tm.tm_mon == month->tm_mon && is_recorded(store, camera, from_us, to_us, view))
            json_array_append_new(
                days, json_sprintf("%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday));
    }
    return days;
}

static json_t *first_recorded(Store *store, const char *camera)
{
    int64_t first_us =
        store_value(store, 0, "SELECT min(start_us) FROM segment WHERE camera = ?", "s", camera);
    g_autofree char *text = first_us ? clock_format(first_us / 1000) : NULL;
    return text ? json_string(text) : json_null();
}

void playback_get_days(HttpRequest *request, void *ctx)
{
    Playback *playback = ctx;
    const char *camera = http_param(request, "camera");
    struct tm month;
    if (!read_month(http_query(request, "month"), &month)) {
        http_reply_error(request, 400, "bad_month", "month must be like 2026-11");
        return;
    }
    g_auto(RecorderView) view;
    recorder_view(playback->recorder, camera, &view);
    Store *store = store_for(request, playback);
    if (!store)
        return;
    json_t *days = read_days(store, camera, &month, &view);
    json_t *first = first_recorded(store, camera);
    put_store(playback, store);
    http_reply_json(request, 200,
                    json_pack("{s:o, s:o, s:o}", "month",
                              json_sprintf("%04d-%02d", month.tm_year + 1900, month.tm_mon + 1),
                              "days", days, "first_at", first));
}

// --- thumbnails
// -------------------------------------------------------------------------------------------

// The camera's segment that begins last at or before the moment, with its entries. False: none.
static bool find_segment(Store *store, const char *camera, int64_t at_us, const RecorderView *view,
                         int *ret_storage, char **ret_path, Segment *ret_segment)
{
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT " ARCHIVE_COLUMNS " FROM segment WHERE camera = ? AND start_us <= ?"
                    " ORDER BY start_us DESC LIMIT 1",
                    "si", camera, at_us);
    ArchiveRow row;
    if (!store_step(query) || archive_read_row(query, &row, ret_segment) < 0)
        return false;
    *ret_storage = row.storage;
    *ret_path = g_strdup(row.path);
    if (!row.is_open)
        return true;
    if (!view->is_recording || view->segment.head.id != ret_segment->head.id)
        return false;
    segment_done(ret_segment);
    segment_copy(&view->segment, ret_segment);
    return true;
}

// Why there is nothing at the moment: the gap's reason where one is written down or goes on.
static char *why_not(Store *store, const char *camera, int64_t at_us, const RecorderView *view)
{
    if (view->known_until_us && at_us >= view->known_until_us)
        return g_strdup(gap_reason_name(view->gap));
    g_autoptr(StoreQuery) query =
        store_query(store,
                    "SELECT reason FROM gap WHERE camera = ? AND to_us > ?"
                    " AND from_us <= ? ORDER BY to_us LIMIT 1",
                    "sii", camera, at_us, at_us);
    return g_strdup(store_step(query) ? store_text(query, 0) : "none");
}

static bool read_width(HttpRequest *request, int *ret_width)
{
    const char *text = http_query(request, "width");
    guint64 width = THUMBNAIL_WIDTH;
    if (text && !g_ascii_string_to_unsigned(text, 10, THUMBNAIL_MIN_WIDTH, THUMBNAIL_MAX_WIDTH,
                                            &width, NULL)) {
        http_reply_error(request, 400, "bad_width", "width must be from %d to %d",
                         THUMBNAIL_MIN_WIDTH, THUMBNAIL_MAX_WIDTH);
        return false;
    }
    *ret_width = (int)width;
    return true;
}

static void reply_thumbnail(HttpRequest *request, int err, GBytes *jpeg, int64_t at_us)
{
    if (err == -EAGAIN) {
        http_add_header(request, "Retry-After", "1");
        http_reply_error(request, 503, "busy", "many pictures are being made, ask again");
    } else if (err < 0) {
        http_reply_error(request, 404, "no_picture", "the recording there cannot be shown: %s",
                         err == -EBADMSG ? "it cannot be decoded" : g_strerror(-err));
    } else {
        g_autofree char *at = clock_format(at_us / 1000);
        gsize size;
        const void *bytes = g_bytes_get_data(jpeg, &size);
        http_add_header(request, "X-Picture-At", at);
        http_add_header(request, "Cache-Control", "private, max-age=600");
        http_reply_bytes(request, 200, "image/jpeg", bytes, size);
    }
}

void playback_get_thumbnail(HttpRequest *request, void *ctx, const Veil *veil)
{
    Playback *playback = ctx;
    const char *camera = http_param(request, "camera"), *at = http_query(request, "at");
    int64_t at_ms;
    int width;
    if (!at || !clock_parse(at, &at_ms) || llabs(at_ms) > INT64_MAX / 4000) {
        http_reply_error(request, 400, "bad_time", "at must be RFC 3339 or Unix milliseconds");
        return;
    }
    if (!read_width(request, &width))
        return;
    g_auto(RecorderView) view;
    recorder_view(playback->recorder, camera, &view);
    Store *store = store_for(request, playback);
    if (!store)
        return;
    g_auto(Segment) segment;
    segment_init(&segment);
    g_autofree char *path = NULL;
    int storage = 0;
    ThumbnailPlace place;
    bool is_there = find_segment(store, camera, at_ms * 1000, &view, &storage, &path, &segment) &&
                    at_ms * 1000 < segment_end_us(&segment) + INDEX_JOIN_US &&
                    thumbnail_find(&segment, at_ms * 1000, &place);
    g_autofree char *why = is_there ? NULL : why_not(store, camera, at_ms * 1000, &view);
    put_store(playback, store);
    if (!is_there) {
        http_reply_error(request, 404, "not_recorded", "nothing was recorded there: %s", why);
        return;
    }
    g_autofree char *root = place_for(request, playback, storage);
    if (!root)
        return;
    g_autofree char *full = g_build_filename(root, path, NULL);
    g_autoptr(GBytes) jpeg = NULL;
    int r = thumbnails_get(playback->thumbnails, full, &place, width, veil, &jpeg);
    reply_thumbnail(request, r, jpeg, place.at_us);
}

// --- holds
// ------------------------------------------------------------------------------------------------------------

static bool is_camera_id(const char *text)
{
    return *text && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(text);
}

// Empty error: the hold is sound.
static IndexHold read_hold(Fields *fields)
{
    IndexHold hold = { .camera = fields_text_required(fields, "camera", SEGMENT_MAX_ID),
                       .reason = fields_text_required(fields, "reason", 500),
                       .ref = fields_text(fields, "ref", 200) };
    int64_t from_ms = fields_time_required(fields, "from");
    int64_t to_ms = fields_time_required(fields, "to");
    if (!*fields->error && !is_camera_id(hold.camera))
        fields_fail(fields, "camera: not a camera's id");
    if (!*fields->error && (from_ms < 0 || to_ms <= from_ms ||
                            to_ms - from_ms > PLAYLIST_MAX_US / 1000 || to_ms > INT64_MAX / 4000))
        fields_fail(fields, "to: must be after from, by at most 24 hours");
    hold.from_us = from_ms * 1000;
    hold.to_us = to_ms * 1000;
    return hold;
}

static void reply_hold(HttpRequest *request, const char *id, int err, const char *reason)
{
    if (err == -ENOENT)
        http_reply_error(request, 404, "no_hold", "there is no hold %s", id);
    else if (err < 0)
        http_reply_error(request, 503, "not_held", "%s; try again", reason);
    else
        http_reply_json(request, 200, json_pack("{s:s}", "id", id));
}

void playback_put_hold(HttpRequest *request, void *ctx)
{
    Playback *playback = ctx;
    char error[200] = "";
    size_t size;
    const char *body = http_body(request, &size);
    json_t *object = fields_parse(body, size, MAX_HOLD_BODY, error);
    if (!object) {
        http_reply_error(request, 400, "bad_hold", "%s", error);
        return;
    }
    Fields fields = fields_of(object);
    IndexHold hold = read_hold(&fields);
    hold.id = http_param(request, "id");
    if (!*fields.error && strlen(hold.id) > 64)
        fields_fail(&fields, "id: at most 64 bytes");
    if (*fields.error) {
        http_reply_error(request, 400, "bad_hold", "%s", fields.error);
    } else {
        g_autofree char *reason = NULL;
        int r = recorder_put_hold(playback->recorder, &hold, &reason);
        reply_hold(request, hold.id, r, reason);
    }
    json_decref(object);
}

void playback_delete_hold(HttpRequest *request, void *ctx)
{
    Playback *playback = ctx;
    const char *id = http_param(request, "id");
    g_autofree char *reason = NULL;
    int r = recorder_delete_hold(playback->recorder, id, &reason);
    reply_hold(request, id, r, reason);
}
