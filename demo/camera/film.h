// SPDX-License-Identifier: Apache-2.0
// Film: a video file played in a loop at its own pace, without encoding. One thread; any number of
// feeds share what it reads. Times go on over the loop, as a camera's do.
#pragma once
#include "demo/camera/tone.h"
#include <stdbool.h>

typedef struct Film Film;

// NULL: cannot be read (said on stderr).
Film *film_new(const char *path);
void film_free(Film *film); // ends the thread
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Film, film_free)

const AVCodecParameters *film_parameters(const Film *film);
// feeds: Feed, borrowed until film_free. take_tone may be NULL.
void film_play(Film *film, GPtrArray *feeds, Tone *take_tone);
