// SPDX-License-Identifier: Apache-2.0
// Studio: draws a scene with a clock, encodes it for a main and a sub feed. One thread. A feed that
// nobody watches is not encoded, and a picture that nobody watches is not drawn.
//
// Beside the clock for people there is one for programs: STUDIO_CODE_BITS squares along the lower
// edge, white for 1, the highest bit first: tenths of a second since 1970 (its lowest 32 bits).
#pragma once
#include "demo/camera/encoder.h"
#include "demo/camera/scene.h"
#include "demo/camera/tone.h"

enum { STUDIO_CODE_BITS = 32 };

typedef struct Studio Studio;

typedef struct {
    SceneKind scene;
    guint32 seed;
    const char *name; // shown in the picture
    EncoderOptions main, sub;
    int change_s; // main's size changes so often, to half and back; 0: never
} StudioOptions;

// NULL: said on stderr.
Studio *studio_new(const StudioOptions *options);
void studio_free(Studio *studio); // ends the thread
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Studio, studio_free)

// The caller frees.
AVCodecParameters *studio_main_parameters(const Studio *studio);
AVCodecParameters *studio_sub_parameters(const Studio *studio);
// Feeds are borrowed until studio_free. take_tone may be NULL.
void studio_play(Studio *studio, Feed *main, Feed *sub, Tone *take_tone);
