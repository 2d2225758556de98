// SPDX-License-Identifier: Apache-2.0
// RTSP URL: an rtsp:// address taken apart, and the addresses of a presentation's tracks.
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct {
    char *host; // without the brackets of an IPv6 address
    int port;
    char *user, *password; // percent-decoded; NULL: none
    char *request;         // the address without credentials, as it is asked for
} RtspUrl;

// False: not rtsp://host[:port][/path]. As in the config, the host begins after the last @ before
// the path: passwords hold all kinds of characters.
bool rtsp_url_parse(const char *text, RtspUrl *ret_url);
void rtsp_url_done(RtspUrl *url);

// The address of a control attribute (RFC 2326, C.1.1): absolute as it stands; "*", empty or NULL:
// the base itself. A relative one is put behind the base as a path, also behind its query: that is
// what cameras mean by it. The caller frees.
char *rtsp_url_control(const char *base, const char *control);
