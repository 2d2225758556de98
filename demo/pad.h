// SPDX-License-Identifier: Apache-2.0
// Pad: a simulated rating pad (docs/pads.md): keeps a rating until the box has said that it is
// stored.
//
// One thread; nothing happens between calls: pad_tick moves its network and its clocks and should
// come every 50 ms or so.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Pad Pad;

typedef struct {
    const char *hall, *id, *password;
    const char *host;
    int port;       // TLS
    const char *ca; // PEM file
    // The pad asks the citizen now. From pad_tick; may call pad_press and pad_refuse.
    void (*invited)(void *ctx);
    void *ctx;
} PadOptions;

// Options are copied. Call mosquitto_lib_init before.
Pad *pad_new(const PadOptions *options);
void pad_free(Pad *pad);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pad, pad_free)

void pad_tick(Pad *pad);
// As if its network cable were pulled and put back.
void pad_set_cable(Pad *pad, bool is_plugged);
bool pad_is_online(const Pad *pad);
size_t pad_queue(const Pad *pad);

// tags: NULL-terminated codes; text may be NULL. For the invitation on the screen, else without
// one.
void pad_press(Pad *pad, int level, const char *const *tags, const char *text);
// The citizen declines the invitation on the screen.
void pad_refuse(Pad *pad);
