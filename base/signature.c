// SPDX-License-Identifier: Apache-2.0
#include "base/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

static const char *const digests[] = {
    [SIGNATURE_HMAC_SHA256] = "SHA256", [SIGNATURE_HMAC_SM3] = "SM3", [SIGNATURE_NONE] = NULL
};

char *signature_of(ConfigSignature kind, const char *key, const char *text)
{
    const EVP_MD *digest = digests[kind] ? EVP_get_digestbyname(digests[kind]) : NULL;
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (!digest ||
        !HMAC(digest, key, (int)strlen(key), (const unsigned char *)text, strlen(text), mac, &size))
        return NULL;
    GString *hex = g_string_new(NULL);
    for (unsigned i = 0; i < size; i++)
        g_string_append_printf(hex, "%02x", mac[i]);
    return g_string_free(hex, FALSE);
}
