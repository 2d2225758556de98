// SPDX-License-Identifier: Apache-2.0
// Secrets: DIR/secrets.json (0600): desk_password (of the broker's user "desk"), relay_user,
// relay_password, link_secret (signs playback links), eye_password (of the broker's user "eye").
//
// Written by the supervisor; read by desk, video and `hallwatch demo`.
#pragma once
#include "base/config.h"

typedef struct {
    char *desk_password;
    char *relay_user;
    char *relay_password;
    char *link_secret;
    char *eye_password;
} Secrets;

// 0; -ENOENT: the box was never started with this folder; -EPROTO: not such a file.
int secrets_read(const char *data_dir, Secrets *ret_secrets);
// Reads what is there, makes what is missing, takes relay's user and password from the config where
// they are set, and writes the file when something changed. A file that is there but unreadable is
// an error, not a reason for new ones.
int secrets_prepare(const char *data_dir, const Config *config, Secrets *ret_secrets);
void secrets_done(Secrets *secrets);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Secrets, secrets_done)
