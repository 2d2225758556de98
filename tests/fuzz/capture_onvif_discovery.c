// SPDX-License-Identifier: Apache-2.0
// What anything on the hall's network may answer to a question for cameras.
#include "capture/onvif_discovery.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_auto(OnvifMatch) match = { 0 };
    if (onvif_match_parse((const char *)data, size, "id", &match) && !*match.endpoint)
        abort();
    return 0;
}
