// SPDX-License-Identifier: Apache-2.0
#include "capture/recorder_options.h"

RecorderOptions recorder_options_of(const Config *config, const char *data_dir)
{
    return (RecorderOptions){ .data_dir = data_dir,
                              .hall = config->hall.id,
                              .path = config->storage.path,
                              .spare_path = config->storage.spare_path,
                              .quota_mb = config->storage.quota_mb,
                              .spare_quota_mb = config->storage.spare_quota_mb,
                              .days = config->storage.days,
                              .free_mb = config->storage.free_mb,
                              .segment_seconds = config->storage.segment_seconds,
                              .cameras = config->cameras };
}

static GHashTable *days_by_camera(const GPtrArray *cameras)
{
    GHashTable *days = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; cameras && i < cameras->len; i++) {
        const ConfigCamera *camera = cameras->pdata[i];
        if (camera->days)
            g_hash_table_insert(days, g_strdup(camera->id), GINT_TO_POINTER(camera->days));
    }
    return days;
}

static GHashTable *quotas_by_camera(const GPtrArray *cameras)
{
    GHashTable *quotas = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; cameras && i < cameras->len; i++) {
        const ConfigCamera *camera = cameras->pdata[i];
        int64_t bytes = camera->quota_mb * INT64_C(1048576);
        if (bytes)
            g_hash_table_insert(quotas, g_strdup(camera->id), g_memdup2(&bytes, sizeof bytes));
    }
    return quotas;
}

StorageLimits recorder_options_limits(const RecorderOptions *options)
{
    return (StorageLimits){ .quota_mb = { options->quota_mb, options->spare_quota_mb },
                            .free_mb = options->free_mb,
                            .days = options->days,
                            .camera_days = days_by_camera(options->cameras),
                            .camera_quotas = quotas_by_camera(options->cameras) };
}
