// SPDX-License-Identifier: Apache-2.0
// RTP ports: the pair of UDP sockets that receives one track, RTP on an even port and RTCP on the
// next (RFC 3550, 11). Only what comes from the camera's address is taken. One thread.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

typedef struct RtpPorts RtpPorts;

// 0, or a negative errno. peer: the camera, with any port.
int rtp_ports_new(const struct sockaddr *peer, RtpPorts **ret_ports);
void rtp_ports_free(RtpPorts *ports);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RtpPorts, rtp_ports_free)

int rtp_ports_number(const RtpPorts *ports); // of the even one
enum { RTP_PORTS_FDS = 2 };
void rtp_ports_fds(const RtpPorts *ports, int *ret_fds);

// Where the camera sends from, once it has said so; opens the way back through firewalls.
void rtp_ports_begin(RtpPorts *ports, int camera_rtp, int camera_rtcp);
// All that is there on one of the sockets, in the order of its arrival. data is borrowed for the
// call.
void rtp_ports_read(RtpPorts *ports, int fd,
                    void (*take)(void *ctx, const uint8_t *data, size_t size), void *ctx);
void rtp_ports_send_control(RtpPorts *ports, const uint8_t *data, size_t size);
