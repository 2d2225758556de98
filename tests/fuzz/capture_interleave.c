// SPDX-License-Identifier: Apache-2.0
// What may come on a camera's connection. The first byte says how the stream is cut: what is found
// in it must not depend on that.
#include "capture/rtsp_interleave.h"

#include <stdlib.h>

static guint64 mix(guint64 hash, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ data[i]) * G_GUINT64_CONSTANT(1099511628211);
    return (hash ^ size) * G_GUINT64_CONSTANT(1099511628211);
}

// A hash of all that was found, with the stream growing by so many bytes at a time.
static guint64 walk(const uint8_t *bytes, size_t size, size_t step)
{
    Interleave interleave = { .n_channels = 4, .channels = { 0, 1, 2, 3 } };
    guint64 hash = G_GUINT64_CONSTANT(14695981039346656037);
    size_t done = 0;
    for (size_t end = MIN(step, size);; end = MIN(end + step, size)) {
        bool is_found = true;
        while (is_found) {
            InterleaveItem item;
            size_t taken = interleave_next(&interleave, bytes + done, end - done, &item, &is_found);
            if (taken > end - done)
                abort();
            done += taken;
            if (is_found && item.is_message)
                hash = mix(hash, item.message.body, item.message.body_size);
            else if (is_found)
                hash = mix(mix(hash, &item.channel, 1), item.data, item.size);
        }
        if (end == size)
            return mix(hash, (const uint8_t *)&interleave.skipped, sizeof interleave.skipped);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 1 || size > 8192)
        return 0;
    size_t step = 1 + bytes[0];
    if (walk(bytes + 1, size - 1, step) != walk(bytes + 1, size - 1, size))
        abort();
    return 0;
}
