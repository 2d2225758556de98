// SPDX-License-Identifier: Apache-2.0
// Storage alarm: flags of the recordings' disks, for a person to look at: it is recorded to the
// spare one (storage_spare), not at all (storage_failed), with losses since the disk is too slow
// (storage_slow), or the spare one could not take over (spare_failed). Each is closed by the system
// once it is over.
#pragma once
#include "appliance/video_watch.h"
#include "base/writer.h"
#include "rating/hall.h"

typedef struct StorageAlarm StorageAlarm;

// Borrows all. hall is used in the writer's jobs alone.
StorageAlarm *storage_alarm_new(VideoWatch *video, Writer *writer, const Hall *hall);
void storage_alarm_free(StorageAlarm *alarm); // before the writer and the watch
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StorageAlarm, storage_alarm_free)
