// SPDX-License-Identifier: Apache-2.0
// Tone: a quiet test tone, encoded: the simulated camera's microphone.
#pragma once
#include "demo/camera/feed.h"

typedef struct Tone Tone;

// AAC at 16 kHz; A-law and mu-law at 8 kHz (RFC 3551). NULL: no such encoder (said on stderr).
Tone *tone_new(enum AVCodecID codec);
void tone_free(Tone *tone);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tone, tone_free)

// The caller frees.
AVCodecParameters *tone_parameters(const Tone *tone);
// What sounds up to that moment of the line and was not given yet: AVPacket, times in microseconds.
// A gap of more than a second is skipped, not made good.
GPtrArray *tone_until(Tone *tone, int64_t line_us);
