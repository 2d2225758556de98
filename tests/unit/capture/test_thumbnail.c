// SPDX-License-Identifier: Apache-2.0
#include "capture/thumbnail.h"

#include "sample.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <glib/gstdio.h>
#include <turbojpeg.h>

static const int64_t T0 = INT64_C(1763946000000000);
enum { S = 1000000, N_FRAGMENTS = 6, WIDTH = 64, HEIGHT = 48 };

typedef struct {
    char *dir, *path;
    Segment segment; // of the file at path
} Fixture;

// Fragments of half a second, each second one with a key frame.
static int set_up(void **state)
{
    Fixture *f = *state = g_new0(Fixture, 1);
    Sample *sample = sample_new(N_FRAGMENTS, WIDTH);
    g_autoptr(SegmentWriter) writer = NULL;
    SegmentHead head = { .id = 7,
                         .wall_us = T0,
                         .width = WIDTH,
                         .height = HEIGHT,
                         .hall = "h1",
                         .camera = "cam1",
                         .codecs = "avc1.64001f" };
    f->dir = g_dir_make_tmp("hw-thumbnail-XXXXXX", NULL);
    f->path = g_build_filename(f->dir, "7.mp4", NULL);
    assert_int_equal(segment_writer_new(f->path, &head, sample->init, &writer), 0);
    assert_int_equal(segment_writer_begin(writer), 0);
    for (unsigned i = 0; i < N_FRAGMENTS; i++) {
        SegmentEntry entry;
        assert_int_equal(segment_writer_append(writer, sample_fragment(sample, i), &entry), 0);
    }
    assert_int_equal(segment_writer_finish(writer), 0);
    segment_copy(segment_writer_segment(writer), &f->segment);
    sample_free(sample);
    return 0;
}

static int tear_down(void **state)
{
    Fixture *f = *state;
    segment_done(&f->segment);
    g_unlink(f->path);
    g_rmdir(f->dir);
    g_free(f->path);
    g_free(f->dir);
    g_free(f);
    return 0;
}

static void the_key_frame_at_or_before_a_moment(void **state)
{
    Fixture *f = *state;
    static const struct {
        int64_t at_us, key_us; // from the segment's start
    } ROWS[] = {
        { -5 * S, 0 },
        { 0, 0 },
        { S - 1, 0 },
        { S, S },
        { S + S / 2, S },
        { 2 * S, 2 * S },
        { 2 * S + 999999, 2 * S },
        { 60 * S, 2 * S },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        ThumbnailPlace place;
        assert_true(thumbnail_find(&f->segment, T0 + ROWS[i].at_us, &place));
        assert_int_equal(place.at_us - T0, ROWS[i].key_us);
        assert_int_equal(place.segment, 7);
    }
    g_auto(Segment) empty;
    ThumbnailPlace place;
    segment_init(&empty);
    assert_false(thumbnail_find(&empty, T0, &place));
}

// The first grey of a picture: the sample's frames differ in it.
static int first_grey(GBytes *jpeg, int *ret_width, int *ret_height)
{
    gsize size;
    const unsigned char *bytes = g_bytes_get_data(jpeg, &size);
    tjhandle handle = tjInitDecompress();
    int sampling, space;
    assert_int_equal(
        tjDecompressHeader3(handle, bytes, size, ret_width, ret_height, &sampling, &space), 0);
    g_autofree unsigned char *pixels = g_malloc((gsize)(*ret_width * *ret_height));
    assert_int_equal(
        tjDecompress2(handle, bytes, size, pixels, *ret_width, 0, *ret_height, TJPF_GRAY, 0), 0);
    tjDestroy(handle);
    return pixels[*ret_width / 2];
}

static void each_key_frame_is_its_own_picture(void **state)
{
    Fixture *f = *state;
    // Frame i is grey 7 i, and begins at 16 where full range begins at 0.
    static const int GREYS[] = { 0, 63, 144 };
    for (int second = 0; second < N_FRAGMENTS / 2; second++) {
        ThumbnailPlace place;
        g_autoptr(GBytes) jpeg = NULL;
        int width, height;
        assert_true(thumbnail_find(&f->segment, T0 + second * (int64_t)S, &place));
        assert_int_equal(thumbnail_make(f->path, &place, 32, NULL, &jpeg), 0);
        int grey = first_grey(jpeg, &width, &height);
        assert_int_equal(width, 32);
        assert_int_equal(height, 24);
        assert_in_range(grey + 15, GREYS[second], GREYS[second] + 30);
    }
}

