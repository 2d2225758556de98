// SPDX-License-Identifier: Apache-2.0
// Evidence key: the box's Ed25519 pair, with which it signs what it exports. DIR/box.key (0600) has
// its seed in hex; it is made at the first start and never leaves the box. Who loses it gets a new
// one, and exports of before no longer name this box.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    EVIDENCE_KEY_BYTES = 32,
    EVIDENCE_KEY_HEX = 2 * EVIDENCE_KEY_BYTES + 1,
    EVIDENCE_SIGNATURE_BYTES = 64,
};

typedef struct {
    uint8_t public_key[EVIDENCE_KEY_BYTES];
    uint8_t secret_key[64]; // libsodium's form: seed and public key
} EvidenceKey;

// -ENOENT: none yet; -EBADMSG: the file is not a key. A file that is there is never replaced.
int evidence_key_read(const char *data_dir, EvidenceKey *ret_key);
int evidence_key_prepare(const char *data_dir, EvidenceKey *ret_key); // made where there is none
void evidence_key_done(EvidenceKey *key);                             // wipes it
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EvidenceKey, evidence_key_done)

void evidence_key_hex(const uint8_t *public_key, char *ret_hex); // EVIDENCE_KEY_HEX bytes
// False: not 64 hex digits.
bool evidence_key_parse(const char *hex, uint8_t *ret_public_key);
// As `openssl pkeyutl -pubin -inkey` takes it. The caller frees.
char *evidence_key_pem(const uint8_t *public_key);

void evidence_key_sign(const EvidenceKey *key, const void *bytes, size_t size,
                       uint8_t *ret_signature);
bool evidence_key_verify(const uint8_t *public_key, const void *bytes, size_t size,
                         const uint8_t *signature);
