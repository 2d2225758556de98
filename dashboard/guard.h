// SPDX-License-Identifier: Apache-2.0
// Guard: before each handler, finds who asks (cookie or API key), and whether the route is open to
// that role.
#pragma once
#include "base/http_server.h"
#include "dashboard/call.h"

// Beside the roles in HttpRoute.access. A route with no bit is open to nobody.
enum { ACCESS_ANYONE = 1 << 16 };

// HttpGuard; ctx is the Dashboard. Leaves a Call on the request.
bool guard_request(HttpRequest *request, const HttpRoute *route, void *ctx);

// Whether who asks may see behind the privacy masks of cameras: administrators and directors.
bool guard_sees_behind_masks(const Call *call);

// GET /internal/auth, asked by the door for /media/: 204, 401 or 403. With 204
// X-Hallwatch-Unveiled: 1 where that is so; else masked cameras are shown as stills alone, over
// which video draws the masks.
void guard_media(HttpRequest *request, void *ctx);
