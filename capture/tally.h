// SPDX-License-Identifier: Apache-2.0
// Tally: what a stream has done since its camera was started. Each figure only grows.
#pragma once
#include <stdint.h>

typedef struct {
    int64_t live_ms;             // while pictures came
    int64_t frames, bytes, keys; // of picture
    int64_t reconnects;          // how often it went live again
    int64_t lost;                // RTP packets that never came, as far as the reader can tell
} Tally;

// What was added since; before may be of a camera that has been started anew meanwhile: then all.
Tally tally_since(const Tally *now, const Tally *before);
