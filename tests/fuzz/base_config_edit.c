// SPDX-License-Identifier: Apache-2.0
// Any bytes as hallwatch.yaml, in which cameras are added, changed and removed: what comes out is a
// config that says so, and undoing an addition gives the file back as it was.
#include "base/config_edit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ConfigCamera *camera_of(const char *id)
{
    ConfigCamera *camera = config_camera_new();
    camera->id = g_strdup(id);
    camera->name = g_strdup("南门: \"#1\"");
    camera->place = g_strdup("- 楼上");
    camera->url = g_strdup("rtsp://u:p%40@10.0.0.1/a?b=c#d");
    return camera;
}

static bool is_known(const char *text, const char *id)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Config) config = NULL;
    if (config_parse("f", text, strlen(text), errors, &config) < 0)
        abort();
    return config_camera(config, id) != NULL;
}

// Puts a camera, and takes it away again.
static void edit(const char *text, size_t size, const char *id)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(ConfigCamera) camera = camera_of(id);
    g_autofree char *with = NULL, *without = NULL;
    if (config_edit_put("/f", text, size, camera, errors, &with) < 0)
        return;
    if (!is_known(with, id))
        abort();
    if (config_edit_remove("/f", with, strlen(with), id, errors, &without) == 0 &&
        is_known(without, id))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    edit(text, strlen(text), "a"); // which the seeds have
    edit(text, strlen(text), "new");
    return 0;
}
