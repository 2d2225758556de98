// SPDX-License-Identifier: Apache-2.0
// RTSP connection: a TCP connection to a camera: bytes in large reads, items out of them, messages
// into it. Never blocks but in rtsp_connection_new, and there only while nobody asks to stop. One
// thread.
#pragma once
#include "capture/rtsp_interleave.h"
#include <sys/socket.h>

typedef struct RtspConnection RtspConnection;

// Whether to give up; asked at least every 100 ms.
typedef bool (*RtspGiveUp)(void *ctx);

// 0, or a negative errno: -ETIMEDOUT given up, -EHOSTUNREACH also where the name is unknown.
// The name is looked up with the system's own time limits.
int rtsp_connection_new(const char *host, int port, RtspGiveUp give_up, void *ctx,
                        RtspConnection **ret_connection);
void rtsp_connection_free(RtspConnection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RtspConnection, rtsp_connection_free)

int rtsp_connection_fd(const RtspConnection *connection);
// Of the camera, for its UDP packets.
const struct sockaddr *rtsp_connection_peer(const RtspConnection *connection);
// The channels that were agreed on; and how much garbage there was.
Interleave *rtsp_connection_interleave(RtspConnection *connection);

// One read. Bytes read; 0: nothing is there; -ECONNRESET also for the stream's end; negative errno.
ssize_t rtsp_connection_fill(RtspConnection *connection);
// The next item of what was read, valid until the next call. False: more is needed.
bool rtsp_connection_next(RtspConnection *connection, InterleaveItem *ret_item);

// Queues and sends what can be sent now. -ENOBUFS: the camera does not take what is sent to it.
int rtsp_connection_send(RtspConnection *connection, const void *data, size_t size);
// A packet in its channel; left out while something else is still on its way.
void rtsp_connection_send_packet(RtspConnection *connection, uint8_t channel, const uint8_t *data,
                                 size_t size);
// Goes on sending. 0, or a negative errno.
int rtsp_connection_flush(RtspConnection *connection);
bool rtsp_connection_is_sending(const RtspConnection *connection);
