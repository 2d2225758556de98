// SPDX-License-Identifier: Apache-2.0
// Feed and mux: from a camera's packets to units and to fragments that libavformat plays.
#include "capture/feed.h"

#include "packets.h"
#include <libavformat/avformat.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

// The H.265 encoder, which only this test needs, does not free all of its own.
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libx265";
}

#define ARRIVAL INT64_C(1764000000000000)

typedef struct {
    Stream *stream;
    Feed *feed;
    RingReader *units, *fragments;
    int64_t arrival_us;
} Fixture;

static void fixture_init(Fixture *fixture)
{
    fixture->stream = stream_new("cam1", STREAM_MAIN);
    fixture->feed = feed_new(fixture->stream);
    fixture->units = ring_reader_new(stream_units(fixture->stream), RING_FROM_NOW, NULL, NULL);
    fixture->fragments =
        ring_reader_new(stream_fragments(fixture->stream), RING_FROM_NOW, NULL, NULL);
    fixture->arrival_us = ARRIVAL;
}

static void fixture_done(Fixture *fixture)
{
    ring_reader_free(fixture->units);
    ring_reader_free(fixture->fragments);
    feed_free(fixture->feed);
    stream_unref(fixture->stream);
}

// shift_us is added to the packet's times.
static void feed_packet(Fixture *fixture, Packets *packets, guint i, int64_t shift_us)
{
    AVPacket *packet = packets_at(packets, i);
    packet->pts += shift_us;
    assert_int_equal(feed_video(fixture->feed, packet, fixture->arrival_us), 0);
    fixture->arrival_us += PACKETS_FRAME_US;
    av_packet_free(&packet);
}

static void feed_all(Fixture *fixture, Packets *packets, int64_t shift_us)
{
    for (guint i = 0; i < packets->packets->len; i++)
        feed_packet(fixture, packets, i, shift_us);
}

static Unit *next_unit(Fixture *fixture)
{
    gpointer unit = NULL;
    return ring_read(fixture->units, &unit, NULL) == RING_ITEM ? unit : NULL;
}

// All fragments that are there, and their bytes behind the first one's init segment.
static GPtrArray *take_fragments(Fixture *fixture, GByteArray *ret_file)
{
    GPtrArray *fragments = g_ptr_array_new_with_free_func((GDestroyNotify)fragment_unref);
    gpointer item = NULL;
    while (ring_read(fixture->fragments, &item, NULL) == RING_ITEM) {
        Fragment *fragment = item;
        if (fragments->len == 0)
            g_byte_array_append(ret_file, g_bytes_get_data(fragment->info->init, NULL),
                                (guint)g_bytes_get_size(fragment->info->init));
        g_byte_array_append(ret_file, g_bytes_get_data(fragment->bytes, NULL),
                            (guint)g_bytes_get_size(fragment->bytes));
        g_ptr_array_add(fragments, fragment);
    }
    return fragments;
}

// --- what libavformat and libavcodec make of the bytes

typedef struct {
    const GByteArray *bytes;
    size_t at;
} Memory;

static int read_memory(void *ctx, uint8_t *buffer, int size)
{
    Memory *memory = ctx;
    size_t n = MIN((size_t)size, memory->bytes->len - memory->at);
    if (n == 0)
        return AVERROR_EOF;
    memcpy(buffer, memory->bytes->data + memory->at, n);
    memory->at += n;
    return (int)n;
}

typedef struct {
    enum AVCodecID codec;
    uint32_t tag;
    int packets[2], decoded;
    bool begins_with_key, is_even; // even: decode times grow by the same step
    int64_t first_dts[2], last_dts[2], step[2];
    bool has_reordered; // a pts that is not its dts
} Played;

static void note_packet(Played *played, const AVPacket *packet, int track)
{
    if (played->packets[track]++ == 0) {
        played->first_dts[track] = packet->dts;
        if (track == 0)
            played->begins_with_key = packet->flags & AV_PKT_FLAG_KEY;
    } else {
        int64_t step = packet->dts - played->last_dts[track];
        played->is_even &= played->packets[track] == 2 || step == played->step[track];
        played->step[track] = step;
    }
    played->last_dts[track] = packet->dts;
    played->has_reordered |= packet->pts != packet->dts;
}

