// SPDX-License-Identifier: Apache-2.0
#include "capture/rtsp_auth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

// The examples of RFC 2617, 3.5 (with and without qop, and as a session) and RFC 7616, 3.9.1.
static void answers_are_those_of_the_standards(void **state)
{
    static const char rfc2617[] = "realm=\"testrealm@host.com\", "
                                  "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"";
    static const char rfc7616[] = "realm=\"http-auth@example.org\", qop=\"auth, auth-int\", "
                                  "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\"";
    static const struct {
        const char *fields, *more, *password, *cnonce, *response;
    } rows[] = {
        { rfc2617, "", "Circle Of Life", "0a4f113b", "670fd8c2df070c60b045671b8b24ff02" },
        { rfc2617, ", qop=\"auth\"", "Circle Of Life", "0a4f113b",
          "6629fae49393a05397450978507c4ef1" },
        { rfc2617, ", qop=auth, algorithm=MD5-sess", "Circle Of Life", "0a4f113b",
          "8e3825c57e897f5a0dec6c2d4e5059d0" },
        { rfc7616, ", algorithm=MD5", "Circle of Life",
          "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "8ca523f5e9506fed4657c9700eebdbec" },
        { rfc7616, ", algorithm=SHA-256", "Circle of Life",
          "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
          "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RtspAuth auth;
        bool stale = true;
        rtsp_auth_init(&auth, "Mufasa", rows[i].password);
        g_strlcpy(auth.cnonce, rows[i].cnonce, sizeof auth.cnonce);
        g_autofree char *header = g_strconcat("Digest ", rows[i].fields, rows[i].more, NULL);
        rtsp_auth_take(&auth, header, &stale);
        g_autofree char *answer = rtsp_auth_answer(&auth, "GET", "/dir/index.html");
        g_autofree char *expected = g_strdup_printf("response=\"%s\"", rows[i].response);
        assert_non_null(strstr(answer, expected));
        assert_non_null(strstr(answer, "username=\"Mufasa\""));
        assert_int_equal(strstr(answer, "nc=00000001") != NULL, strstr(header, "qop") != NULL);
        assert_false(stale);
        // The next answer with the same nonce counts on.
        g_autofree char *next = rtsp_auth_answer(&auth, "GET", "/dir/index.html");
        assert_int_equal(strstr(next, "nc=00000002") != NULL, strstr(header, "qop") != NULL);
        rtsp_auth_done(&auth);
    }
}

static void basic(void **state)
{
    RtspAuth auth;
    bool stale = false;
    rtsp_auth_init(&auth, "Aladdin", "open sesame"); // RFC 7617, 2
    rtsp_auth_take(&auth, "Basic realm=\"WallyWorld\"", &stale);
    g_autofree char *answer = rtsp_auth_answer(&auth, "DESCRIBE", "rtsp://h/");
    assert_string_equal(answer, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    rtsp_auth_done(&auth);
}

static void the_strongest_is_taken(void **state)
{
    static const struct {
        const char *headers[3];
        RtspAuthScheme scheme;
        bool stale;
    } rows[] = {
        { { "Basic realm=\"a\"", "Digest realm=\"a\", nonce=\"b\"" }, AUTH_DIGEST_MD5, false },
        { { "Digest realm=\"a\", nonce=\"b\"", "Basic realm=\"a\"" }, AUTH_DIGEST_MD5, false },
        { { "Digest realm=\"a\", nonce=\"b\", algorithm=SHA-256",
            "Digest realm=\"a\", nonce=\"b\", algorithm=MD5" },
          AUTH_DIGEST_SHA256,
          false },
        { { "Digest realm=\"a\", nonce=\"b\", algorithm=MD5, "
            "Digest realm=\"a\", nonce=\"c\", algorithm=sha-256, stale=TRUE, Basic realm=\"x\"" },
          AUTH_DIGEST_SHA256,
          true },
        { { "Digest realm=\"a\", nonce=\"b\", algorithm=SHA-512-256" }, AUTH_NONE, false },
        { { "Digest realm=\"a\", nonce=\"b\", algorithm=SHA-512-256", "Basic realm=\"a\"" },
          AUTH_BASIC,
          false },
        { { "Digest realm=\"a\", nonce=\"b\", qop=\"auth-int\"" }, AUTH_NONE, false },
        { { "digest REALM = \"a\" , NONCE = \"b\"" }, AUTH_DIGEST_MD5, false },
        { { "Digest realm=\"say \\\"Basic x\\\", and\", nonce=b" }, AUTH_DIGEST_MD5, false },
        { { "Digest realm=\"a\"" }, AUTH_NONE, false },
        { { "Digest" }, AUTH_NONE, false },
        { { "Bearer realm=\"Basic\"" }, AUTH_NONE, false },
        { { "" }, AUTH_NONE, false },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RtspAuth auth;
        bool stale = false;
        rtsp_auth_init(&auth, "u", "p");
        for (int n = 0; n < 3 && rows[i].headers[n]; n++)
            rtsp_auth_take(&auth, rows[i].headers[n], &stale);
        assert_int_equal(auth.scheme, rows[i].scheme);
        assert_int_equal(stale, rows[i].stale);
        g_autofree char *answer = rtsp_auth_answer(&auth, "OPTIONS", "*");
        assert_int_equal(answer != NULL, rows[i].scheme != AUTH_NONE);
        rtsp_auth_done(&auth);
    }
}

static void what_is_quoted_stays_so(void **state)
{
    RtspAuth auth;
    bool stale = false;
    rtsp_auth_init(&auth, "a\"b\\c", "p");
    rtsp_auth_take(&auth, "Digest realm=\"x, \\\"y\\\"\", nonce=\"n;=\", opaque=\"o\"", &stale);
    g_autofree char *answer = rtsp_auth_answer(&auth, "OPTIONS", "rtsp://h/");
    assert_non_null(strstr(answer, "username=\"a\\\"b\\\\c\""));
    assert_non_null(strstr(answer, "realm=\"x, \\\"y\\\"\""));
    assert_non_null(strstr(answer, "nonce=\"n;=\""));
    assert_non_null(strstr(answer, "opaque=\"o\""));
    rtsp_auth_done(&auth);
}

static void without_credentials_there_is_no_answer(void **state)
{
    RtspAuth auth;
    bool stale = false;
    rtsp_auth_init(&auth, NULL, NULL);
    rtsp_auth_take(&auth, "Basic realm=\"a\"", &stale);
    assert_null(rtsp_auth_answer(&auth, "OPTIONS", "*"));
    rtsp_auth_done(&auth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_those_of_the_standards),
        cmocka_unit_test(basic),
        cmocka_unit_test(the_strongest_is_taken),
        cmocka_unit_test(what_is_quoted_stays_so),
        cmocka_unit_test(without_credentials_there_is_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
