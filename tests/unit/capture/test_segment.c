// SPDX-License-Identifier: Apache-2.0
#include "capture/segment.h"
#include "tests/unit/capture/sample.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

enum { N = 6 };

typedef struct {
    Sample *sample;
    char *folder, *path;
    char *bytes; // of a whole segment file
    gsize size;
    Segment written;
} Fixture;

static SegmentHead sample_head(void)
{
    SegmentHead head = { .id = 1763946000123456,
                         .wall_us = 1763946000123456,
                         .previous_id = 1763945940000000,
                         .width = 64,
                         .height = 48 };
    memset(head.previous_sha256, 0xab, SEGMENT_HASH_BYTES);
    strcpy(head.hall, "hall1");
    strcpy(head.camera, "cam1");
    strcpy(head.codecs, "avc1.42c00a");
    return head;
}

static int set_up(void **state)
{
    Fixture *f = g_new0(Fixture, 1);
    f->sample = sample_new(N, 64);
    f->folder = g_dir_make_tmp("hw-segment-XXXXXX", NULL);
    f->path = g_build_filename(f->folder, "a.mp4", NULL);
    SegmentHead head = sample_head();
    g_autoptr(SegmentWriter) writer = NULL;
    assert_int_equal(segment_writer_new(f->path, &head, f->sample->init, &writer), 0);
    assert_int_equal(segment_writer_begin(writer), 0);
    for (int i = 0; i < N; i++) {
        SegmentEntry entry;
        assert_int_equal(segment_writer_append(writer, sample_fragment(f->sample, i), &entry), 0);
        assert_int_equal(entry.time_us, i * SAMPLE_FRAGMENT_US);
        assert_int_equal(entry.duration_us, SAMPLE_FRAGMENT_US);
        assert_int_equal(entry.key, i % 2 == 0);
    }
    assert_true(segment_writer_dirty(writer));
    assert_int_equal(segment_writer_finish(writer), 0);
    segment_copy(segment_writer_segment(writer), &f->written);
    assert_true(g_file_get_contents(f->path, &f->bytes, &f->size, NULL));
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *f = *state;
    g_unlink(f->path);
    g_rmdir(f->folder);
    sample_free(f->sample);
    segment_done(&f->written);
    g_free(f->folder);
    g_free(f->path);
    g_free(f->bytes);
    g_free(f);
    return 0;
}

static int scan_bytes(const void *bytes, size_t size, Segment *ret_segment)
{
    int fd = memfd_create("segment", MFD_CLOEXEC);
    assert_int_equal(write(fd, bytes, size), size);
    int r = segment_scan(fd, ret_segment);
    close(fd);
    return r;
}

static void assert_same(const Segment *a, const Segment *b)
{
    assert_memory_equal(&a->head, &b->head, sizeof a->head);
    assert_int_equal(a->init_bytes, b->init_bytes);
    assert_int_equal(a->header_bytes, b->header_bytes);
    assert_int_equal(a->bytes, b->bytes);
    assert_int_equal(a->decode_us, b->decode_us);
    assert_int_equal(a->duration_us, b->duration_us);
    assert_int_equal(a->init_id, b->init_id);
    assert_memory_equal(a->sha256, b->sha256, SEGMENT_HASH_BYTES);
    g_autoptr(GBytes) pack_a = segment_pack_entries(a->entries);
    g_autoptr(GBytes) pack_b = segment_pack_entries(b->entries);
    assert_true(g_bytes_equal(pack_a, pack_b));
}

static void a_scan_finds_what_was_written(void **state)
{
    Fixture *f = *state;
    g_auto(Segment) found;
    segment_init(&found);
    assert_int_equal(scan_bytes(f->bytes, f->size, &found), 0);
    assert_int_equal(found.bytes, f->size);
    assert_int_equal(found.duration_us, N * SAMPLE_FRAGMENT_US);
    assert_same(&f->written, &found);
    g_autofree char *hash =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guchar *)f->bytes, f->size);
    for (int i = 0; i < SEGMENT_HASH_BYTES; i++)
        assert_int_equal(found.sha256[i], g_ascii_xdigit_value(hash[2 * i]) * 16 +
                                              g_ascii_xdigit_value(hash[2 * i + 1]));
}

