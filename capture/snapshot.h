// SPDX-License-Identifier: Apache-2.0
// Snapshot: a JPEG of a stream's newest key frame.
//
// Decoding a key frame costs some 10 to 30 ms of a core, so finished pictures are kept: many tiles
// that show the same camera cost one decoding for each key frame and width. Never on a camera's
// thread.
#pragma once
#include "capture/stream.h"
#include "capture/veil.h"

enum { SNAPSHOT_MIN_WIDTH = 16, SNAPSHOT_MAX_WIDTH = 7680 };

// Decodes and compresses. width 0, or more than the picture has: as it is; the height follows, both
// even. 0 or a negative AVERROR (the frame cannot be decoded).
// veil: drawn over it; NULL: none.
int snapshot_make(const Unit *key, int width, const Veil *veil, GBytes **ret_jpeg);

typedef struct Snapshots Snapshots; // the kept ones; any thread

Snapshots *snapshots_new(void);
void snapshots_free(Snapshots *snapshots);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Snapshots, snapshots_free)

// Like snapshot_make, from what is kept if it is of the same key frame, width and veil. key: of
// this stream.
int snapshots_get(Snapshots *snapshots, Stream *stream, Unit *key, int width, const Veil *veil,
                  GBytes **ret_jpeg);
