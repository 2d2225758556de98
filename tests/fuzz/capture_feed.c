// SPDX-License-Identifier: Apache-2.0
// What a camera may call a picture, and when: access units with any bytes and times, made into
// units and fragments. The first byte chooses the codec; then each has seven bytes: flags, size
// (2), its time after the one before in ms (2, signed), its arrival after the one before in ms (2).
#include "base/log.h"
#include "capture/feed.h"
#include "capture/segment.h"

#include <libavutil/log.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 7, KEY = 1, NO_TIME = 2, SOUND = 4, OWN_SETS = 8 };

typedef struct {
    enum AVCodecID codec;
    Stream *stream;
    Feed *feed;
    RingReader *units, *fragments;
    int64_t time_us, arrival_us;
    // Of what came out.
    uint64_t generation;
    int64_t decode_us[STREAM_MAX_TRACKS], wall_us;
} Fixture;

// Of 64x64 pictures, for key frames of H.265 that do not bring their own.
static const uint8_t h265_sets[] = {
    0x00, 0x00, 0x00, 0x01, 0x40, 0x01, 0x0c, 0x01, 0xff, 0xff, 0x01, 0x60, 0x00, 0x00,
    0x03, 0x00, 0x90, 0x00, 0x00, 0x03, 0x00, 0x00, 0x03, 0x00, 0x1e, 0xba, 0x02, 0x40,
    0x00, 0x00, 0x00, 0x01, 0x42, 0x01, 0x01, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90,
    0x00, 0x00, 0x03, 0x00, 0x00, 0x03, 0x00, 0x1e, 0xa0, 0x20, 0x81, 0x05, 0x96, 0xe9,
    0x29, 0x30, 0xbc, 0x05, 0xa0, 0x20, 0x00, 0x00, 0x03, 0x00, 0x20, 0x00, 0x00, 0x03,
    0x01, 0x41, 0x00, 0x00, 0x00, 0x01, 0x44, 0x01, 0xc0, 0x73, 0xc0, 0x89,
};

static void check_unit(Fixture *fixture, const Unit *unit)
{
    if (unit->info->generation != fixture->generation) {
        fixture->generation = unit->info->generation;
        fixture->decode_us[0] = fixture->decode_us[1] = -1;
    }
    bool grows = unit->packet->dts > fixture->decode_us[unit->track];
    bool is_late = unit->track == 0 && unit->wall_us > fixture->arrival_us;
    if (!grows || unit->packet->pts < unit->packet->dts || is_late)
        abort();
    fixture->decode_us[unit->track] = unit->packet->dts;
}

// What the recorder writes it must be able to read.
static void check_fragment(Fixture *fixture, const Fragment *fragment)
{
    SegmentTracks tracks;
    SegmentEntry entry;
    gsize init_size = 0, size = 0;
    const uint8_t *init = g_bytes_get_data(fragment->info->init, &init_size);
    const uint8_t *bytes = g_bytes_get_data(fragment->bytes, &size);
    if (segment_read_tracks(init, init_size, &tracks) < 0 ||
        segment_read_fragment(&tracks, bytes, size, &entry) < 0 ||
        fragment->wall_us < fixture->wall_us)
        abort();
    fixture->wall_us = fragment->wall_us;
}

static void check_output(Fixture *fixture)
{
    gpointer item = NULL;
    while (ring_read(fixture->units, &item, NULL) == RING_ITEM) {
        check_unit(fixture, item);
        unit_unref(item);
    }
    while (ring_read(fixture->fragments, &item, NULL) == RING_ITEM) {
        check_fragment(fixture, item);
        fragment_unref(item);
    }
}

static void begin(Fixture *fixture, uint8_t codec)
{
    AVCodecParameters *video = avcodec_parameters_alloc();
    AVCodecParameters *audio = avcodec_parameters_alloc();
    video->codec_type = AVMEDIA_TYPE_VIDEO;
    video->codec_id = fixture->codec = codec & 1 ? AV_CODEC_ID_HEVC : AV_CODEC_ID_H264;
    audio->codec_type = AVMEDIA_TYPE_AUDIO;
    audio->codec_id = AV_CODEC_ID_PCM_ALAW;
    audio->sample_rate = 8000;
    av_channel_layout_default(&audio->ch_layout, 1);
    feed_begin(fixture->feed, video, codec & 2 ? audio : NULL);
    avcodec_parameters_free(&video);
    avcodec_parameters_free(&audio);
}

static int64_t read_ms(const uint8_t *bytes)
{
    return (int16_t)(bytes[0] << 8 | bytes[1]) * INT64_C(1000);
}

static void feed_one(Fixture *fixture, const uint8_t *head, const uint8_t *data, size_t size)
{
    bool is_h265 = fixture->codec == AV_CODEC_ID_HEVC && !(head[0] & SOUND);
    size_t sets_size = is_h265 && (head[0] & (KEY | OWN_SETS)) == KEY ? sizeof h265_sets : 0;
    AVPacket *packet = av_packet_alloc();
    if (av_new_packet(packet, (int)(sets_size + size)) < 0)
        abort();
    memcpy(packet->data, h265_sets, sets_size);
    memcpy(packet->data + sets_size, data, size);
    fixture->time_us += read_ms(head + 3);
    fixture->arrival_us += (uint16_t)(head[5] << 8 | head[6]) * INT64_C(1000);
    packet->pts = head[0] & NO_TIME ? AV_NOPTS_VALUE : fixture->time_us;
    packet->flags = head[0] & KEY ? AV_PKT_FLAG_KEY : 0;
    if (head[0] & SOUND)
        feed_audio(fixture->feed, packet);
    else
        feed_video(fixture->feed, packet, fixture->arrival_us);
    av_packet_free(&packet);
    check_output(fixture);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 1)
        return 0;
    av_log_set_level(AV_LOG_QUIET);
    log_init("fuzz", LOG_LEVEL_ERR);
    Fixture fixture = { .stream = stream_new("cam1", STREAM_MAIN),
                        .arrival_us = INT64_C(1764000000000000) };
    fixture.feed = feed_new(fixture.stream);
    fixture.units = ring_reader_new(stream_units(fixture.stream), RING_FROM_NOW, NULL, NULL);
    fixture.fragments =
        ring_reader_new(stream_fragments(fixture.stream), RING_FROM_NOW, NULL, NULL);
    begin(&fixture, bytes[0]);
    for (size_t at = 1; at + HEAD < size;) {
        const uint8_t *head = bytes + at;
        size_t length = MIN((size_t)(head[1] << 8 | head[2]), size - at - HEAD);
        if (length > 0)
            feed_one(&fixture, head, head + HEAD, length);
        at += HEAD + length;
    }
    feed_end(fixture.feed);
    check_output(&fixture);
    ring_reader_free(fixture.units);
    ring_reader_free(fixture.fragments);
    feed_free(fixture.feed);
    stream_unref(fixture.stream);
    return 0;
}
