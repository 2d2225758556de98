// SPDX-License-Identifier: Apache-2.0
// Sha256: a running SHA-256 (libcrypto, which uses the processor's own instructions: five times as
// fast as portable code, and a recording box hashes every byte).
#pragma once
#include <glib.h>
#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32, SHA256_HEX = 65 };

typedef struct Sha256 Sha256;

Sha256 *sha256_new(void);
void sha256_free(Sha256 *hash);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sha256, sha256_free)
void sha256_update(Sha256 *hash, const void *bytes, size_t size);
// The hash so far; it may go on afterwards.
void sha256_read(const Sha256 *hash, uint8_t *ret_sha256);
void sha256_reset(Sha256 *hash);

// Lower-case hex, NUL-terminated, at least SHA256_HEX bytes. Returns ret_hex.
char *sha256_hex(const uint8_t *sha256, char *ret_hex);
