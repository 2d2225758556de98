// SPDX-License-Identifier: Apache-2.0
// ONVIF HTTP: one request to a device, and its answer (libcurl). Blocking; any thread.
//
// The device may be anything: its answer is of SOAP_ANSWER_MAX bytes at most, its headers of 16
// KiB, and it has the time that it is given for all of it. Redirects are not followed, proxies not
// used. Certificates are not checked: cameras sign their own, and no password is ever sent, only
// digests of it.
#pragma once
#include <glib.h>

typedef struct {
    long status;
    GByteArray *body;
    GPtrArray *challenges; // of WWW-Authenticate headers, as they stand
    char *location;        // of a redirect; NULL: none
    char *number;          // the address that the host's name led to; NULL: it was not reached
} OnvifReply;

// authorization: a header's value, NULL: none. 0; -ECONNREFUSED; -ETIMEDOUT: no answer, or not the
// whole of it; -EHOSTUNREACH: no way there, or no such name; -EFBIG; -EPROTO: no HTTP.
int onvif_http_post(const char *url, const char *authorization, const char *text, int timeout_ms,
                    OnvifReply *ret_reply);
void onvif_reply_done(OnvifReply *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OnvifReply, onvif_reply_done)
