// SPDX-License-Identifier: Apache-2.0
#include "base/http_client.h"
#include "capture/playback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static const int64_t T0 = INT64_C(1763946000000000); // 2025-11-24 09:00:00 +08:00
enum { S = 1000000 };

typedef struct {
    int64_t offset_us; // from T0
    int64_t decode_us;
    uint64_t init_id;
    const char *entries;
} Shape;

// k: begins with a key frame; -: does not. One second and 100 bytes each.
static void make_segment(const Shape *shape, int64_t id, Segment *ret_segment)
{
    segment_init(ret_segment);
    ret_segment->head.id = id;
    ret_segment->head.wall_us = T0 + shape->offset_us;
    strcpy(ret_segment->head.camera, "cam1");
    strcpy(ret_segment->head.codecs, "avc1.64001f");
    ret_segment->init_bytes = 700;
    ret_segment->header_bytes = 800;
    ret_segment->decode_us = shape->decode_us;
    ret_segment->init_id = shape->init_id;
    for (int i = 0; shape->entries[i]; i++) {
        SegmentEntry entry = {
            .time_us = i * S, .duration_us = S, .bytes = 100, .key = shape->entries[i] == 'k'
        };
        g_array_append_val(ret_segment->entries, entry);
        ret_segment->duration_us = (i + 1) * S;
    }
}

static char *playlist(const Shape *shapes, size_t n, int64_t from_us, int64_t to_us,
                      PlaylistTail tail)
{
    g_autoptr(GArray) segments = g_array_new(FALSE, FALSE, sizeof(Segment));
    for (size_t i = 0; i < n; i++) {
        Segment segment;
        make_segment(&shapes[i], (int64_t)i + 1, &segment);
        g_array_append_val(segments, segment);
    }
    char *text = playback_write_playlist((const Segment *)segments->data, n, T0 + from_us,
                                         T0 + to_us, tail, NULL);
    for (size_t i = 0; i < n; i++)
        segment_done(&g_array_index(segments, Segment, i));
    return text;
}

static void the_text_of_a_range_in_the_past(void **state)
{
    static const Shape SHAPES[] = { { 0, 5 * S, 1, "k-k-k-" }, { 6 * S, 11 * S, 1, "k-" } };
    g_autofree char *text = playlist(SHAPES, 2, 3 * S, 7 * S, PLAYLIST_ENDED);
    assert_string_equal(text, "#EXTM3U\n"
                              "#EXT-X-VERSION:7\n"
                              "#EXT-X-TARGETDURATION:2\n"
                              "#EXT-X-MEDIA-SEQUENCE:0\n"
                              "#EXT-X-PLAYLIST-TYPE:VOD\n"
                              "#EXT-X-HALLWATCH-CODECS:avc1.64001f\n"
                              "#EXT-X-MAP:URI=\"../../segment/cam1/1.mp4\",BYTERANGE=\"700@0\"\n"
                              "#EXT-X-PROGRAM-DATE-TIME:2025-11-24T09:00:02.000+08:00\n"
                              "#EXTINF:2.000000,\n"
                              "#EXT-X-BYTERANGE:200@1000\n"
                              "../../segment/cam1/1.mp4\n"
                              "#EXTINF:2.000000,\n"
                              "#EXT-X-BYTERANGE:200@1200\n"
                              "../../segment/cam1/1.mp4\n"
                              "#EXT-X-PROGRAM-DATE-TIME:2025-11-24T09:00:06.000+08:00\n"
                              "#EXTINF:2.000000,\n"
                              "#EXT-X-BYTERANGE:200@800\n"
                              "../../segment/cam1/2.mp4\n"
                              "#EXT-X-ENDLIST\n");
}

static unsigned count(const char *text, const char *what)
{
    unsigned n = 0;
    for (; text && (text = strstr(text, what)); text += strlen(what))
        n++;
    return n;
}

