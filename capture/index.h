// SPDX-License-Identifier: Apache-2.0
// Index: media.db: what is recorded where, what is not and why, and what is held.
//
// Rows of segments are written by the archives (archive.h), one for each storage folder; what
// belongs to no folder is here. Several connections write, each on a thread of its own: none of
// them holds a transaction over anything but the database, so that no storage folder can keep
// another from writing.
//
// Thread: an Index belongs to one thread (the recorder's). DIR/media.lock is flock'ed while it is
// open: that is how `check` knows that open rows are being written.
#pragma once
#include "base/store.h"

typedef enum {
    GAP_NONE,
    GAP_CAMERA_OFFLINE, // nothing came, or the connection was made anew
    GAP_DROPPED,        // the disk was too slow and fragments were skipped
    GAP_DISK_FULL,
    GAP_DISK_ERROR,
    GAP_BOX_OFF,
    GAP_DRIFT,         // the camera's clock was set right: more than 5 s
    GAP_RECORDING_OFF, // switched off in the config, or camera changed there
    GAP_LOST,          // was recorded, but its file is gone
    GAP_CLOCK_SET,     // the box's clock was set: no time has passed, or video lies under another
} GapReason;
const char *gap_reason_name(GapReason reason); // "camera_offline" ...

// A gap or an end shorter than this is not one: cameras are not that exact.
enum { INDEX_JOIN_US = 1000000 };
// How far before a moment a segment may begin that still reaches over it.
#define INDEX_REACH_US (INT64_C(900) * 1000000)

typedef struct Index Index;

// Takes the lock, opens media.db and brings it to this program's form. ret_reason: a sentence for
// people when it fails. -EBUSY: another process has it open.
int index_open(const char *data_dir, char **ret_reason, Index **ret_index);
void index_free(Index *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Index, index_free)
const char *index_error(Index *index); // of the last failure here, for a log line. Borrowed.
Store *index_store(Index *index);      // its connection. Borrowed.
// Another connection that writes, for another thread; without the lock.
int index_connect(const char *data_dir, Store **ret_store);

int index_add_gap(Index *index, const char *camera, int64_t from_us, int64_t to_us,
                  GapReason reason);
// Takes the span out of all gaps, for it turns out to be recorded. Any connection, inside the
// caller's transaction. What is left of a gap is no shorter than INDEX_JOIN_US.
int index_cut_gaps(Store *store, const char *camera, int64_t from_us, int64_t to_us);
int64_t index_count_gaps(Index *index, const char *camera);
// Where what is known of the camera before a moment ends: a segment's end or a gap's, whichever is
// later; 0: nothing is known.
int64_t index_known_before(Index *index, const char *camera, int64_t before_us);
// Where the segment ends that was recorded last; 0: there is none.
int64_t index_last_recorded_us(Index *index, const char *camera);

typedef struct {
    const char *id;
    const char *camera;
    int64_t from_us, to_us;
    const char *reason;
    const char *ref; // may be NULL
} IndexHold;

// Puts or replaces. The span may lie in the future or in the segment that is being written.
int index_put_hold(Index *index, const IndexHold *hold);
// -ENOENT: unknown.
int index_delete_hold(Index *index, const char *id);
// Of the segments that some hold overlaps, of one camera or, NULL, of all. Its cost goes with the
// number of holds, not with that of segments. Any connection.
int64_t index_held_bytes(Store *store, const char *camera);
