// SPDX-License-Identifier: Apache-2.0
#include "capture/nal.h"

#include <string.h>

enum { MAX_PARAMETER_SETS = 64, MAX_PARAMETER_BYTES = 64 << 10 };

// Where the next 00 00 01 begins, at or after from; size: nowhere.
static size_t find_start(const uint8_t *data, size_t size, size_t from)
{
    for (size_t i = from; i + 3 <= size;) {
        const uint8_t *one = memchr(data + i + 2, 1, size - i - 2);
        if (!one)
            return size;
        size_t at = (size_t)(one - data);
        if (data[at - 1] == 0 && data[at - 2] == 0)
            return at - 2;
        i = at - 1;
    }
    return size;
}

bool nal_next(const uint8_t *data, size_t size, size_t *offset, Nal *ret_nal)
{
    while (*offset < size) {
        size_t start = find_start(data, size, *offset);
        if (start == size)
            break;
        size_t begin = start + 3;
        size_t end = find_start(data, size, begin);
        *offset = end;
        while (end > begin && data[end - 1] == 0) // trailing_zero_8bits, or the next start code's
            end--;
        if (end > begin) {
            *ret_nal = (Nal){ data + begin, end - begin };
            return true;
        }
    }
    *offset = size;
    return false;
}

static NalKind kind_h264(uint8_t header)
{
    switch (header & 0x1f) {
    case 1:
    case 2:
    case 5:
        return NAL_PICTURE;
    case 7:
        return NAL_SPS;
    case 8:
        return NAL_PPS;
    default:
        return NAL_OTHER;
    }
}

static NalKind kind_h265(uint8_t header)
{
    uint8_t type = (header >> 1) & 0x3f;
    switch (type) {
    case 32:
        return NAL_VPS;
    case 33:
        return NAL_SPS;
    case 34:
        return NAL_PPS;
    default:
        return type < 32 ? NAL_PICTURE : NAL_OTHER;
    }
}

NalKind nal_kind(enum AVCodecID codec, const Nal *nal)
{
    return codec == AV_CODEC_ID_HEVC ? kind_h265(nal->data[0]) : kind_h264(nal->data[0]);
}

bool nal_find(enum AVCodecID codec, const uint8_t *data, size_t size, NalKind kind, Nal *ret_nal)
{
    size_t offset = 0;
    while (nal_next(data, size, &offset, ret_nal))
        if (nal_kind(codec, ret_nal) == kind)
            return true;
    return false;
}

static bool append_kind(GByteArray *out, const Nal *nals, const NalKind *kinds, size_t n,
                        NalKind kind)
{
    static const uint8_t start[] = { 0, 0, 0, 1 };
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        if (kinds[i] != kind || out->len + sizeof start + nals[i].size > MAX_PARAMETER_BYTES)
            continue;
        g_byte_array_append(out, start, sizeof start);
        g_byte_array_append(out, nals[i].data, (guint)nals[i].size);
        found = true;
    }
    return found;
}

// A payloader may add the sets that are in the stream already.
static bool is_repeated(const Nal *nals, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (nals[i].size == nals[n].size && memcmp(nals[i].data, nals[n].data, nals[n].size) == 0)
            return true;
    return false;
}

GBytes *nal_parameter_sets(enum AVCodecID codec, const uint8_t *data, size_t size)
{
    Nal nals[MAX_PARAMETER_SETS];
    NalKind kinds[MAX_PARAMETER_SETS];
    size_t n = 0, offset = 0;
    while (n < MAX_PARAMETER_SETS && nal_next(data, size, &offset, &nals[n])) {
        kinds[n] = nal_kind(codec, &nals[n]);
        if (kinds[n] == NAL_PICTURE)
            break;
        if (kinds[n] != NAL_OTHER && !is_repeated(nals, n))
            n++;
    }
    g_autoptr(GByteArray) out = g_byte_array_new();
    bool has_vps = append_kind(out, nals, kinds, n, NAL_VPS);
    bool has_sps = append_kind(out, nals, kinds, n, NAL_SPS);
    bool has_pps = append_kind(out, nals, kinds, n, NAL_PPS);
    if (!has_sps || !has_pps || (codec == AV_CODEC_ID_HEVC && !has_vps))
        return NULL;
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

size_t nal_unescape(const Nal *nal, uint8_t *buffer, size_t max)
{
    size_t written = 0;
    int zeros = 0;
    for (size_t i = 0; i < nal->size && written < max; i++) {
        bool is_prevention = zeros >= 2 && nal->data[i] == 3;
        zeros = nal->data[i] == 0 ? zeros + 1 : 0;
        if (!is_prevention)
            buffer[written++] = nal->data[i];
    }
    return written;
}

size_t nal_lengths_max(size_t size)
{
    return size + size / 4; // the smallest: a start code of three bytes, and one
}

size_t nal_write_lengths(const uint8_t *data, size_t size, uint8_t *out)
{
    Nal nal;
    size_t offset = 0, written = 0;
    while (nal_next(data, size, &offset, &nal)) {
        for (int shift = 24; shift >= 0; shift -= 8)
            out[written++] = (uint8_t)(nal.size >> shift);
        memcpy(out + written, nal.data, nal.size);
        written += nal.size;
    }
    return written;
}
