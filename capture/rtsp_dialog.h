// SPDX-License-Identifier: Apache-2.0
// RTSP dialog: requests and their answers over one connection, with authentication, while packets
// come in between. Requests of the camera are answered. One thread.
#pragma once
#include "capture/rtsp_connection.h"
#include "capture/rtsp_url.h"
#include <poll.h>

typedef struct RtspDialog RtspDialog;

typedef struct {
    RtspGiveUp give_up; // of blocking calls
    void (*packet)(void *ctx, uint8_t channel, const uint8_t *data, size_t size);
    // The answer to a request that nobody waits for (rtsp_dialog_tell).
    void (*answer)(void *ctx, const RtspMessage *message);
    void *ctx;
} RtspDialogEvents;

// Name and value; a value of NULL leaves it out. A list ends with a NULL name.
typedef struct {
    const char *name, *value;
} RtspHeader;

// Connects. 0, or a negative errno. The user's name and password are taken from the url.
int rtsp_dialog_new(const RtspUrl *url, const RtspDialogEvents *events, RtspDialog **ret_dialog);
void rtsp_dialog_free(RtspDialog *dialog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RtspDialog, rtsp_dialog_free)

RtspConnection *rtsp_dialog_connection(RtspDialog *dialog);
// Whether anything that came was RTSP.
bool rtsp_dialog_is_rtsp(const RtspDialog *dialog);

// Asks and waits, 5 s at most for each answer; a challenge is answered once, and once more where
// the camera says that only its nonce was too old. 0 with the answer, whatever its status, borrowed
// until the next call; or a negative errno.
int rtsp_dialog_ask(RtspDialog *dialog, const char *method, const char *uri,
                    const RtspHeader *headers, const RtspMessage **ret_answer);
// Only sends. 0, or a negative errno.
int rtsp_dialog_tell(RtspDialog *dialog, const char *method, const char *uri,
                     const RtspHeader *headers);

// Handles the next item of what was read. 1; 0: there is none; negative errno.
int rtsp_dialog_next(RtspDialog *dialog);
// Waits until something comes on the connection or on one of the other descriptors, and reads it
// from the connection. 0, or a negative errno.
int rtsp_dialog_wait(RtspDialog *dialog, struct pollfd *others, nfds_t n_others, int timeout_ms);
// The same for a connection that brings a steady stream: it is read when the clock says so, and
// what has come since is read at once. Waits at most timeout_ms and DIALOG_TICK_US.
enum { DIALOG_TICK_US = 30000 };
int rtsp_dialog_wait_tick(RtspDialog *dialog, int timeout_ms);
