// SPDX-License-Identifier: Apache-2.0
#include "capture/rtsp_connection.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum {
    READ_BYTES = 64 << 10,
    // Whatever is incomplete, and one more read behind it.
    BUFFER_BYTES = RTSP_HEAD_MAX + RTSP_BODY_MAX + READ_BYTES,
    UNSENT_MAX = 32 << 10,
    SLICE_MS = 100
};

struct RtspConnection {
    int fd;
    struct sockaddr_storage peer;
    Interleave interleave;
    uint8_t *buffer;
    size_t begin, end; // what is in the buffer and not done with
    GByteArray *unsent;
};

// 0 once the socket is connected.
static int finish_connect(int fd, RtspGiveUp give_up, void *ctx)
{
    struct pollfd wait = { .fd = fd, .events = POLLOUT };
    while (poll(&wait, 1, SLICE_MS) <= 0)
        if (give_up(ctx))
            return -ETIMEDOUT;
    int err = 0;
    socklen_t size = sizeof err;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &size) < 0)
        return -errno;
    return -err;
}

static int connect_to(const struct addrinfo *info, RtspGiveUp give_up, void *ctx, int *ret_fd)
{
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    int err = connect(fd, info->ai_addr, info->ai_addrlen) == 0 ? 0 : -errno;
    if (err == -EINPROGRESS)
        err = finish_connect(fd, give_up, ctx);
    if (err < 0) {
        close(fd);
        return err;
    }
    int on = 1; // requests are small and each is waited for
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    *ret_fd = fd;
    return 0;
}

static RtspConnection *connection_of(int fd, const struct addrinfo *info)
{
    RtspConnection *connection = g_new0(RtspConnection, 1);
    connection->fd = fd;
    memcpy(&connection->peer, info->ai_addr, info->ai_addrlen);
    connection->buffer = g_malloc(BUFFER_BYTES);
    connection->unsent = g_byte_array_new();
    return connection;
}

int rtsp_connection_new(const char *host, int port, RtspGiveUp give_up, void *ctx,
                        RtspConnection **ret_connection)
{
    char service[8];
    g_snprintf(service, sizeof service, "%d", port);
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
    struct addrinfo *infos = NULL;
    if (getaddrinfo(host, service, &hints, &infos) != 0)
        return -EHOSTUNREACH;
    int err = -EHOSTUNREACH, fd = -1;
    for (const struct addrinfo *info = infos; info && err < 0; info = info->ai_next) {
        err = connect_to(info, give_up, ctx, &fd);
        if (err == 0)
            *ret_connection = connection_of(fd, info);
    }
    freeaddrinfo(infos);
    return err;
}

void rtsp_connection_free(RtspConnection *connection)
{
    if (!connection)
        return;
    close(connection->fd);
    g_byte_array_unref(connection->unsent);
    g_free(connection->buffer);
    g_free(connection);
}

int rtsp_connection_fd(const RtspConnection *connection)
{
    return connection->fd;
}

const struct sockaddr *rtsp_connection_peer(const RtspConnection *connection)
{
    return (const struct sockaddr *)&connection->peer;
}

Interleave *rtsp_connection_interleave(RtspConnection *connection)
{
    return &connection->interleave;
}

ssize_t rtsp_connection_fill(RtspConnection *connection)
{
    // An incomplete item is small, mostly: moving it costs less than a buffer that wraps.
    size_t kept = connection->end - connection->begin;
    memmove(connection->buffer, connection->buffer + connection->begin, kept);
    connection->begin = 0;
    connection->end = kept;
    size_t room = MIN((size_t)BUFFER_BYTES - kept, (size_t)READ_BYTES);
    ssize_t got = recv(connection->fd, connection->buffer + kept, room, 0);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    if (got == 0)
        return -ECONNRESET;
    connection->end += (size_t)got;
    return got;
}

bool rtsp_connection_next(RtspConnection *connection, InterleaveItem *ret_item)
{
    bool found = false;
    connection->begin +=
        interleave_next(&connection->interleave, connection->buffer + connection->begin,
                        connection->end - connection->begin, ret_item, &found);
    return found;
}

int rtsp_connection_flush(RtspConnection *connection)
{
    while (connection->unsent->len > 0) {
        ssize_t sent =
            send(connection->fd, connection->unsent->data, connection->unsent->len, MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN || errno == EINTR ? 0 : -errno;
        g_byte_array_remove_range(connection->unsent, 0, (guint)sent);
    }
    return 0;
}

int rtsp_connection_send(RtspConnection *connection, const void *data, size_t size)
{
    if (connection->unsent->len + size > UNSENT_MAX)
        return -ENOBUFS;
    g_byte_array_append(connection->unsent, data, (guint)size);
    return rtsp_connection_flush(connection);
}

void rtsp_connection_send_packet(RtspConnection *connection, uint8_t channel, const uint8_t *data,
                                 size_t size)
{
    if (connection->unsent->len > 0)
        return;
    uint8_t header[INTERLEAVE_HEADER] = { '$', channel, (uint8_t)(size >> 8), (uint8_t)size };
    g_byte_array_append(connection->unsent, header, sizeof header);
    g_byte_array_append(connection->unsent, data, (guint)size);
    rtsp_connection_flush(connection); // an error comes back with the next read
}

bool rtsp_connection_is_sending(const RtspConnection *connection)
{
    return connection->unsent->len > 0;
}
