// SPDX-License-Identifier: Apache-2.0
// RTSP interleaving: RTP and RTCP packets among messages in one TCP stream (RFC 2326, 10.12).
//
// Garbage between them is skipped: the next sound beginning is a message's, or "$" with a channel
// that is known, a length that can be, and RTP's version behind it. Pure; input comes from the
// network.
#pragma once
#include "capture/rtsp_message.h"

enum {
    INTERLEAVE_HEADER = 4,
    INTERLEAVE_MAX = INTERLEAVE_HEADER + 65535,
    INTERLEAVE_CHANNELS = 4 // the most that a client asks for: RTP and RTCP of two tracks
};

typedef struct {
    int n_channels;
    uint8_t channels[INTERLEAVE_CHANNELS]; // those agreed on
    uint64_t skipped;                      // bytes of garbage
    bool is_lost;                          // the last bytes were garbage
} Interleave;

typedef struct {
    bool is_message;
    RtspMessage message;
    uint8_t channel;
    const uint8_t *data; // a packet's; borrowed
    size_t size;
} InterleaveItem;

// Steps over the data: how many bytes are done with. ret_found: an item, which borrows from them;
// without one, the rest needs more data (at most INTERLEAVE_MAX, or a message's limits, in all).
size_t interleave_next(Interleave *interleave, const uint8_t *data, size_t size,
                       InterleaveItem *ret_item, bool *ret_found);