static void what_cannot_be_shown(void **state)
{
    Fixture *f = *state;
    GBytes *jpeg = NULL;
    ThumbnailPlace place;
    assert_true(thumbnail_find(&f->segment, T0, &place));
    assert_int_equal(thumbnail_make("/nowhere/7.mp4", &place, 32, NULL, &jpeg), -ENOENT);
    ThumbnailPlace beyond = place;
    beyond.offset = f->segment.bytes - 10;
    assert_int_equal(thumbnail_make(f->path, &beyond, 32, NULL, &jpeg), -EBADMSG);
    ThumbnailPlace crooked = place;
    crooked.offset += 4;
    assert_int_equal(thumbnail_make(f->path, &crooked, 32, NULL, &jpeg), -EBADMSG);
    ThumbnailPlace huge = place;
    huge.bytes = UINT32_MAX;
    assert_int_equal(thumbnail_make(f->path, &huge, 32, NULL, &jpeg), -EBADMSG);
    assert_null(jpeg);
}

static void pictures_are_kept_within_bounds(void **state)
{
    Fixture *f = *state;
    ThumbnailPlace place;
    size_t bytes = 0;
    unsigned decoded = 0;
    assert_true(thumbnail_find(&f->segment, T0, &place));
    enum { MAX_BYTES = 6000, N = 20 };
    g_autoptr(Thumbnails) thumbnails = thumbnails_new(MAX_BYTES);
    for (int i = 0; i < N; i++) {
        g_autoptr(GBytes) jpeg = NULL;
        assert_int_equal(thumbnails_get(thumbnails, f->path, &place, 20 + 2 * i, NULL, &jpeg), 0);
        thumbnails_count(thumbnails, &bytes, &decoded);
        assert_true(bytes <= MAX_BYTES);
        assert_true(bytes >= g_bytes_get_size(jpeg));
    }
    assert_int_equal(decoded, N);
    // The newest is there, the oldest is not any more.
    g_autoptr(GBytes) newest = NULL, oldest = NULL;
    assert_int_equal(thumbnails_get(thumbnails, f->path, &place, 20 + 2 * (N - 1), NULL, &newest),
                     0);
    thumbnails_count(thumbnails, &bytes, &decoded);
    assert_int_equal(decoded, N);
    assert_int_equal(thumbnails_get(thumbnails, f->path, &place, 20, NULL, &oldest), 0);
    thumbnails_count(thumbnails, &bytes, &decoded);
    assert_int_equal(decoded, N + 1);
}

typedef struct {
    Fixture *fixture;
    Thumbnails *thumbnails;
    int width, result;
} Asker;

static gpointer ask(gpointer data)
{
    Asker *asker = data;
    ThumbnailPlace place;
    GBytes *jpeg = NULL;
    thumbnail_find(&asker->fixture->segment, T0, &place);
    asker->result =
        thumbnails_get(asker->thumbnails, asker->fixture->path, &place, asker->width, NULL, &jpeg);
    g_clear_pointer(&jpeg, g_bytes_unref);
    return NULL;
}

static void many_who_ask_at_once(void **state)
{
    enum { N = 16 };
    g_autoptr(Thumbnails) thumbnails = thumbnails_new(THUMBNAIL_CACHE_BYTES);
    Asker askers[N];
    GThread *threads[N];
    size_t bytes;
    unsigned decoded, answered = 0;
    for (int i = 0; i < N; i++) {
        askers[i] = (Asker){ *state, thumbnails, 20 + 2 * (i / 2), 1 };
        threads[i] = g_thread_new("ask", ask, &askers[i]);
    }
    for (int i = 0; i < N; i++) {
        g_thread_join(threads[i]);
        assert_true(askers[i].result == 0 || askers[i].result == -EAGAIN);
        answered += askers[i].result == 0;
    }
    thumbnails_count(thumbnails, &bytes, &decoded);
    assert_true(answered >= 1);
    assert_true(decoded <= N / 2);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(the_key_frame_at_or_before_a_moment),
        cmocka_unit_test(each_key_frame_is_its_own_picture),
        cmocka_unit_test(what_cannot_be_shown),
        cmocka_unit_test(pictures_are_kept_within_bounds),
        cmocka_unit_test(many_who_ask_at_once),
    };
    return cmocka_run_group_tests(TESTS, set_up, tear_down);
}
