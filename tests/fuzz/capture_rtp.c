// SPDX-License-Identifier: Apache-2.0
// What a camera may send as packets of one track: reordered, put together, reported on. The first
// byte chooses codec and transport; then each packet has a byte for its length.
#include "capture/rtsp_track.h"

#include <stdlib.h>
#include <string.h>

static const enum AVCodecID codecs[] = { AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_AAC,
                                         AV_CODEC_ID_PCM_ALAW };

static void take_unit(void *ctx, RtspTrack *track, const DepayUnit *unit, int64_t time_us,
                      int64_t arrival_us)
{
    static volatile uint8_t sum;
    for (size_t i = 0; i < unit->size; i++) // all of it is there to be read
        sum = (uint8_t)(sum + unit->data[i]);
    bool is_video = rtsp_track_params(track)->codec_type == AVMEDIA_TYPE_VIDEO;
    if (unit->size == 0 || (is_video && memcmp(unit->data, "\0\0\0\1", 4) != 0))
        abort();
}

static void take_report(void *ctx, RtspTrack *track, int64_t ntp_us, int64_t report_us)
{
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 1)
        return 0;
    enum AVCodecID codec = codecs[bytes[0] % G_N_ELEMENTS(codecs)];
    bool is_video = codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC;
    SdpMedia media = { .kind = is_video ? SDP_VIDEO : SDP_AUDIO,
                       .codec = codec,
                       .payload_type = 96,
                       .n_payload_types = 1,
                       .payload_types = { 96 },
                       .clock_rate = is_video ? 90000 : 8000,
                       .channels = 1,
                       .size_bits = 13,
                       .index_bits = 3,
                       .index_delta_bits = 3,
                       .has_don = bytes[0] & 0x40 };
    RtspTrackEvents events = { take_unit, take_report, NULL };
    g_autoptr(RtspTrack) track = rtsp_track_new(&media, bytes[0] & 0x80, &events);
    int64_t now_us = 1;
    for (size_t at = 1; at < size; now_us += 10000) {
        size_t length = MIN(bytes[at], size - at - 1);
        g_autofree uint8_t *packet = g_malloc(MAX(length, 1)); // its end is where it ends
        memcpy(packet, bytes + at + 1, length);
        rtsp_track_take(track, packet, length, now_us);
        rtsp_track_tick(track, now_us);
        at += 1 + length;
    }
    uint8_t report[RTCP_REPORT_MAX];
    if (rtsp_track_write_report(track, "name", now_us, report) > sizeof report)
        abort();
    return 0;
}