static void entries_and_discontinuities(void **state)
{
    static const struct {
        const char *name;
        Shape shapes[2];
        int from, to; // seconds
        PlaylistTail tail;
        unsigned entries, discontinuities, maps;
        bool has_end;
    } ROWS[] = {
        { "joined",
          { { 0, 0, 1, "k-" }, { 2 * S, 2 * S, 1, "k-" } },
          0,
          9,
          PLAYLIST_ENDED,
          2,
          0,
          1,
          true },
        { "another init",
          { { 0, 0, 1, "k-" }, { 2 * S, 2 * S, 2, "k-" } },
          0,
          9,
          PLAYLIST_ENDED,
          2,
          1,
          2,
          true },
        { "time is missing",
          { { 0, 0, 1, "k-" }, { 5 * S, 5 * S, 1, "k-" } },
          0,
          9,
          PLAYLIST_ENDED,
          2,
          1,
          2,
          true },
        { "the media's line begins anew",
          { { 0, 9 * S, 1, "k-" }, { 2 * S, 0, 1, "k-" } },
          0,
          9,
          PLAYLIST_ENDED,
          2,
          1,
          2,
          true },
        // A connection that ended at once: its times and those of the next lie near each other.
        { "the media's line goes back by less than a picture",
          { { 0, 0, 1, "k-" }, { 2 * S, 2 * S - 30000, 1, "k-" } },
          0,
          9,
          PLAYLIST_ENDED,
          2,
          1,
          2,
          true },
        { "begins with the GOP of from",
          { { 0, 0, 1, "k-k-k-" }, { 6 * S, 6 * S, 1, "k" } },
          4,
          5,
          PLAYLIST_ENDED,
          1,
          0,
          1,
          true },
        { "a long GOP is cut",
          { { 0, 0, 1, "k------------" }, { 13 * S, 13 * S, 1, "k" } },
          0,
          13,
          PLAYLIST_ENDED,
          3,
          0,
          1,
          true },
        { "from in a cut GOP",
          { { 0, 0, 1, "k------------" }, { 13 * S, 13 * S, 1, "k" } },
          8,
          9,
          PLAYLIST_ENDED,
          2,
          0,
          1,
          true },
        { "the growing GOP waits",
          { { 0, 0, 1, "k-" }, { 2 * S, 2 * S, 1, "k-k-" } },
          0,
          99,
          PLAYLIST_WRITTEN,
          2,
          0,
          1,
          false },
        { "a finished one does not",
          { { 0, 0, 1, "k-" }, { 2 * S, 2 * S, 1, "k-k-" } },
          0,
          99,
          PLAYLIST_WAITING,
          3,
          0,
          1,
          false },
        { "nothing there",
          { { 0, 0, 1, "k-" }, { 2 * S, 2 * S, 1, "k-" } },
          20,
          30,
          PLAYLIST_ENDED,
          0,
          0,
          0,
          false },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        print_message("%s\n", ROWS[i].name);
        g_autofree char *text = playlist(ROWS[i].shapes, 2, ROWS[i].from * (int64_t)S,
                                         ROWS[i].to * (int64_t)S, ROWS[i].tail);
        assert_int_equal(count(text, "#EXTINF:"), ROWS[i].entries);
        assert_int_equal(count(text, "#EXT-X-DISCONTINUITY\n"), ROWS[i].discontinuities);
        assert_int_equal(count(text, "#EXT-X-MAP:"), ROWS[i].maps);
        assert_int_equal(count(text, "#EXT-X-ENDLIST"), ROWS[i].has_end);
    }
}

// --- over HTTP
// --------------------------------------------------------------------------------------------------------

static void get_thumbnail(HttpRequest *request, void *ctx)
{
    playback_get_thumbnail(request, ctx, NULL);
}

static const HttpRoute ROUTES[] = {
    { .method = "GET", .pattern = PLAYBACK_PLAYLIST_PATTERN, .handler = playback_get_playlist },
    { .method = "GET", .pattern = PLAYBACK_SEGMENT_PATTERN, .handler = playback_get_segment },
    { .method = "GET", .pattern = PLAYBACK_TIMELINE_PATTERN, .handler = playback_get_timeline },
    { .method = "GET", .pattern = PLAYBACK_DAYS_PATTERN, .handler = playback_get_days },
    { .method = "GET", .pattern = PLAYBACK_THUMBNAIL_PATTERN, .handler = get_thumbnail },
    { .method = "PUT", .pattern = PLAYBACK_HOLD_PATTERN, .handler = playback_put_hold },
    { .method = "DELETE", .pattern = PLAYBACK_HOLD_PATTERN, .handler = playback_delete_hold },
};

typedef struct {
    char *dir, *socket;
    Recorder *recorder;
    Playback *playback;
    HttpServer *server;
} Fixture;