// How many whole fragments the first size bytes hold, from what was written.
static guint whole_fragments(const Segment *segment, gsize size)
{
    gsize end = segment->header_bytes;
    guint n = 0;
    for (; n < segment->entries->len; n++) {
        end += g_array_index(segment->entries, SegmentEntry, n).bytes;
        if (end > size)
            break;
    }
    return n;
}

static void a_file_cut_anywhere_keeps_its_whole_fragments(void **state)
{
    Fixture *f = *state;
    int fd = memfd_create("segment", MFD_CLOEXEC);
    assert_int_equal(write(fd, f->bytes, f->size), f->size);
    for (gsize size = f->size; size-- > 0;) {
        g_auto(Segment) found;
        segment_init(&found);
        assert_int_equal(ftruncate(fd, size), 0);
        int r = segment_scan(fd, &found);
        if (size < (gsize)f->written.header_bytes) {
            assert_int_equal(r, -EBADMSG);
            continue;
        }
        assert_int_equal(r, 0);
        assert_int_equal(found.entries->len, whole_fragments(&f->written, size));
        assert_true(found.bytes <= (int64_t)size);
    }
    close(fd);
}

static void what_follows_the_last_fragment_is_passed_over(void **state)
{
    static const struct {
        const char *name;
        guint8 bytes[24];
        size_t size;
    } TAILS[] = {
        { "zeros", { 0 }, 24 },
        { "noise", { 0x9c, 0x11, 0xfe, 0x40, 0x03, 0x77, 0x81, 0xf2, 0x55 }, 9 },
        { "moof that claims more", { 0, 0, 1, 0, 'm', 'o', 'o', 'f' }, 8 },
        { "empty moof and mdat",
          { 0, 0, 0, 8, 'm', 'o', 'o', 'f', 0, 0, 0, 8, 'm', 'd', 'a', 't' },
          16 },
        { "mdat alone", { 0, 0, 0, 8, 'm', 'd', 'a', 't' }, 8 },
        { "64-bit size near the end of numbers",
          { 0, 0, 0, 1, 'm', 'd', 'a', 't', 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
          16 },
        { "to the end of the file", { 0, 0, 0, 0, 'm', 'd', 'a', 't', 1, 2, 3 }, 11 },
    };
    Fixture *f = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(TAILS); i++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_byte_array_append(bytes, (guint8 *)f->bytes, f->size);
        g_byte_array_append(bytes, TAILS[i].bytes, TAILS[i].size);
        g_auto(Segment) found;
        segment_init(&found);
        print_message("%s\n", TAILS[i].name);
        assert_int_equal(scan_bytes(bytes->data, bytes->len, &found), 0);
        assert_same(&f->written, &found);
    }
}

static void a_damaged_moof_ends_the_scan_before_it(void **state)
{
    Fixture *f = *state;
    gsize third = f->written.header_bytes;
    for (guint i = 0; i < 2; i++)
        third += g_array_index(f->written.entries, SegmentEntry, i).bytes;
    g_autofree char *bytes = g_memdup2(f->bytes, f->size);
    memset(bytes + third + 8, 0xff, 40);
    g_auto(Segment) found;
    segment_init(&found);
    assert_int_equal(scan_bytes(bytes, f->size, &found), 0);
    assert_int_equal(found.entries->len, 2);
    assert_int_equal(found.bytes, third);
}

