// SPDX-License-Identifier: Apache-2.0
// Guard: before each handler, finds who asks (cookie or API key), and whether the route is open to
// that role.
#pragma once
#include "base/http_server.h"

// Beside the roles in HttpRoute.access. A route with no bit is open to nobody.
enum { ACCESS_ANYONE = 1 << 16 };

// HttpGuard; ctx is the Dashboard. Leaves a Call on the request.
bool guard_request(HttpRequest *request, const HttpRoute *route, void *ctx);

// GET /internal/auth, asked by the door for /media/: 204, 401 or 403.
void guard_media(HttpRequest *request, void *ctx);
