// SPDX-License-Identifier: Apache-2.0
// Disk: one storage folder with a thread of its own, which alone ever waits for it.
//
// The recorder's thread tells what is to be written, ended and kept, and goes on; what came of it
// it reads as events. So a disk that stalls holds up its own thread and nothing else. What waits is
// bounded: the recorder looks at disk_has_room before it writes, and leaves the rest in the
// cameras' rings.
//
// The thread owns the folder's Archive. After an error it lets all of its segments go as they are,
// tells DISK_FAILED and opens the archive again every few seconds, whose recovery takes up what was
// let go. disk_leave brings the same about for a disk that does not answer, as soon as it answers.
//
// Calls from the recorder's thread only, unless told otherwise. None waits but disk_free.
#pragma once
#include "capture/retention.h"
#include "capture/stream.h"

typedef struct Disk Disk;

typedef struct {
    const char *data_dir;
    const char *path; // the storage folder
    const char *hall;
    int storage;             // as in ArchiveOptions
    void (*wake)(void *ctx); // an event is there; on the disk's thread, must not block
    void *ctx;
} DiskOptions;

// Starts the thread, which opens the archive.
Disk *disk_new(const DiskOptions *options);
// Finishes what was begun, and ends the thread. Nothing may be told after it.
void disk_stop(Disk *disk);
// After disk_stop. A disk that does not answer is not waited for: its thread ends by itself when it
// does, and wakes nobody any more.
void disk_free(Disk *disk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Disk, disk_free)

bool disk_has_room(Disk *disk);
// How long what was told first, or what the thread does by itself, has been waited for; 0: nothing.
int64_t disk_waiting_ms(Disk *disk);

// begins: with this fragment a new segment of the camera begins; one that is open is ended.
// Without, it goes into the camera's open segment, or nowhere when there is none any more.
void disk_write(Disk *disk, GRefString *camera, Fragment *fragment, bool begins);
void disk_end(Disk *disk, GRefString *camera);
// Retention, and whether the folder is still the one that was opened. probe: and whether a small
// file can be written there; for a disk that nothing is recorded to.
void disk_keep(Disk *disk, const RetentionLimits *limits, bool probe);
// Forgets what waits and all segments. No event comes any more, but those that are there already,
// until DISK_OPENED tells that the disk can be used again. Returns the camera of whose fragment it
// is not known whether it is written, or NULL; a new reference.
GRefString *disk_leave(Disk *disk);

typedef struct {
    int64_t used_bytes, free_bytes, oldest_us;
} DiskFigures;

typedef enum {
    DISK_OPENED,  // at the start, after DISK_FAILED or disk_leave
    DISK_FAILED,  // err, reason, took_ms: no segment is open any more, their rows stay open until
                  // DISK_OPENED
    DISK_FULL,    // no room to write: all segments are ended, DISK_ENDED follows for each
    DISK_WRITTEN, // camera, entry, segment
    DISK_ENDED,   // camera: its segment is in the index. err: since a fragment was not to be used
    DISK_KEPT,    // figures, missing, took_ms
} DiskEventKind;

typedef struct {
    DiskEventKind kind;
    GRefString *camera;
    SegmentEntry entry;
    Segment segment; // as it is now; its entries are not set
    int err;
    char *reason; // a sentence
    DiskFigures figures;
    int64_t missing; // bytes that retention could not free
    int64_t took_ms; // what failed, or the look at the folder
} DiskEvent;

// NULL: none. The caller frees.
DiskEvent *disk_take_event(Disk *disk);
void disk_event_free(DiskEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DiskEvent, disk_event_free)
