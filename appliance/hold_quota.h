// SPDX-License-Identifier: Apache-2.0
// Hold quota: warns, well before held video fills the disk: on /api/v1/system and by a flag
// (hold_quota) that a person has to look at. It refuses nothing: a hold that is not placed is
// evidence lost.
#pragma once
#include "appliance/video_watch.h"
#include "base/writer.h"
#include "rating/hall.h"

typedef struct HoldQuota HoldQuota;

typedef struct {
    VideoWatch *video; // tells how much is held
    Writer *writer;
    const Hall *hall; // used in the writer's jobs alone
    const Config *config;
} HoldQuotaOptions;

enum { HOLD_QUOTA_WARN_PERCENT = 80 };

HoldQuota *hold_quota_new(const HoldQuotaOptions *options);
void hold_quota_free(HoldQuota *quota); // before the writer and the watch
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HoldQuota, hold_quota_free)
void hold_quota_apply(HoldQuota *quota, const Config *config);

// {"bytes"|null,"quota_bytes"|null,"percent"|null,"warning"|null}; any thread, new reference.
json_t *hold_quota_json(HoldQuota *quota);
