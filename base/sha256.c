// SPDX-License-Identifier: Apache-2.0
#include "base/sha256.h"

#include <openssl/evp.h>

// All calls of libcrypto here fail only when there is no memory, for which GLib ends the program
// too.
struct Sha256 {
    EVP_MD_CTX *running, *copy;
};

Sha256 *sha256_new(void)
{
    Sha256 *hash = g_new0(Sha256, 1);
    hash->running = EVP_MD_CTX_new();
    hash->copy = EVP_MD_CTX_new();
    sha256_reset(hash);
    return hash;
}

void sha256_free(Sha256 *hash)
{
    if (!hash)
        return;
    EVP_MD_CTX_free(hash->running);
    EVP_MD_CTX_free(hash->copy);
    g_free(hash);
}

void sha256_reset(Sha256 *hash)
{
    if (EVP_DigestInit_ex(hash->running, EVP_sha256(), NULL) != 1)
        g_error("sha256: libcrypto refuses");
}

void sha256_update(Sha256 *hash, const void *bytes, size_t size)
{
    if (EVP_DigestUpdate(hash->running, bytes, size) != 1)
        g_error("sha256: libcrypto refuses");
}

void sha256_read(const Sha256 *hash, uint8_t *ret_sha256)
{
    if (EVP_MD_CTX_copy_ex(hash->copy, hash->running) != 1 ||
        EVP_DigestFinal_ex(hash->copy, ret_sha256, NULL) != 1)
        g_error("sha256: libcrypto refuses");
}

char *sha256_hex(const uint8_t *sha256, char *ret_hex)
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < SHA256_BYTES; i++) {
        ret_hex[2 * i] = digits[sha256[i] >> 4];
        ret_hex[2 * i + 1] = digits[sha256[i] & 15];
    }
    ret_hex[2 * SHA256_BYTES] = '\0';
    return ret_hex;
}
