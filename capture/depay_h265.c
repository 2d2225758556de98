// SPDX-License-Identifier: Apache-2.0
// RFC 7798, 4.4: single NAL units, aggregates, fragments; with decoding order numbers where the
// SDP says so. Those are skipped: a live camera sends in decoding order.
#include "capture/depay_formats.h"

enum { AP = 48, FU = 49, HEADER = 2, DON = 2, DOND = 1, FU_START = 0x80, FU_END = 0x40 };

// don: bytes of order number before the next NAL unit.
static void take_aggregate(Picture *picture, const uint8_t *data, size_t size, bool has_don)
{
    size_t don = has_don ? DON : 0;
    while (size > don + 2) {
        size_t length = (size_t)data[don] << 8 | data[don + 1];
        data += don + 2;
        size -= don + 2;
        if (length > size)
            return;
        picture_add_nal(picture, data, length);
        data += length;
        size -= length;
        don = has_don ? DOND : 0;
    }
}

static void take_fragment(Picture *picture, const uint8_t *data, size_t size, bool has_don)
{
    size_t skip = HEADER + 1 + (has_don ? DON : 0);
    if (size < skip)
        return;
    uint8_t flags = data[HEADER];
    uint8_t header[HEADER] = { (uint8_t)((data[0] & 0x81) | (flags & 0x3f) << 1), data[1] };
    if (flags & FU_START)
        picture_begin_fragment(picture, header, sizeof header, data + skip, size - skip);
    else
        picture_add_fragment(picture, data + skip, size - skip);
    if (flags & FU_END)
        picture_end_fragment(picture);
}

void depay_h265_payload(Picture *picture, const uint8_t *data, size_t size, bool has_don)
{
    if (size < HEADER)
        return;
    switch ((data[0] >> 1) & 0x3f) {
    case AP:
        take_aggregate(picture, data + HEADER, size - HEADER, has_don);
        break;
    case FU:
        take_fragment(picture, data, size, has_don);
        break;
    default: {
        size_t skip = has_don ? DON : 0; // between the header and the payload
        if (size <= HEADER + skip)
            break;
        if (skip == 0) {
            picture_add_nal(picture, data, size);
            break;
        }
        picture_begin_fragment(picture, data, HEADER, data + HEADER + skip, size - HEADER - skip);
        picture_end_fragment(picture);
    }
    }
}
