// SPDX-License-Identifier: Apache-2.0
// Video watch: asks video for its state each second and says which cameras have changed.
#pragma once
#include "base/config.h"
#include <jansson.h>

typedef struct VideoWatch VideoWatch;

typedef struct {
    const char *video_socket;
    const Config *config;
    // On the watch's own thread: the camera's whole new state. Changes of figures alone (frames,
    // kbit, last recorded) are not told.
    void (*changed)(void *ctx, json_t *take_camera);
    void *ctx;
} VideoWatchOptions;

VideoWatch *video_watch_new(const VideoWatchOptions *options);
void video_watch_free(VideoWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VideoWatch, video_watch_free)

void video_watch_apply(VideoWatch *watch, const Config *config); // any thread

// Any thread; new references. While video does not answer, its cameras are "off" with that as the
// reason.
json_t *video_watch_cameras(VideoWatch *watch);
// Video's whole answer (storage, relay ...); NULL: it does not answer.
json_t *video_watch_status(VideoWatch *watch);
