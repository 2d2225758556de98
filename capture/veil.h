// SPDX-License-Identifier: Apache-2.0
// Veil: the privacy masks of a camera (base/mask.h), drawn over its picture for whoever may not see
// behind them. Immutable; any thread.
#pragma once
#include <glib.h>
#include <libavutil/frame.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Veil Veil;

// masks: as the config has checked them; NULL where there are none, which all functions here take.
// The text of one that cannot be read veils the whole picture.
Veil *veil_new(const char *const *masks);
Veil *veil_ref(Veil *veil);
void veil_unref(Veil *veil);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Veil, veil_unref)

// Tells it from every other; 0 for NULL. For keys of what is kept.
int64_t veil_mark(const Veil *veil);

// Fills each pixel that a mask touches. frame: 4:2:0 planar, writable.
void veil_draw(const Veil *veil, AVFrame *frame);
