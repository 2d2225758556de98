// SPDX-License-Identifier: Apache-2.0
#include "capture/rtsp_auth.h"

#include "capture/rtsp_message.h"
#include <string.h>

enum { CNONCE_DIGITS = 16 };

static const struct {
    const char *name;
    RtspAuthScheme scheme;
    bool is_session;
} algorithms[] = {
    { "MD5", AUTH_DIGEST_MD5, false },
    { "MD5-sess", AUTH_DIGEST_MD5, true },
    { "SHA-256", AUTH_DIGEST_SHA256, false },
    { "SHA-256-sess", AUTH_DIGEST_SHA256, true },
};

void rtsp_auth_init(RtspAuth *auth, const char *user, const char *password)
{
    *auth = (RtspAuth){ .user = g_strdup(user), .password = g_strdup(password) };
    for (size_t i = 0; i < CNONCE_DIGITS; i++)
        auth->cnonce[i] = "0123456789abcdef"[g_random_int_range(0, 16)];
}

void rtsp_auth_forget(RtspAuth *auth)
{
    g_clear_pointer(&auth->realm, g_free);
    g_clear_pointer(&auth->nonce, g_free);
    g_clear_pointer(&auth->opaque, g_free);
    g_clear_pointer(&auth->algorithm, g_free);
    auth->scheme = AUTH_NONE;
    auth->is_session = auth->has_qop = false;
    auth->count = 0;
}

void rtsp_auth_done(RtspAuth *auth)
{
    rtsp_auth_forget(auth);
    g_free(auth->user);
    g_free(auth->password);
}

static bool has_word(const char *list, const char *word)
{
    g_auto(GStrv) words = g_strsplit_set(list, ", ", -1);
    for (char **at = words; *at; at++)
        if (g_ascii_strcasecmp(*at, word) == 0)
            return true;
    return false;
}

static void take_digest(RtspAuth *auth, const char *fields, bool *ret_stale)
{
    g_autofree char *algorithm = rtsp_parameter(fields, "algorithm");
    g_autofree char *nonce = rtsp_parameter(fields, "nonce");
    g_autofree char *qop = rtsp_parameter(fields, "qop");
    g_autofree char *stale = rtsp_parameter(fields, "stale");
    size_t i = 0;
    while (algorithm && i < G_N_ELEMENTS(algorithms) &&
           g_ascii_strcasecmp(algorithm, algorithms[i].name) != 0)
        i++;
    // auth-int signs the body as well; requests of a client have none.
    bool is_known = i < G_N_ELEMENTS(algorithms) && nonce && (!qop || has_word(qop, "auth"));
    if (!is_known || algorithms[i].scheme <= auth->scheme)
        return;
    rtsp_auth_forget(auth);
    auth->scheme = algorithms[i].scheme;
    auth->is_session = algorithms[i].is_session;
    auth->has_qop = qop != NULL;
    auth->realm = rtsp_parameter(fields, "realm");
    auth->opaque = rtsp_parameter(fields, "opaque");
    auth->nonce = g_steal_pointer(&nonce);
    auth->algorithm = g_steal_pointer(&algorithm);
    *ret_stale = stale && g_ascii_strcasecmp(stale, "true") == 0;
}

// A scheme's name stands at the beginning of the header or after a comma.
static const char *find_scheme(const char *header, const char *name)
{
    size_t size = strlen(name);
    for (const char *at = header; *at; at++) {
        const char *before = at;
        while (before > header && strchr(" \t", before[-1]))
            before--;
        bool begins = before == header || before[-1] == ',';
        if (begins && g_ascii_strncasecmp(at, name, size) == 0 && strchr(" \t", at[size]))
            return at + size;
    }
    return NULL;
}

void rtsp_auth_take(RtspAuth *auth, const char *header, bool *ret_stale)
{
    const char *digest = header;
    while ((digest = find_scheme(digest, "Digest"))) {
        // Up to the next scheme in the same header: its parameters are not this one's.
        const char *next = find_scheme(digest, "Digest");
        g_autofree char *fields =
            g_strndup(digest, next ? (size_t)(next - digest) - strlen("Digest") : strlen(digest));
        take_digest(auth, fields, ret_stale);
    }
    if (auth->scheme == AUTH_NONE && find_scheme(header, "Basic"))
        auth->scheme = AUTH_BASIC;
}

static char *hash(const RtspAuth *auth, const char *a, const char *b, const char *c)
{
    g_autofree char *text =
        c ? g_strdup_printf("%s:%s:%s", a, b, c) : g_strdup_printf("%s:%s", a, b);
    GChecksumType type = auth->scheme == AUTH_DIGEST_SHA256 ? G_CHECKSUM_SHA256 : G_CHECKSUM_MD5;
    return g_compute_checksum_for_string(type, text, -1);
}

static char *basic_answer(const RtspAuth *auth)
{
    g_autofree char *pair = g_strdup_printf("%s:%s", auth->user, auth->password);
    g_autofree char *coded = g_base64_encode((const guchar *)pair, strlen(pair));
    return g_strconcat("Basic ", coded, NULL);
}

static void add_quoted(GString *out, const char *name, const char *value)
{
    g_string_append_printf(out, "%s=\"", name);
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *value);
    }
    g_string_append(out, "\", ");
}

static char *digest_response(const RtspAuth *auth, const char *method, const char *uri,
                             const char *count)
{
    const char *realm = auth->realm ? auth->realm : "";
    g_autofree char *ha1 = hash(auth, auth->user, realm, auth->password);
    if (auth->is_session) {
        char *session = hash(auth, ha1, auth->nonce, auth->cnonce);
        g_free(ha1);
        ha1 = session;
    }
    g_autofree char *ha2 = hash(auth, method, uri, NULL);
    g_autofree char *tail =
        auth->has_qop ? g_strdup_printf("%s:%s:auth:%s", count, auth->cnonce, ha2) : g_strdup(ha2);
    return hash(auth, ha1, auth->nonce, tail);
}

static char *digest_answer(RtspAuth *auth, const char *method, const char *uri)
{
    char count[12];
    g_snprintf(count, sizeof count, "%08x", ++auth->count);
    g_autofree char *response = digest_response(auth, method, uri, count);
    GString *out = g_string_new("Digest ");
    add_quoted(out, "username", auth->user);
    add_quoted(out, "realm", auth->realm ? auth->realm : "");
    add_quoted(out, "nonce", auth->nonce);
    add_quoted(out, "uri", uri);
    if (auth->opaque)
        add_quoted(out, "opaque", auth->opaque);
    if (auth->algorithm)
        g_string_append_printf(out, "algorithm=%s, ", auth->algorithm);
    if (auth->has_qop)
        g_string_append_printf(out, "qop=auth, nc=%s, ", count);
    if (auth->has_qop || auth->is_session)
        add_quoted(out, "cnonce", auth->cnonce);
    g_string_append_printf(out, "response=\"%s\"", response);
    return g_string_free(out, FALSE);
}

char *rtsp_auth_answer(RtspAuth *auth, const char *method, const char *uri)
{
    if (auth->scheme == AUTH_NONE || !auth->user)
        return NULL;
    return auth->scheme == AUTH_BASIC ? basic_answer(auth) : digest_answer(auth, method, uri);
}