static void a_segment_must_begin_with_a_key_frame(void **state)
{
    Fixture *f = *state;
    g_autofree char *path = g_build_filename(f->folder, "b.mp4", NULL);
    SegmentHead head = sample_head();
    SegmentEntry entry;
    g_autoptr(SegmentWriter) writer = NULL;
    assert_int_equal(segment_writer_new(path, &head, f->sample->init, &writer), 0);
    assert_int_equal(segment_writer_begin(writer), 0);
    assert_int_equal(segment_writer_append(writer, sample_fragment(f->sample, 1), &entry), -EINVAL);
    assert_int_equal(segment_writer_append(writer, f->sample->init, &entry), -EBADMSG);
    assert_int_equal(segment_writer_append(writer, sample_fragment(f->sample, 2), &entry), 0);
    assert_int_equal(segment_writer_segment(writer)->decode_us, 2 * SAMPLE_FRAGMENT_US);
    // Time does not run backwards inside a segment.
    assert_int_equal(segment_writer_append(writer, sample_fragment(f->sample, 0), &entry),
                     -EBADMSG);
    assert_int_equal(segment_writer_segment(writer)->entries->len, 1);
    g_unlink(path);
}

static void a_file_is_not_written_over(void **state)
{
    Fixture *f = *state;
    SegmentHead head = sample_head();
    SegmentWriter *writer;
    assert_int_equal(segment_writer_new(f->path, &head, f->sample->init, &writer), -EEXIST);
}

static void entries_come_back_from_their_blob(void **state)
{
    static const SegmentEntry ENTRIES[] = {
        { 0, 500000, 1234, true },
        { 500000, 480000, 1, false },
        { 979999, 500000, 70000, false },
        { 86000000000, 0, SEGMENT_MAX_FRAGMENT, true },
    };
    g_autoptr(GArray) in = g_array_new(FALSE, FALSE, sizeof(SegmentEntry));
    g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(SegmentEntry));
    g_array_append_vals(in, ENTRIES, G_N_ELEMENTS(ENTRIES));
    g_autoptr(GBytes) blob = segment_pack_entries(in);
    gsize size;
    const void *bytes = g_bytes_get_data(blob, &size);
    assert_int_equal(segment_unpack_entries(bytes, size, out), 0);
    assert_int_equal(out->len, in->len);
    for (guint i = 0; i < in->len; i++) {
        const SegmentEntry *entry = &g_array_index(out, SegmentEntry, i);
        assert_int_equal(entry->time_us, ENTRIES[i].time_us);
        assert_int_equal(entry->duration_us, ENTRIES[i].duration_us);
        assert_int_equal(entry->bytes, ENTRIES[i].bytes);
        assert_int_equal(entry->key, ENTRIES[i].key);
    }
    g_array_set_size(out, 0);
    assert_int_equal(segment_unpack_entries(bytes, size - 1, out), -EBADMSG);
}

static void a_player_reads_the_file(void **state)
{
    Fixture *f = *state;
    AVFormatContext *input = NULL;
    int frames = 0;
    assert_int_equal(avformat_open_input(&input, f->path, NULL, NULL), 0);
    assert_int_equal(avformat_find_stream_info(input, NULL), 0);
    for (AVPacket *packet = av_packet_alloc();; frames++, av_packet_unref(packet)) {
        if (av_read_frame(input, packet) < 0) {
            av_packet_free(&packet);
            break;
        }
    }
    avformat_close_input(&input);
    assert_int_equal(frames, N * SAMPLE_FRAGMENT_FRAMES);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(a_scan_finds_what_was_written),
        cmocka_unit_test(a_file_cut_anywhere_keeps_its_whole_fragments),
        cmocka_unit_test(what_follows_the_last_fragment_is_passed_over),
        cmocka_unit_test(a_damaged_moof_ends_the_scan_before_it),
        cmocka_unit_test(a_segment_must_begin_with_a_key_frame),
        cmocka_unit_test(a_file_is_not_written_over),
        cmocka_unit_test(entries_come_back_from_their_blob),
        cmocka_unit_test(a_player_reads_the_file),
    };
    return cmocka_run_group_tests(TESTS, set_up, tear_down);
}
