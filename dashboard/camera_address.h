// SPDX-License-Identifier: Apache-2.0
// Camera address: an rtsp:// address as pages get it, with *** for its password, and the way back.
//
// What stands between "://" and the last "@" is taken for user and password: passwords hold all
// kinds of characters, and rather too much is hidden than too little. Pure.
#pragma once
#include <glib.h>

// The caller frees.
char *camera_address_mask(const char *address);
// The address with the password that known has, if given is masked and both have the same user,
// host and port: nobody gets a password by having it sent elsewhere. A given address that is not
// masked comes back as it is. NULL: known has no such password. The caller frees.
char *camera_address_unmask(const char *given, const char *known);
