// SPDX-License-Identifier: Apache-2.0
// Door: what nginx (1.22) needs: DIR/run/nginx.conf from the template nginx.conf.in, and a
// certificate.
#pragma once
#include "base/config.h"

typedef struct {
    const char *data_dir; // absolute; no quotes, backslashes, $ or control characters
    const char *address;  // to listen at, with port
    int port;
    const char *certificate; // PEM files
    const char *key;
    const char *web;     // folder of the page
    const char *storage; // folder of the recordings
    const char *spare;   // that of the spare disk; NULL: none
} DoorOptions;

// 0 or negative errno.
int door_write(const DoorOptions *options);

// A self-signed pair for 10 years (EC P-256; localhost, 127.0.0.1, ::1 and this machine's name) at
// certificate and key, unless both are there. Runs openssl. 0, or negative errno with a sentence in
// errors.
int door_make_certificate(const char *certificate, const char *key, GPtrArray *errors);
