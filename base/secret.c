// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

int secret_init(void)
{
    return sodium_init() < 0 ? -EIO : 0;
}

static char *hex_of(const unsigned char *bytes, size_t size)
{
    char *hex = g_malloc(size * 2 + 1);
    sodium_bin2hex(hex, size * 2 + 1, bytes, size);
    return hex;
}

char *secret_token(size_t bytes)
{
    g_autofree unsigned char *random = g_malloc(bytes);
    randombytes_buf(random, bytes);
    return hex_of(random, bytes);
}

char *secret_uuid(void)
{
    unsigned char b[16];
    randombytes_buf(b, sizeof b);
    b[6] = (b[6] & 0x0f) | 0x40; // RFC 9562, 5.4: version 4
    b[8] = (b[8] & 0x3f) | 0x80; // and its variant
    g_autofree char *hex = hex_of(b, sizeof b);
    return g_strdup_printf("%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

char *secret_hash_password(const char *password)
{
    char hash[crypto_pwhash_STRBYTES];
    if (crypto_pwhash_str(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        return NULL;
    return g_strdup(hash);
}

bool secret_verify_password(const char *hash, const char *password)
{
    return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

char *secret_digest(const char *token)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, (const unsigned char *)token, strlen(token));
    return hex_of(digest, sizeof digest);
}

char *secret_sign(const char *key, const char *text)
{
    unsigned char signature[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)key, strlen(key));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)text, strlen(text));
    crypto_auth_hmacsha256_final(&state, signature);
    return hex_of(signature, sizeof signature);
}

bool secret_equal(const char *a, const char *b)
{
    size_t n = strlen(a);
    return n == strlen(b) && sodium_memcmp(a, b, n) == 0;
}
