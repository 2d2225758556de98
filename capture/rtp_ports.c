// SPDX-License-Identifier: Apache-2.0
#include "capture/rtp_ports.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

enum {
    FIRST_PORT = 20000,
    LAST_PORT = 59998,
    TRIES = 64,
    BATCH = 32,
    DATAGRAM_BYTES = 4096, // cameras keep to the network's 1,500
    SOCKET_BYTES = 1 << 20,
    READS_MAX = 64 // of a batch, before others have their turn
};

struct RtpPorts {
    int fds[RTP_PORTS_FDS]; // RTP, RTCP
    int number;
    struct sockaddr_storage peers[RTP_PORTS_FDS]; // with port 0 until it is known
    uint8_t (*buffers)[DATAGRAM_BYTES];
};

static void set_port(struct sockaddr_storage *address, int port)
{
    if (address->ss_family == AF_INET6)
        ((struct sockaddr_in6 *)address)->sin6_port = htons((uint16_t)port);
    else
        ((struct sockaddr_in *)address)->sin_port = htons((uint16_t)port);
}

static int get_port(const struct sockaddr_storage *address)
{
    return ntohs(address->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)address)->sin6_port
                                                : ((const struct sockaddr_in *)address)->sin_port);
}

static bool same_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
    if (a->ss_family != b->ss_family)
        return false;
    if (a->ss_family == AF_INET6)
        return memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
                      &((const struct sockaddr_in6 *)b)->sin6_addr, sizeof(struct in6_addr)) == 0;
    return ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
           ((const struct sockaddr_in *)b)->sin_addr.s_addr;
}

static socklen_t address_size(const struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                          : sizeof(struct sockaddr_in);
}

static int bind_port(int family, int port)
{
    int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    struct sockaddr_storage own = { .ss_family = (sa_family_t)family };
    set_port(&own, port);
    if (bind(fd, (struct sockaddr *)&own, address_size(&own)) < 0) {
        int err = -errno;
        close(fd);
        return err;
    }
    int bytes = SOCKET_BYTES; // a key frame comes at once; the system may give less
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    return fd;
}

static int bind_pair(RtpPorts *ports, int family)
{
    int err = -EADDRINUSE;
    for (int i = 0; i < TRIES && err == -EADDRINUSE; i++) {
        ports->number = g_random_int_range(FIRST_PORT / 2, LAST_PORT / 2 + 1) * 2;
        for (int n = 0; n < RTP_PORTS_FDS; n++) {
            ports->fds[n] = bind_port(family, ports->number + n);
            err = ports->fds[n] < 0 ? ports->fds[n] : 0;
            if (err < 0)
                break;
        }
        if (err < 0 && ports->fds[0] >= 0)
            close(ports->fds[0]);
    }
    return err;
}

int rtp_ports_new(const struct sockaddr *peer, RtpPorts **ret_ports)
{
    RtpPorts *ports = g_new0(RtpPorts, 1);
    int err = bind_pair(ports, peer->sa_family);
    if (err < 0) {
        g_free(ports);
        return err;
    }
    for (int i = 0; i < RTP_PORTS_FDS; i++) {
        ports->peers[i].ss_family = peer->sa_family;
        memcpy(&ports->peers[i], peer, address_size(&ports->peers[i]));
        set_port(&ports->peers[i], 0);
    }
    ports->buffers = g_malloc(BATCH * sizeof *ports->buffers);
    *ret_ports = ports;
    return 0;
}

void rtp_ports_free(RtpPorts *ports)
{
    if (!ports)
        return;
    for (int i = 0; i < RTP_PORTS_FDS; i++)
        close(ports->fds[i]);
    g_free(ports->buffers);
    g_free(ports);
}

int rtp_ports_number(const RtpPorts *ports)
{
    return ports->number;
}

void rtp_ports_fds(const RtpPorts *ports, int *ret_fds)
{
    memcpy(ret_fds, ports->fds, sizeof ports->fds);
}

static void send_to(RtpPorts *ports, int which, const void *data, size_t size)
{
    const struct sockaddr_storage *peer = &ports->peers[which];
    if (get_port(peer) != 0) // a report more or less: its loss is nobody's failure
        (void)!sendto(ports->fds[which], data, size, MSG_NOSIGNAL, (const struct sockaddr *)peer,
                      address_size(peer));
}

void rtp_ports_begin(RtpPorts *ports, int camera_rtp, int camera_rtcp)
{
    static const uint8_t empty_rtp[12] = { 0x80 }, empty_report[8] = { 0x80, 201, 0, 1 };
    set_port(&ports->peers[0], camera_rtp);
    set_port(&ports->peers[1], camera_rtcp);
    send_to(ports, 0, empty_rtp, sizeof empty_rtp);
    send_to(ports, 1, empty_report, sizeof empty_report);
}

static bool read_batch(RtpPorts *ports, int which,
                       void (*take)(void *ctx, const uint8_t *data, size_t size), void *ctx)
{
    struct mmsghdr messages[BATCH] = { 0 };
    struct iovec parts[BATCH];
    struct sockaddr_storage from[BATCH];
    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){ ports->buffers[i], DATAGRAM_BYTES };
        messages[i].msg_hdr = (struct msghdr){ .msg_name = &from[i],
                                               .msg_namelen = sizeof from[i],
                                               .msg_iov = &parts[i],
                                               .msg_iovlen = 1 };
    }
    int n = recvmmsg(ports->fds[which], messages, BATCH, 0, NULL);
    for (int i = 0; i < n; i++)
        if (same_host(&from[i], &ports->peers[which]) &&
            !(messages[i].msg_hdr.msg_flags & MSG_TRUNC))
            take(ctx, ports->buffers[i], messages[i].msg_len);
    return n == BATCH;
}

void rtp_ports_read(RtpPorts *ports, int fd,
                    void (*take)(void *ctx, const uint8_t *data, size_t size), void *ctx)
{
    int which = fd == ports->fds[1];
    for (int i = 0; i < READS_MAX && read_batch(ports, which, take, ctx); i++)
        ;
}

void rtp_ports_send_control(RtpPorts *ports, const uint8_t *data, size_t size)
{
    send_to(ports, 1, data, size);
}