static int decode(AVCodecContext *decoder, AVFrame *frame, const AVPacket *packet)
{
    int n = 0;
    assert_true(avcodec_send_packet(decoder, packet) >= 0);
    while (avcodec_receive_frame(decoder, frame) >= 0)
        n++;
    return n;
}

static void play(const GByteArray *file, Played *played)
{
    *played = (Played){ .is_even = true };
    Memory memory = { file, 0 };
    AVFormatContext *input = avformat_alloc_context();
    input->pb = avio_alloc_context(av_malloc(4096), 4096, 0, &memory, read_memory, NULL, NULL);
    assert_int_equal(avformat_open_input(&input, NULL, NULL, NULL), 0);
    const AVCodecParameters *params = input->streams[0]->codecpar;
    AVCodecContext *decoder = avcodec_alloc_context3(avcodec_find_decoder(params->codec_id));
    avcodec_parameters_to_context(decoder, params);
    decoder->err_recognition = AV_EF_EXPLODE;
    assert_int_equal(avcodec_open2(decoder, NULL, NULL), 0);
    played->codec = params->codec_id;
    played->tag = params->codec_tag;
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    while (av_read_frame(input, packet) >= 0) {
        note_packet(played, packet, packet->stream_index);
        if (packet->stream_index == 0)
            played->decoded += decode(decoder, frame, packet);
        av_packet_unref(packet);
    }
    played->decoded += decode(decoder, frame, NULL);
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&decoder);
    av_freep(&input->pb->buffer);
    avio_context_free(&input->pb);
    avformat_close_input(&input);
}

// --- tests

static void plays_back(void **state)
{
    static const struct {
        PacketsOptions options;
        uint32_t tag;
        const char *codecs; // its beginning
    } rows[] = {
        { { AV_CODEC_ID_H264, 64, 48, 0, 60 }, MKTAG('a', 'v', 'c', '1'), "avc1." },
        { { AV_CODEC_ID_H264, 64, 48, 2, 60 }, MKTAG('a', 'v', 'c', '1'), "avc1." },
        { { AV_CODEC_ID_HEVC, 64, 64, 0, 60 }, MKTAG('h', 'v', 'c', '1'), "hvc1.1." },
        { { AV_CODEC_ID_HEVC, 64, 64, 2, 60 }, MKTAG('h', 'v', 'c', '1'), "hvc1.1." },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Fixture fixture;
        Packets packets;
        packets_init(&packets, rows[i].options);
        fixture_init(&fixture);
        feed_begin(fixture.feed, packets.params, NULL);
        feed_all(&fixture, &packets, 5000000);
        g_autoptr(StreamInfo) info = stream_info(fixture.stream);
        assert_true(g_str_has_prefix(info->codecs, rows[i].codecs));
        assert_int_equal(info->width, rows[i].options.width);
        assert_int_equal(info->height, rows[i].options.height);
        feed_end(fixture.feed);
        assert_null(stream_info(fixture.stream));

        g_autoptr(GByteArray) file = g_byte_array_new();
        g_autoptr(GPtrArray) fragments = take_fragments(&fixture, file);
        Played played;
        play(file, &played);
        assert_int_equal(played.tag, rows[i].tag);
        assert_int_equal(played.packets[0], rows[i].options.n);
        assert_int_equal(played.decoded, rows[i].options.n);
        assert_int_equal(played.has_reordered, rows[i].options.b_frames > 0);
        assert_true(played.begins_with_key && played.is_even);
        assert_int_equal(played.first_dts[0], 0);
        fixture_done(&fixture);
        packets_done(&packets);
    }
}

static void fragments_join(void **state)
{
    Fixture fixture;
    Packets packets;
    packets_init(&packets, (PacketsOptions){ AV_CODEC_ID_H264, 64, 48, 0, 60 });
    fixture_init(&fixture);
    feed_begin(fixture.feed, packets.params, NULL);
    feed_all(&fixture, &packets, 0);
    feed_end(fixture.feed);
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autoptr(GPtrArray) fragments = take_fragments(&fixture, file);
    // A GOP of 25 frames of 40 ms: 520 ms (13 frames) and 480 ms.
    static const int64_t durations_ms[] = { 520, 480, 520, 480, 400 };
    assert_int_equal(fragments->len, G_N_ELEMENTS(durations_ms));
    int64_t end_us = 0;
    for (guint i = 0; i < fragments->len; i++) {
        const Fragment *fragment = fragments->pdata[i];
        assert_int_equal(fragment->duration_us, durations_ms[i] * 1000);
        assert_int_equal(fragment->key, i % 2 == 0);
        assert_int_equal(fragment->jump, i == 0);
        assert_int_equal(fragment->decode_us, end_us);
        assert_int_equal(fragment->wall_us, ARRIVAL + end_us);
        end_us += fragment->duration_us;
    }
    fixture_done(&fixture);
    packets_done(&packets);
}

