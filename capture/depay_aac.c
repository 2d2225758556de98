// SPDX-License-Identifier: Apache-2.0
// RFC 3640, 3.2: access units behind a table of their sizes. Interleaving is not known: no camera
// uses it, and the order of sending is taken.
#include "capture/depay_formats.h"

enum { FRAME_SAMPLES = 1024, FRAME_MAX = 64 << 10 };

typedef struct {
    const uint8_t *data;
    size_t bits, at;
} Bits;

static size_t take_bits(Bits *bits, unsigned n)
{
    size_t value = 0;
    for (; n > 0 && bits->at < bits->bits; n--, bits->at++)
        value = value << 1 | (bits->data[bits->at / 8] >> (7 - bits->at % 8) & 1);
    return value;
}

void depay_aac_init(AacFrames *frames, const DepayOptions *options, DepayEmit emit, void *ctx)
{
    *frames =
        (AacFrames){ .options = *options, .emit = emit, .ctx = ctx, .bytes = g_byte_array_new() };
}

void depay_aac_done(AacFrames *frames)
{
    g_byte_array_unref(frames->bytes);
}

static void emit_frame(AacFrames *frames, const uint8_t *data, size_t size, int64_t time)
{
    DepayUnit unit = { .data = data, .size = size, .time = time };
    if (size > 0)
        frames->emit(frames->ctx, &unit);
}

static void drop_part(AacFrames *frames)
{
    frames->damaged_frames += frames->expected > 0;
    frames->expected = 0;
    g_byte_array_set_size(frames->bytes, 0);
}

// A part of a frame of so many bytes; all its parts say the same.
static void take_part(AacFrames *frames, const uint8_t *data, size_t size, size_t expected,
                      int64_t time)
{
    if (frames->expected > 0 && (time != frames->time || expected != frames->expected))
        drop_part(frames);
    frames->expected = expected;
    frames->time = time;
    g_byte_array_append(frames->bytes, data, (guint)size);
    if (frames->bytes->len < expected)
        return;
    emit_frame(frames, frames->bytes->data, expected, time);
    frames->expected = 0;
    g_byte_array_set_size(frames->bytes, 0);
}

static void take_frames(AacFrames *frames, Bits *headers, const uint8_t *data, size_t size,
                        int64_t time)
{
    unsigned index_bits = frames->options.index_bits;
    while (headers->at + frames->options.size_bits + index_bits <= headers->bits) {
        size_t length = take_bits(headers, frames->options.size_bits);
        take_bits(headers, index_bits);
        index_bits = frames->options.index_delta_bits;
        if (length > size || frames->expected > 0) {
            if (length > 0 && length <= FRAME_MAX)
                take_part(frames, data, size, length, time);
            return;
        }
        emit_frame(frames, data, length, time);
        data += length;
        size -= length;
        time += FRAME_SAMPLES;
    }
}

void depay_aac_packet(AacFrames *frames, const RtpPacket *packet, int64_t time, bool hole)
{
    if (hole || (frames->expected > 0 && time != frames->time))
        drop_part(frames);
    if (frames->options.size_bits == 0) { // without a table a packet is a frame
        emit_frame(frames, packet->data, packet->size, time);
        return;
    }
    if (packet->size < 2)
        return;
    size_t bits = (size_t)packet->data[0] << 8 | packet->data[1];
    size_t table = (bits + 7) / 8;
    if (table > packet->size - 2)
        return;
    Bits headers = { packet->data + 2, bits, 0 };
    take_frames(frames, &headers, packet->data + 2 + table, packet->size - 2 - table, time);
}
