// SPDX-License-Identifier: Apache-2.0
#include "capture/rtsp_interleave.h"

#include "capture/rtp.h"
#include <string.h>

enum { DOLLAR = '$', RTCP_LEAST = 8 };

static size_t packet_size(const uint8_t *data)
{
    return (size_t)data[2] << 8 | data[3];
}

static bool knows_channel(const Interleave *interleave, uint8_t channel)
{
    return memchr(interleave->channels, channel, (size_t)interleave->n_channels) != NULL;
}

// Could a packet or a message begin here, as far as the data goes? After garbage only.
static bool may_begin(const Interleave *interleave, const uint8_t *data, size_t size)
{
    if (data[0] != DOLLAR)
        return rtsp_message_may_begin(data, size);
    if (size > 1 && !knows_channel(interleave, data[1]))
        return false;
    if (size >= INTERLEAVE_HEADER && packet_size(data) < RTCP_LEAST)
        return false;
    return size <= INTERLEAVE_HEADER || data[INTERLEAVE_HEADER] >> 6 == 2;
}

// Bytes of garbage before the next place where something may begin.
static size_t skip_garbage(Interleave *interleave, const uint8_t *data, size_t size)
{
    size_t at = 1; // it does not begin at the first byte: that has been tried
    while (at < size && !may_begin(interleave, data + at, size - at))
        at++;
    interleave->skipped += at;
    interleave->is_lost = true;
    return at;
}

// The message or packet that begins the data: its bytes; 0: more is needed; -1: neither.
static ssize_t take_item(const Interleave *interleave, const uint8_t *data, size_t size,
                         InterleaveItem *item)
{
    item->is_message = data[0] != DOLLAR;
    if (item->is_message)
        return rtsp_message_parse(data, size, &item->message);
    if (interleave->is_lost && !may_begin(interleave, data, size))
        return -1;
    if (size < INTERLEAVE_HEADER || size - INTERLEAVE_HEADER < packet_size(data))
        return 0;
    item->channel = data[1];
    item->data = data + INTERLEAVE_HEADER;
    item->size = packet_size(data);
    return (ssize_t)(INTERLEAVE_HEADER + item->size);
}

size_t interleave_next(Interleave *interleave, const uint8_t *data, size_t size,
                       InterleaveItem *ret_item, bool *ret_found)
{
    size_t at = 0;
    *ret_found = false;
    while (at < size) {
        *ret_item = (InterleaveItem){ 0 };
        ssize_t taken = take_item(interleave, data + at, size - at, ret_item);
        if (taken == 0)
            return at;
        if (taken > 0) {
            interleave->is_lost = false;
            *ret_found = true;
            return at + (size_t)taken;
        }
        at += skip_garbage(interleave, data + at, size - at);
    }
    return at;
}
