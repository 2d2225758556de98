// SPDX-License-Identifier: Apache-2.0
#include "capture/codec_config.h"

#include "capture/nal.h"
#include "packets.h"

#include <libavformat/avformat.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

// The H.265 encoder does not free all of its own.
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libx265";
}

// What a box of this name holds in an init segment that libavformat makes of the sets.
static GBytes *libavformat_config(enum AVCodecID codec, GBytes *sets, const char *box)
{
    AVFormatContext *muxer = NULL;
    assert_true(avformat_alloc_output_context2(&muxer, NULL, "mp4", NULL) >= 0);
    AVCodecParameters *params = avformat_new_stream(muxer, NULL)->codecpar;
    params->codec_type = AVMEDIA_TYPE_VIDEO;
    params->codec_id = codec;
    params->codec_tag = codec == AV_CODEC_ID_HEVC ? MKTAG('h', 'v', 'c', '1') : 0;
    params->width = params->height = 64;
    gsize n_sets = g_bytes_get_size(sets);
    params->extradata = av_mallocz(n_sets + AV_INPUT_BUFFER_PADDING_SIZE);
    memcpy(params->extradata, g_bytes_get_data(sets, NULL), n_sets);
    params->extradata_size = (int)n_sets;
    AVDictionary *options = NULL;
    av_dict_set(&options, "movflags", "frag_custom+empty_moov", 0);
    assert_int_equal(avio_open_dyn_buf(&muxer->pb), 0);
    assert_true(avformat_write_header(muxer, &options) >= 0);
    av_dict_free(&options);
    uint8_t *init = NULL;
    int size = avio_close_dyn_buf(muxer->pb, &init);
    avformat_free_context(muxer);
    const uint8_t *name = memmem(init, (size_t)size, box, 4);
    assert_non_null(name);
    size_t box_size =
        (size_t)name[-4] << 24 | (size_t)name[-3] << 16 | (size_t)name[-2] << 8 | (size_t)name[-1];
    GBytes *config = g_bytes_new(name + 4, box_size - 8);
    av_free(init);
    return config;
}

static GBytes *sets_of(PacketsOptions options)
{
    Packets packets;
    options.n = 30;
    packets_init(&packets, options);
    const AVPacket *key = g_ptr_array_index(packets.packets, 0);
    GBytes *sets = nal_parameter_sets(options.codec, key->data, (size_t)key->size);
    packets_done(&packets);
    assert_non_null(sets);
    return sets;
}

static GBytes *config_of(enum AVCodecID codec, GBytes *sets)
{
    return codec_config_new(codec, g_bytes_get_data(sets, NULL), g_bytes_get_size(sets));
}

static void says_what_libavformat_says(void **state)
{
    static const PacketsOptions rows[] = {
        { AV_CODEC_ID_H264, 64, 64, .b_frames = 0 },
        { AV_CODEC_ID_H264, 1920, 1080, .b_frames = 2 }, // cropped, reordered
        { AV_CODEC_ID_HEVC, 64, 64, .b_frames = 0 },
        { AV_CODEC_ID_HEVC, 1912, 1080, .b_frames = 2 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) sets = sets_of(rows[i]);
        g_autoptr(GBytes) config = config_of(rows[i].codec, sets);
        const char *box = rows[i].codec == AV_CODEC_ID_HEVC ? "hvcC" : "avcC";
        g_autoptr(GBytes) expected = libavformat_config(rows[i].codec, sets, box);
        assert_non_null(config);
        assert_int_equal(g_bytes_get_size(config), g_bytes_get_size(expected));
        assert_memory_equal(g_bytes_get_data(config, NULL), g_bytes_get_data(expected, NULL),
                            g_bytes_get_size(expected));
    }
}

#define START   "\0\0\0\1"
#define PPS_264 START "\x68\xce\x38\x80"
#define VPS_265 START "\x40\x01\x0c\x01\xff\xff"
#define PPS_265 START "\x44\x01\xc0"
#define LEVEL   "\x60\0\0\3\0\x90\0\0\3\0\0\3\0\x1e" // profile_tier_level of Main, 1.0

static void reads_every_form_of_an_sps(void **state)
{
    static const struct {
        enum AVCodecID codec;
        const char *sets;
        size_t size, at; // in the record
        const char *expected;
    } rows[] = {
#define SETS(text) text, sizeof text - 1
        // High 4:2:2 of 10 bits: ue 0, 2, 2, 2.
        { AV_CODEC_ID_H264, SETS(START "\x67\x7a\x00\x1f\xb6\xd8" PPS_264), 21, "\xfe\xfa\xfa" },
        // High 4:4:4 with separate planes: ue 0, 3, 1 bit, 0, 0.
        { AV_CODEC_ID_H264, SETS(START "\x67\xf4\x00\x1f\x93\xc0" PPS_264), 21, "\xff\xf8\xf8" },
        // Two sub-layers, the lower one with profile and level: ue 0, 1, 0, 0, no window, 2, 2.
        { AV_CODEC_ID_HEVC,
          SETS(VPS_265 START "\x42\x01\x03\x01\x60\0\0\3\0\x90\0\0\3\0\0\3\0\x1e\xc0\0"
                             "\x01\x60\0\0\3\0\x90\0\0\3\0\0\3\0\x1e\xac\xdc" PPS_265),
          15, "\xfc\xfd\xfa\xfa\x00\x00\x17" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) config =
            codec_config_new(rows[i].codec, (const uint8_t *)rows[i].sets, rows[i].size);
        assert_non_null(config);
        gsize size = 0;
        const uint8_t *bytes = g_bytes_get_data(config, &size);
        size_t n = rows[i].codec == AV_CODEC_ID_HEVC ? 7 : 3;
        assert_true(rows[i].at + n <= size);
        assert_memory_equal(bytes + rows[i].at, rows[i].expected, n);
    }
}

