// SPDX-License-Identifier: Apache-2.0
#include "capture/codecs.h"

#include "capture/nal.h"

static char *of_h264(const uint8_t *extradata, size_t size)
{
    Nal sps;
    uint8_t head[4];
    if (!nal_find(AV_CODEC_ID_H264, extradata, size, NAL_SPS, &sps) ||
        nal_unescape(&sps, head, sizeof head) < sizeof head)
        return NULL;
    return g_strdup_printf("avc1.%02x%02x%02x", head[1], head[2], head[3]);
}

static uint32_t reverse_bits(uint32_t value)
{
    uint32_t reversed = 0;
    for (int i = 0; i < 32; i++)
        reversed |= ((value >> i) & 1) << (31 - i);
    return reversed;
}

static char *of_h265(const uint8_t *extradata, size_t size)
{
    // NAL header (2 bytes), ids and nesting (1), then profile_tier_level: space, tier and profile
    // (1), compatibility flags (4), constraint flags (6), level (1).
    Nal sps;
    uint8_t head[15];
    if (!nal_find(AV_CODEC_ID_HEVC, extradata, size, NAL_SPS, &sps) ||
        nal_unescape(&sps, head, sizeof head) < sizeof head)
        return NULL;
    static const char *const spaces[] = { "", "A", "B", "C" };
    uint32_t flags = (uint32_t)head[4] << 24 | (uint32_t)head[5] << 16 | (uint32_t)head[6] << 8 |
                     (uint32_t)head[7];
    GString *text = g_string_new("hvc1.");
    g_string_append_printf(text, "%s%d.%X.%c%d", spaces[head[3] >> 6], head[3] & 0x1f,
                           reverse_bits(flags), head[3] & 0x20 ? 'H' : 'L', head[14]);
    int n_constraints = 6;
    while (n_constraints > 0 && head[8 + n_constraints - 1] == 0)
        n_constraints--;
    for (int i = 0; i < n_constraints; i++)
        g_string_append_printf(text, ".%X", head[8 + i]);
    return g_string_free(text, FALSE);
}

static char *of_aac(const uint8_t *config, size_t size)
{
    if (size < 2)
        return NULL;
    unsigned type = config[0] >> 3;
    if (type == 31) // escape: six more bits
        type = 32 + ((config[0] & 7u) << 3 | config[1] >> 5);
    return type > 0 ? g_strdup_printf("mp4a.40.%u", type) : NULL;
}

char *codecs_of_track(enum AVCodecID codec, const uint8_t *extradata, size_t size)
{
    switch (codec) {
    case AV_CODEC_ID_H264:
        return of_h264(extradata, size);
    case AV_CODEC_ID_HEVC:
        return of_h265(extradata, size);
    case AV_CODEC_ID_AAC:
        return of_aac(extradata, size);
    default:
        return NULL;
    }
}

char *codecs_of(AVCodecParameters *const *tracks, int n_tracks)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < n_tracks; i++) {
        const AVCodecParameters *track = tracks[i];
        char *part =
            codecs_of_track(track->codec_id, track->extradata, (size_t)track->extradata_size);
        if (!part)
            return NULL;
        g_ptr_array_add(parts, part);
    }
    g_ptr_array_add(parts, NULL);
    return g_strjoinv(",", (char **)parts->pdata);
}

const char *codecs_name(enum AVCodecID codec)
{
    return codec == AV_CODEC_ID_HEVC ? "h265" : avcodec_get_name(codec);
}
