// SPDX-License-Identifier: Apache-2.0
// Storage: the disks that are recorded to, the main one and the spare one, how they are, and which
// one is in use: where new segments begin.
//
// A disk that has failed, is full, has not answered for some seconds or writes slower than the
// cameras send (disk_pace.h) is not in use while the other one is well (move_over.h). One that does
// not answer is left, if there is another; else it is waited for, and what waits is bounded.
//
// Calls from the recorder's thread only, unless told otherwise; none waits but storage_free.
#pragma once
#include "capture/disk.h"
#include <jansson.h>

enum { STORAGE_DISKS = 2 }; // their numbers, as in the rows of media.db: 0 main, 1 spare

typedef struct Storage Storage;

typedef struct {
    int64_t quota_mb[STORAGE_DISKS]; // 0: none
    int64_t free_mb;                 // on each
    int days;
    // RetentionLimits; references are kept.
    GHashTable *camera_days, *camera_quotas;
} StorageLimits;
void storage_limits_done(StorageLimits *limits); // lets go of its tables

// All on the recorder's thread, inside storage_look.
typedef struct {
    void (*opened)(void *ctx, int disk);
    void (*failed)(void *ctx, int disk, int err); // no segment is open there any more
    void (*full)(void *ctx, int disk);            // segments there must end
    // Told nothing for some seconds, and left: no segment is open there any more. camera: of whose
    // oldest fragment it is not known whether it is written; may be NULL.
    void (*left)(void *ctx, int disk, const char *camera);
    void (*written)(void *ctx, int disk, const DiskEvent *event);
    void (*ended)(void *ctx, int disk, const DiskEvent *event);
    void (*wake)(void *ctx); // storage_look is wanted; any thread, must not block
    void *ctx;
} StorageEvents;

typedef struct {
    const char *data_dir, *hall;
    const char *path;       // NULL: the default
    const char *spare_path; // NULL: none
    StorageLimits limits;
    StorageEvents events;
} StorageOptions;

Storage *storage_new(const StorageOptions *options);
void storage_free(Storage *storage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Storage, storage_free)
// Once media.db is open: starts the disks.
void storage_open(Storage *storage);
void storage_apply(Storage *storage, const StorageLimits *limits);

// What the disks tell, and whether they answer.
void storage_look(Storage *storage, int64_t now_ms);
// Retention, where it is due. now_us: the moment from which ages are counted.
void storage_keep(Storage *storage, int64_t now_ms, int64_t now_us);
int64_t storage_keep_at_ms(const Storage *storage); // when it is due

// Something was dropped since the disk took no more.
void storage_note_dropped(Storage *storage, int disk, int64_t now_ms);

int storage_in_use(const Storage *storage);
bool storage_is_usable(const Storage *storage, int disk);
// It is being opened since the start, or does not answer just now: what comes meanwhile may wait
// for it.
bool storage_is_awaited(const Storage *storage, int disk);
Disk *storage_disk(const Storage *storage, int disk); // borrowed; NULL before storage_open
const char *storage_role(int disk);                   // "main", "spare"

// What recorder_status tells of it. Any thread. New reference.
json_t *storage_status(Storage *storage);
// As recorder_place. Any thread.
int storage_place(Storage *storage, int disk, char **ret_path, char **ret_reason);