static void what_cannot_be_read_is_no_config(void **state)
{
    static const struct {
        enum AVCodecID codec;
        const char *sets;
        size_t size;
    } rows[] = {
        { AV_CODEC_ID_H264, SETS("") },
        { AV_CODEC_ID_H264, SETS(PPS_264) },
        { AV_CODEC_ID_H264, SETS(START "\x67\x42\xc0" PPS_264) },             // cut in its head
        { AV_CODEC_ID_H264, SETS(START "\x67\x64\x00\x1f\x80" PPS_264) },     // before its depths
        { AV_CODEC_ID_H264, SETS(START "\x67\x64\x00\x1f\x97\xc0" PPS_264) }, // chroma format 4
        { AV_CODEC_ID_H264, SETS(START "\x67\x64\x00\x1f\xa1\x38" PPS_264) }, // 16 bits
        { AV_CODEC_ID_HEVC, SETS(VPS_265 PPS_265) },
        { AV_CODEC_ID_HEVC, SETS(VPS_265 START "\x42\x01\x01\x01" PPS_265) },
        { AV_CODEC_ID_HEVC, SETS(VPS_265 START "\x42\x01\x0f\x01" LEVEL "\xff\xff\xff" PPS_265) },
        // A number of more than 32 bits.
        { AV_CODEC_ID_HEVC,
          SETS(VPS_265 START "\x42\x01\x01\x01" LEVEL "\0\0\3\0\0\3\0\0\3\0\xff\xff" PPS_265) },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_null(codec_config_new(rows[i].codec, (const uint8_t *)rows[i].sets, rows[i].size));
}

static void no_more_sets_than_a_record_counts(void **state)
{
    static const char sps[] = START "\x67\x42\xc0\x1e\x80";
    g_autoptr(GByteArray) sets = g_byte_array_new();
    g_byte_array_append(sets, (const guint8 *)PPS_264, sizeof PPS_264 - 1);
    for (int n = 1; n <= 32; n++) {
        g_byte_array_append(sets, (const guint8 *)sps, sizeof sps - 1);
        g_autoptr(GBytes) config = codec_config_new(AV_CODEC_ID_H264, sets->data, sets->len);
        assert_int_equal(config != NULL, n <= 31);
    }
}

static void of_several_sps_what_all_keep_to(void **state)
{
    static const char sets[] =
        VPS_265 START "\x42\x01\x01\x01" LEVEL "\xa0\x20\x81\x05\x96\xe0" START
                      "\x42\x01\x00\x02\x40\0\0\3\0\x90\0\0\3\0\0\3\0\x3c"
                      "\xa0\x20\x81\x05\x96\xe0" PPS_265;
    g_autoptr(GBytes) config =
        codec_config_new(AV_CODEC_ID_HEVC, (const uint8_t *)sets, sizeof sets - 1);
    assert_non_null(config);
    const uint8_t *bytes = g_bytes_get_data(config, NULL);
    assert_memory_equal(bytes, "\x01\x02\x40\0\0\0\x90\0\0\0\0\0\x3c", 13);
    assert_int_equal(bytes[21], 0x0b); // one layer, nesting not said by both
}

static void lengths_take_the_place_of_start_codes(void **state)
{
    static const char data[] = "\0\0\1\x65\0\0\0\1\x41\x02\0\0\1\x06";
    static const char expected[] = "\0\0\0\1\x65\0\0\0\2\x41\x02\0\0\0\1\x06";
    uint8_t out[32];
    assert_true(nal_lengths_max(sizeof data - 1) <= sizeof out);
    assert_int_equal(nal_write_lengths((const uint8_t *)data, sizeof data - 1, out),
                     sizeof expected - 1);
    assert_memory_equal(out, expected, sizeof expected - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_libavformat_says),
        cmocka_unit_test(reads_every_form_of_an_sps),
        cmocka_unit_test(what_cannot_be_read_is_no_config),
        cmocka_unit_test(no_more_sets_than_a_record_counts),
        cmocka_unit_test(of_several_sps_what_all_keep_to),
        cmocka_unit_test(lengths_take_the_place_of_start_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
