// SPDX-License-Identifier: Apache-2.0
// Server: the simulated camera's RTSP port. Runs in the default main context; each connection has
// its own thread, so that one that waits for its first picture holds up nobody.
#pragma once
#include "demo/camera/feed.h"

typedef struct Server Server;

typedef enum { AUTH_DIGEST, AUTH_BASIC } ServerAuth;

typedef struct {
    const char *address;
    int port;         // 0: a free one
    const char *user; // NULL: open to all
    const char *password;
    ServerAuth auth;
} ServerOptions;

// NULL: cannot listen (said on stderr).
Server *server_new(const ServerOptions *options, GPtrArray *feeds);
void server_free(Server *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Server, server_free)

int server_port(const Server *server);
// Closes all connections, as a camera that restarts does.
void server_drop(Server *server);
