// SPDX-License-Identifier: Apache-2.0
// Readers: read-only connections to hall.db, handed out one to a request. Any thread.
#pragma once
#include "base/store.h"

typedef struct Readers Readers;

Readers *readers_new(const char *store_path);
// All must have been given back.
void readers_free(Readers *readers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Readers, readers_free)

// An idle connection, or a new one. NULL: the file cannot be opened. There are never more than
// requests that are answered at the same time, which the server's threads bound.
Store *readers_take(Readers *readers);
void readers_give_back(Readers *readers, Store *take_store);
