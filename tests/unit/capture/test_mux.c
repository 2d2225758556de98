// SPDX-License-Identifier: Apache-2.0
// Mux and moof: what is written is what libavformat reads, sample by sample.
#include "capture/mux.h"

#include "capture/nal.h"
#include "packets.h"

#include <libavformat/avformat.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { PICTURES = 400, RATE = 48000, SOUND_US = 21333 };

typedef struct {
    StreamInfo *info;
    Mux *mux;
    GByteArray *film; // the init segment and all fragments
    GPtrArray *fragments;
    GPtrArray *sent[STREAM_MAX_TRACKS]; // AVPacket, with the size that it must have in the file
} Fixture;

static void keep(void *ctx, Fragment *take_fragment)
{
    Fixture *f = ctx;
    gsize size;
    const uint8_t *bytes = g_bytes_get_data(take_fragment->bytes, &size);
    g_byte_array_append(f->film, bytes, (guint)size);
    g_ptr_array_add(f->fragments, take_fragment);
}

static void free_packet(gpointer packet)
{
    av_packet_free(&(AVPacket *){ packet });
}

static AVCodecParameters *picture_params(void)
{
    Packets packets;
    packets_init(&packets,
                 (PacketsOptions){ .codec = AV_CODEC_ID_H264, .width = 64, .height = 64, .n = 1 });
    const AVPacket *first = packets.packets->pdata[0];
    g_autoptr(GBytes) sets = nal_parameter_sets(AV_CODEC_ID_H264, first->data, (size_t)first->size);
    packets_done(&packets);
    AVCodecParameters *params = avcodec_parameters_alloc();
    params->codec_type = AVMEDIA_TYPE_VIDEO;
    params->codec_id = AV_CODEC_ID_H264;
    params->width = params->height = 64;
    gsize size;
    const void *bytes = g_bytes_get_data(sets, &size);
    params->extradata = av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE);
    memcpy(params->extradata, bytes, size);
    params->extradata_size = (int)size;
    return params;
}

static AVCodecParameters *sound_params(void)
{
    static const uint8_t aac_lc_48_mono[] = { 0x11, 0x88 };
    AVCodecParameters *params = avcodec_parameters_alloc();
    params->codec_type = AVMEDIA_TYPE_AUDIO;
    params->codec_id = AV_CODEC_ID_AAC;
    params->sample_rate = RATE;
    params->frame_size = 1024;
    av_channel_layout_default(&params->ch_layout, 1);
    params->extradata = av_mallocz(sizeof aac_lc_48_mono + AV_INPUT_BUFFER_PADDING_SIZE);
    memcpy(params->extradata, aac_lc_48_mono, sizeof aac_lc_48_mono);
    params->extradata_size = sizeof aac_lc_48_mono;
    return params;
}

static int setup(void **state)
{
    Fixture *f = *state = g_new0(Fixture, 1);
    f->info = stream_info_new(1);
    f->info->n_tracks = 2;
    f->info->tracks[0] = picture_params();
    f->info->tracks[1] = sound_params();
    f->film = g_byte_array_new();
    f->fragments = g_ptr_array_new_with_free_func((GDestroyNotify)fragment_unref);
    for (int i = 0; i < STREAM_MAX_TRACKS; i++)
        f->sent[i] = g_ptr_array_new_with_free_func(free_packet);
    assert_int_equal(mux_new(f->info, keep, f, &f->mux), 0);
    gsize size;
    const uint8_t *init = g_bytes_get_data(f->info->init, &size);
    g_byte_array_append(f->film, init, (guint)size);
    return 0;
}

static int teardown(void **state)
{
    Fixture *f = *state;
    mux_free(f->mux);
    for (int i = 0; i < STREAM_MAX_TRACKS; i++)
        g_ptr_array_unref(f->sent[i]);
    g_ptr_array_unref(f->fragments);
    g_byte_array_unref(f->film);
    stream_info_unref(f->info);
    g_free(f);
    return 0;
}

// A picture of one to three NAL units with start codes of both lengths; a piece of sound is bytes.
static AVPacket *payload(GRand *random, int track, int *ret_size)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    *ret_size = 0;
    int units = track == 0 ? g_rand_int_range(random, 1, 4) : 1;
    for (int n = 0; n < units; n++) {
        static const uint8_t start[] = { 0, 0, 0, 1 };
        bool is_long = n == 0 || g_rand_boolean(random);
        int size = g_rand_int_range(random, 2, 300);
        if (track == 0)
            g_byte_array_append(bytes, start + !is_long, 3 + is_long);
        for (int i = 0; i < size; i++)
            g_byte_array_append(
                bytes, &(uint8_t){ i ? (uint8_t)g_rand_int_range(random, 1, 256) : 0x41 }, 1);
        *ret_size += size + (track == 0 ? 4 : 0);
    }
    AVPacket *packet = av_packet_alloc();
    assert_int_equal(av_new_packet(packet, (int)bytes->len), 0);
    memcpy(packet->data, bytes->data, bytes->len);
    return packet;
}

static void send_unit(Fixture *f, GRand *random, int track, bool key, int64_t dts, int64_t pts)
{
    int size;
    AVPacket *packet = payload(random, track, &size);
    packet->dts = dts;
    packet->pts = pts;
    AVPacket *sent = av_packet_clone(packet);
    sent->size = size;
    sent->flags = key || track == 1 ? AV_PKT_FLAG_KEY : 0;
    g_ptr_array_add(f->sent[track], sent);
    g_autoptr(Unit) unit = unit_new(f->info, packet, track, key, dts);
    assert_int_equal(mux_write(f->mux, unit, false), 0);
}

