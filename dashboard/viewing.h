// SPDX-License-Identifier: Apache-2.0
// Viewing: who watched which camera, and of when, for the audit list.
//
// A player asks for the same recording again and again, so what is noted are whole pieces of time
// (a table in viewing.c): the same person's same piece makes one row an hour. What was noted lately
// is kept in memory only: after a restart of the desk a piece may be noted twice, and none is
// missed.
#pragma once
#include "base/writer.h"

typedef struct Viewing Viewing;

// Borrows the writer.
Viewing *viewing_new(Writer *writer);
void viewing_free(Viewing *viewing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Viewing, viewing_free)

// address: path and query as the client sent them, which has been allowed. Addresses that show
// nothing are ignored. Any thread; never blocks for a commit.
void viewing_note(Viewing *viewing, const char *who, const char *address, int64_t now_ms);

// What an address shows. Pure.
typedef struct {
    const char *action; // of the audit list; NULL: it shows nothing that is noted
    char *camera;
    int64_t from_ms, to_ms; // whole pieces that cover what is shown; 0, 0: the live picture
    int64_t piece_ms;
} ViewingAddress;

ViewingAddress viewing_address(const char *address, int64_t now_ms);
void viewing_address_done(ViewingAddress *address);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ViewingAddress, viewing_address_done)
