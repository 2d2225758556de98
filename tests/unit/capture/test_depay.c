// SPDX-License-Identifier: Apache-2.0
#include "capture/depay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

// A packet: its time, "m" for the marker and "!" for a hole before it, and the payload in hex.
typedef struct {
    int time;
    const char *flags, *payload;
} Row;

static void note(void *ctx, const DepayUnit *unit)
{
    GString *out = ctx;
    g_string_append_printf(out, "%s%d%s", out->len ? " " : "", (int)unit->time,
                           unit->key ? "k:" : ":");
    for (size_t i = 0; i < unit->size; i++) {
        bool is_start = i + 4 <= unit->size && memcmp(unit->data + i, "\0\0\0\1", 4) == 0;
        if (is_start)
            g_string_append(out, "|");
        else
            g_string_append_printf(out, "%02x", unit->data[i]);
        i += is_start ? 3 : 0;
    }
}

static void push(Depay *depay, const Row *row)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    for (const char *at = row->payload; *at; at += 2) {
        uint8_t byte = (uint8_t)(g_ascii_xdigit_value(at[0]) * 16 + g_ascii_xdigit_value(at[1]));
        g_byte_array_append(bytes, &byte, 1);
    }
    g_autofree uint8_t *exact = g_memdup2(bytes->data, MAX(bytes->len, 1));
    RtpPacket packet = { .marker = strchr(row->flags, 'm') != NULL,
                         .data = exact,
                         .size = bytes->len };
    depay_push(depay, &packet, row->time, strchr(row->flags, '!') != NULL);
}

#define ROWS_MAX 16
typedef struct {
    const char *what;
    Row rows[ROWS_MAX];
    const char *units;
    uint64_t damaged;
} Case;

static void run(const DepayOptions *options, const Case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        print_message("%s\n", cases[i].what);
        g_autoptr(GString) out = g_string_new(NULL);
        g_autoptr(Depay) depay = depay_new(options, note, out);
        for (int r = 0; r < ROWS_MAX && cases[i].rows[r].payload; r++)
            push(depay, &cases[i].rows[r]);
        assert_string_equal(out->str, cases[i].units);
        assert_int_equal(depay_damaged(depay), cases[i].damaged);
    }
}

// H.264: 65 and 61 are slices of key and other pictures; 80 and more begins a picture.
#define PROVE(t)                                                                                   \
    { t, "m", "6180" }, { t + 1, "m", "6180" },                                                    \
    {                                                                                              \
        t + 2, "m", "6180"                                                                         \
    }
#define PROVED "1:|6180 2:|6180 3:|6180"

