// SPDX-License-Identifier: Apache-2.0
// Camera address: an rtsp:// address as pages get it, with *** for each of its passwords
// (base/url_secret.h: before the host, and in parameters), and the way back. Pure.
#pragma once
#include <glib.h>

// The caller frees.
char *camera_address_mask(const char *address);
// The address with the passwords that known has, each where given has *** for it, if both have the
// same user, host and port: nobody gets a password by having it sent elsewhere. A given address
// that is not masked comes back as it is. NULL: known has no such password. The caller frees.
char *camera_address_unmask(const char *given, const char *known);
// The password that known has for this user, where address (host, host:port or http(s)://host...)
// is at its very host; NULL: none. The caller frees.
char *camera_address_password(const char *known, const char *address, const char *user);
// Its host, without user and port; "" where it has none. The caller frees.
char *camera_address_host(const char *address);
