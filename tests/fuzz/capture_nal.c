// SPDX-License-Identifier: Apache-2.0
// What a camera may send as an access unit, parameter sets or AudioSpecificConfig. The first byte
// chooses the codec.
#include "capture/codecs.h"
#include "capture/nal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const enum AVCodecID codecs[] = { AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_AAC };
    if (size < 1)
        return 0;
    enum AVCodecID codec = codecs[bytes[0] % G_N_ELEMENTS(codecs)];
    g_free(codecs_of_track(codec, bytes + 1, size - 1));
    if (codec == AV_CODEC_ID_AAC)
        return 0;
    g_autoptr(GBytes) sets = nal_parameter_sets(codec, bytes + 1, size - 1);
    if (!sets)
        return 0;
    // What was collected is itself a whole set, and stays as it is.
    size_t n = 0;
    const uint8_t *data = g_bytes_get_data(sets, &n);
    g_autoptr(GBytes) again = nal_parameter_sets(codec, data, n);
    if (!again || !g_bytes_equal(sets, again))
        abort();
    return 0;
}
