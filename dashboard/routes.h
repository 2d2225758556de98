// SPDX-License-Identifier: Apache-2.0
// Routes: the one table of the desk's addresses and who may use them. docs/api/openapi.yaml says
// the same; a test holds the two together.
#pragma once
#include "base/http_server.h"

extern const HttpRoute dashboard_routes[];
extern const size_t dashboard_n_routes;