static void nothing_before_a_key_frame(void **state)
{
    Fixture fixture;
    Packets packets;
    packets_init(&packets, (PacketsOptions){ AV_CODEC_ID_H264, 64, 48, 0, 40 });
    fixture_init(&fixture);
    feed_begin(fixture.feed, packets.params, NULL);
    for (guint i = 10; i < 25; i++)
        feed_packet(&fixture, &packets, i, 0);
    assert_false(feed_is_live(fixture.feed));
    assert_null(stream_info(fixture.stream));
    assert_null(next_unit(&fixture));
    feed_packet(&fixture, &packets, 25, 0);
    assert_true(feed_is_live(fixture.feed));
    g_autoptr(Unit) unit = next_unit(&fixture);
    g_autoptr(Unit) key = stream_key_unit(fixture.stream);
    assert_true(unit->key && unit == key);
    assert_int_equal(unit->packet->dts, 0);
    assert_int_equal(unit->wall_us, ARRIVAL + 15 * PACKETS_FRAME_US);
    feed_end(fixture.feed);
    fixture_done(&fixture);
    packets_done(&packets);
}

static void new_parameter_sets_begin_a_generation(void **state)
{
    Fixture fixture;
    Packets small, large;
    packets_init(&small, (PacketsOptions){ AV_CODEC_ID_H264, 64, 48, 0, 50 });
    packets_init(&large, (PacketsOptions){ AV_CODEC_ID_H264, 128, 96, 0, 50 });
    fixture_init(&fixture);
    feed_begin(fixture.feed, small.params, NULL);
    feed_all(&fixture, &small, 0);
    g_autoptr(StreamInfo) before = stream_info(fixture.stream);
    feed_all(&fixture, &large, 2000000);
    g_autoptr(StreamInfo) after = stream_info(fixture.stream);
    assert_int_equal(after->generation, before->generation + 1);
    assert_int_equal(before->width, 64);
    assert_int_equal(after->width, 128);
    feed_end(fixture.feed);
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autoptr(GPtrArray) fragments = take_fragments(&fixture, file);
    int jumps = 0;
    for (guint i = 0; i < fragments->len; i++) {
        const Fragment *fragment = fragments->pdata[i];
        bool is_new = fragment->info == after;
        assert_int_equal(fragment->jump, i == 0 || (is_new && fragment->decode_us == 0));
        assert_true(!fragment->jump || fragment->key);
        jumps += fragment->jump;
    }
    assert_int_equal(jumps, 2);
    fixture_done(&fixture);
    packets_done(&small);
    packets_done(&large);
}

// Of a camera that sends what it has kept when it is asked to play.
static void a_backlog_in_one_burst_lies_in_the_past(void **state)
{
    static const struct {
        guint burst;      // pictures that come at once
        int64_t first_us; // the first picture's wall time, before the burst's end
    } rows[] = {
        { 1, 0 },
        { 10, 9 * PACKETS_FRAME_US },  // within the first fragment
        { 50, 49 * PACKETS_FRAME_US }, // two GOPs
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Fixture fixture;
        Packets packets;
        packets_init(&packets, (PacketsOptions){ AV_CODEC_ID_H264, 64, 48, 0, 150 });
        fixture_init(&fixture);
        feed_begin(fixture.feed, packets.params, NULL);
        g_autoptr(GByteArray) file = g_byte_array_new();
        for (guint k = 0; k < packets.packets->len; k++) {
            int64_t arrival_us = fixture.arrival_us;
            feed_packet(&fixture, &packets, k, 0);
            if (k + 1 < rows[i].burst)
                fixture.arrival_us = arrival_us;
            Unit *unit = NULL;
            while ((unit = next_unit(&fixture))) {
                assert_true(unit->wall_us <= arrival_us);
                unit_unref(unit);
            }
        }
        feed_end(fixture.feed);
        g_autoptr(GPtrArray) fragments = take_fragments(&fixture, file);
        assert_true(fragments->len > 10);
        for (guint k = 0; k < fragments->len; k++) {
            const Fragment *fragment = fragments->pdata[k];
            assert_int_equal(fragment->jump, k == 0);
            assert_int_equal(fragment->wall_us - fragment->decode_us, ARRIVAL - rows[i].first_us);
        }
        fixture_done(&fixture);
        packets_done(&packets);
    }
}

