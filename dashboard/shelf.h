// SPDX-License-Identifier: Apache-2.0
// Shelf: finished files by the digest of what they say, so that what was made is given again as
// long as it is still right, and never longer. Bounded by number and size; the one that was not
// asked for the longest goes first. One thread.
#pragma once
#include <glib.h>

typedef struct Shelf Shelf;

Shelf *shelf_new(guint files_max, size_t bytes_max);
void shelf_free(Shelf *shelf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Shelf, shelf_free)

GBytes *shelf_get(Shelf *shelf, const char *digest); // a new reference; NULL: not there
// Larger than all that the shelf may hold: not kept.
void shelf_put(Shelf *shelf, const char *digest, GBytes *file);
