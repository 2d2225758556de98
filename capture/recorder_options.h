// SPDX-License-Identifier: Apache-2.0
// Recorder options: what of the config says where recordings go and how long they stay.
#pragma once
#include "base/config.h"
#include "capture/storage.h"

typedef struct {
    const char *data_dir;
    const char *hall;
    const char *path;       // storage.path; NULL: data_dir/recordings
    const char *spare_path; // NULL: none
    int64_t quota_mb;       // 0: none
    int64_t spare_quota_mb; // 0: none
    int days;
    int64_t free_mb; // on each disk
    int segment_seconds;
    const GPtrArray *cameras; // ConfigCamera *, for their days and quotas; NULL: none
} RecorderOptions;

RecorderOptions recorder_options_of(const Config *config,
                                    const char *data_dir); // borrows from config
// What each disk and camera may keep. Its tables are the caller's: storage_limits_done.
StorageLimits recorder_options_limits(const RecorderOptions *options);
