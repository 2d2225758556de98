// SPDX-License-Identifier: Apache-2.0
// Signature: a text's HMAC by a key that both sides know, as lower-case hex (libcrypto; SM3 is
// GB/T 32905). Pure.
#pragma once
#include "base/config.h"

// The caller frees. NULL: SIGNATURE_NONE, or libcrypto does not have it.
char *signature_of(ConfigSignature kind, const char *key, const char *text);
