// SPDX-License-Identifier: Apache-2.0
// Gate: who may ask the relay anything but its OPTIONS: those who know the one user and password
// (digest, RFC 2617).
//
// GStreamer's own check asks for the password only once it has found what the address names, so
// that strangers could learn the cameras' ids from 404 and 401. This one asks first.
#pragma once
#include <gst/rtsp-server/rtsp-server.h>

// New reference. role: what a reader's token says to the factories.
GstRTSPAuth *gate_new(const char *user, const char *password, const char *role);
