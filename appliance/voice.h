// SPDX-License-Identifier: Apache-2.0
// Voice: what is called, as sound files below DIR/voice, rendered by espeak-ng off the request
// path: one thread, one low-priority process at a time, which is killed after 10 s. Files are named
// by a digest of language and text, so that each call is rendered once; the oldest go beyond 400.
//
// Where espeak-ng is missing or fails, calls are shown without a voice, and voice_state says why.
#pragma once
#include <glib.h>
#include <jansson.h>

typedef struct Voice Voice;

// language: "zh" or "en". NULL: the folder cannot be made.
Voice *voice_new(const char *data_dir);
void voice_free(Voice *voice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Voice, voice_free)

// The path of the WAV file; NULL: it is not there yet and will be made (or the voice has failed).
// Any thread; never waits. The caller frees.
char *voice_get(Voice *voice, const char *language, const char *text);
// {"state":"unknown|well|failed","reason":text|null}. Any thread; new reference.
json_t *voice_state(Voice *voice);
