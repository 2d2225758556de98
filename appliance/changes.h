// SPDX-License-Identifier: Apache-2.0
// Changes: which things a commit changed, gathered until pages are told. A burst of thousands
// becomes a handful of lines: of each kind at most CHANGES_IDS_MAX ids are named, the rest is a
// count.
#pragma once
#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

typedef struct Changes Changes;

#define CHANGES_IDS_MAX 20

Changes *changes_new(void);
void changes_free(Changes *changes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Changes, changes_free)

// Writer's thread, inside the transaction.
void changes_note(Changes *changes, const char *kind, const char *id);
// Writer's thread, after the commit: what was noted may be told (err 0) or is forgotten. True:
// there is something to tell, and nobody was told so since the last changes_take.
bool changes_commit(Changes *changes, int err);

// Any thread. Whether a committed change of the kind waits to be told.
bool changes_has(Changes *changes, const char *kind);
// Any thread. Tells all and forgets it. data: {"id":"..."}, or {"id":null,"more":n} for n that are
// not named.
void changes_take(Changes *changes, void (*tell)(void *ctx, const char *kind, json_t *take_data),
                  void *ctx);