static void h264(void **state)
{
    static const Case cases[] = {
        { "single NAL units, by time",
          { { 1, "", "65aa" }, { 2, "", "61bb" }, { 3, "", "61cc" } },
          "1k:|65aa 2:|61bb",
          0 },
        { "sets, a key frame and its second slice are one unit",
          { { 1, "", "67aa" },
            { 1, "", "68bb" },
            { 1, "", "65cc" },
            { 1, "", "6511" },
            { 2, "", "61dd" } },
          "1k:|67aa|68bb|65cc|6511",
          0 },
        { "STAP-A",
          { { 1, "",
              "780002"
              "67aa"
              "0002"
              "68bb"
              "0003"
              "65ccdd" },
            { 2, "", "6180" } },
          "1k:|67aa|68bb|65ccdd",
          0 },
        { "STAP-A that is cut, with an empty part",
          { { 1, "",
              "780002"
              "61aa"
              "0000"
              "0009"
              "68" },
            { 2, "", "6180" } },
          "1:|61aa",
          0 },
        { "STAP-B",
          { { 1, "",
              "790001"
              "0002"
              "61aa" },
            { 2, "", "6180" } },
          "1:|61aa",
          0 },
        { "FU-A",
          { { 1, "", "7c85aabb" }, { 1, "", "7c05cc" }, { 1, "m", "7c45dd" }, { 2, "", "6180" } },
          "1k:|65aabbccdd",
          0 },
        { "FU-A without its end bit",
          { { 1, "", "7c85aa" }, { 1, "m", "7c05bb" }, { 2, "", "6180" } },
          "1k:|65aabb",
          0 },
        { "FU-A whose beginning nobody saw",
          { { 1, "", "7c05bb" }, { 1, "m", "7c45cc" }, { 2, "", "6180" }, { 3, "", "6180" } },
          "2:|6180",
          1 },
        { "FU-B",
          { { 1, "", "7d850001aa" }, { 1, "m", "7c45bb" }, { 2, "", "6180" } },
          "1k:|65aabb",
          0 },
        { "too short",
          { { 1, "", "" },
            { 1, "", "7c" },
            { 1, "", "78" },
            { 1, "", "7800" },
            { 1, "", "61aa" },
            { 2, "", "6180" } },
          "1:|61aa",
          0 },
        { "garbage types",
          { { 1, "", "00aabb" },
            { 1, "", "7eaa" },
            { 1, "", "7faa" },
            { 1, "", "7aaaaaaa" },
            { 1, "", "61aa" },
            { 2, "", "6180" } },
          "1:|61aa",
          0 },
        { "delimiter and supplement begin a unit at the same time",
          { { 1, "", "09f0" },
            { 1, "", "0605" },
            { 1, "", "61aa" },
            { 1, "", "09f0" },
            { 1, "", "61bb" },
            { 2, "", "6180" } },
          "1:|09f0|0605|61aa 1:|09f0|61bb",
          0 },
        { "times that repeat",
          { { 1, "m", "65aa" }, { 1, "m", "61bb" }, { 1, "m", "61cc" }, { 2, "", "6180" } },
          "1k:|65aa 1:|61bb 1:|61cc",
          0 },
        { "sets that come at a time of their own go before the picture",
          { { 1, "m", "67aa" }, { 1, "m", "68bb" }, { 2, "m", "65cc" }, { 3, "", "6180" } },
          "2k:|67aa|68bb|65cc",
          0 },
        { "a recovery point makes a key frame",
          { { 1, "", "06060180" },
            { 1, "", "61aa" },
            { 2, "", "06010206060180" },
            { 2, "", "61aa" },
            { 3, "", "6180" } },
          "1k:|06060180|61aa 2:|06010206060180|61aa",
          0 },
        { "a whole unit where one NAL unit belongs",
          { { 1, "", "67aa0000000168bb0000000165cc" }, { 2, "", "6180" } },
          "1k:|67aa|68bb|65cc",
          0 },
    };
    run(&(DepayOptions){ .codec = AV_CODEC_ID_H264 }, cases, G_N_ELEMENTS(cases));
}

static void markers(void **state)
{
    static const Case cases[] = {
        { "a marker that is true is believed after a while",
          { PROVE(1), { 4, "m", "61aa" }, { 5, "m", "61bb" } },
          PROVED " 4:|61aa 5:|61bb",
          0 },
        { "one for each NAL unit is not",
          { { 1, "m", "67aa" },
            { 1, "m", "65aa" },
            { 1, "m", "6511" },
            { 2, "m", "6180" },
            { 2, "m", "6111" },
            { 3, "m", "6180" },
            { 4, "m", "6180" },
            { 5, "m", "6180" },
            { 5, "m", "6111" } },
          "1k:|67aa|65aa|6511 2:|6180|6111 3:|6180 4:|6180",
          0 },
        { "one that begins to lie is found out, at the cost of a picture's rest",
          { PROVE(1),
            { 4, "m", "61aa" },
            { 4, "m", "6111" },
            { 5, "m", "61bb" },
            { 5, "m", "6111" },
            { 6, "m", "6180" } },
          PROVED " 4:|61aa 5:|61bb|6111",
          1 },
        { "none at all",
          { { 1, "", "6180" }, { 2, "", "6180" }, { 3, "", "6180" }, { 4, "", "6180" } },
          PROVED,
          0 },
        { "sets with a marker of their own do not end a unit",
          { PROVE(1), { 4, "m", "67aa" }, { 4, "m", "68aa" }, { 4, "m", "65aa" } },
          PROVED " 4k:|67aa|68aa|65aa",
          0 },
        { "times that repeat, with a marker that is believed",
          { PROVE(1), { 3, "m", "61aa" }, { 3, "m", "61bb" } },
          "1:|6180 2:|6180 3:|6180 3:|61aa",
          0 },
    };
    run(&(DepayOptions){ .codec = AV_CODEC_ID_H264 }, cases, G_N_ELEMENTS(cases));
}

