// SPDX-License-Identifier: Apache-2.0
// What a camera may send as parameter sets, and an access unit whose NAL units get lengths. The
// first byte chooses the codec.
#include "capture/codec_config.h"
#include "capture/nal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 1)
        return 0;
    enum AVCodecID codec = bytes[0] & 1 ? AV_CODEC_ID_HEVC : AV_CODEC_ID_H264;
    size_t max = nal_lengths_max(size - 1);
    g_autofree uint8_t *out = g_malloc(max + 1);
    if (nal_write_lengths(bytes + 1, size - 1, out) > max)
        abort();
    g_autoptr(GBytes) sets = nal_parameter_sets(codec, bytes + 1, size - 1);
    if (!sets)
        return 0;
    gsize n = 0;
    const uint8_t *data = g_bytes_get_data(sets, &n);
    g_autoptr(GBytes) config = codec_config_new(codec, data, n);
    // Each set has a start code of four bytes there, and a length of two here.
    if (config && g_bytes_get_size(config) > n + 32)
        abort();
    return 0;
}
