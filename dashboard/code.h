// SPDX-License-Identifier: Apache-2.0
// Code: the QR code of an address that telephones reach, as an answer.
#pragma once
#include "base/http_server.h"

// https://host[:port] under which telephones reach the door: as the config says, else as whoever
// asks has reached it. The caller frees.
char *code_place(HttpRequest *request);
// NULL: too long for a code, since door.public_url is.
json_t *code_json(HttpRequest *request, const char *path, int64_t expires_ms);
// {"url","svg","expires_at"}; path begins with "/". expires_ms STORE_NULL: it does not.
void code_reply(HttpRequest *request, int status, const char *path, int64_t expires_ms);
