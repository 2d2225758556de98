// SPDX-License-Identifier: Apache-2.0
// Retention: which segments of a storage folder go: those that are older than their camera's days,
// then those by which a camera is over its own quota, and then, of all cameras, as many as quota
// and the floor of free space want. What was recorded first goes first, whatever the clock said
// then; never a held one.
#pragma once
#include "capture/archive.h"

typedef struct {
    int64_t now_us;          // as far as it is believed (clock_judge.h)
    int days;                // 0: no limit
    GHashTable *camera_days; // id -> GINT_TO_POINTER(days) of those that have their own; borrowed;
                             // may be NULL
    // id -> int64_t * bytes on all disks, besides held ones, of the cameras that are to be looked
    // at now; borrowed; may be NULL.
    GHashTable *camera_quotas;
    int64_t quota_bytes; // 0: none
    int64_t floor_bytes; // of free space
    int64_t used_bytes;  // by recordings, open ones too
    int64_t free_bytes;  // on the file system
} RetentionLimits;

typedef struct {
    int64_t id;
    int64_t bytes;
    bool is_held;
} RetentionItem;

// For room: items, oldest first. Marks in ret_victims (n of them) what goes and brings
// limits->used_bytes and free_bytes up to date as if it were gone. Returns the bytes that are still
// missing: 0 when quota and floor are kept. Pure.
int64_t retention_choose(RetentionLimits *limits, const RetentionItem *items, size_t n,
                         bool *ret_victims);

// Deletes some of what must go, at most ARCHIVE_MAX_DELETE, so that the disk's thread is soon back
// at what waits to be written. 1: there may be more. 0: this was all; ret_missing is what could not
// be freed. Negative errno.
int retention_run(Archive *archive, RetentionLimits *limits, int64_t *ret_missing);
