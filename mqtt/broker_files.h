// SPDX-License-Identifier: Apache-2.0
// Broker files: what mosquitto (2.0) needs under DIR, generated from the config, and the pads'
// passwords.
//
//   DIR/run/mosquitto.conf   TLS listener for pads, plain listener on 127.0.0.1, limits; log on
//   stderr, nothing kept DIR/broker/passwd  0600  user:$7$ITERATIONS$SALT$HASH (PBKDF2-HMAC-SHA512,
//   base64; mosquitto_passwd's own form) DIR/broker/acl     0600  pad P: writes P/state and P/up/#,
//   reads P/down/#; user desk: all of the hall; user eye: writes video/+/obs
//
// Written by three processes (supervisor, desk, `hallwatch pad password`): each change is made
// under a lock file (DIR/broker/lock) and by an atomic rename, so that mosquitto never reads half
// of one. Any thread; may block.
#pragma once
#include "base/config.h"
#include <stdbool.h>
#include <sys/types.h>

#define BROKER_DESK_USER "desk"
#define BROKER_EYE_USER  "eye" // whoever looks at pictures (eye_message.h)
// The broker takes no larger payload (a larger one is dropped there and never reaches the desk).
// What pads may send is less: PAD_MESSAGE_MAX in pad_message.h; between the two the desk answers
// "bad", so that a pad's maker sees what is wrong.
#define BROKER_PAYLOAD_MAX (1024 * 1024)

typedef struct {
    const char *data_dir;          // absolute: mosquitto gets it in its config
    const Config *config;          // hall.id, broker.*, pads
    const char *certificate, *key; // PEM of the TLS listener; absolute, readable by this user
    const char *desk_password;     // of user "desk", from secrets.json
    const char *eye_password;      // of user "eye", from there too
} BrokerFilesOptions;

// Writes all three; makes DIR/broker and DIR/run when missing. Passwords of pads that are still
// configured are kept, those of others are removed. A pad without a password cannot connect until
// it is given one. 0, or negative errno with a sentence in error (at least 200 bytes). -EINVAL: a
// name or path that cannot stand in the files (a pad called "desk", a line break).
int broker_files_write(const BrokerFilesOptions *options, char *error);

// A new random password for a pad (its old one stops working; a connected pad is put off at the
// reload). Only its hash is kept: the answer is the one time that it can be read; the caller frees.
// The broker is told to reload when it runs. NULL and a sentence in error (at least 200 bytes).
// Whether the pad is configured is the caller's to check.
char *broker_set_pad_password(const char *data_dir, const char *pad, char *error);

bool broker_has_pad_password(const char *data_dir, const char *pad);

// SIGHUP to the mosquitto that wrote DIR/run/mosquitto.pid: it reads passwd and acl again and keeps
// its connections. -ESRCH: none runs (then there is nothing to reload). A pid that is no mosquitto
// any more is left alone.
int broker_reload(const char *data_dir);