static void losses(void **state)
{
    static const Case cases[] = {
        { "inside a picture",
          { { 1, "", "7c85aa" }, { 1, "!m", "7c45cc" }, { 2, "m", "61bb" }, { 3, "", "6180" } },
          "2:|61bb",
          1 },
        { "a fragment after which the picture goes on",
          { { 1, "", "7c85aa" },
            { 1, "!", "7c05cc" },
            { 1, "m", "7c45dd" },
            { 2, "m", "61bb" },
            { 3, "", "6180" } },
          "2:|61bb",
          1 },
        { "the end of one picture, seen at the next",
          { { 1, "", "61aa" }, { 2, "!m", "61bb" }, { 3, "", "6180" } },
          "2:|61bb",
          1 },
        { "between pictures: both are whole",
          { { 1, "m", "61aa" }, { 2, "!m", "61bb" }, { 3, "", "6180" } },
          "1:|61aa 2:|61bb",
          0 },
        { "the beginning of a picture",
          { { 1, "m", "61aa" }, { 2, "!m", "6111" }, { 3, "m", "61bb" }, { 4, "", "6180" } },
          "1:|61aa 3:|61bb",
          1 },
        { "the beginning of a fragment",
          { { 1, "m", "61aa" },
            { 2, "!", "7c05cc" },
            { 2, "m", "7c45cc" },
            { 3, "", "6180" },
            { 4, "", "6180" } },
          "1:|61aa 3:|6180",
          1 },
        { "before the sets of a picture",
          { { 1, "m", "61aa" }, { 2, "!", "68aa" }, { 2, "m", "65bb" }, { 3, "", "6180" } },
          "1:|61aa 2k:|68aa|65bb",
          0 },
        { "after a marker that is believed",
          { PROVE(1), { 4, "m", "61aa" }, { 5, "!m", "61bb" }, { 6, "m", "61cc" } },
          PROVED " 4:|61aa 5:|61bb 6:|61cc",
          0 },
        { "sets alone, then a loss: they may be of a picture that is gone",
          { { 1, "", "67aa" }, { 2, "!m", "61bb" }, { 3, "", "6180" } },
          "2:|61bb",
          1 },
    };
    run(&(DepayOptions){ .codec = AV_CODEC_ID_H264 }, cases, G_N_ELEMENTS(cases));
}

// H.265: 2601 is a key picture's slice, 0201 another one's; 80 and more begins a picture.
static void h265(void **state)
{
    static const Case cases[] = {
        { "sets and slices",
          { { 1, "", "4001aa" },
            { 1, "", "4201aa" },
            { 1, "", "4401aa" },
            { 1, "", "260180" },
            { 1, "", "260111" },
            { 2, "", "020180" },
            { 3, "", "020180" } },
          "1k:|4001aa|4201aa|4401aa|260180|260111 2:|020180",
          0 },
        { "an aggregate",
          { { 1, "",
              "6001"
              "0003"
              "4201aa"
              "0003"
              "260180" },
            { 2, "", "020180" } },
          "1k:|4201aa|260180",
          0 },
        { "fragments",
          { { 1, "",
              "620193"
              "80aa" },
            { 1, "",
              "620113"
              "bb" },
            { 1, "m",
              "620153"
              "cc" },
            { 2, "", "020180" } },
          "1k:|260180aabbcc",
          0 },
        { "a suffix belongs to the picture before, a prefix to the next",
          { { 1, "", "020180" },
            { 1, "", "5001aa" },
            { 1, "", "4e01aa" },
            { 1, "", "020180" },
            { 2, "", "020180" } },
          "1:|020180|5001aa 1:|4e01aa|020180",
          0 },
        { "too short, and garbage types",
          { { 1, "", "40" },
            { 1, "", "6201" },
            { 1, "", "6001ff" },
            { 1, "", "6401aabbcc" },
            { 1, "", "020180" },
            { 2, "", "020180" } },
          "1:|020180",
          0 },
        { "a hole",
          { { 1, "", "62019380aa" },
            { 1, "!m", "620153cc" },
            { 2, "m", "020180" },
            { 3, "", "020180" } },
          "2:|020180",
          1 },
    };
    run(&(DepayOptions){ .codec = AV_CODEC_ID_HEVC }, cases, G_N_ELEMENTS(cases));
    static const Case with_don[] = {
        { "order numbers are skipped",
          { { 1, "",
              "4201"
              "0001"
              "aa" },
            { 1, "",
              "6001"
              "0002"
              "0003"
              "4401aa"
              "01"
              "0003"
              "260180" },
            { 2, "",
              "620181"
              "0005"
              "80aa" },
            { 2, "m",
              "620141"
              "0005"
              "bb" },
            { 3, "", "0201000680" } },
          "1k:|4201aa|4401aa|260180 2:|020180aabb",
          0 },
        { "too short",
          { { 1, "", "020100" },
            { 1, "",
              "620181"
              "00" },
            { 1, "",
              "6001"
              "0002" },
            { 2, "", "0201000680" } },
          "",
          0 },
    };
    run(&(DepayOptions){ .codec = AV_CODEC_ID_HEVC, .has_don = true }, with_don,
        G_N_ELEMENTS(with_don));
}

