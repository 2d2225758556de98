// SPDX-License-Identifier: Apache-2.0
// Pad link: the desk's one connection to the broker (MQTT 5, QoS 1, user "desk", loopback).
//
// A thread of its own connects, reads, and comes back with backoff (0.2 s doubling to 5 s) for as
// long as the link lives. The session is clean: what is lost while the desk is away is sent again
// by the pads, which wait for "stored".
#pragma once
#include "mqtt/eye_message.h"
#include "mqtt/pad_message.h"
#include <glib.h>

typedef struct PadLink PadLink;

// Borrowed until the callback returns.
typedef struct {
    const char *pad; // from the topic; the broker's ACL vouches for it
    PadTopic topic;
    const char *bytes;
    size_t size;
    bool is_retained; // kept by the broker from before the subscription
} PadLinkMessage;

typedef struct {
    const char *host; // 127.0.0.1
    int port;
    const char *password; // of user "desk"
    const char *hall;
    // All on the link's thread; they must not block. up: connected and subscribed.
    void (*changed)(void *ctx, bool is_up);
    void (*message)(void *ctx, const PadLinkMessage *message);
    // What was seen on a camera's picture (eye_message.h); what the broker kept is left out.
    void (*seen)(void *ctx, const char *camera, const char *bytes, size_t size);
    void *ctx;
} PadLinkOptions;

// 0 or negative errno.
int pad_link_new(const PadLinkOptions *options, PadLink **ret_link);
// Starts the thread: callbacks may come from now on. A broker that is not there yet is no error.
void pad_link_start(PadLink *link);
// Ends the thread: no callback comes any more, and nothing can be sent. What is queued may be lost
// (pads ask again).
void pad_link_stop(PadLink *link);
void pad_link_free(PadLink *link); // stops it first
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PadLink, pad_link_free)

bool pad_link_is_up(PadLink *link);

// Any thread, never waits for the broker. leaf: "stored", "cmd" or "cfg", sent to
// hall/v1/{hall}/{pad}/down/{leaf}. expires_in_s: the broker drops it undelivered after so long; 0:
// never. Empty text with is_retained removes what is kept. 0; -ENOTCONN while the link is down;
// other negative errno.
int pad_link_send(PadLink *link, const char *pad, const char *leaf, const char *text,
                  bool is_retained, int expires_in_s);