// Pictures with jitter, some shown later than decoded; sound beside them at its own pace.
static void send_film(Fixture *f, guint32 seed)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    int64_t picture_us = 0, sound_us = 10000;
    for (int i = 0; i < PICTURES; i++) {
        int64_t delay = g_rand_int_range(random, 0, 3) * 40000;
        bool key = i % 37 == 0;
        send_unit(f, random, 0, key, picture_us, picture_us + delay);
        picture_us += g_rand_int_range(random, 1, 90000);
        for (; sound_us < picture_us; sound_us += SOUND_US)
            send_unit(f, random, 1, false, sound_us, sound_us);
    }
    mux_free(g_steal_pointer(&f->mux));
}

typedef struct {
    const GByteArray *bytes;
    int64_t at;
} Source;

static int read_bytes(void *ctx, uint8_t *buffer, int size)
{
    Source *source = ctx;
    int64_t left = (int64_t)source->bytes->len - source->at;
    if (left <= 0)
        return AVERROR_EOF;
    int n = (int)MIN(left, size);
    memcpy(buffer, source->bytes->data + source->at, (size_t)n);
    source->at += n;
    return n;
}

static void assert_sample(const AVPacket *read, const AVPacket *sent, AVRational base)
{
    const AVRational us = { 1, 1000000 };
    assert_int_equal(read->dts, av_rescale_q(sent->dts, us, base));
    assert_int_equal(read->pts, av_rescale_q(sent->pts, us, base));
    assert_int_equal(read->size, sent->size);
    assert_int_equal(read->flags & AV_PKT_FLAG_KEY, sent->flags);
    if (read->stream_index == 1)
        assert_memory_equal(read->data, sent->data, (size_t)sent->size);
}

static void assert_film(Fixture *f)
{
    Source source = { .bytes = f->film };
    AVFormatContext *input = avformat_alloc_context();
    input->flags |= AVFMT_FLAG_NOPARSE | AVFMT_FLAG_NOFILLIN; // the pictures are no real ones
    input->pb = avio_alloc_context(av_malloc(4096), 4096, 0, &source, read_bytes, NULL, NULL);
    assert_int_equal(avformat_open_input(&input, NULL, NULL, NULL), 0);
    guint n[STREAM_MAX_TRACKS] = { 0 };
    AVPacket *packet = av_packet_alloc();
    while (av_read_frame(input, packet) >= 0) {
        int track = packet->stream_index;
        assert_true(n[track] < f->sent[track]->len);
        assert_sample(packet, f->sent[track]->pdata[n[track]++], input->streams[track]->time_base);
        av_packet_unref(packet);
    }
    assert_int_equal(n[0], f->sent[0]->len);
    assert_int_equal(n[1], f->sent[1]->len);
    av_packet_free(&packet);
    AVIOContext *io = input->pb;
    avformat_close_input(&input);
    av_freep(&io->buffer);
    avio_context_free(&io);
}

static void test_read_back(void **state)
{
    Fixture *f = *state;
    send_film(f, 20261124);
    assert_film(f);
}

static void test_fragments(void **state)
{
    Fixture *f = *state;
    send_film(f, 7);
    int64_t at_us = 0;
    for (guint i = 0; i < f->fragments->len; i++) {
        const Fragment *fragment = f->fragments->pdata[i];
        assert_int_equal(fragment->decode_us, at_us); // they join without a gap
        assert_in_range(fragment->duration_us, 1, 600000);
        at_us += fragment->duration_us;
    }
    assert_true(((Fragment *)f->fragments->pdata[0])->key);
}

// A camera that is only heard: what nobody will be shown does not pile up.
static void test_sound_alone(void **state)
{
    Fixture *f = *state;
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    send_unit(f, random, 0, true, 0, 0);
    int64_t sound_us = 0;
    for (int i = 0; i < 10000; i++, sound_us += SOUND_US)
        send_unit(f, random, 1, false, sound_us, sound_us);
    send_unit(f, random, 0, true, sound_us, sound_us);
    mux_free(g_steal_pointer(&f->mux));
    // What stayed is the newest sound, in its place: 10,000 less twice 4,096, one more was held.
    g_ptr_array_remove_range(f->sent[1], 0, 2 * 4096);
    assert_film(f);
}

// Times that hardly move fill no fragment without end.
static void test_still_clock(void **state)
{
    Fixture *f = *state;
    g_autoptr(GRand) random = g_rand_new_with_seed(2);
    for (int i = 0; i < 10000; i++)
        send_unit(f, random, 0, i == 0, i * 12, i * 12);
    mux_free(g_steal_pointer(&f->mux));
    assert_int_equal(f->fragments->len, 3);
    assert_film(f);
}

static void test_empty_picture(void **state)
{
    Fixture *f = *state;
    g_autoptr(GRand) random = g_rand_new_with_seed(3);
    send_unit(f, random, 0, true, 0, 0);
    AVPacket *packet = av_packet_alloc();
    assert_int_equal(av_new_packet(packet, 5), 0);
    memset(packet->data, 0, 5);
    packet->dts = packet->pts = 40000;
    g_autoptr(Unit) unit = unit_new(f->info, packet, 0, false, 40000);
    assert_int_equal(mux_write(f->mux, unit, false), 0);
    send_unit(f, random, 0, false, 80000, 80000);
    mux_free(g_steal_pointer(&f->mux));
    assert_film(f);
}

#define WITH_MUX(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_MUX(test_read_back),   WITH_MUX(test_fragments),     WITH_MUX(test_sound_alone),
        WITH_MUX(test_still_clock), WITH_MUX(test_empty_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
