// SPDX-License-Identifier: Apache-2.0
// Camera lost: a camera that should record and has not been live for rules.camera_lost_seconds
// raises the flag camera_lost; once it is live again the box closes it. A clue about the camera,
// never about who sits in front of it.
#pragma once
#include "appliance/video_watch.h"
#include "base/writer.h"
#include "rating/hall.h"

typedef struct CameraLost CameraLost;

typedef struct {
    VideoWatch *video;
    Writer *writer;
    const Hall *hall; // used in the writer's jobs alone
    const Config *config;
} CameraLostOptions;

CameraLost *camera_lost_new(const CameraLostOptions *options);
void camera_lost_free(CameraLost *lost); // before video watch and writer
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CameraLost, camera_lost_free)

void camera_lost_apply(CameraLost *lost, const Config *config);
