// SPDX-License-Identifier: Apache-2.0
// RTSP authentication: Basic (RFC 7617) and Digest with MD5 or SHA-256 (RFC 7616, 2617), with and
// without qop=auth. Of what a camera offers the strongest is taken. Pure; one thread.
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef enum { AUTH_NONE, AUTH_BASIC, AUTH_DIGEST_MD5, AUTH_DIGEST_SHA256 } RtspAuthScheme;

typedef struct {
    char *user, *password; // NULL: there are none
    char cnonce[64];       // the client's own random text
    RtspAuthScheme scheme; // AUTH_NONE: nothing has been asked for
    bool is_session;       // the -sess variants
    bool has_qop;
    char *realm, *nonce, *opaque, *algorithm; // as the camera wrote them; the last two may be NULL
    unsigned count;                           // of answers with this nonce
} RtspAuth;

void rtsp_auth_init(RtspAuth *auth, const char *user, const char *password);
void rtsp_auth_done(RtspAuth *auth);

// Forgets an earlier challenge before the headers of another 401 are taken.
void rtsp_auth_forget(RtspAuth *auth);
// A WWW-Authenticate header; one that asks for nothing better than what is known is ignored.
// ret_stale: it says that only the nonce was too old.
void rtsp_auth_take(RtspAuth *auth, const char *header, bool *ret_stale);
// The Authorization header for a request; NULL: none is asked for, or there are no credentials. The
// caller frees.
char *rtsp_auth_answer(RtspAuth *auth, const char *method, const char *uri);
