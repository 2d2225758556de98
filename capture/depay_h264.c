// SPDX-License-Identifier: Apache-2.0
// RFC 6184, 5.6 to 5.8: single NAL units, aggregates of one time, fragments.
#include "capture/depay_formats.h"

enum { STAP_A = 24, STAP_B = 25, FU_A = 28, FU_B = 29, FU_START = 0x80, FU_END = 0x40 };

static void take_aggregate(Picture *picture, const uint8_t *data, size_t size)
{
    while (size > 2) {
        size_t length = (size_t)data[0] << 8 | data[1];
        if (length > size - 2)
            return;
        picture_add_nal(picture, data + 2, length);
        data += 2 + length;
        size -= 2 + length;
    }
}

static void take_fragment(Picture *picture, const uint8_t *data, size_t size, bool has_don)
{
    if (size < 2)
        return;
    uint8_t header = (uint8_t)((data[0] & 0xe0) | (data[1] & 0x1f));
    uint8_t flags = data[1];
    size_t skip = has_don ? 4 : 2;
    if (size < skip)
        return;
    if (flags & FU_START)
        picture_begin_fragment(picture, &header, 1, data + skip, size - skip);
    else
        picture_add_fragment(picture, data + skip, size - skip);
    if (flags & FU_END)
        picture_end_fragment(picture);
}

void depay_h264_payload(Picture *picture, const uint8_t *data, size_t size)
{
    if (size == 0)
        return;
    switch (data[0] & 0x1f) {
    case STAP_A:
        take_aggregate(picture, data + 1, size - 1);
        break;
    case STAP_B: // a decoding order number goes before
        if (size > 3)
            take_aggregate(picture, data + 3, size - 3);
        break;
    case FU_A:
    case FU_B: // the first fragment only is a B, with a decoding order number
        take_fragment(picture, data, size, (data[0] & 0x1f) == FU_B);
        break;
    default:
        picture_add_nal(picture, data, size);
    }
}
