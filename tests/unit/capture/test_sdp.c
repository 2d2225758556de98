// SPDX-License-Identifier: Apache-2.0
#include "capture/sdp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void a_usual_camera(void **state)
{
    static const char text[] = "v=0\r\n"
                               "o=- 1109162014219182 1 IN IP4 0.0.0.0\r\n"
                               "s=Media Presentation\r\n"
                               "a=control:rtsp://192.168.1.64:554/Streaming/\r\n"
                               "t=0 0\r\n"
                               "m=video 0 RTP/AVP 96\r\n"
                               "a=control:trackID=1\r\n"
                               "a=rtpmap:96 H264/90000\r\n"
                               "a=fmtp:96 profile-level-id=420029; packetization-mode=1; "
                               "sprop-parameter-sets=Z01AKY2NQDIBL/LcBEAAAPpAAB1MOhgD,aO44gA==\r\n"
                               "m=audio 0 RTP/AVP 8 97\r\n"
                               "a=control:trackID=2\r\n"
                               "a=rtpmap:8 PCMA/8000\r\n"
                               "m=application 0 RTP/AVP 107\r\n"
                               "a=control:trackID=3\r\n"
                               "a=rtpmap:107 vnd.onvif.metadata/90000\r\n";
    g_auto(Sdp) sdp;
    assert_true(sdp_parse(text, strlen(text), &sdp));
    assert_int_equal(sdp.n_media, 3);
    assert_string_equal(sdp.control, "rtsp://192.168.1.64:554/Streaming/");
    const SdpMedia *video = &sdp.media[0], *audio = &sdp.media[1];
    assert_int_equal(video->kind, SDP_VIDEO);
    assert_int_equal(video->codec, AV_CODEC_ID_H264);
    assert_int_equal(video->payload_type, 96);
    assert_int_equal(video->clock_rate, 90000);
    assert_string_equal(video->control, "trackID=1");
    gsize size;
    const uint8_t *config = g_bytes_get_data(video->config, &size);
    static const uint8_t sets[] = "\0\0\0\1\x67\x4d\x40\x29\x8d\x8d\x40\x32\x01\x2f\xf2\xdc\x04\x40"
                                  "\0\0\xfa\x40\0\x1d\x4c\x3a\x18\x03\0\0\0\1\x68\xee\x38\x80";
    assert_int_equal(size, sizeof sets - 1);
    assert_memory_equal(config, sets, size);
    assert_int_equal(audio->codec, AV_CODEC_ID_PCM_ALAW);
    assert_int_equal(audio->clock_rate, 8000);
    assert_int_equal(audio->channels, 1);
    assert_int_equal(audio->n_payload_types, 2);
    assert_int_equal(sdp.media[2].kind, SDP_OTHER);
    assert_int_equal(sdp.media[2].codec, AV_CODEC_ID_NONE);
}

static void h265_and_aac(void **state)
{
    static const char text[] =
        "m=video 0 RTP/AVP 98\n"
        "a=rtpmap:98 h265/90000\n"
        "a=fmtp:98 sprop-sps=QgEB;sprop-pps=RAHA;sprop-vps=QAEM;sprop-max-don-diff=0\n"
        "m=audio 0 RTP/AVP 104\n"
        "a=rtpmap:104 mpeg4-generic/16000/2\n"
        "a=fmtp:104 profile-level-id=15; streamtype=5; mode=AAC-hbr; config=1410;"
        "SizeLength=13; IndexLength=3; IndexDeltaLength=3\n";
    g_auto(Sdp) sdp;
    assert_true(sdp_parse(text, strlen(text), &sdp));
    const SdpMedia *video = &sdp.media[0], *audio = &sdp.media[1];
    assert_int_equal(video->codec, AV_CODEC_ID_HEVC);
    assert_false(video->has_don);
    gsize size;
    const void *config = g_bytes_get_data(video->config, &size);
    static const char sets[] = "\0\0\0\1\x40\1\x0c\0\0\0\1\x42\1\1\0\0\0\1\x44\1\xc0";
    assert_int_equal(size, sizeof sets - 1);
    assert_memory_equal(config, sets, size);
    assert_int_equal(audio->codec, AV_CODEC_ID_AAC);
    assert_int_equal(audio->clock_rate, 16000);
    assert_int_equal(audio->channels, 2);
    assert_int_equal(audio->size_bits, 13);
    assert_int_equal(audio->index_bits, 3);
    assert_int_equal(audio->index_delta_bits, 3);
    assert_memory_equal(g_bytes_get_data(audio->config, &size), "\x14\x10", 2);
    assert_int_equal(size, 2);
}

