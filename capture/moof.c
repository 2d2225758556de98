// SPDX-License-Identifier: Apache-2.0
#include "capture/moof.h"

#include <errno.h>
#include <string.h>

enum {
    BOX_HEAD = 8,
    MFHD_SIZE = 16,
    TFHD_SIZE = 20,
    TFDT_SIZE = 20,
    TRUN_HEAD = 20,        // with a data offset
    TFHD_FLAGS = 0x020020, // default-base-is-moof, default-sample-flags
    TRUN_FLAGS = 0x000301, // data offset; each sample's duration and size
    TRUN_FIRST = 0x000004, // the first sample's flags
    TRUN_COMPOSITION = 0x000800,
    VERSION_1 = 1 << 24, // 64-bit decode times, signed composition offsets
};
// Sample flags (8.8.3.1): whether it depends on others, and whether it is a sync sample.
static const uint32_t sync_sample = 0x02000000, other_sample = 0x01010000;

static size_t sample_size(const MoofTrack *track)
{
    return track->is_picture ? 12 : 8;
}

static size_t trun_size(const MoofTrack *track)
{
    return TRUN_HEAD + (track->is_picture ? 4 : 0) + track->n * sample_size(track);
}

static size_t traf_size(const MoofTrack *track)
{
    return BOX_HEAD + TFHD_SIZE + TFDT_SIZE + trun_size(track);
}

size_t moof_size(const MoofTrack *tracks, size_t n)
{
    size_t size = BOX_HEAD + MFHD_SIZE;
    for (size_t i = 0; i < n; i++)
        size += tracks[i].n ? traf_size(&tracks[i]) : 0;
    return size;
}

static uint8_t *put(uint8_t *out, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *out++ = (uint8_t)(value >> shift);
    return out;
}

static uint8_t *put_box(uint8_t *out, size_t size, const char *type)
{
    out = put(out, (uint32_t)size);
    memcpy(out, type, 4);
    return out + 4;
}

static uint8_t *put_traf(uint8_t *out, const MoofTrack *track, size_t data_offset)
{
    out = put_box(out, traf_size(track), "traf");
    out = put_box(out, TFHD_SIZE, "tfhd");
    out = put(out, TFHD_FLAGS);
    out = put(out, track->id);
    out = put(out, track->is_picture ? other_sample : sync_sample);
    out = put_box(out, TFDT_SIZE, "tfdt");
    out = put(out, VERSION_1);
    out = put(out, (uint32_t)(track->decode >> 32));
    out = put(out, (uint32_t)track->decode);
    out = put_box(out, trun_size(track), "trun");
    out =
        put(out, VERSION_1 | TRUN_FLAGS | (track->is_picture ? TRUN_FIRST | TRUN_COMPOSITION : 0));
    out = put(out, (uint32_t)track->n);
    out = put(out, (uint32_t)data_offset);
    if (track->is_picture)
        out = put(out, track->key ? sync_sample : other_sample);
    for (size_t i = 0; i < track->n; i++) {
        out = put(out, track->samples[i].duration);
        out = put(out, track->samples[i].size);
        if (track->is_picture)
            out = put(out, (uint32_t)track->samples[i].composition);
    }
    return out;
}

static uint64_t bytes_of(const MoofTrack *track)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < track->n; i++)
        bytes += track->samples[i].size;
    return bytes;
}

int moof_write(const MoofTrack *tracks, size_t n, uint32_t sequence, uint8_t *out)
{
    size_t size = moof_size(tracks, n);
    uint64_t data = size + MOOF_MDAT_HEAD;
    out = put_box(out, size, "moof");
    out = put_box(out, MFHD_SIZE, "mfhd");
    out = put(out, 0);
    out = put(out, sequence);
    for (size_t i = 0; i < n; i++) {
        if (data > INT32_MAX) // of the data offset
            return -EFBIG;
        if (tracks[i].n)
            out = put_traf(out, &tracks[i], (size_t)data);
        data += bytes_of(&tracks[i]);
    }
    if (data - size > UINT32_MAX)
        return -EFBIG;
    put_box(out, (size_t)(data - size), "mdat");
    return 0;
}
