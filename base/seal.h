// SPDX-License-Identifier: Apache-2.0
// Seal: text about persons as hall.db keeps it: encrypted by a key that lies outside the database
// (libsodium, XChaCha20-Poly1305), bound to its place, so that a row that somebody moved does not
// open there. DIR/person.key (0600) has the key in hex; it is made at the first start. Who loses it
// loses what was sealed, and nothing else. Pure but for the key's file; any thread.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SEAL_KEY_BYTES = 32, SEAL_TEXT_MAX = 128 * 1024, SEAL_MARK_SIZE = 33 };

typedef struct SealKey {
    uint8_t box[SEAL_KEY_BYTES];  // encrypts
    uint8_t mark[SEAL_KEY_BYTES]; // makes marks
} SealKey;

// -ENOENT: none yet; -EBADMSG: the file is not a key. A file that is there is never replaced.
int seal_key_read(const char *path, SealKey *ret_key);
int seal_key_prepare(const char *path, SealKey *ret_key); // made where there is none
void seal_key_done(SealKey *key);                         // wipes it
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SealKey, seal_key_done)

// place: what the text belongs to; it opens with the same one only. The caller frees.
uint8_t *seal_close(const SealKey *key, const char *place, const char *text, size_t *ret_size);
// NULL: another key, another place, or altered. The caller frees.
char *seal_open(const SealKey *key, const char *place, const void *bytes, size_t size);

// By what the same text is known again without being kept: SEAL_MARK_SIZE - 1 hex digits. Without
// the key nobody can try all telephone numbers against it.
void seal_mark(const SealKey *key, const char *text, char *ret_mark);
