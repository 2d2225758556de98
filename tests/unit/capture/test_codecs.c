// SPDX-License-Identifier: Apache-2.0
#include "capture/codecs.h"

#include "capture/nal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define H265_SETS                                                                                  \
    "\0\0\0\1\x40\x01\x0c\x01" /* VPS, cut short */                                                \
    "\0\0\0\1\x42\x01\x01"

static void strings(void **state)
{
#define BYTES(text) text, sizeof(text) - 1
    static const struct {
        enum AVCodecID codec;
        const char *bytes;
        size_t size;
        const char *expected; // NULL: none
    } rows[] = {
        { AV_CODEC_ID_H264, BYTES("\0\0\0\1\x67\x64\x00\x1f\xac\0\0\0\1\x68\xee"), "avc1.64001f" },
        { AV_CODEC_ID_H264, BYTES("\0\0\1\x68\xee\0\0\1\x67\x42\xc0\x1e\xd9"), "avc1.42c01e" },
        { AV_CODEC_ID_H264, BYTES("\0\0\0\1\x67\x64\x00"), NULL }, // cut
        { AV_CODEC_ID_H264, BYTES("\x01\x64\x00\x1f\xff"), NULL }, // not Annex B
        { AV_CODEC_ID_H264, BYTES(""), NULL },
        // Main, Main tier, level 3.1; progressive, frame only.
        { AV_CODEC_ID_HEVC,
          BYTES(H265_SETS "\x01\x60\x00\x00\x03\x00\x90\x00\x00\x03\x00\x00\x03\x00\x5d\xa0"),
          "hvc1.1.6.L93.90" },
        // Main 10, High tier, level 5; all six constraint bytes gone but the first.
        { AV_CODEC_ID_HEVC,
          BYTES(H265_SETS "\x22\x20\x00\x00\x03\x00\xb0\x00\x00\x03\x00\x00\x03\x00\x96\xa0"),
          "hvc1.2.4.H150.B0" },
        // A profile space, no constraint bytes.
        { AV_CODEC_ID_HEVC,
          BYTES(H265_SETS "\x41\x60\x00\x00\x03\x00\x00\x03\x00\x00\x03\x00\x00\x03\x00\x5d\xa0"),
          "hvc1.A1.6.L93" },
        { AV_CODEC_ID_HEVC, BYTES(H265_SETS "\x01\x60\x00\x00\x03\x00\x90"), NULL }, // cut
        { AV_CODEC_ID_AAC, BYTES("\x12\x10"), "mp4a.40.2" },
        { AV_CODEC_ID_AAC, BYTES("\x2b\x11\x88\x00"), "mp4a.40.5" },
        { AV_CODEC_ID_AAC, BYTES("\xf9\x40"), "mp4a.40.42" }, // escaped object type
        { AV_CODEC_ID_AAC, BYTES("\x12"), NULL },
        { AV_CODEC_ID_VP9, BYTES("\0\0\0\1\x67\x64\x00\x1f"), NULL },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text =
            codecs_of_track(rows[i].codec, (const uint8_t *)rows[i].bytes, rows[i].size);
        if (rows[i].expected)
            assert_string_equal(text, rows[i].expected);
        else
            assert_null(text);
    }
}

static void joined(void **state)
{
    uint8_t sps[] = { 0, 0, 0, 1, 0x67, 0x4d, 0x40, 0x1f };
    uint8_t config[] = { 0x12, 0x10 };
    AVCodecParameters video = { .codec_id = AV_CODEC_ID_H264,
                                .extradata = sps,
                                .extradata_size = sizeof sps };
    AVCodecParameters audio = { .codec_id = AV_CODEC_ID_AAC,
                                .extradata = config,
                                .extradata_size = sizeof config };
    AVCodecParameters *tracks[] = { &video, &audio };
    g_autofree char *both = codecs_of(tracks, 2);
    assert_string_equal(both, "avc1.4d401f,mp4a.40.2");
    audio.extradata_size = 0;
    assert_null(codecs_of(tracks, 2));
}

// Letters stand for the first byte of each NAL unit found.
static void walk(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *expected;
    } rows[] = {
        { BYTES("\0\0\0\1A1\0\0\1B2"), "A2B2" },
        { BYTES("junk\0\0\1A\0\0\0\0\0\1B"), "A1B1" }, // zeros before a start code are none of A's
        { BYTES("\0\0\1\0\0\1A"), "A1" },              // an empty unit
        { BYTES("\0\0\1A\0\0\2B"), "A5" },
        { BYTES("\0\0\1"), "" },
        { BYTES("\0\0"), "" },
        { BYTES("no start code"), "" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) found = g_string_new(NULL);
        size_t offset = 0;
        Nal nal;
        while (nal_next((const uint8_t *)rows[i].bytes, rows[i].size, &offset, &nal))
            g_string_append_printf(found, "%c%zu", nal.data[0], nal.size);
        assert_string_equal(found->str, rows[i].expected);
    }
}

static void parameter_sets(void **state)
{
    static const struct {
        enum AVCodecID codec;
        const char *bytes;
        size_t size;
        const char *expected;
        size_t expected_size;
    } rows[] = {
        // AUD, PPS, SPS, SEI, IDR: put in order, others left out.
        { AV_CODEC_ID_H264, BYTES("\0\0\1\x09\xf0\0\0\1\x68P\0\0\1\x67S\0\0\1\x06x\0\0\1\x65I"),
          BYTES("\0\0\0\1\x67S\0\0\0\1\x68P") },
        { AV_CODEC_ID_H264, BYTES("\0\0\1\x67S\0\0\1\x65I\0\0\1\x68P"), NULL, 0 }, // PPS too late
        { AV_CODEC_ID_H264, BYTES("\0\0\1\x65I"), NULL, 0 },
        { AV_CODEC_ID_HEVC, BYTES("\0\0\1\x42\1S\0\0\1\x44\1P\0\0\1\x40\1V\0\0\1\x26\1I"),
          BYTES("\0\0\0\1\x40\1V\0\0\0\1\x42\1S\0\0\0\1\x44\1P") },
        { AV_CODEC_ID_HEVC, BYTES("\0\0\1\x42\1S\0\0\1\x44\1P\0\0\1\x26\1I"), NULL, 0 }, // no VPS
        // Sent twice, as payloaders do; a second set of a kind stays.
        { AV_CODEC_ID_H264,
          BYTES("\0\0\1\x67S\0\0\1\x68P\0\0\1\x67S\0\0\1\x68P\0\0\1\x68Q\0\0\1\x65I"),
          BYTES("\0\0\0\1\x67S\0\0\0\1\x68P\0\0\0\1\x68Q") },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) sets =
            nal_parameter_sets(rows[i].codec, (const uint8_t *)rows[i].bytes, rows[i].size);
        assert_int_equal(sets != NULL, rows[i].expected != NULL);
        if (!sets)
            continue;
        assert_int_equal(g_bytes_get_size(sets), rows[i].expected_size);
        assert_memory_equal(g_bytes_get_data(sets, NULL), rows[i].expected, rows[i].expected_size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings),
        cmocka_unit_test(joined),
        cmocka_unit_test(walk),
        cmocka_unit_test(parameter_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
