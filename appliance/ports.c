// SPDX-License-Identifier: Apache-2.0
#include "appliance/ports.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECT_MS 300

typedef union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} Address;

// address is an IP address: the config's table sees to it.
static socklen_t address_of(const char *text, int port, Address *ret_address)
{
    memset(ret_address, 0, sizeof(*ret_address));
    if (inet_pton(AF_INET, text, &ret_address->v4.sin_addr) == 1) {
        ret_address->v4.sin_family = AF_INET;
        ret_address->v4.sin_port = htons((uint16_t)port);
        return sizeof(ret_address->v4);
    }
    inet_pton(AF_INET6, text, &ret_address->v6.sin6_addr);
    ret_address->v6.sin6_family = AF_INET6;
    ret_address->v6.sin6_port = htons((uint16_t)port);
    return sizeof(ret_address->v6);
}

static int try_listen(const char *text, int port)
{
    Address address;
    socklen_t size = address_of(text, port, &address);
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    // As the servers do: connections of an earlier run that still linger are no obstacle.
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    int err = bind(fd, &address.any, size) < 0 || listen(fd, 1) < 0 ? -errno : 0;
    close(fd);
    return err;
}

static char *sentence(const char *section, const char *key, const char *address, int port, int err)
{
    if (err == -EADDRINUSE)
        return g_strdup_printf(
            "%s.%s %d is in use: stop the other program or set another port in hallwatch.yaml",
            section, key, port);
    if (err == -EACCES)
        return g_strdup_printf(
            "%s.%s %d may not be used by this user: set a port above 1023 in hallwatch.yaml",
            section, key, port);
    if (err == -EADDRNOTAVAIL)
        return g_strdup_printf(
            "%s.address %s is not an address of this machine: set one that `ip address` shows, or "
            "0.0.0.0 for all",
            section, address);
    return g_strdup_printf("%s.%s %d cannot be listened at on %s: %s", section, key, port, address,
                           g_strerror(-err));
}

int ports_check(const Config *config, GPtrArray *errors)
{
    const struct {
        const char *section;
        const char *key;
        const char *address;
        int port;
    } rows[] = {
        { "door", "port", config->door.address, config->door.port },
        { "broker", "port", config->broker.address, config->broker.port },
        { "broker", "plain_port", "127.0.0.1", config->broker.plain_port },
        { "relay", "port", config->relay.address, config->relay.port },
    };
    guint before = errors->len;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int err = try_listen(rows[i].address, rows[i].port);
        if (err < 0)
            g_ptr_array_add(
                errors, sentence(rows[i].section, rows[i].key, rows[i].address, rows[i].port, err));
    }
    return errors->len > before ? -EADDRINUSE : 0;
}

bool port_answers(const char *text, int port)
{
    if (strcmp(text, "0.0.0.0") == 0)
        text = "127.0.0.1";
    if (strcmp(text, "::") == 0)
        text = "::1";
    Address address;
    socklen_t size = address_of(text, port, &address);
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    int err = connect(fd, &address.any, size) < 0 ? errno : 0;
    struct pollfd writable = { .fd = fd, .events = POLLOUT };
    socklen_t err_size = sizeof(err);
    if (err == EINPROGRESS && poll(&writable, 1, CONNECT_MS) == 1)
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &err_size);
    close(fd);
    return err == 0;
}
