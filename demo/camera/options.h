// SPDX-License-Identifier: Apache-2.0
// Options: the simulated camera's command line.
#pragma once
#include "demo/camera/encoder.h"
#include "demo/camera/scene.h"
#include "demo/camera/server.h"
#include <glib.h>
#include <stdbool.h>

typedef struct {
    char *file, *sub_file; // NULL: drawn
    SceneKind scene;
    guint32 seed;
    char *name;
    EncoderOptions main, sub;
    enum AVCodecID audio; // AV_CODEC_ID_NONE: silent
    char *address;
    int port;
    char *path, *sub_path;
    int paths; // 0: path and sub_path; else /cam1 ... /camN
    char *user, *password;
    ServerAuth auth;
    int change_s;     // drawn: main's size changes so often; 0: never
    int drop_every_s; // 0: never
    Trouble trouble;
    bool reads_stdin;
} Options;

// False: said on stderr.
bool options_parse(Options *options, int argc, char **argv);
void options_done(Options *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_done)
