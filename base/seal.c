// SPDX-License-Identifier: Apache-2.0
#include "base/seal.h"

#include "base/file.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

enum {
    FILE_MAX_BYTES = 200,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    MARK_BYTES = (SEAL_MARK_SIZE - 1) / 2,
};

G_STATIC_ASSERT(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == SEAL_KEY_BYTES);
G_STATIC_ASSERT(crypto_kdf_KEYBYTES == SEAL_KEY_BYTES);

// One key in the file, one derived for each use.
static void derive(const uint8_t *master, SealKey *key)
{
    crypto_kdf_derive_from_key(key->box, sizeof key->box, 1, "hwperson", master);
    crypto_kdf_derive_from_key(key->mark, sizeof key->mark, 2, "hwperson", master);
}

static bool parse_hex(const char *hex, uint8_t *ret_master)
{
    size_t size = 0;
    return strlen(hex) == 2 * (size_t)SEAL_KEY_BYTES &&
           sodium_hex2bin(ret_master, SEAL_KEY_BYTES, hex, strlen(hex), NULL, &size, NULL) == 0 &&
           size == SEAL_KEY_BYTES;
}

int seal_key_read(const char *path, SealKey *ret_key)
{
    g_autofree char *text = NULL;
    uint8_t master[SEAL_KEY_BYTES];
    size_t size;
    int err = file_read(path, FILE_MAX_BYTES, &text, &size);
    if (err < 0)
        return err == -EFBIG ? -EBADMSG : err;
    bool is_key = parse_hex(g_strchomp(text), master);
    sodium_memzero(text, size);
    if (is_key)
        derive(master, ret_key);
    sodium_memzero(master, sizeof master);
    return is_key ? 0 : -EBADMSG;
}

int seal_key_prepare(const char *path, SealKey *ret_key)
{
    int err = seal_key_read(path, ret_key);
    if (err != -ENOENT)
        return err;
    uint8_t master[SEAL_KEY_BYTES];
    char hex[2 * SEAL_KEY_BYTES + 1];
    crypto_kdf_keygen(master);
    derive(master, ret_key);
    sodium_bin2hex(hex, sizeof hex, master, sizeof master);
    err = file_write_atomic(path, hex, strlen(hex), 0600);
    sodium_memzero(master, sizeof master);
    sodium_memzero(hex, sizeof hex);
    return err;
}

void seal_key_done(SealKey *key)
{
    sodium_memzero(key, sizeof *key);
}

// Nonce, then what is encrypted, then its tag.
uint8_t *seal_close(const SealKey *key, const char *place, const char *text, size_t *ret_size)
{
    size_t n = strlen(text);
    uint8_t *bytes = g_malloc(NONCE + n + TAG);
    randombytes_buf(bytes, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + NONCE, NULL, (const uint8_t *)text, n,
                                               (const uint8_t *)place, strlen(place), NULL, bytes,
                                               key->box);
    *ret_size = NONCE + n + TAG;
    return bytes;
}

char *seal_open(const SealKey *key, const char *place, const void *bytes, size_t size)
{
    const uint8_t *from = bytes;
    if (size < NONCE + TAG || size > NONCE + TAG + SEAL_TEXT_MAX)
        return NULL;
    char *text = g_malloc0(size - NONCE - TAG + 1);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)text, NULL, NULL, from + NONCE,
                                                   size - NONCE, (const uint8_t *)place,
                                                   strlen(place), from, key->box) == 0)
        return text;
    g_free(text);
    return NULL;
}

void seal_mark(const SealKey *key, const char *text, char *ret_mark)
{
    uint8_t digest[MARK_BYTES];
    crypto_generichash(digest, sizeof digest, (const uint8_t *)text, strlen(text), key->mark,
                       sizeof key->mark);
    sodium_bin2hex(ret_mark, SEAL_MARK_SIZE, digest, sizeof digest);
}