// Three segments of known times, put into the index alone: the handlers read rows, never files.
static void fill_index(const char *dir)
{
    static const Shape SHAPES[] = { { 0, 0, 1, "k-k-" },
                                    { 4 * S, 4 * S, 1, "k-k-" },
                                    { 20 * S, 20 * S, 1, "k-" } };
    g_autofree char *path = g_build_filename(dir, "media.db", NULL);
    g_autoptr(Store) store = NULL;
    assert_int_equal(store_open(path, STORE_WRITE, &store), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(SHAPES); i++) {
        g_auto(Segment) segment;
        make_segment(&SHAPES[i], (int64_t)i + 1, &segment);
        g_autoptr(GBytes) entries = segment_pack_entries(segment.entries);
        g_autofree char *file = g_strdup_printf("cam1/2025-11-24/%d.mp4", (int)i + 1);
        assert_int_equal(
            store_exec(store,
                       "INSERT INTO segment(id, camera, path, state, start_us, duration_us, bytes,"
                       " init_bytes, header_bytes, decode_us, init_id, codecs, sha256, entries)"
                       " VALUES (?, 'cam1', ?, 'done', ?, ?, 1200, 700, 800, ?, 1, 'avc1.64001f',"
                       " zeroblob(32), ?)",
                       "isiiib", segment.head.id, file, segment.head.wall_us, segment.duration_us,
                       segment.decode_us, g_bytes_get_data(entries, NULL),
                       g_bytes_get_size(entries)),
            1);
    }
    store_exec(store,
               "INSERT INTO gap(camera, from_us, to_us, reason) VALUES ('cam1', ?, ?, 'dropped')",
               "ii", T0 + 8 * S, T0 + 20 * S);
}

static bool is_recording(Recorder *recorder)
{
    json_t *status = recorder_status(recorder);
    bool is = g_str_equal(json_string_value(json_object_get(status, "state")), "recording");
    json_decref(status);
    return is;
}