// What cameras get wrong.
static void slips(void **state)
{
    static const struct {
        const char *what, *text;
        enum AVCodecID codec;
        int payload_type;
        unsigned rate;
        size_t config;
    } rows[] = {
        { "no sprop", "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\n", AV_CODEC_ID_H264, 96, 90000,
          0 },
        { "no rtpmap", "m=video 0 RTP/AVP 96\na=fmtp:96 packetization-mode=1\n", AV_CODEC_ID_H264,
          96, 90000, 0 },
        { "no rtpmap, H.265", "m=video 0 RTP/AVP 96\na=fmtp:96 sprop-sps=QgEB\n", AV_CODEC_ID_HEVC,
          96, 90000, 7 },
        { "no rtpmap, a fixed type", "m=audio 0 RTP/AVP 0\n", AV_CODEC_ID_PCM_MULAW, 0, 8000, 0 },
        { "no rate", "m=video 0 RTP/AVP 96\na=rtpmap:96 H264\n", AV_CODEC_ID_H264, 96, 90000, 0 },
        { "a rate of 0", "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/0\n", AV_CODEC_ID_H264, 96, 90000,
          0 },
        { "a rate beyond all", "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/99999999999999999999\n",
          AV_CODEC_ID_H264, 96, 90000, 0 },
        { "rtpmap of another type", "m=video 0 RTP/AVP 96\na=rtpmap:97 H265/90000\n",
          AV_CODEC_ID_HEVC, 97, 90000, 0 },
        { "fmtp of another type",
          "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:97 sprop-parameter-sets=Zw==\n",
          AV_CODEC_ID_H264, 96, 90000, 5 },
        { "no type at all", "m=video 0 RTP/AVP\na=rtpmap:96 H264/90000\n", AV_CODEC_ID_H264, 96,
          90000, 0 },
        { "the second type is known", "m=video 0 RTP/AVP 26 96\na=rtpmap:96 H264/90000\n",
          AV_CODEC_ID_H264, 96, 90000, 0 },
        { "sets with start codes",
          "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 sprop-parameter-sets=AAAAAWc=\n",
          AV_CODEC_ID_H264, 96, 90000, 5 },
        { "sets that are no Base64",
          "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 sprop-parameter-sets=???,,!\n",
          AV_CODEC_ID_H264, 96, 90000, 0 },
        { "AAC without config", "m=audio 0 RTP/AVP 97\na=rtpmap:97 MPEG4-GENERIC/8000\n",
          AV_CODEC_ID_AAC, 97, 8000, 2 },
        { "AAC at a rate of its own", "m=audio 0 RTP/AVP 97\na=rtpmap:97 MPEG4-GENERIC/12345\n",
          AV_CODEC_ID_AAC, 97, 12345, 0 },
        { "sizes beyond all",
          "m=audio 0 RTP/AVP 97\na=rtpmap:97 MPEG4-GENERIC/8000\na=fmtp:97 sizeLength=4000000000\n",
          AV_CODEC_ID_AAC, 97, 8000, 2 },
        { "JPEG", "m=video 0 RTP/AVP 26\n", AV_CODEC_ID_NONE, 0, 0, 0 },
        { "H.264 as sound", "m=audio 0 RTP/AVP 96\na=rtpmap:96 H264/90000\n", AV_CODEC_ID_NONE, 0,
          0, 0 },
        { "types that cannot be", "m=video 0 RTP/AVP 128 -1 x\n", AV_CODEC_ID_NONE, 0, 0, 0 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].what);
        g_auto(Sdp) sdp;
        assert_true(sdp_parse(rows[i].text, strlen(rows[i].text), &sdp));
        const SdpMedia *media = &sdp.media[0];
        assert_int_equal(media->codec, rows[i].codec);
        assert_int_equal(media->payload_type, rows[i].payload_type);
        assert_int_equal(media->clock_rate, rows[i].rate);
        assert_int_equal(media->config ? g_bytes_get_size(media->config) : 0, rows[i].config);
        if (media->codec == AV_CODEC_ID_AAC)
            assert_int_equal(media->size_bits, 13);
    }
}

static void the_config_that_is_made_is_the_usual_one(void **state)
{
    static const char text[] = "m=audio 0 RTP/AVP 97\na=rtpmap:97 MPEG4-GENERIC/44100/2\n";
    g_auto(Sdp) sdp;
    assert_true(sdp_parse(text, strlen(text), &sdp));
    gsize size;
    assert_memory_equal(g_bytes_get_data(sdp.media[0].config, &size), "\x12\x10", 2);
}

static void too_much_is_left_out(void **state)
{
    g_autoptr(GString) text = g_string_new("a=control:*\n");
    for (int i = 0; i < SDP_MEDIA_MAX + 3; i++)
        g_string_append_printf(text, "m=video 0 RTP/AVP 96\na=control:track%d\n", i);
    g_string_append(text, "a=control:last\na=rtpmap:96 H265/90000\n");
    g_auto(Sdp) sdp;
    assert_true(sdp_parse(text->str, text->len, &sdp));
    assert_int_equal(sdp.n_media, SDP_MEDIA_MAX);
    assert_string_equal(sdp.media[SDP_MEDIA_MAX - 1].control, "track7");
    assert_string_equal(sdp.control, "*");
    assert_int_equal(sdp.media[SDP_MEDIA_MAX - 1].codec, AV_CODEC_ID_H264);

    g_string_assign(text, "m=video 0 RTP/AVP");
    for (int i = 0; i < 40; i++)
        g_string_append_printf(text, " %d", 96 + i % 20);
    g_auto(Sdp) many;
    assert_true(sdp_parse(text->str, text->len, &many));
    assert_int_equal(many.media[0].n_payload_types, SDP_FORMATS_MAX);
    g_auto(Sdp) none;
    assert_false(sdp_parse("v=0\r\n", 5, &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_usual_camera),
        cmocka_unit_test(h265_and_aac),
        cmocka_unit_test(slips),
        cmocka_unit_test(the_config_that_is_made_is_the_usual_one),
        cmocka_unit_test(too_much_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
