// SPDX-License-Identifier: Apache-2.0
#include "capture/evidence_key.h"

#include "base/file.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

enum { FILE_MAX_BYTES = 200 };

G_STATIC_ASSERT(crypto_sign_SEEDBYTES == EVIDENCE_KEY_BYTES);
G_STATIC_ASSERT(crypto_sign_PUBLICKEYBYTES == EVIDENCE_KEY_BYTES);
G_STATIC_ASSERT(crypto_sign_SECRETKEYBYTES == sizeof((EvidenceKey){ 0 }.secret_key));
G_STATIC_ASSERT(crypto_sign_BYTES == EVIDENCE_SIGNATURE_BYTES);

static char *key_path(const char *data_dir)
{
    return g_build_filename(data_dir, "box.key", NULL);
}

bool evidence_key_parse(const char *hex, uint8_t *ret_public_key)
{
    size_t size = 0;
    return strlen(hex) == 2 * (size_t)EVIDENCE_KEY_BYTES &&
           sodium_hex2bin(ret_public_key, EVIDENCE_KEY_BYTES, hex, strlen(hex), NULL, &size,
                          NULL) == 0 &&
           size == EVIDENCE_KEY_BYTES;
}

void evidence_key_hex(const uint8_t *public_key, char *ret_hex)
{
    sodium_bin2hex(ret_hex, EVIDENCE_KEY_HEX, public_key, EVIDENCE_KEY_BYTES);
}

// SubjectPublicKeyInfo of RFC 8410: a fixed head, then the key.
char *evidence_key_pem(const uint8_t *public_key)
{
    static const uint8_t head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                    0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
    uint8_t der[sizeof head + EVIDENCE_KEY_BYTES];
    memcpy(der, head, sizeof head);
    memcpy(der + sizeof head, public_key, EVIDENCE_KEY_BYTES);
    g_autofree char *text = g_base64_encode(der, sizeof der);
    return g_strdup_printf("-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n", text);
}

int evidence_key_read(const char *data_dir, EvidenceKey *ret_key)
{
    g_autofree char *path = key_path(data_dir), *text = NULL;
    uint8_t seed[EVIDENCE_KEY_BYTES];
    size_t size;
    int err = file_read(path, FILE_MAX_BYTES, &text, &size);
    if (err < 0)
        return err == -EFBIG ? -EBADMSG : err;
    bool is_key = evidence_key_parse(g_strchomp(text), seed);
    sodium_memzero(text, size);
    if (!is_key)
        return -EBADMSG;
    crypto_sign_seed_keypair(ret_key->public_key, ret_key->secret_key, seed);
    sodium_memzero(seed, sizeof seed);
    return 0;
}

int evidence_key_prepare(const char *data_dir, EvidenceKey *ret_key)
{
    int err = evidence_key_read(data_dir, ret_key);
    if (err != -ENOENT)
        return err;
    uint8_t seed[EVIDENCE_KEY_BYTES];
    char hex[EVIDENCE_KEY_HEX];
    g_autofree char *path = key_path(data_dir);
    randombytes_buf(seed, sizeof seed);
    crypto_sign_seed_keypair(ret_key->public_key, ret_key->secret_key, seed);
    evidence_key_hex(seed, hex);
    err = file_write_atomic(path, hex, strlen(hex), 0600);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(hex, sizeof hex);
    return err;
}

void evidence_key_done(EvidenceKey *key)
{
    sodium_memzero(key, sizeof *key);
}

void evidence_key_sign(const EvidenceKey *key, const void *bytes, size_t size,
                       uint8_t *ret_signature)
{
    crypto_sign_detached(ret_signature, NULL, bytes, size, key->secret_key);
}

bool evidence_key_verify(const uint8_t *public_key, const void *bytes, size_t size,
                         const uint8_t *signature)
{
    return crypto_sign_verify_detached(signature, bytes, size, public_key) == 0;
}
