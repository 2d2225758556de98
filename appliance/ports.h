// SPDX-License-Identifier: Apache-2.0
// Ports: whether the box can listen where the config says, asked before any child is started.
#pragma once
#include "base/config.h"

// Adds a sentence for each port that cannot be listened at, with its key and what to do. 0 or
// -EADDRINUSE.
int ports_check(const Config *config, GPtrArray *errors);
// Whether somebody accepts connections there; 0.0.0.0 and :: are asked on loopback. Blocks only for
// loopback's time.
bool port_answers(const char *address, int port);
