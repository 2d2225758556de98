// SPDX-License-Identifier: Apache-2.0
#include "capture/snapshot.h"

#include "packets.h"
#include "capture/nal.h"
#include "capture/video_params.h"
#include <setjmp.h>
#include <stdarg.h>
#include <turbojpeg.h>
#include <cmocka.h>

// The i-th packet as a published key frame.
static Unit *key_unit(Packets *packets, guint i)
{
    AVPacket *packet = packets_at(packets, i);
    g_autoptr(GBytes) sets =
        nal_parameter_sets(AV_CODEC_ID_H264, packet->data, (size_t)packet->size);
    g_autoptr(StreamInfo) info = stream_info_new(1);
    info->tracks[0] = video_params_new(AV_CODEC_ID_H264, sets, packet);
    info->n_tracks = 1;
    assert_non_null(info->tracks[0]);
    return unit_new(info, packet, 0, true, 0);
}

static void jpeg_size(GBytes *jpeg, int *ret_width, int *ret_height)
{
    tjhandle handle = tjInitDecompress();
    int sampling = 0, colours = 0;
    size_t size = 0;
    const unsigned char *bytes = g_bytes_get_data(jpeg, &size);
    assert_int_equal(
        tjDecompressHeader3(handle, bytes, size, ret_width, ret_height, &sampling, &colours), 0);
    tjDestroy(handle);
}

static void sizes(void **state)
{
    static const struct {
        int asked, width, height;
    } rows[] = {
        { 0, 320, 240 },   { 160, 160, 120 },  { 161, 160, 120 },
        { 320, 320, 240 }, { 4000, 320, 240 },
    };
    Packets packets;
    packets_init(&packets, (PacketsOptions){ AV_CODEC_ID_H264, 320, 240, 0, 2 });
    g_autoptr(Unit) key = key_unit(&packets, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) jpeg = NULL;
        int width = 0, height = 0;
        assert_int_equal(snapshot_make(key, rows[i].asked, NULL, &jpeg), 0);
        jpeg_size(jpeg, &width, &height);
        assert_int_equal(width, rows[i].width);
        assert_int_equal(height, rows[i].height);
    }
    packets_done(&packets);
}

// The encoder's luma of 60, in video range, is a grey of about (60 - 16) * 255 / 219 in a JPEG.
static void range_is_full(void **state)
{
    Packets packets;
    packets_init(&packets, (PacketsOptions){ AV_CODEC_ID_H264, 64, 48, 0, 2 });
    g_autoptr(Unit) key = key_unit(&packets, 0);
    g_autoptr(GBytes) jpeg = NULL;
    assert_int_equal(snapshot_make(key, 0, NULL, &jpeg), 0);
    unsigned char grey[64 * 48];
    size_t size = 0;
    const unsigned char *bytes = g_bytes_get_data(jpeg, &size);
    tjhandle handle = tjInitDecompress();
    assert_int_equal(tjDecompress2(handle, bytes, size, grey, 64, 64, 48, TJPF_GRAY, 0), 0);
    tjDestroy(handle);
    assert_in_range(grey[24 * 64 + 32], 46, 56);
    packets_done(&packets);
}

static void kept_until_the_next_key_frame(void **state)
{
    Packets packets;
    packets_init(&packets, (PacketsOptions){ AV_CODEC_ID_H264, 64, 48, 0, 30 });
    g_autoptr(Snapshots) snapshots = snapshots_new();
    g_autoptr(Stream) stream = stream_new("cam1", STREAM_MAIN);
    g_autoptr(Unit) first = key_unit(&packets, 0);
    g_autoptr(Unit) second = key_unit(&packets, 25);
    g_autoptr(GBytes) a = NULL, b = NULL, c = NULL, d = NULL;
    assert_int_equal(snapshots_get(snapshots, stream, first, 0, NULL, &a), 0);
    assert_int_equal(snapshots_get(snapshots, stream, first, 0, NULL, &b), 0);
    assert_int_equal(snapshots_get(snapshots, stream, first, 32, NULL, &c), 0);
    assert_int_equal(snapshots_get(snapshots, stream, second, 0, NULL, &d), 0);
    assert_ptr_equal(a, b);
    assert_ptr_not_equal(a, c);
    assert_false(g_bytes_equal(a, d));
    packets_done(&packets);
}

static void broken_frames_are_errors(void **state)
{
    Packets packets;
    packets_init(&packets, (PacketsOptions){ AV_CODEC_ID_H264, 64, 48, 0, 2 });
    g_autoptr(Unit) key = key_unit(&packets, 0);
    AVPacket *noise = av_packet_alloc();
    av_new_packet(noise, 300);
    memset(noise->data, 0x5a, 300);
    g_autoptr(Unit) unit = unit_new(key->info, noise, 0, true, 0);
    g_autoptr(GBytes) jpeg = NULL;
    assert_true(snapshot_make(unit, 0, NULL, &jpeg) < 0);
    assert_null(jpeg);
    packets_done(&packets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(range_is_full),
        cmocka_unit_test(kept_until_the_next_key_frame),
        cmocka_unit_test(broken_frames_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
