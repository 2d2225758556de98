// SPDX-License-Identifier: Apache-2.0
// Eye message: the JSON by which whoever looks at a camera's picture says what is seen
// (docs/observations.md is the contract). Topic hall/v1/{hall}/video/{camera}/obs.
//
// Pure functions over bytes: no clock, no link, no store. Any thread. Every size from outside is
// capped here.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EYE_MESSAGE_MAX   2048 // bytes
#define EYE_CAMERA_MAX    32
#define EYE_PLACE_MAX     32
#define EYE_VALUE_MAX     10000
#define EYE_VALID_MAX_S   600
#define EYE_VALID_S       30
#define EYE_NO_VALUE      (-1)
#define EYE_TOPIC_PREFIX  "video" // no pad has this id
#define EYE_KIND_TEXT_MAX 16

typedef enum {
    EYE_OF_COUNTER,
    EYE_OF_ZONE,
    EYE_OF_CAMERA, // of the picture itself
} EyePlace;

typedef struct {
    char kind[EYE_KIND_TEXT_MAX]; // staffed | empty | queue | people | clear | covered | ...
    EyePlace of;
    char place[EYE_PLACE_MAX + 1]; // the counter or zone; empty: the camera itself
    int value;                     // people; EYE_NO_VALUE: not said
    int confidence;                // per cent
    int64_t at_ms;
    int valid_s; // it stands for so long unless something else is said
} EyeObservation;

// The camera's id is copied to ret_camera (EYE_CAMERA_MAX + 1 bytes). False: it is another topic.
bool eye_topic_parse(const char *hall, const char *topic, char *ret_camera);

// 0, or -EINVAL with a sentence in error (at least 200 bytes).
int eye_observation_parse(const char *bytes, size_t size, EyeObservation *ret_observation,
                          char *error);
