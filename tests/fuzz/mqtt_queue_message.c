// SPDX-License-Identifier: Apache-2.0
// What a queue machine sends: a refusal must be answerable, and what is taken is within its bounds.
#include "mqtt/queue_message.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QueueMessage message;
    PadBad bad;
    if (queue_message_parse((const char *)data, size, &message, &bad) < 0) {
        char *text = pad_bad_text(&bad);
        if (!text || !bad.why[0])
            abort();
        free(text);
        return 0;
    }
    if (strlen(message.ticket) > QUEUE_TICKET_MAX || strlen(message.number) > QUEUE_NUMBER_MAX ||
        queue_message_at(&message, 1000) > 1000)
        abort();
    queue_message_done(&message);
    return 0;
}