// Headers of 13 + 3 bits: a size of n is n << 3.
static void aac(void **state)
{
    static const Case cases[] = {
        { "one frame",
          { { 5, "m",
              "0010"
              "0010"
              "aabb" } },
          "5:aabb",
          0 },
        { "three frames",
          { { 5, "m",
              "0030"
              "0010"
              "0008"
              "0010"
              "aabbccddee" } },
          "5:aabb 1029:cc 2053:ddee",
          0 },
        { "a frame in parts",
          { { 5, "",
              "0010"
              "0018"
              "aa" },
            { 5, "",
              "0010"
              "0018"
              "bb" },
            { 5, "m",
              "0010"
              "0018"
              "cc" },
            { 1029, "m",
              "0010"
              "0008"
              "dd" } },
          "5:aabbcc 1029:dd",
          0 },
        { "a part is missing",
          { { 5, "",
              "0010"
              "0018"
              "aa" },
            { 5, "!m",
              "0010"
              "0018"
              "cc" },
            { 1029, "m",
              "0010"
              "0008"
              "dd" } },
          "1029:dd",
          2 },
        { "the rest never comes",
          { { 5, "",
              "0010"
              "0018"
              "aa" },
            { 1029, "m",
              "0010"
              "0008"
              "dd" } },
          "1029:dd",
          1 },
        { "nothing, cut, a table longer than all, and sizes of 0",
          { { 1, "m", "" },
            { 2, "m", "00" },
            { 3, "m",
              "00ff"
              "0010" },
            { 4, "m",
              "0020"
              "00000000aa" },
            { 5, "m",
              "000f"
              "0010"
              "aabb" } },
          "",
          0 },
    };
    DepayOptions options = {
        .codec = AV_CODEC_ID_AAC, .size_bits = 13, .index_bits = 3, .index_delta_bits = 3
    };
    run(&options, cases, G_N_ELEMENTS(cases));
    static const Case plain[] = { { "without a table", { { 5, "m", "aabb" } }, "5:aabb", 0 } };
    run(&(DepayOptions){ .codec = AV_CODEC_ID_AAC }, plain, G_N_ELEMENTS(plain));
}

static void g711(void **state)
{
    static const Case cases[] = {
        { "samples", { { 1, "", "aabb" }, { 3, "!", "cc" }, { 4, "", "" } }, "1:aabb 3:cc", 0 }
    };
    run(&(DepayOptions){ .codec = AV_CODEC_ID_PCM_ALAW }, cases, G_N_ELEMENTS(cases));
    run(&(DepayOptions){ .codec = AV_CODEC_ID_PCM_MULAW }, cases, G_N_ELEMENTS(cases));
    assert_true(depay_knows(AV_CODEC_ID_HEVC));
    assert_false(depay_knows(AV_CODEC_ID_MJPEG));
}

static void count_bytes(void *ctx, const DepayUnit *unit)
{
    *(size_t *)ctx += unit->size;
}

// A picture without end is dropped, and the next one is whole again.
static void what_is_held_is_bounded(void **state)
{
    size_t bytes = 0;
    g_autoptr(Depay) depay =
        depay_new(&(DepayOptions){ .codec = AV_CODEC_ID_H264 }, count_bytes, &bytes);
    static uint8_t part[60000] = { 0x7c, 0x85 };
    RtpPacket packet = { .data = part, .size = sizeof part };
    for (int i = 0; i < 200; i++) {
        part[1] = i == 0 ? 0x85 : 0x05;
        depay_push(depay, &packet, 1, false);
    }
    push(depay, &(Row){ 2, "", "6180" });
    assert_int_equal(bytes, 0);
    assert_int_equal(depay_damaged(depay), 1);
    part[1] = 0x85; // two megabytes are a large key frame
    for (int i = 0; i < 35; i++) {
        depay_push(depay, &packet, 3, false);
        part[1] = 0x05;
    }
    push(depay, &(Row){ 4, "", "6180" });
    assert_int_equal(bytes, 6 + 5 + 35 * (sizeof part - 2));
    // Sets that never come to a picture.
    memset(part, 0x67, sizeof part);
    for (int i = 0; i < 1000; i++)
        depay_push(depay, &packet, 5 + i, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h264),
        cmocka_unit_test(markers),
        cmocka_unit_test(losses),
        cmocka_unit_test(h265),
        cmocka_unit_test(aac),
        cmocka_unit_test(g711),
        cmocka_unit_test(what_is_held_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
