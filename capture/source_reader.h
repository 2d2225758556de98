// SPDX-License-Identifier: Apache-2.0
// Source reader: one way to read a camera, behind the contract of source.h.
#pragma once
#include "capture/source.h"

typedef struct {
    int (*open)(const SourceOptions *options, void **ret_input, Why *ret_why);
    void (*free)(void *input);
    const AVCodecParameters *(*video)(void *input);
    const AVCodecParameters *(*audio)(void *input);
    int (*read)(void *input, AVPacket *packet, bool *ret_is_video, Why *ret_why);
    SourceFigures (*figures)(void *input); // NULL: it cannot tell any
} SourceReader;

extern const SourceReader source_libav; // files, and any RTSP
extern const SourceReader source_rtsp;  // RTSP by our own client
