// SPDX-License-Identifier: Apache-2.0
// Secret: random tokens, password hashes and token digests (libsodium).
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

// Call once in main. 0 or -EIO.
int secret_init(void);

// Random bytes as lower-case hex; the caller frees.
char *secret_token(size_t bytes);

// A random version 4 UUID; the caller frees.
char *secret_uuid(void);

// Argon2id (interactive limits); the caller frees. NULL: out of memory.
char *secret_hash_password(const char *password);
bool secret_verify_password(const char *hash, const char *password);

// SHA-256 as hex: tokens are stored only so.
char *secret_digest(const char *token);

// HMAC-SHA-256 of the text by the key, as hex; the caller frees.
char *secret_sign(const char *key, const char *text);

bool secret_equal(const char *a, const char *b);
