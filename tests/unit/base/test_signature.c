// SPDX-License-Identifier: Apache-2.0
#include "base/signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

// SHA-256: RFC 4231, test case 2. SM3: what `openssl dgst -sm3 -hmac Jefe` says of the same.
static const struct {
    ConfigSignature kind;
    const char *hex;
} rows[] = {
    { SIGNATURE_HMAC_SHA256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { SIGNATURE_HMAC_SM3, "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882" },
    { SIGNATURE_NONE, NULL },
};

static void test_rows(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *hex = signature_of(rows[i].kind, "Jefe", "what do ya want for nothing?");
        if (rows[i].hex)
            assert_string_equal(hex, rows[i].hex);
        else
            assert_null(hex);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