// A connection that began late and was short, and the next one, which begins with what was kept.
static void fragments_are_in_order_after_a_backlog(void **state)
{
    Fixture fixture;
    Packets packets;
    packets_init(&packets, (PacketsOptions){ AV_CODEC_ID_H264, 64, 48, 0, 100 });
    fixture_init(&fixture);
    feed_begin(fixture.feed, packets.params, NULL);
    for (guint i = 0; i < 3; i++)
        feed_packet(&fixture, &packets, i, 0);
    feed_end(fixture.feed);
    feed_begin(fixture.feed, packets.params, NULL);
    for (guint i = 0; i < packets.packets->len; i++) {
        int64_t arrival_us = fixture.arrival_us;
        feed_packet(&fixture, &packets, i, 0);
        if (i < 50)
            fixture.arrival_us = arrival_us;
    }
    feed_end(fixture.feed);
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autoptr(GPtrArray) fragments = take_fragments(&fixture, file);
    const Fragment *before = fragments->pdata[0];
    for (guint i = 1; i < fragments->len; i++) {
        const Fragment *fragment = fragments->pdata[i];
        assert_true(fragment->wall_us > before->wall_us);
        before = fragment;
    }
    fixture_done(&fixture);
    packets_done(&packets);
}

// One packet of 20 ms of G.711, as a camera sends it.
static void feed_g711(Fixture *fixture, int64_t at_us)
{
    AVPacket *packet = av_packet_alloc();
    assert_int_equal(av_new_packet(packet, 160), 0);
    memset(packet->data, 0xd5, 160);
    packet->pts = at_us;
    assert_int_equal(feed_audio(fixture->feed, packet), 0);
    av_packet_free(&packet);
}

static void g711_becomes_aac(void **state)
{
    Fixture fixture;
    Packets packets;
    packets_init(&packets, (PacketsOptions){ AV_CODEC_ID_H264, 64, 48, 0, 50 });
    AVCodecParameters *audio = avcodec_parameters_alloc();
    audio->codec_type = AVMEDIA_TYPE_AUDIO;
    audio->codec_id = AV_CODEC_ID_PCM_ALAW;
    audio->sample_rate = 8000;
    audio->format = AV_SAMPLE_FMT_S16;
    av_channel_layout_default(&audio->ch_layout, 1);
    fixture_init(&fixture);
    feed_begin(fixture.feed, packets.params, audio);
    for (guint i = 0; i < 50; i++) {
        feed_packet(&fixture, &packets, i, 0);
        feed_g711(&fixture, i * PACKETS_FRAME_US);
        feed_g711(&fixture, i * PACKETS_FRAME_US + 20000);
    }
    g_autoptr(StreamInfo) info = stream_info(fixture.stream);
    assert_int_equal(info->n_tracks, 2);
    assert_true(g_str_has_suffix(info->codecs, ",mp4a.40.2"));
    feed_end(fixture.feed);
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autoptr(GPtrArray) fragments = take_fragments(&fixture, file);
    Played played;
    play(file, &played);
    assert_int_equal(played.decoded, 50);
    assert_true(played.is_even);
    assert_in_range(played.packets[1], 28, 31); // 2 s in frames of 64 ms
    fixture_done(&fixture);
    packets_done(&packets);
    avcodec_parameters_free(&audio);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plays_back),
        cmocka_unit_test(fragments_join),
        cmocka_unit_test(nothing_before_a_key_frame),
        cmocka_unit_test(new_parameter_sets_begin_a_generation),
        cmocka_unit_test(a_backlog_in_one_burst_lies_in_the_past),
        cmocka_unit_test(fragments_are_in_order_after_a_backlog),
        cmocka_unit_test(g711_becomes_aac),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