static int set_up(void **state)
{
    Fixture *f = g_new0(Fixture, 1);
    f->dir = g_dir_make_tmp("hw-playback-XXXXXX", NULL);
    f->socket = g_build_filename(f->dir, "s", NULL);
    RecorderOptions options = { .data_dir = f->dir, .hall = "hall1", .segment_seconds = 60 };
    assert_int_equal(recorder_new(&options, &f->recorder), 0);
    for (int i = 0; i < 1000 && !is_recording(f->recorder); i++)
        g_usleep(10000);
    // The start looks for files that are gone: it must be over before rows without files come.
    g_usleep(300000);
    fill_index(f->dir);
    f->playback = playback_new(f->dir, f->recorder);
    HttpOptions http = { .socket_path = f->socket,
                         .routes = ROUTES,
                         .n_routes = G_N_ELEMENTS(ROUTES),
                         .ctx = f->playback,
                         .threads = 2 };
    assert_int_equal(http_server_new(&http, &f->server), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *f = *state;
    const char *argv[] = { "rm", "-rf", "--", f->dir, NULL };
    http_server_free(f->server);
    playback_free(f->playback);
    recorder_free(f->recorder);
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    g_free(f->dir);
    g_free(f->socket);
    g_free(f);
    return 0;
}

static void routes_answer(void **state)
{
    static const struct {
        const char *method, *path, *body;
        long status;
        const char *holds; // in the answer
    } ROWS[] = {
        { "GET", "/media/playback/cam1/index.m3u8?from=1763946000000&to=1763946008000", NULL, 200,
          "#EXT-X-ENDLIST" },
        { "GET",
          "/media/playback/cam1/"
          "index.m3u8?from=2025-11-24T09:00:05%2B08:00&to=2025-11-24T09:00:21%2B08:00",
          NULL, 200, "#EXT-X-DISCONTINUITY" },
        { "GET", "/media/playback/cam1/index.m3u8?from=1763946010000&to=1763946012000", NULL, 404,
          "not_recorded" },
        { "GET", "/media/playback/cam2/index.m3u8?from=1763946000000&to=1763946008000", NULL, 404,
          "not_recorded" },
        { "GET", "/media/playback/cam1/index.m3u8?from=1763946000000&to=1764946008000", NULL, 400,
          "range_too_long" },
        { "GET", "/media/playback/cam1/index.m3u8?from=2&to=1", NULL, 400, "bad_range" },
        { "GET", "/media/playback/cam1/index.m3u8", NULL, 400, "bad_range" },
        { "GET", "/media/segment/cam1/1.mp4", NULL, 200, "" },
        { "GET", "/media/segment/cam2/1.mp4", NULL, 404, "no_segment" },
        { "GET", "/media/segment/cam1/99.mp4", NULL, 404, "no_segment" },
        { "GET", "/media/segment/cam1/1", NULL, 404, "no_segment" },
        { "GET", "/media/segment/cam1/..%2F..%2Fmedia.db", NULL, 404, "no_segment" },
        { "GET", "/media/timeline/cam1?from=1763946000000&to=1763946060000", NULL, 200,
          "\"dropped\"" },
        { "GET", "/media/segment/cam1/3.mp4", NULL, 200, "" },
        { "GET", "/media/segment/cam2/3.mp4", NULL, 404, "no_segment" },
        { "GET", "/media/segment/cam1/3.mp4?token=1763946021000.1763946022000.9.ab", NULL, 200,
          "" },
        { "GET", "/media/segment/cam1/3.mp4?token=1763946000000.1763946020000.9.ab", NULL, 404,
          "no_segment" },
        { "GET", "/media/days/cam1?month=2025-11", NULL, 200, "\"days\":[\"2025-11-24\"]" },
        { "GET", "/media/days/cam1?month=2025-10", NULL, 200, "\"days\":[]" },
        { "GET", "/media/days/cam1?month=2025-11", NULL, 200, "2025-11-24T09:00:00.000+08:00" },
        { "GET", "/media/days/cam2", NULL, 200, "\"first_at\":null" },
        { "GET", "/media/days/cam1?month=2025-13", NULL, 400, "bad_month" },
        { "GET", "/media/days/cam1?month=2025-1", NULL, 400, "bad_month" },
        { "GET", "/media/thumbnail/cam1?at=1763946010000", NULL, 404, "dropped" },
        { "GET", "/media/thumbnail/cam2?at=1763946010000", NULL, 404, "not_recorded" },
        { "GET", "/media/thumbnail/cam1", NULL, 400, "bad_time" },
        { "GET", "/media/thumbnail/cam1?at=1763946001000&width=9", NULL, 400, "bad_width" },
        // In the index, and its file is not there.
        { "GET", "/media/thumbnail/cam1?at=1763946001000", NULL, 404, "no_picture" },
        { "PUT", "/holds/h1",
          "{\"camera\":\"cam1\",\"from\":1763946000000,\"to\":1763946001000,\"reason\":\"bad\","
          "\"ref\":\"r1\"}",
          200, "h1" },
        { "PUT", "/holds/h1",
          "{\"camera\":\"cam1\",\"from\":1763946000000,\"to\":1763946001000,\"reason\":\"bad\","
          "\"ref\":\"r1\"}",
          200, "h1" },
        { "PUT", "/holds/h2",
          "{\"camera\":\"cam1\",\"from\":1763946001000,\"to\":1763946001000,\"reason\":\"bad\"}",
          400, "to: must be after from" },
        { "PUT", "/holds/h2",
          "{\"camera\":\"../x\",\"from\":1763946000000,\"to\":1763946001000,\"reason\":\"bad\"}",
          400, "camera" },
        { "PUT", "/holds/h2", "[]", 400, "bad_hold" },
        { "DELETE", "/holds/h1", NULL, 200, "h1" },
        { "DELETE", "/holds/h1", NULL, 404, "no_hold" },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_auto(HttpAnswer) answer = { 0 };
        json_t *body = ROWS[i].body ? json_loads(ROWS[i].body, 0, NULL) : NULL;
        print_message("%s %s\n", ROWS[i].method, ROWS[i].path);
        assert_int_equal(http_call(f->socket, ROWS[i].method, ROWS[i].path, body, 5000, &answer),
                         0);
        json_decref(body);
        assert_int_equal(answer.status, ROWS[i].status);
        gsize size;
        const char *bytes = g_bytes_get_data(answer.body, &size);
        g_autofree char *text = g_strndup(bytes ? bytes : "", size);
        if (!strstr(text, ROWS[i].holds))
            print_message("%s\n", text);
        assert_non_null(strstr(text, ROWS[i].holds));
    }
}

static void a_token_is_on_all_addresses_of_a_playlist(void **state)
{
    Fixture *f = *state;
    static const struct {
        const char *token;
        unsigned n; // of addresses that carry it
    } ROWS[] = {
        { "&token=1763946000000.1763946022000.99.0af3", 7 },
        { "&token=1.2.3.x%0A%23EXT", 0 }, // nothing that could be a line of its own
        { "", 0 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_auto(HttpAnswer) answer = { 0 };
        g_autofree char *path = g_strconcat("/media/playback/cam1/index.m3u8?from=1763946000000"
                                            "&to=1763946022000",
                                            ROWS[i].token, NULL);
        assert_int_equal(http_call(f->socket, "GET", path, NULL, 5000, &answer), 0);
        assert_int_equal(answer.status, 200);
        gsize size;
        const char *bytes = g_bytes_get_data(answer.body, &size);
        g_autofree char *text = g_strndup(bytes, size);
        assert_int_equal(count(text, ".mp4"), 7);
        assert_int_equal(count(text, ".mp4?token=1763946000000.1763946022000.99.0af3"), ROWS[i].n);
        assert_int_equal(count(text, "?token"), ROWS[i].n);
    }
}

static void a_day_that_a_recording_reaches_into(void **state)
{
    Fixture *f = *state;
    g_autofree char *path = g_build_filename(f->dir, "media.db", NULL);
    g_autoptr(Store) store = NULL;
    assert_int_equal(store_open(path, STORE_WRITE, &store), 0);
    // 2025-12-31 23:59:50 to 2026-01-01 00:00:10, +08:00.
    assert_int_equal(store_exec(store,
                                "INSERT INTO segment(id, camera, path, state, start_us,"
                                " duration_us, bytes, header_bytes, sha256, entries) VALUES"
                                " (9, 'cam9', 'x', 'done', ?, 20000000, 2, 1, zeroblob(32), x'')",
                                "i", INT64_C(1767196790000000)),
                     1);
    static const struct {
        const char *path, *days;
    } ROWS[] = {
        { "/media/days/cam9?month=2025-12", "[\"2025-12-31\"]" },
        { "/media/days/cam9?month=2026-01", "[\"2026-01-01\"]" },
        { "/media/days/cam9?month=2026-02", "[]" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_auto(HttpAnswer) answer = { 0 };
        assert_int_equal(http_call(f->socket, "GET", ROWS[i].path, NULL, 5000, &answer), 0);
        json_t *body = http_answer_json(&answer);
        g_autofree char *days = json_dumps(json_object_get(body, "days"), 0);
        assert_string_equal(days, ROWS[i].days);
        json_decref(body);
    }
    store_exec(store, "DELETE FROM segment WHERE id = 9", "");
}

static void the_timeline_joins_what_belongs_together(void **state)
{
    Fixture *f = *state;
    g_auto(HttpAnswer) answer = { 0 };
    assert_int_equal(http_call(f->socket, "GET",
                               "/media/timeline/cam1?from=1763946000000&to=1763946060000", NULL,
                               5000, &answer),
                     0);
    json_t *timeline = http_answer_json(&answer);
    json_t *wanted = json_loads(
        "{\"spans\":[{\"from\":\"2025-11-24T09:00:00.000+08:00\",\"to\":\"2025-11-24T09:00:08.000+"
        "08:00\"},"
        "{\"from\":\"2025-11-24T09:00:20.000+08:00\",\"to\":\"2025-11-24T09:00:22.000+08:00\"}],"
        "\"gaps\":[{\"from\":\"2025-11-24T09:00:08.000+08:00\",\"to\":\"2025-11-24T09:00:20.000+08:"
        "00\","
        "\"reason\":\"dropped\"}],\"clock\":[]}",
        0, NULL);
    assert_non_null(wanted);
    assert_true(json_equal(timeline, wanted));
    json_decref(timeline);
    json_decref(wanted);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(the_text_of_a_range_in_the_past),
        cmocka_unit_test(entries_and_discontinuities),
        cmocka_unit_test(routes_answer),
        cmocka_unit_test(a_token_is_on_all_addresses_of_a_playlist),
        cmocka_unit_test(a_day_that_a_recording_reaches_into),
        cmocka_unit_test(the_timeline_joins_what_belongs_together),
    };
    return cmocka_run_group_tests(TESTS, set_up, tear_down);
}
