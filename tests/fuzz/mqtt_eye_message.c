// SPDX-License-Identifier: Apache-2.0
// What comes from whoever looks at pictures: taken within its bounds, or refused with a sentence.
#include "mqtt/eye_message.h"
#include <glib.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    EyeObservation seen;
    char error[200] = "", camera[EYE_CAMERA_MAX + 1];
    if (eye_observation_parse(bytes, size, &seen, error) < 0) {
        if (!error[0])
            abort();
    } else if (!seen.kind[0] || (seen.of != EYE_OF_CAMERA) != (seen.place[0] != '\0') ||
               seen.valid_s < 1 || seen.valid_s > EYE_VALID_MAX_S || seen.confidence > 100 ||
               seen.value > EYE_VALUE_MAX) {
        abort();
    }
    g_autofree char *topic = g_strndup(bytes, size);
    if (eye_topic_parse("h1", topic, camera) != (camera[0] != '\0'))
        abort();
    return 0;
}
