// SPDX-License-Identifier: Apache-2.0
// Export plan: which bytes of which segments make up a clip.
#pragma once
#include "base/store.h"
#include "capture/export_order.h"
#include "capture/recorder.h"

// What is taken of one segment.
typedef struct {
    Segment segment;    // head, sizes, hash; without entries
    int storage;        // which storage folder
    char *path;         // below that
    bool is_open;       // it is being written: sha256 is not known yet
    int64_t first, end; // offsets of the fragments that are taken
    int64_t from_us, to_us;
    // Once it was copied.
    bool is_copied, is_whole;
    uint8_t found_sha256[SEGMENT_HASH_BYTES];
    int part;                // which file of the clip
    int64_t at_us, at_bytes; // where it begins in that
} ExportTaken;

typedef struct {
    int64_t from_us, to_us;
    char *reason;
} ExportGap;

// From the key frame at or before clip->from_us to the end of the fragment that covers to_us.
// Returns a GPtrArray of ExportTaken in order of time (its free function set), NULL when the index
// cannot be read.
GPtrArray *export_plan_clip(Store *store, const ExportClip *clip, const RecorderView *view);
// Reads again what is known of a segment that was open then: it may be done by now.
void export_plan_refresh(Store *store, ExportTaken *taken);
// What of the clip is in none of those that were copied; a GPtrArray of ExportGap.
GPtrArray *export_plan_gaps(Store *store, const ExportClip *clip, const GPtrArray *taken);
