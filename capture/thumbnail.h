// SPDX-License-Identifier: Apache-2.0
// Thumbnail: a small JPEG of a recorded key frame, for whoever scrubs along a timeline.
//
// Made when asked for, from the segment's file: its init and the one fragment that begins with the
// key frame are read, nothing else. What is finished is kept, up to so many bytes, the least used
// going first. One picture is decoded at a time, whoever asks, so that scrubbing never
// takes more than one core from the cameras; a few may wait for their turn, more are turned away.
#pragma once
#include "capture/segment.h"
#include "capture/veil.h"

enum {
    THUMBNAIL_MIN_WIDTH = 16,
    THUMBNAIL_MAX_WIDTH = 1280,
    THUMBNAIL_WIDTH = 320, // unless asked for
    THUMBNAIL_CACHE_BYTES = 16 << 20,
    THUMBNAIL_MAX_WAITING = 2,
};

// A key frame in a file.
typedef struct {
    int64_t segment; // id
    int64_t init_bytes;
    int64_t offset; // of the fragment that begins with it
    uint32_t bytes; // of the fragment
    int64_t at_us;  // wall clock
} ThumbnailPlace;

// The last key frame at or before the moment; the first one where the moment lies before it. False:
// the segment has none.
bool thumbnail_find(const Segment *segment, int64_t at_us, ThumbnailPlace *ret_place);

// Decodes and compresses, with the veil over it (NULL: none). 0 or negative errno; -EBADMSG: not a
// picture.
int thumbnail_make(const char *path, const ThumbnailPlace *place, int width, const Veil *veil,
                   GBytes **ret_jpeg);

typedef struct Thumbnails Thumbnails; // the kept ones; any thread

Thumbnails *thumbnails_new(size_t max_bytes);
void thumbnails_free(Thumbnails *thumbnails);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Thumbnails, thumbnails_free)

// Like thumbnail_make, from what is kept where it is there. -EAGAIN: too many are waiting, ask
// again in a moment.
int thumbnails_get(Thumbnails *thumbnails, const char *path, const ThumbnailPlace *place, int width,
                   const Veil *veil, GBytes **ret_jpeg);
// For tests: bytes that are kept, pictures that were decoded.
void thumbnails_count(Thumbnails *thumbnails, size_t *ret_bytes, unsigned *ret_decoded);
