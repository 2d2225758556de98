// SPDX-License-Identifier: Apache-2.0
// Play: a day in the demonstration hall, on a running box. Runs in the default main context.
#pragma once
#include "demo/stage.h"
#include <jansson.h>

typedef struct Play Play;

typedef struct {
    const char *data_dir;     // whose box.json tells where the box is
    const char *key;          // role system
    const char *staff_key;    // role staff; NULL: nobody sits at the complaint counter
    const char *director_key; // role director; NULL: nobody works on what is bad
    json_t *passwords;        // {pad: password}; borrowed
    guint32 seed;
    double speed; // of people
    int minutes;  // 0: until play_stop
    Stage *stage; // watched meanwhile; borrowed
} PlayOptions;

// 0, or negative errno when box.json cannot be read (logged).
int play_new(const PlayOptions *options, Play **ret_play);
void play_free(Play *play);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Play, play_free)

// Until SIGINT, SIGTERM or the time is over. 0, or -ECHILD when the box has ended.
int play_run(Play *play);
