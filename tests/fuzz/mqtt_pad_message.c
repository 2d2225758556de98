// SPDX-License-Identifier: Apache-2.0
// Every parser of pads' bytes over the same input; a refusal must always be answerable.
#include "mqtt/pad_message.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void must_be_answerable(int err, const PadBad *bad)
{
    if (err == 0)
        return;
    char *text = pad_bad_text(bad);
    if (!text || !bad->why[0])
        abort();
    free(text);
}

static void parse_topic(const char *bytes, size_t size)
{
    char pad[PAD_ID_MAX + 1];
    g_autofree char *topic = g_strndup(bytes, size);
    if (pad_topic_parse("h1", topic, pad) != PAD_TOPIC_UNKNOWN && !pad[0])
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    PadBad bad;
    PadRating rating;
    int err = pad_rating_parse(bytes, size, &rating, &bad);
    must_be_answerable(err, &bad);
    if (err == 0) {
        if (rating.level < 1 || rating.level > 5 || rating.age_ms < 0 ||
            rating.age_ms > PAD_AGE_MAX_MS || strlen(rating.id) != 36)
            abort();
        pad_rating_done(&rating);
    }
    PadAck ack;
    err = pad_ack_parse(bytes, size, &ack, &bad);
    must_be_answerable(err, &bad);
    if (err == 0)
        pad_ack_done(&ack);
    PadTele tele;
    must_be_answerable(pad_tele_parse(bytes, size, &tele, &bad), &bad);
    PadState state;
    must_be_answerable(pad_state_parse(bytes, size, &state, &bad), &bad);
    parse_topic(bytes, size);
    return 0;
}
